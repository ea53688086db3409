#include "hub/rules/wishes.h"

#include <algorithm>

#include "hub/base/proto_time.h"

namespace switchboard::rules {
namespace {

int MinuteOf(const v1::TimeOfDay& time) { return time.hour() * 60 + time.minute(); }

void CheckTimeOfDay(const v1::TimeOfDay& time, const std::string& path, FieldCheck& check) {
  check.Require(
      time.hour() >= 0 && time.minute() >= 0 && time.minute() <= 59 && MinuteOf(time) <= 24 * 60,
      path, "must be a time of day from 00:00 to 24:00");
}

DailyTime TimesOf(const v1::Wish& wish) {
  DailyTime times;
  if (wish.days_size() > 0) times.weekdays = 0;
  for (const int day : wish.days()) {
    if (day > 0) times.weekdays |= static_cast<uint8_t>(1 << (day - 1));
  }
  if (wish.has_from()) times.from_minute = MinuteOf(wish.from());
  if (wish.has_to()) times.to_minute = MinuteOf(wish.to());
  return times;
}

void CheckTimes(const v1::Wish& wish, const std::string& path, FieldCheck& check) {
  for (const int day : wish.days()) {
    check.Enum(v1::Weekday_IsValid(day), day, path + ".days");
  }
  CheckTimeOfDay(wish.from(), path + ".from", check);
  CheckTimeOfDay(wish.to(), path + ".to", check);
  const DailyTime times = TimesOf(wish);
  check.Require(times.from_minute != times.to_minute, path + ".to",
                "must differ from the beginning");
}

}  // namespace

void CheckWish(const v1::Wish& wish, const std::string& path, FieldCheck& check) {
  switch (wish.kind()) {
    case v1::WISH_KIND_NOT_BETWEEN:
      CheckTimes(wish, path, check);
      break;
    case v1::WISH_KIND_NOT_BEFORE:
      check.Require(wish.has_until(), path + ".until", "is missing");
      break;
    case v1::WISH_KIND_NO_CHANNEL:
      check.Enum(v1::Channel_IsValid(wish.channel()), wish.channel(), path + ".channel");
      break;
    case v1::WISH_KIND_NO_CONTACT_POINT:
      check.Require(!wish.contact_point().empty(), path + ".contact_point", "is missing");
      break;
    case v1::WISH_KIND_INCONVENIENT_PLACE:
      check.Enum(v1::ContactKind_IsValid(wish.contact_kind()), wish.contact_kind(),
                 path + ".contact_kind");
      break;
    default:
      check.Fail(path + ".kind", "is missing, or none that this version knows");
  }
  if (wish.has_until()) check.Time(wish.until(), path + ".until");
}

void CheckConsent(const v1::Consent& consent, const std::string& path, FieldCheck& check) {
  check.Enum(v1::ConsentKind_IsValid(consent.what()), consent.what(), path + ".what");
  check.Require(consent.has_given(), path + ".given", "is missing");
  check.Time(consent.given(), path + ".given");
  if (consent.has_until()) check.Time(consent.until(), path + ".until");
  if (consent.has_withdrawn()) check.Time(consent.withdrawn(), path + ".withdrawn");
}

Wish WishOf(const v1::Wish& proto) {
  Wish wish;
  wish.kind = proto.kind();
  wish.times = TimesOf(proto);
  if (proto.has_until()) wish.until = TimeOf(proto.until());
  wish.channel = proto.channel();
  wish.contact_point = proto.contact_point();
  wish.contact_kind = proto.contact_kind();
  wish.broken = proto.broken();
  return wish;
}

Consent ConsentOf(const v1::Consent& proto) {
  Consent consent;
  consent.what = proto.what();
  consent.given = TimeOf(proto.given());
  if (proto.has_until()) consent.until = TimeOf(proto.until());
  if (proto.has_withdrawn()) consent.until = std::min(consent.until, TimeOf(proto.withdrawn()));
  consent.party_id = proto.party_id();
  consent.contact_point = proto.contact_point();
  consent.collector = proto.collector();
  consent.account = proto.account();
  return consent;
}

}  // namespace switchboard::rules
