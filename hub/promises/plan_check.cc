#include "hub/promises/plan_check.h"

#include <cstdint>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/terms_check.h"
#include "hub/promises/schedule.h"

namespace switchboard::promises {
namespace {

using Plan = v1::PaymentPlan;

constexpr int kProofsMax = 10;
constexpr int kWaiversMax = 3;
constexpr size_t kSha256Bytes = 32;
constexpr int64_t kDocumentBytesMax = int64_t{1} << 40;
constexpr char kOfTheAmount[] = "must be that of the promised amount";

// The interval as the arithmetic has it. REQUIRES: it is specified and known.
Interval IntervalOf(Plan::Interval interval) {
  if (interval == Plan::INTERVAL_WEEK) return Interval::kWeek;
  return interval == Plan::INTERVAL_TWO_WEEKS ? Interval::kTwoWeeks : Interval::kMonth;
}

// The fields of a schedule by the names of its terms.
std::string FieldOf(const FieldProblem& problem, const std::string& path) {
  if (problem.field == "total") return absl::StrCat(path, "amount.minor_units");
  const bool down = problem.field == "down_payment";
  return absl::StrCat(path, "plan.schedule.", down ? "down_payment.minor_units" : problem.field);
}

// One that waits is kept, with its account and person, until its last day is over.
void CheckLastDay(absl::CivilDay last, absl::CivilDay from, const std::string& field,
                  FieldCheck& check) {
  check.Require(last <= MonthsAfter(from + 1, contracts::kPlanMonthsMax), field,
                absl::StrCat("must keep the last instalment within ", contracts::kPlanMonthsMax,
                             " months of the contact, or of the decision"));
}

void MakeInstalments(v1::Outcome::Promise& promise, const std::string& path, absl::CivilDay from,
                     FieldCheck& check) {
  const Plan::Schedule& schedule = promise.plan().schedule();
  const std::string at = absl::StrCat(path, "plan.schedule.");
  const std::string& currency_code = promise.amount().currency_code();
  check.Require(!promise.has_due_date(), path + "due_date",
                "follows from a schedule; leave it out beside one");
  check.Day(schedule.first_date(), at + "first_date");
  check.Require(schedule.interval() != Plan::INTERVAL_UNSPECIFIED &&
                    Plan::Interval_IsValid(schedule.interval()),
                at + "interval", "must be WEEK, TWO_WEEKS or MONTH");
  if (schedule.has_down_payment()) {
    check.ReportedAmount(schedule.down_payment(), 1, at + "down_payment");
    check.Require(schedule.down_payment().currency_code() == currency_code,
                  at + "down_payment.currency_code", kOfTheAmount);
  }
  const int count_max = kInstalmentsMax - (schedule.has_down_payment() ? 1 : 0);
  check.Require(schedule.count() >= 1 && schedule.count() <= count_max, at + "count",
                absl::StrCat("must be 1 to ", count_max, " instalments"));
  if (!check.ok()) return;
  const ScheduleTerms terms{promise.amount().minor_units(), schedule.down_payment().minor_units(),
                            CivilDayOf(schedule.first_date()), IntervalOf(schedule.interval()),
                            schedule.count()};
  if (const auto problem = CheckTerms(terms))
    return check.Fail(FieldOf(*problem, path), problem->problem);
  const std::vector<Instalment> instalments = ScheduleOf(terms);
  CheckLastDay(instalments.back().due_day, from, at + "count", check);
  if (!check.ok()) return;
  for (const Instalment& one : instalments) {
    Plan::Instalment& instalment = *promise.mutable_plan()->add_instalments();
    *instalment.mutable_due_date() = DateOf(one.due_day);
    instalment.mutable_amount()->set_currency_code(currency_code);
    instalment.mutable_amount()->set_minor_units(one.amount);
  }
  *promise.mutable_due_date() =
      promise.plan().instalments(promise.plan().instalments_size() - 1).due_date();
  promise.mutable_plan()->clear_schedule();
}

void CheckInstalments(const v1::Outcome::Promise& promise, const std::string& path,
                      absl::CivilDay from, FieldCheck& check) {
  const Plan& plan = promise.plan();
  const std::string list = absl::StrCat(path, "plan.instalments");
  check.Require(plan.instalments_size() <= kInstalmentsMax && plan.instalments_size() >= 1, list,
                absl::StrCat("must be 1 to ", kInstalmentsMax, ", or a schedule in their place"));
  check.Day(promise.due_date(), path + "due_date");
  if (!check.ok()) return;
  int64_t left = promise.amount().minor_units();
  for (int i = 0; i < plan.instalments_size(); ++i) {
    const Plan::Instalment& one = plan.instalments(i);
    const std::string at = absl::StrCat(list, "[", i, "].");
    check.Day(one.due_date(), at + "due_date");
    check.ReportedAmount(one.amount(), 1, at + "amount");
    check.Require(one.amount().currency_code() == promise.amount().currency_code(),
                  at + "amount.currency_code", kOfTheAmount);
    if (!check.ok()) return;
    const bool grows =
        i == 0 || CivilDayOf(one.due_date()) > CivilDayOf(plan.instalments(i - 1).due_date());
    check.Require(grows, at + "due_date", "must be later than that of the one before it");
    left -= one.amount().minor_units();
  }
  check.Require(left == 0, list, "must sum up to the promised amount");
  const Plan::Instalment& last = plan.instalments(plan.instalments_size() - 1);
  check.Require(CivilDayOf(last.due_date()) == CivilDayOf(promise.due_date()), path + "due_date",
                "must be that of the last instalment");
  CheckLastDay(CivilDayOf(last.due_date()), from,
               absl::StrCat(list, "[", plan.instalments_size() - 1, "].due_date"), check);
}

void CheckWaivers(const v1::Outcome::Promise& promise, const std::string& path, FieldCheck& check) {
  const Plan& plan = promise.plan();
  check.Require(plan.waivers_size() <= kWaiversMax, path + "plan.waivers",
                "must be at most one of a kind");
  std::set<int> kinds;
  for (int i = 0; check.ok() && i < plan.waivers_size(); ++i) {
    const Plan::Waiver& one = plan.waivers(i);
    const std::string at = absl::StrCat(path, "plan.waivers[", i, "].");
    check.Require(one.kind() != Plan::Waiver::KIND_UNSPECIFIED &&
                      Plan::Waiver::Kind_IsValid(one.kind()) && kinds.insert(one.kind()).second,
                  at + "kind", "must be LATE_FEES, INTEREST or PRINCIPAL, each once");
    check.ReportedAmount(one.amount(), 1, at + "amount");
    check.Require(one.amount().currency_code() == promise.amount().currency_code(),
                  at + "amount.currency_code", kOfTheAmount);
  }
}

void CheckProofs(const Plan& plan, const std::string& path, FieldCheck& check) {
  check.Require(plan.proofs_size() <= kProofsMax, path + "plan.proofs",
                absl::StrCat("must be at most ", kProofsMax));
  std::set<std::string> digests;
  for (int i = 0; check.ok() && i < plan.proofs_size(); ++i) {
    const Plan::Document& one = plan.proofs(i);
    const std::string at = absl::StrCat(path, "plan.proofs[", i, "].");
    check.Uri(one.address(), at + "address");
    check.MediaType(one.media_type(), at + "media_type");
    check.Require(one.size_bytes() >= 1 && one.size_bytes() <= kDocumentBytesMax, at + "size_bytes",
                  "must be 1 to 2^40");
    check.Require(one.sha256().size() == kSha256Bytes, at + "sha256",
                  "must be the SHA-256 of the document, 32 bytes");
    check.Require(digests.insert(one.sha256()).second, at + "sha256",
                  "must be of another document than those before");
    check.Require(!one.retention_class().empty(), at + "retention_class", "must be set");
    check.Reference(one.retention_class(), at + "retention_class");
  }
}

}  // namespace

void AdmitPlan(v1::Outcome::Promise& promise, std::string_view path_of, absl::CivilDay from,
               FieldCheck& check) {
  if (!check.ok()) return;
  const std::string path(path_of);
  const bool both = promise.plan().has_schedule() && promise.plan().instalments_size() > 0;
  check.Require(!both, path + "plan.schedule",
                "stands in the place of instalments; leave one of them out");
  check.Reference(promise.plan().agent_level(), path + "plan.agent_level");
  if (check.ok() && promise.plan().has_schedule()) MakeInstalments(promise, path, from, check);
  if (check.ok()) CheckInstalments(promise, path, from, check);
  if (check.ok()) CheckWaivers(promise, path, check);
  if (check.ok()) CheckProofs(promise.plan(), path, check);
}

}  // namespace switchboard::promises
