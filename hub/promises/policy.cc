#include "hub/promises/policy.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "google/protobuf/util/message_differencer.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/rules/zone_clock.h"

namespace switchboard::promises {
namespace {

int64_t ToleranceOf(const v1::Config::PromisePolicy& policy, const std::string& currency_code) {
  for (const auto& one : policy.tolerances())
    if (one.currency_code() == currency_code) return one.minor_units();
  return 0;
}

// Whether two plans have the same instalments.
bool PaysAlike(const v1::Outcome::Promise& one, const v1::Outcome::Promise& other) {
  return one.has_plan() && other.has_plan() &&
         one.amount().currency_code() == other.amount().currency_code() &&
         absl::c_equal(InstalmentsOf(one), InstalmentsOf(other),
                       [](const Instalment& a, const Instalment& b) {
                         return a.due_day == b.due_day && a.amount == b.amount;
                       });
}

}  // namespace

v1::PromiseRecord RecordOf(const v1::Outcome::Promise& promise,
                           const v1::Config::PromisePolicy& policy,
                           const std::vector<absl::TimeZone>& zones,
                           const v1::PromiseRecord* before) {
  v1::PromiseRecord record;
  if (before != nullptr) {
    record = *before;
  } else {
    SWITCHBOARD_ASSERT(!zones.empty());
    for (const absl::TimeZone& zone : zones) record.add_zones(zone.name());
    record.set_grace_days(policy.grace_days());
    record.set_reminder_days(policy.has_reminder_days() ? policy.reminder_days() : kReminderDays);
  }
  const std::string& currency_code = promise.amount().currency_code();
  if (before == nullptr || before->promise().amount().currency_code() != currency_code)
    record.set_tolerance_minor_units(ToleranceOf(policy, currency_code));
  const bool same_plan =
      before != nullptr && promise.has_plan() &&
      google::protobuf::util::MessageDifferencer::Equals(before->promise(), promise);
  if (!same_plan) {
    // What became of the work became of it because of these instalments, whatever else is said.
    if (before == nullptr || !PaysAlike(AgreedIn(*before), promise)) record.clear_acted_on_break();
    record.clear_decision();
    record.clear_agreed();
  }
  record.clear_instalments();
  *record.mutable_promise() = promise;
  return record;
}

const v1::Outcome::Promise& AgreedIn(const v1::PromiseRecord& record) {
  return record.has_agreed() ? record.agreed() : record.promise();
}

std::vector<Instalment> InstalmentsOf(const v1::Outcome::Promise& promise) {
  std::vector<Instalment> instalments;
  for (const v1::PaymentPlan::Instalment& one : promise.plan().instalments())
    instalments.push_back({CivilDayOf(one.due_date()), one.amount().minor_units()});
  if (instalments.empty())
    instalments.push_back({CivilDayOf(promise.due_date()), promise.amount().minor_units()});
  return instalments;
}

int DaysAheadMaxOf(const v1::Contract::PromiseTerms& terms) {
  return terms.has_days_ahead_max() ? terms.days_ahead_max() : kDaysAheadMax;
}

bool WithinTerms(const v1::Outcome::Promise& promise, absl::Time take_time,
                 const v1::Contract::PromiseTerms& terms, const v1::Money* owed,
                 const std::vector<absl::TimeZone>& zones) {
  const absl::CivilDay due = CivilDayOf(promise.due_date());
  const int ahead = DaysAheadMaxOf(terms);
  const bool in_time = absl::c_any_of(zones, [&](absl::TimeZone zone) {
    const absl::CivilDay day = rules::DayAt(zone, take_time);
    return due >= day && due <= day + ahead;
  });
  if (!in_time) return false;
  if (owed == nullptr || owed->currency_code() != promise.amount().currency_code()) return true;
  // Amounts have room for a factor of a hundred.
  return promise.amount().minor_units() * 100 >= owed->minor_units() * terms.least_percent();
}

std::vector<absl::TimeZone> ZonesOf(const v1::PromiseRecord& record) {
  std::vector<absl::TimeZone> zones;
  for (const std::string& name : record.zones())
    if (const auto zone = rules::FindZone(name)) zones.push_back(*zone);
  if (zones.empty()) zones.push_back(absl::UTCTimeZone());
  return zones;
}

Reminding RemindingOf(const v1::PromiseRecord& record) {
  absl::CivilDay due = CivilDayOf(AgreedIn(record).due_date());
  for (const v1::InstalmentStanding& one : record.instalments())
    if (one.standing() == v1::PROMISE_STANDING_OPEN)
      due = std::min(due, CivilDayOf(one.due_date()));
  Reminding reminding{absl::InfinitePast(), absl::InfiniteFuture()};
  for (const absl::TimeZone& zone : ZonesOf(record)) {
    reminding.from =
        std::max(reminding.from, rules::StartOfDay(zone, due - record.reminder_days()));
    reminding.until = std::min(reminding.until, rules::StartOfDay(zone, due));
  }
  return reminding;
}

}  // namespace switchboard::promises
