#include "hub/outcomes/outcome_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/canonical.h"
#include "hub/base/card_number.h"
#include "hub/base/proto_time.h"
#include "hub/outcomes/recorded_item.h"
#include "hub/promises/plan_check.h"
#include "hub/redaction/cards.h"
#include "hub/results/code_map_check.h"
#include "hub/results/result_check.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kLongestContactSeconds = 24 * 60 * 60;

constexpr size_t kSha256Bytes = 32;
constexpr size_t kSubContractorBytesMax = 32;
// Between a call and its recording, either way: a machine records before somebody answers, and
// after they hung up.
constexpr absl::Duration kBesideCallMax = absl::Hours(1);
constexpr int64_t kLongestRecordingSeconds = 25 * 60 * 60;

void AdmitPromise(v1::Outcome& outcome, FieldCheck& check) {
  if (!check.ok() || !outcome.has_promise()) return;
  v1::Outcome::Promise& promise = *outcome.mutable_promise();
  check.ReportedAmount(promise.amount(), 1, "promise.amount");
  const absl::CivilDay day = absl::ToCivilDay(TimeOf(outcome.start_time()), absl::UTCTimeZone());
  promise.has_plan() ? promises::AdmitPlan(promise, "promise.", day, check)
                     : check.Day(promise.due_date(), "promise.due_date");
  check.Require(v1::PaymentMethod_IsValid(promise.method()), "promise.method",
                "must be one of the methods that this version knows");
  check.Reference(promise.script_id(), "promise.script_id");
}

// An address that was altered leads nowhere, and many are full of digits, of times for instance:
// only what is written as cards are counts.
size_t RemoveCardsOfAddress(std::string& address) {
  return HoldsCardNumber(address) ? redaction::HideCardNumbers(&address) : 0;
}

size_t RemoveCardsOfPromise(v1::Outcome::Promise& promise) {
  size_t removed = redaction::HideCardNumbers(promise.mutable_script_id());
  if (!promise.has_plan()) return removed;
  removed += redaction::HideCardNumbers(promise.mutable_plan()->mutable_agent_level());
  for (v1::PaymentPlan::Document& proof : *promise.mutable_plan()->mutable_proofs()) {
    removed += RemoveCardsOfAddress(*proof.mutable_address());
    removed += redaction::HideCardNumbers(proof.mutable_media_type());
    removed += redaction::HideCardNumbers(proof.mutable_retention_class());
  }
  return removed;
}

void AdmitMessage(const v1::Message& message, FieldCheck& check) {
  check.Require(!message.template_id().empty(), "message.template_id", "must be set");
  check.Reference(message.template_id(), "message.template_id");
  check.Require(message.template_version() >= 1, "message.template_version", "must be 1 or more");
  check.Require(message.content_sha256().size() == kSha256Bytes, "message.content_sha256",
                "must be the SHA-256 of what was sent, 32 bytes");
  check.Require(v1::Message::Delivery_IsValid(message.delivery()), "message.delivery",
                "must be one of those that this version knows");
}

