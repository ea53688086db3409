#include "clients/demo/parties/agent_promises.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/proto_time.h"

namespace switchboard::demo {
namespace {

using Kind = PlanDraw::Kind;
using Plan = v1::PaymentPlan;

constexpr int kParts = 3;
constexpr int32_t kFeesPercent = 10;

// What a kind of plan is, but for its days.
struct Shape {
  const char* agent_level = "agent";
  int32_t paid_percent = 100;
  Plan::Waiver::Kind gives_up = Plan::Waiver::KIND_UNSPECIFIED;  // the rest of what is due
  bool proved = false;
  Plan::Interval interval = Plan::INTERVAL_TWO_WEEKS;
  int days_apart = 14;  // the same where each part is written out
};

Shape ShapeOf(const PlanDraw& plan) {
  Shape shape;
  switch (plan.kind) {
    case Kind::kSoon:
      break;
    case Kind::kLong:
      shape.interval = Plan::INTERVAL_MONTH;
      shape.days_apart = 31;
      break;
    case Kind::kSettlement:
      shape.paid_percent = plan.settled_percent;
      break;
    case Kind::kTrainee:
      shape.agent_level = "trainee";
      break;
    case Kind::kFees:
    case Kind::kFeesUnproved:
    case Kind::kInterest:
      shape.agent_level = "senior";
      shape.paid_percent = 100 - kFeesPercent;
      shape.gives_up =
          plan.kind == Kind::kInterest ? Plan::Waiver::KIND_INTEREST : Plan::Waiver::KIND_LATE_FEES;
      shape.proved = plan.kind != Kind::kFeesUnproved;
      break;
  }
  return shape;
}

v1::Money MoneyOf(int64_t minor_units, const v1::Money& like) {
  v1::Money money = like;
  money.set_minor_units(minor_units);
  return money;
}

// Sixteen letters that stand for a text.
std::string LettersOf(const std::string& text) {
  std::string letters;
  for (const char byte : Sha256Of(text).substr(0, 8)) {
    const auto bits = static_cast<unsigned char>(byte);
    letters += static_cast<char>('a' + bits / 16);
    letters += static_cast<char>('a' + bits % 16);
  }
  return letters;
}

// Who pays today pays a part down.
void SaySchedule(const PlanDraw& draw, const Shape& shape, absl::CivilDay first,
                 v1::Outcome::Promise* promise) {
  Plan::Schedule& schedule = *promise->mutable_plan()->mutable_schedule();
  const bool down = draw.first_in_days == 0;
  if (down) {
    *schedule.mutable_down_payment() =
        MoneyOf(promise->amount().minor_units() / kParts, promise->amount());
  }
  *schedule.mutable_first_date() = DateOf(first);
  schedule.set_interval(shape.interval);
  schedule.set_count(down ? kParts - 1 : kParts);
}

void SayInstalments(const Shape& shape, absl::CivilDay first, v1::Outcome::Promise* promise) {
  const int64_t total = promise->amount().minor_units();
  for (int part = 0; part < kParts; ++part) {
    Plan::Instalment& instalment = *promise->mutable_plan()->add_instalments();
    *instalment.mutable_due_date() = DateOf(first + part * shape.days_apart);
    const bool is_last = part == kParts - 1;
    *instalment.mutable_amount() = MoneyOf(
        is_last ? total - total / kParts * (kParts - 1) : total / kParts, promise->amount());
  }
  *promise->mutable_due_date() = promise->plan().instalments(kParts - 1).due_date();
}

void SayProof(const std::string& vendor_id, const std::string& outcome_id, Plan* plan) {
  Plan::Document& proof = *plan->add_proofs();
  proof.set_address(
      absl::StrCat("https://proofs.issuer.example/", vendor_id, "/", LettersOf(outcome_id)));
  proof.set_media_type("application/pdf");
  proof.set_size_bytes(48'000);
  proof.set_sha256(Sha256Of("proof of " + outcome_id));
  proof.set_retention_class("proofs-5y");
}

}  // namespace

v1::Outcome::Promise PromiseOf(const AgentCall& call, const v1::Money& due, absl::CivilDay today,
                               const std::string& vendor_id, const std::string& outcome_id) {
  constexpr v1::PaymentMethod kMethods[] = {v1::PAYMENT_METHOD_TRANSFER,
                                            v1::PAYMENT_METHOD_COUNTER};
  v1::Outcome::Promise promise;
  promise.set_method(kMethods[call.promise_days % 2]);
  promise.set_script_id(call.plan.has_value() ? "payment-in-parts-1" : "payment-in-full-2");
  if (!call.plan.has_value()) {
    *promise.mutable_amount() =
        MoneyOf(std::max<int64_t>(1, due.minor_units() / 100 * call.promise_percent), due);
    *promise.mutable_due_date() = DateOf(today + call.promise_days);
    return promise;
  }
  const Shape shape = ShapeOf(*call.plan);
  const int64_t given_up = due.minor_units() * (100 - shape.paid_percent) / 100;
  *promise.mutable_amount() = MoneyOf(due.minor_units() - given_up, due);
  Plan& plan = *promise.mutable_plan();
  plan.set_agent_level(shape.agent_level);
  const absl::CivilDay first = today + call.plan->first_in_days;
  call.plan->by_schedule ? SaySchedule(*call.plan, shape, first, &promise)
                         : SayInstalments(shape, first, &promise);
  if (shape.gives_up != Plan::Waiver::KIND_UNSPECIFIED) {
    Plan::Waiver& waiver = *plan.add_waivers();
    waiver.set_kind(shape.gives_up);
    *waiver.mutable_amount() = MoneyOf(given_up, due);
  }
  if (shape.proved) SayProof(vendor_id, outcome_id, &plan);
  return promise;
}

std::optional<v1::Recording> RecordingOf(const AgentCall& call, const v1::Outcome& outcome,
                                         const std::string& vendor_id) {
  const v1::Connection connection = outcome.result().connection();
  const bool recorded =
      connection == v1::CONNECTION_ANSWERED || connection == v1::CONNECTION_MACHINE;
  if (!recorded || !call.recording_told) return std::nullopt;
  v1::Recording recording;
  recording.set_address(
      absl::StrCat("https://recordings.", vendor_id, ".example/", LettersOf(outcome.outcome_id())));
  recording.set_sha256(Sha256Of(outcome.outcome_id()));
  *recording.mutable_begin_time() = outcome.start_time();
  recording.mutable_length()->set_seconds(std::max(call.duration_seconds, 1));
  recording.set_retention_class("calls-90d");
  return recording;
}

}  // namespace switchboard::demo
