#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "tests/hub/promise_fixture.h"

// Payment plans as short texts, agents who may agree to some of them, and head office.

namespace switchboard::testing {

// Agents of the level "agent" may agree to three months with a quarter down, and give up late fees
// up to a tenth of what is due.
inline constexpr char kAgents[] =
    "plans: {authorities: [{level: agent, months_max: 3, least_down_percent: 25, waivers: "
    "[LATE_FEES], waiver_percent_max: 10}]}\n";

inline v1::Money Yen(int64_t minor_units, const std::string& currency_code = "JPY") {
  v1::Money money;
  money.set_currency_code(currency_code);
  money.set_minor_units(minor_units);
  return money;
}

// An instalment that is due so many days after the contact in Tokyo.
struct Part {
  int days = 0;
  int64_t amount = 0;

  bool operator==(const Part&) const = default;
};
// All that is due on an account of these tests.
inline const std::vector<Part> kThreeParts = {{1, 4'000}, {3, 4'000}, {5, 4'000}};

inline int64_t SumOf(const std::vector<Part>& parts) {
  int64_t sum = 0;
  for (const Part& part : parts) sum += part.amount;
  return sum;
}

inline void AddParts(const std::vector<Part>& parts, absl::Time since, v1::PaymentPlan& plan) {
  for (const Part& part : parts) {
    v1::PaymentPlan::Instalment& instalment = *plan.add_instalments();
    *instalment.mutable_due_date() = DateOf(absl::ToCivilDay(since, Tokyo()) + part.days);
    *instalment.mutable_amount() = Yen(part.amount);
  }
}

// A promise to pay in parts that was made then, to an agent of this level.
inline v1::Outcome Planned(const std::string& outcome_id, const std::string& assignment_id,
                           const std::vector<Part>& parts, absl::Time taken,
                           const std::string& level = "agent") {
  v1::Outcome outcome = Promised(outcome_id, assignment_id, SumOf(parts), parts.back().days, taken);
  v1::PaymentPlan& plan = *outcome.mutable_promise()->mutable_plan();
  plan.set_agent_level(level);
  AddParts(parts, taken, plan);
  return outcome;
}

inline v1::Outcome Version(v1::Outcome outcome, int32_t version) {
  outcome.set_version(version);
  return outcome;
}

inline void AddWaiver(v1::PaymentPlan& plan, v1::PaymentPlan::Waiver::Kind kind, int64_t amount) {
  v1::PaymentPlan::Waiver& waiver = *plan.add_waivers();
  waiver.set_kind(kind);
  *waiver.mutable_amount() = Yen(amount);
}

inline void AddProof(v1::PaymentPlan& plan, const std::string& address) {
  v1::PaymentPlan::Document& proof = *plan.add_proofs();
  proof.set_address(address);
  proof.set_media_type("application/pdf");
  proof.set_size_bytes(1);
  proof.set_sha256(std::string(32, static_cast<char>('a' + plan.proofs_size())));
  proof.set_retention_class("means-5y");
}

// "LATE_FEES 500, INTEREST 80"
inline std::string WordsOf(const google::protobuf::RepeatedPtrField<v1::PaymentPlan::Waiver>& all) {
  return absl::StrJoin(all, ", ", [](std::string* out, const v1::PaymentPlan::Waiver& one) {
    absl::StrAppend(out, v1::PaymentPlan::Waiver::Kind_Name(one.kind()).substr(sizeof("KIND_") - 1),
                    " ", one.amount().minor_units());
  });
}

// "PENDING"
inline std::string WordOf(v1::PromiseStanding standing) {
  return v1::PromiseStanding_Name(standing).substr(sizeof("PROMISE_STANDING_") - 1);
}

// "LEVEL MONTHS"
inline std::string WordsOf(const google::protobuf::RepeatedField<int>& beyond) {
  return absl::StrJoin(beyond, " ", [](std::string* out, int one) {
    const auto what = static_cast<v1::PaymentPlan::Beyond>(one);
    absl::StrAppend(out, v1::PaymentPlan::Beyond_Name(what).substr(sizeof("BEYOND_") - 1));
  });
}

// "REFUSED TOO_LONG"
inline std::string WordsOf(v1::PlanDecision::Verdict verdict, v1::PlanDecision::Reason reason) {
  std::string words = v1::PlanDecision::Verdict_Name(verdict).substr(sizeof("VERDICT_") - 1);
  if (reason != v1::PlanDecision::REASON_UNSPECIFIED) {
    absl::StrAppend(&words, " ",
                    v1::PlanDecision::Reason_Name(reason).substr(sizeof("REASON_") - 1));
  }
  return words;
}

// "o-1 v1: PENDING>REFUSED 12000 paid 0 [OPEN 0, OPEN 0] beyond MONTHS, REFUSED TOO_LONG"
inline std::string SpeltPlan(const v1::PromiseChange& change) {
  std::string text = Spelt(change);
  if (!change.instalments().empty()) {
    absl::StrAppend(&text, " [",
                    absl::StrJoin(change.instalments(), ", ",
                                  [](std::string* out, const v1::InstalmentStanding& one) {
                                    absl::StrAppend(out, WordOf(one.standing()), " ",
                                                    one.paid().minor_units());
                                  }),
                    "]");
  }
  if (!change.beyond().empty()) absl::StrAppend(&text, " beyond ", WordsOf(change.beyond()));
  if (change.has_decision()) {
    absl::StrAppend(&text, ", ", WordsOf(change.decision().verdict(), change.decision().reason()));
  }
  return text;
}

// A hub whose vendor sakura has agents; both vendors see what is promised.
class PlanTest : public PromiseTest {
 protected:
  explicit PlanTest(HubOptions options = HubWorld::Options()) : PromiseTest(std::move(options)) {
    Apply(kAgents);
    world_.ApplyContract({.vendor_id = "fuji", .shown = {"AMOUNT", "DELINQUENCY"}});
  }

  // The contract of sakura from now on, with these further lines.
  void Apply(const std::string& more,
             const std::vector<std::string>& shown = {"AMOUNT", "DELINQUENCY"}) {
    world_.ApplyContract({.vendor_id = "sakura", .more = more, .shown = shown});
  }
  // Newer data opens A-1 again that had been paid: fuji has it from now on.
  void Reopen(int64_t sequence) {
    EXPECT_OK(world_.Import({InTokyo(MakeRecord(sequence))}));
    EXPECT_EQ(world_.Live("A-1").vendor_id(), "fuji");
  }
  std::vector<std::string> PlansTold() {
    std::vector<std::string> told;
    for (const v1::PromiseChange& change : Changes()) told.push_back(SpeltPlan(change));
    return told;
  }
  // "OPEN", or "PENDING LEVEL", of what the core was told of this outcome last.
  std::string Standing(const std::string& outcome_id) {
    std::string standing;
    for (const v1::PromiseChange& change : Changes()) {
      if (change.outcome_id() != outcome_id) continue;
      standing = WordOf(change.standing());
      if (!change.beyond().empty()) absl::StrAppend(&standing, " ", WordsOf(change.beyond()));
    }
    return standing;
  }
  // The beginning of the day so many days after the first one, in Tokyo.
  absl::Time Midnight(int days) {
    return absl::FromCivil(absl::ToCivilDay(begin_, Tokyo()) + days, Tokyo());
  }
  // Goes on until a little after then.
  void PassUntil(absl::Time time) { PassHours(absl::ToDoubleHours(time - Now())); }

  // On the plan of sakura's outcome about A-1. A refusal says that it lasts too long.
  static v1::DecidePlanRequest Decision(const std::string& outcome_id,
                                        v1::PlanDecision::Verdict verdict, int32_t version = 1) {
    v1::DecidePlanRequest request;
    request.mutable_key()->set_account_id("A-1");
    request.mutable_key()->set_vendor_id("sakura");
    request.mutable_key()->set_outcome_id(outcome_id);
    request.set_outcome_version(version);
    request.set_verdict(verdict);
    if (verdict == v1::PlanDecision::VERDICT_REFUSED)
      request.set_reason(v1::PlanDecision::REASON_TOO_LONG);
    return request;
  }
  static v1::DecidePlanRequest Approval(const std::string& outcome_id, int32_t version = 1) {
    return Decision(outcome_id, v1::PlanDecision::VERDICT_APPROVED, version);
  }
  static v1::DecidePlanRequest Refusal(const std::string& outcome_id, int32_t version = 1) {
    return Decision(outcome_id, v1::PlanDecision::VERDICT_REFUSED, version);
  }
  // These parts in the place of those that were proposed, due so many days after today.
  v1::DecidePlanRequest Change(const std::string& outcome_id, const std::vector<Part>& parts) {
    v1::DecidePlanRequest request = Decision(outcome_id, v1::PlanDecision::VERDICT_CHANGED);
    *request.mutable_amount() = Yen(SumOf(parts));
    AddParts(parts, Now(), *request.mutable_plan());
    return request;
  }
  absl::StatusOr<v1::DecidePlanResponse> Decide(const v1::DecidePlanRequest& request) {
    return world_.Await<v1::DecidePlanResponse>(
        [&](auto done) { world_.hub().operator_api().DecidePlan(Operator(), request, done); });
  }
  // "OPEN" as it stands now, "OPEN again" if that was decided before; or the reason of an error.
  std::string Answer(const v1::DecidePlanRequest& request) {
    const auto response = Decide(request);
    if (!response.ok()) return ErrorReason(response.status());
    return absl::StrCat(WordOf(response->standing()), response->changed() ? "" : " again");
  }
  absl::StatusOr<v1::ListProposedPlansResponse> List(const v1::ListProposedPlansRequest& request) {
    return world_.Await<v1::ListProposedPlansResponse>([&](auto done) {
      world_.hub().operator_api().ListProposedPlans(Operator(), request, done);
    });
  }
  // "A-1 sakura/o-1 v1" of each plan that waits, behind `after`.
  std::vector<std::string> Waiting(int32_t max_plans = 0,
                                   const v1::ProposedPlanKey* after = nullptr,
                                   v1::ProposedPlanKey* last = nullptr) {
    v1::ListProposedPlansRequest request;
    request.set_max_plans(max_plans);
    if (after != nullptr) *request.mutable_after() = *after;
    const auto response = List(request);
    EXPECT_OK(response);
    std::vector<std::string> waiting;
    if (!response.ok()) return waiting;
    for (const auto& plan : response->plans()) {
      const v1::ProposedPlanKey& key = plan.key();
      waiting.push_back(absl::StrCat(key.account_id(), " ", key.vendor_id(), "/", key.outcome_id(),
                                     " v", plan.outcome_version()));
      if (last != nullptr) *last = key;
    }
    return waiting;
  }
  std::vector<v1::AuditEvent> EventsOf(v1::AuditEvent::Kind kind) {
    std::vector<v1::AuditEvent> events;
    for (const v1::AuditEvent& event : world_.AuditEvents())
      if (event.kind() == kind) events.push_back(event);
    return events;
  }
};

}  // namespace switchboard::testing
