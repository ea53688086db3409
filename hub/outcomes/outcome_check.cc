#include "hub/outcomes/outcome_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/canonical.h"
#include "hub/base/card_removal.h"
#include "hub/outcomes/result_check.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kLongestContactSeconds = 24 * 60 * 60;

void AdmitPromise(const v1::Outcome& outcome, FieldCheck& check) {
  const bool promised = outcome.result().disposition() == v1::DISPOSITION_PROMISE_TO_PAY;
  check.Require(outcome.has_promise() == promised, "promise",
                "must be set with DISPOSITION_PROMISE_TO_PAY and with no other");
  if (!check.ok() || !promised) return;
  check.ReportedAmount(outcome.promise().amount(), 1, "promise.amount");
  check.Day(outcome.promise().due_date(), "promise.due_date");
}

void AdmitTimes(const v1::Outcome& outcome, FieldCheck& check) {
  check.Require(outcome.has_start_time(), "start_time", "must be set");
  check.Require(outcome.has_end_time(), "end_time", "must be set");
  check.ReportedTime(outcome.start_time(), "start_time");
  check.ReportedTime(outcome.end_time(), "end_time");
  if (!check.ok()) return;
  const int64_t micros = TimeUtil::TimestampToMicroseconds(outcome.end_time()) -
                         TimeUtil::TimestampToMicroseconds(outcome.start_time());
  check.Require(micros >= 0 && micros <= kLongestContactSeconds * 1'000'000, "end_time",
                "must not be before start_time, nor more than 24 hours after it");
}

// What was contacted, where no permit says it.
void AdmitContact(const v1::Outcome& outcome, FieldCheck& check) {
  const bool in = outcome.direction() == v1::DIRECTION_IN;
  const bool named = !outcome.permit_id().empty();
  check.Require(v1::Direction_IsValid(outcome.direction()), "direction", "must be OUT or IN");
  check.Require(!in || !named, "permit_id", "must be empty with DIRECTION_IN, which needs none");
  check.Require(v1::Channel_IsValid(outcome.channel()), "channel",
                "must be one of the channels that this version knows");
  check.Require(v1::Party_IsValid(outcome.party()), "party",
                "must be one of the parties that this version knows");
  check.Require(v1::Act_IsValid(outcome.act()), "act",
                "must be one of the acts that this version knows");
  const bool said = outcome.channel() != v1::CHANNEL_UNSPECIFIED ||
                    !outcome.contact_point_id().empty() ||
                    outcome.party() != v1::PARTY_UNSPECIFIED || !outcome.party_id().empty() ||
                    outcome.act() != v1::ACT_UNSPECIFIED;
  check.Require(!named || !said, "permit_id",
                "says by which channel, where, whom and what for; leave channel, "
                "contact_point_id, party, party_id and act empty beside it");
  if (!outcome.contact_point_id().empty()) check.Id(outcome.contact_point_id(), "contact_point_id");
  if (!outcome.party_id().empty()) check.Id(outcome.party_id(), "party_id");
  if (named || !check.ok()) return;
  const auto problem = ChannelProblem(outcome.result(), ChannelOf(outcome), outcome.direction());
  if (problem.has_value()) check.Fail(problem->field, problem->problem);
}

}  // namespace

std::optional<FieldProblem> AdmitOutcome(v1::Outcome& outcome, bool& card_removed) {
  // First, so that a card number is not kept in quarantine either.
  size_t removed = RemoveCardNumbers(outcome.mutable_note());
  removed += RemoveCardNumbers(outcome.mutable_agent_reference());
  card_removed = removed > 0;
  FieldCheck check;
  check.Id(outcome.outcome_id(), "outcome_id");
  check.Require(outcome.version() >= 1, "version",
                "must be 1 for a first report, and the next number for a correction");
  check.Id(outcome.assignment_id(), "assignment_id");
  if (!outcome.permit_id().empty()) check.Id(outcome.permit_id(), "permit_id");
  CheckResult(outcome.result(), check);
  AdmitTimes(outcome, check);
  AdmitContact(outcome, check);
  check.Reference(outcome.agent_reference(), "agent_reference");
  check.Paragraphs(outcome.mutable_note(), 0, 2000, "note");
  AdmitPromise(outcome, check);
  return check.problem();
}

v1::Channel ChannelOf(const v1::Outcome& outcome) {
  return outcome.channel() == v1::CHANNEL_UNSPECIFIED ? v1::CHANNEL_PHONE : outcome.channel();
}

ReceivedOutcome Receive(storage::Sealer& sealer, std::string_view vendor_id, std::string bytes,
                        google::protobuf::Arena& arena) {
  ReceivedOutcome received;
  auto& outcome = *google::protobuf::Arena::CreateMessage<v1::Outcome>(&arena);
  received.parsed = &outcome;
  if (outcome.ParseFromString(bytes)) {
    received.problem = AdmitOutcome(outcome, received.card_removed);
    bytes = CanonicalBytes(outcome);
  } else {
    received.problem =
        FieldProblem{"", "is not a serialized Outcome, or a text field is not UTF-8"};
  }
  received.digest = sealer.Digest(bytes);
  if (!received.problem.has_value()) {
    received.box = sealer.Seal(BoxPlace(vendor_id, outcome.outcome_id(), outcome.version()), bytes);
  }
  received.bytes = std::move(bytes);
  return received;
}

std::string BoxPlace(std::string_view vendor_id, std::string_view outcome_id, int64_t version) {
  return absl::StrCat("outcome|", absl::string_view(vendor_id.data(), vendor_id.size()), "|",
                      absl::string_view(outcome_id.data(), outcome_id.size()), "|", version);
}

}  // namespace switchboard::outcomes
