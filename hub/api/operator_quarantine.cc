#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/assignments/assignments.h"
#include "hub/audit/audit_log.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/masking/shape.h"
#include "hub/storage/submit.h"
#include "switchboard/v1/operator_records.pb.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Transaction;
using storage::Urgency;
using Occurrence = v1::AuditEvent::Occurrence;

constexpr int kWordsNeeded = 2;
constexpr absl::Duration kWordLasts = absl::Hours(24);
constexpr int kReplayMax = 100;

absl::Status ItemUnknown() {
  return Error(absl::StatusCode::kNotFound, "ITEM_UNKNOWN",
               "quarantine_id: there is no such item in quarantine");
}

void Record(Transaction& transaction, std::string_view actor, const std::string& id,
            Occurrence::What what) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, actor);
  event.set_subject_id(id);
  event.mutable_occurrence()->set_what(what);
  audit::Record(transaction, std::move(event));
}

template <typename Message>
google::protobuf::Struct ShapeOf(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) return {};
  return masking::ShapeOf(message);
}

google::protobuf::Struct ContentOf(const audit::QuarantinedItem& item) {
  if (item.kind == "account") return ShapeOf<v1::AccountRecord>(item.bytes);
  if (item.kind == "event") return ShapeOf<v1::CoreEvent>(item.bytes);
  if (item.kind == audit::kShownKind) return ShapeOf<v1::WithheldRow>(item.bytes);
  return ShapeOf<v1::Outcome>(item.bytes);
}

v1::ListQuarantineResponse::Item Describe(const audit::QuarantinedItem& item) {
  v1::ListQuarantineResponse::Item described;
  described.set_quarantine_id(item.quarantine_id);
  described.set_actor(item.actor);
  described.set_kind(item.kind);
  described.set_status(item.status);
  described.set_field(item.field);
  *described.mutable_time() = TimeUtil::MicrosecondsToTimestamp(item.quarantine_time_us);
  described.set_count(item.count);
  described.set_bytes(item.size);
  described.set_content_not_kept(!item.content_kept);
  return described;
}

// What was withheld from a vendor is read anew with the next page of its feed. For a permit that
// was not given the vendor asks again itself.
absl::StatusOr<std::string> ShowAnew(Transaction& transaction, const OperatorApi::Parts& parts,
                                     const std::string& actor, const std::string& bytes) {
  v1::WithheldRow row;
  if (!row.ParseFromString(bytes)) return absl::DataLossError("a withheld row cannot be parsed");
  const std::string& id = row.assigned().assignment_id();
  ASSIGN_OR_RETURN(auto assignment, assignments::FindAssignment(transaction.connection(), id));
  if (assignment.has_value()) {
    const storage::Key person = book::PersonKey(assignment->person_id);
    RETURN_IF_ERROR(transaction.Hold({&person, 1}));
    ASSIGN_OR_RETURN(assignment, assignments::FindAssignment(transaction.connection(), id));
  }
  if (!assignment.has_value() || !assignment->live) return "NOT_ASSIGNED";
  assignments::Changes(transaction, parts.sealer, parts.ids, actor).Touch(*assignment);
  return "SHOWN_ANEW";
}

// "vendor/sakura" → "sakura".
std::string NameOf(const std::string& actor) { return actor.substr(actor.find('/') + 1); }

}  // namespace

void OperatorApi::VouchForQuarantine(const identity::Peer& caller,
                                     v1::VouchForQuarantineRequest request,
                                     Done<v1::VouchForQuarantineResponse> done) {
  storage::SubmitFor<v1::VouchForQuarantineResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), id = request.quarantine_id()](
          Transaction& transaction) -> absl::StatusOr<v1::VouchForQuarantineResponse> {
        ASSIGN_OR_RETURN(const auto item,
                         audit::FindQuarantined(transaction.connection(), parts_.sealer, id));
        if (!item.has_value()) return ItemUnknown();
        RETURN_IF_ERROR(audit::GiveWord(transaction, id, actor));
        Record(transaction, actor, id, Occurrence::WHAT_QUARANTINE_VOUCHED);
        v1::VouchForQuarantineResponse response;
        const int64_t since_us = absl::ToUnixMicros(transaction.now() - kWordLasts);
        ASSIGN_OR_RETURN(const int words,
                         audit::CountWords(transaction.connection(), id, since_us));
        response.set_words(words);
        return response;
      },
      std::move(done));
}

// A unit of work, since whoever reads is written down before anything is shown.
void OperatorApi::ReadQuarantine(const identity::Peer& caller, v1::ReadQuarantineRequest request,
                                 Done<v1::ReadQuarantineResponse> done) {
  storage::SubmitFor<v1::ReadQuarantineResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), id = request.quarantine_id()](
          Transaction& transaction) -> absl::StatusOr<v1::ReadQuarantineResponse> {
        ASSIGN_OR_RETURN(const auto item,
                         audit::FindQuarantined(transaction.connection(), parts_.sealer, id));
        if (!item.has_value()) return ItemUnknown();
        const int64_t since_us = absl::ToUnixMicros(transaction.now() - kWordLasts);
        ASSIGN_OR_RETURN(const int words,
                         audit::CountWords(transaction.connection(), id, since_us));
        if (words < kWordsNeeded) {
          return Error(absl::StatusCode::kFailedPrecondition, "TWO_WORDS_NEEDED",
                       "two operators must vouch for the reading of this item within 24 hours; " +
                           std::to_string(words) + " did");
        }
        if (!item->content_kept) {
          return Error(absl::StatusCode::kFailedPrecondition, "CONTENT_NOT_KEPT",
                       "its content was too large to be kept, or its sender's share of the "
                       "quarantine was used up");
        }
        Record(transaction, actor, id, Occurrence::WHAT_QUARANTINE_READ);
        v1::ReadQuarantineResponse response;
        *response.mutable_item() = Describe(*item);
        *response.mutable_content() = ContentOf(*item);
        return response;
      },
      std::move(done));
}

