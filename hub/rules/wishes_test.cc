#include "hub/rules/wishes.h"

#include <gtest/gtest.h>

#include <functional>

namespace switchboard::rules {
namespace {

std::string ProblemOf(const v1::Wish& wish) {
  FieldCheck check;
  CheckWish(wish, "w", check);
  return check.ok() ? "" : check.problem()->field;
}

TEST(WishesTest, EachKindNeedsWhatItSpeaksOf) {
  const struct {
    v1::WishKind kind;
    std::function<void(v1::Wish&)> fill;
    const char* without;
  } rows[] = {
      {v1::WISH_KIND_NOT_BEFORE, [](auto& w) { w.mutable_until()->set_seconds(1'800'000'000); },
       "w.until"},
      {v1::WISH_KIND_NO_CHANNEL, [](auto& w) { w.set_channel(v1::CHANNEL_SMS); }, "w.channel"},
      {v1::WISH_KIND_NO_CONTACT_POINT, [](auto& w) { w.set_contact_point("mobile-1"); },
       "w.contact_point"},
      {v1::WISH_KIND_INCONVENIENT_PLACE,
       [](auto& w) { w.set_contact_kind(v1::CONTACT_KIND_WORK_PHONE); }, "w.contact_kind"},
      {v1::WISH_KIND_UNSPECIFIED, [](auto& w) { w.set_kind(v1::WISH_KIND_NOT_BETWEEN); }, "w.kind"},
  };
  for (const auto& row : rows) {
    v1::Wish wish;
    wish.set_kind(row.kind);
    EXPECT_EQ(ProblemOf(wish), row.without);
    row.fill(wish);
    EXPECT_EQ(ProblemOf(wish), "") << row.without;
  }
}

TEST(WishesTest, TimesOfDay) {
  v1::Wish wish;
  wish.set_kind(v1::WISH_KIND_NOT_BETWEEN);
  wish.mutable_from()->set_hour(22);
  wish.mutable_to()->set_hour(6);
  wish.add_days(v1::WEEKDAY_SAT);
  EXPECT_EQ(ProblemOf(wish), "");
  const Wish read = WishOf(wish);
  EXPECT_EQ(read.times.from_minute, 22 * 60);
  EXPECT_EQ(read.times.to_minute, 6 * 60);
  EXPECT_EQ(read.times.weekdays, 1 << 5);
  wish.mutable_to()->set_hour(22);
  EXPECT_EQ(ProblemOf(wish), "w.to");
  wish.mutable_to()->set_hour(24);
  EXPECT_EQ(ProblemOf(wish), "");
  wish.mutable_to()->set_minute(1);
  EXPECT_EQ(ProblemOf(wish), "w.to");
  wish.mutable_from()->set_hour(-1);
  EXPECT_EQ(ProblemOf(wish), "w.from");
  wish.clear_from();
  wish.clear_to();
  wish.add_days(v1::WEEKDAY_UNSPECIFIED);
  EXPECT_EQ(ProblemOf(wish), "w.days");
}

TEST(WishesTest, AConsentEndsByItselfOrWhenItIsTakenBack) {
  v1::Consent consent;
  FieldCheck empty;
  CheckConsent(consent, "c", empty);
  EXPECT_EQ(empty.problem()->field, "c.what");
  consent.set_what(v1::CONSENT_KIND_CALL);
  FieldCheck no_time;
  CheckConsent(consent, "c", no_time);
  EXPECT_EQ(no_time.problem()->field, "c.given");
  consent.mutable_given()->set_seconds(1'800'000'000);
  EXPECT_EQ(ConsentOf(consent).until, absl::InfiniteFuture());
  consent.mutable_until()->set_seconds(1'800'000'500);
  EXPECT_EQ(ConsentOf(consent).until, absl::FromUnixSeconds(1'800'000'500));
  consent.mutable_withdrawn()->set_seconds(1'800'000'100);
  EXPECT_EQ(ConsentOf(consent).until, absl::FromUnixSeconds(1'800'000'100));
}

}  // namespace
}  // namespace switchboard::rules