bool IsLength(const google::protobuf::Duration& length) {
  if (length.seconds() < 0 || length.nanos() < 0 || length.nanos() >= 1'000'000'000) return false;
  const bool longest = length.seconds() == kLongestRecordingSeconds && length.nanos() == 0;
  return (length.seconds() > 0 || length.nanos() > 0) &&
         (length.seconds() < kLongestRecordingSeconds || longest);
}

// Times are known to be good.
void AdmitRecording(const v1::Outcome& outcome, FieldCheck& check) {
  if (!check.ok()) return;
  const v1::Recording& recording = outcome.recording();
  check.Uri(recording.address(), "recording.address");
  check.Require(recording.sha256().size() == kSha256Bytes, "recording.sha256",
                "must be the SHA-256 of the recording, 32 bytes");
  check.Require(recording.has_begin_time(), "recording.begin_time", "must be set");
  check.ReportedTime(recording.begin_time(), "recording.begin_time");
  if (!check.ok()) return;
  const absl::Time begin = TimeOf(recording.begin_time());
  check.Require(begin >= TimeOf(outcome.start_time()) - kBesideCallMax &&
                    begin <= TimeOf(outcome.end_time()) + kBesideCallMax,
                "recording.begin_time", "must be within an hour of the call");
  check.Require(IsLength(recording.length()), "recording.length",
                "must be longer than 0 and at most 25 hours");
  check.Require(!recording.retention_class().empty(), "recording.retention_class", "must be set");
  check.Reference(recording.retention_class(), "recording.retention_class");
}

bool IsWithin(int32_t value, int32_t most) { return value >= -most && value <= most; }

void AdmitVisit(const v1::Visit& visit, FieldCheck& check) {
  check.Require(
      visit.place() != v1::Visit::PLACE_UNSPECIFIED && v1::Visit::Place_IsValid(visit.place()),
      "visit.place", "must be HOME, WORK, OFFICE or ELSEWHERE");
  check.Require(visit.has_latitude_e5() == visit.has_longitude_e5(), "visit.longitude_e5",
                "goes with latitude_e5; give both or neither");
  check.Require(IsWithin(visit.latitude_e5(), 90 * 100'000), "visit.latitude_e5",
                "must be within 9,000,000 either way");
  check.Require(IsWithin(visit.longitude_e5(), 180 * 100'000), "visit.longitude_e5",
                "must be within 18,000,000 either way");
}

void AdmitCode(const v1::Outcome& outcome, FieldCheck& check) {
  const std::string& code = outcome.vendor_code();
  check.Require(!outcome.has_result(), "vendor_code",
                "stands in the place of a result; leave one of them out");
  check.Require(results::IsVendorCode(code), "vendor_code",
                "must be 1 to 64 printable ASCII characters");
  check.ReachesNobody(code, "vendor_code");
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

// What was contacted. Whether a permit says it already, the permit itself must be known to tell.
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
  if (!outcome.contact_point_id().empty()) check.Id(outcome.contact_point_id(), "contact_point_id");
  if (!outcome.party_id().empty()) check.Id(outcome.party_id(), "party_id");
  if (!outcome.sub_contractor_id().empty())
    check.Label(outcome.sub_contractor_id(), 1, kSubContractorBytesMax, "sub_contractor_id");
}

// How many card numbers were replaced in what is said of a recording.
size_t RemoveCardsOf(v1::Recording& recording) {
  return redaction::HideCardNumbers(recording.mutable_retention_class()) +
         RemoveCardsOfAddress(*recording.mutable_address());
}

}  // namespace

std::optional<FieldProblem> AdmitOutcome(v1::Outcome& outcome, bool& card_removed) {
  // First, so that a card number is not kept in quarantine either.
  size_t removed = redaction::HideCardNumbers(outcome.mutable_note());
  removed += redaction::HideCardNumbers(outcome.mutable_agent_reference());
  if (!outcome.vendor_code().empty())
    removed += redaction::HideCardNumbers(outcome.mutable_vendor_code());
  if (outcome.has_promise()) removed += RemoveCardsOfPromise(*outcome.mutable_promise());
  if (outcome.has_message())
    removed += redaction::HideCardNumbers(outcome.mutable_message()->mutable_template_id());
  if (outcome.has_recording()) removed += RemoveCardsOf(*outcome.mutable_recording());
  card_removed = removed > 0;
  FieldCheck check;
  check.Id(outcome.outcome_id(), "outcome_id");
  check.Require(outcome.version() >= 1, "version",
                "must be 1 for a first report, and the next number for a correction");
  check.Id(outcome.assignment_id(), "assignment_id");
  if (!outcome.permit_id().empty()) check.Id(outcome.permit_id(), "permit_id");
  const bool coded = !outcome.vendor_code().empty();
  coded ? AdmitCode(outcome, check) : results::CheckResult(outcome.result(), check);
  AdmitTimes(outcome, check);
  AdmitContact(outcome, check);
  check.Reference(outcome.agent_reference(), "agent_reference");
  check.Paragraphs(outcome.mutable_note(), 0, 2000, "note");
  if (check.ok() && !coded) {
    if (auto problem = ResultProblem(outcome)) return problem;
  }
  AdmitPromise(outcome, check);
  if (outcome.has_message()) AdmitMessage(outcome.message(), check);
  if (outcome.has_visit()) AdmitVisit(outcome.visit(), check);
  if (outcome.has_recording()) AdmitRecording(outcome, check);
  return check.problem();
}

std::optional<FieldProblem> ResultProblem(const v1::Outcome& outcome) {
  FieldCheck check;
  const bool promised = outcome.result().disposition() == v1::DISPOSITION_PROMISE_TO_PAY;
  check.Require(outcome.has_promise() == promised, "promise",
                "must be set with DISPOSITION_PROMISE_TO_PAY and with no other");
  // A permit says by which channel it was: see PermitProblem.
  if (!check.ok() || !outcome.permit_id().empty()) return check.problem();
  const v1::Channel channel = ChannelOf(outcome);
  if (auto problem = results::ChannelProblem(outcome.result(), channel, outcome.direction()))
    return problem;
  return PartsProblem(outcome, channel);
}

std::optional<FieldProblem> PermitProblem(const v1::Outcome& outcome,
                                          std::optional<v1::Channel> permitted) {
  FieldCheck check;
  const bool said = outcome.channel() != v1::CHANNEL_UNSPECIFIED ||
                    !outcome.contact_point_id().empty() ||
                    outcome.party() != v1::PARTY_UNSPECIFIED || !outcome.party_id().empty() ||
                    outcome.act() != v1::ACT_UNSPECIFIED;
  check.Require(!permitted.has_value() || !said, "permit_id",
                "says by which channel, where, whom and what for; leave channel, "
                "contact_point_id, party, party_id and act empty beside it");
  if (!check.ok()) return check.problem();
  const v1::Channel channel = permitted.value_or(ChannelOf(outcome));
  if (auto problem = results::ChannelProblem(outcome.result(), channel, v1::DIRECTION_OUT))
    return problem;
  return PartsProblem(outcome, channel);
}

bool IsSent(const v1::Outcome& outcome, v1::Channel channel) {
  const bool written =
      channel == v1::CHANNEL_SMS || channel == v1::CHANNEL_EMAIL || channel == v1::CHANNEL_LETTER;
  return written && outcome.direction() != v1::DIRECTION_IN;
}

std::optional<FieldProblem> PartsProblem(const v1::Outcome& outcome, v1::Channel channel) {
  FieldCheck check;
  check.Require(!outcome.has_message() || IsSent(outcome, channel), "message",
                "goes with what is sent by SMS, EMAIL or LETTER alone");
  check.Require(!outcome.has_visit() || channel == v1::CHANNEL_VISIT, "visit",
                "goes with a VISIT alone");
  const bool answered = outcome.result().connection() == v1::CONNECTION_ANSWERED ||
                        outcome.result().connection() == v1::CONNECTION_MACHINE;
  check.Require(!outcome.has_recording() || (channel == v1::CHANNEL_PHONE && answered), "recording",
                "goes with a call alone, by PHONE, that was ANSWERED or that a MACHINE took");
  if (!check.ok() || !outcome.has_message()) return check.problem();
  const bool lost = outcome.message().delivery() == v1::Message::DELIVERY_RETURNED ||
                    outcome.message().delivery() == v1::Message::DELIVERY_EXPIRED;
  const v1::Connection fitting = lost ? v1::CONNECTION_NOT_CONNECTED : v1::CONNECTION_DELIVERED;
  check.Require(outcome.result().connection() == fitting, "message.delivery",
                "SENT, ARRIVED and READ go with connection DELIVERED, RETURNED and EXPIRED with "
                "NOT_CONNECTED");
  return check.problem();
}

v1::Channel ChannelOf(const v1::Outcome& outcome) {
  if (outcome.channel() != v1::CHANNEL_UNSPECIFIED) return outcome.channel();
  if (outcome.permit_id().empty()) return v1::CHANNEL_PHONE;
  if (outcome.has_visit()) return v1::CHANNEL_VISIT;
  const bool written =
      outcome.has_message() || outcome.result().connection() == v1::CONNECTION_DELIVERED;
  return written ? v1::CHANNEL_SMS : v1::CHANNEL_PHONE;
}

ReceivedOutcome Receive(storage::Sealer& sealer, std::string bytes,
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
  received.bytes = std::move(bytes);
  return received;
}

ReceivedOutcome ReadAs(storage::Sealer& sealer, std::string_view vendor_id,
                       const ReceivedOutcome& received, v1::Outcome& outcome) {
  ReceivedOutcome read = received;
  read.parsed = &outcome;
  // What an id or a code means is as personal as what is said in so many words.
  read.box = SealItem(sealer, vendor_id, outcome);
  return read;
}

}  // namespace switchboard::outcomes