void OperatorApi::ReplayQuarantine(const identity::Peer& caller,
                                   v1::ReplayQuarantineRequest request,
                                   Done<v1::ReplayQuarantineResponse> done) {
  FieldCheck check;
  check.Require(!request.quarantine_ids().empty() && request.quarantine_ids_size() <= kReplayMax,
                "quarantine_ids", "must be 1 to 100");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  if (parts_.disk.low()) return done(storage::StorageLow());
  storage::SubmitFor<v1::ReplayQuarantineResponse>(
      parts_.writer, Urgency::kBulk, caller.Actor(),
      [this, caller, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ReplayQuarantineResponse> {
        v1::ReplayQuarantineResponse response;
        for (const std::string& id : request.quarantine_ids()) {
          ASSIGN_OR_RETURN(*response.add_receipts(), Replay(transaction, caller, id));
        }
        return response;
      },
      std::move(done));
}

absl::StatusOr<v1::ReplayQuarantineResponse::Receipt> OperatorApi::Replay(
    Transaction& transaction, const identity::Peer& caller, const std::string& id) const {
  v1::ReplayQuarantineResponse::Receipt receipt;
  receipt.set_quarantine_id(id);
  ASSIGN_OR_RETURN(const auto item,
                   audit::FindQuarantined(transaction.connection(), parts_.sealer, id));
  if (!item.has_value()) {
    receipt.set_status("ITEM_UNKNOWN");
    return receipt;
  }
  if (!item->content_kept) {
    receipt.set_status("CONTENT_NOT_KEPT");
    return receipt;
  }
  if (item->kind == "account") {
    using Response = v1::ImportAccountsResponse;
    const absl::Time as_of = absl::FromUnixMicros(item->as_of_us);
    google::protobuf::Arena arena;
    const auto received = parts_.intake.Receive(item->bytes, as_of, arena);
    ASSIGN_OR_RETURN(const auto taken,
                     parts_.intake.Take(transaction, item->actor, item->source,
                                        {.records = {&received, 1}, .more_follows = true}));
    const Response& response = taken.response;
    // Silence is acceptance.
    const auto status =
        response.receipts().empty() ? Response::STATUS_UNSPECIFIED : response.receipts(0).status();
    receipt.set_taken(status == Response::STATUS_UNSPECIFIED ||
                      status == Response::STATUS_REPEATED || status == Response::STATUS_OUTDATED ||
                      status == Response::STATUS_NOT_PLACED);
    receipt.set_status(response.receipts().empty() ? "STATUS_ACCEPTED"
                                                   : Response::Status_Name(status));
    if (!response.receipts().empty()) receipt.set_field(response.receipts(0).field());
  } else if (item->kind == "event") {
    using Response = v1::PostEventsResponse;
    ASSIGN_OR_RETURN(const auto one, parts_.events.Apply(transaction, item->actor, item->bytes));
    receipt.set_taken(one.status() == Response::STATUS_ACCEPTED ||
                      one.status() == Response::STATUS_REPEATED ||
                      one.status() == Response::STATUS_UNKNOWN_SUBJECT);
    receipt.set_status(Response::Status_Name(one.status()));
    receipt.set_field(one.field());
  } else if (item->kind == audit::kShownKind) {
    ASSIGN_OR_RETURN(const std::string became,
                     ShowAnew(transaction, parts_, caller.Actor(), item->bytes));
    receipt.set_taken(true);
    receipt.set_status(became);
  } else {
    using Response = v1::ReportOutcomesResponse;
    const std::string vendor_id = NameOf(item->actor);
    google::protobuf::Arena arena;
    auto received = outcomes::Receive(parts_.sealer, item->bytes, arena);
    RETURN_IF_ERROR(
        parts_.outcomes.CleanNotes(transaction.connection(), vendor_id, {&received, 1}));
    // What is kept has no card number any more; that there was one the core is told all the same.
    received.card_removed = received.card_removed || item->card_removed;
    ASSIGN_OR_RETURN(const auto response,
                     parts_.outcomes.Report(transaction, vendor_id, {&received, 1}));
    const auto& one = response.receipts(0);
    receipt.set_taken(one.status() == Response::STATUS_RECORDED ||
                      one.status() == Response::STATUS_REPEATED);
    receipt.set_status(Response::Status_Name(one.status()));
    receipt.set_field(one.field());
  }
  if (!receipt.taken()) {
    RETURN_IF_ERROR(audit::KeepWaiting(transaction, *item, receipt.status(), receipt.field()));
    return receipt;
  }
  RETURN_IF_ERROR(audit::RemoveQuarantined(transaction, id));
  Record(transaction, caller.Actor(), id, Occurrence::WHAT_QUARANTINE_REPLAYED);
  return receipt;
}

}  // namespace switchboard::api
