#include "hub/api/vendor_api.h"

#include "hub/api/field_error.h"
#include "hub/api/read_for.h"
#include "hub/assignments/recalls.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"
#include "hub/feed/withheld.h"
#include "hub/masking/coarse_time.h"
#include "hub/masking/silent_messages.h"
#include "hub/outcomes/recordings.h"
#include "hub/permits/contact_target.h"
#include "hub/storage/submit.h"
#include "hub/storage/unit_chain.h"
#include "hub/unmasking/request_check.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard::api {
namespace {

using masking::Silently;
using storage::Transaction;
using storage::Urgency;

// Of notes, which threads that others wait for clean in 0.1 s.
constexpr size_t kSlowCharactersAtOnce = 4'000;

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, message);
}

}  // namespace

// The outcomes of one call, and what is answered of each piece of them.
struct VendorApi::Reported {
  size_t piece_max = 0;  // what the writer takes at once
  std::shared_ptr<google::protobuf::Arena> arena = std::make_shared<google::protobuf::Arena>();
  std::vector<outcomes::ReceivedOutcome> outcomes;
  std::vector<v1::ReportOutcomesResponse> answers;

  absl::Span<const outcomes::ReceivedOutcome> PieceOf(size_t number) const {
    return absl::MakeConstSpan(outcomes).subspan(number * piece_max, piece_max);
  }

  v1::ReportOutcomesResponse Answer() {
    v1::ReportOutcomesResponse whole = std::move(answers.front());
    for (size_t i = 1; i < answers.size(); ++i) {
      for (auto& receipt : *answers[i].mutable_receipts())
        *whole.add_receipts() = std::move(receipt);
    }
    return whole;
  }
};

absl::StatusOr<contracts::Contracts::Compiled> VendorApi::AnyContract(
    Transaction& transaction, const std::string& vendor_id) const {
  return AnyContract(transaction.connection(), transaction.now(), vendor_id);
}

absl::StatusOr<contracts::Contracts::Compiled> VendorApi::AnyContract(
    storage::Connection& connection, absl::Time now, const std::string& vendor_id) const {
  ASSIGN_OR_RETURN(auto contract, parts_.contracts.FindAt(connection, vendor_id, now));
  if (contract != nullptr) return contract;
  auto newest = parts_.contracts.Newest(connection, vendor_id);
  return absl::IsNotFound(newest.status()) ? contracts::NoContract() : newest;
}

std::shared_ptr<sync::SyncStream> VendorApi::OpenStream(const identity::Peer& caller,
                                                        sync::Outlet* outlet) {
  auto stream =
      std::make_shared<sync::SyncStream>(caller.name, parts_.stream, parts_.limits, outlet);
  parts_.streams.Add(stream);
  return stream;
}

void VendorApi::ReportOutcomes(const identity::Peer& caller, std::string serialized,
                               Done<ToVendor<v1::ReportOutcomesResponse>> answer) {
  parts_.stream.executor.Post(
      [this, caller, serialized = std::move(serialized), done = Silently(std::move(answer))] {
        v1::ItemBytes request;
        if (!request.ParseFromString(serialized))
          return done(Invalid("MESSAGE_MALFORMED", "the bytes are no ReportOutcomesRequest"));
        if (request.items().empty() || request.items_size() > kOutcomesMax ||
            serialized.size() > kOutcomesBytesMax) {
          return done(Invalid("BATCH_TOO_LARGE", "outcomes: 1 to 500, at most 1 MiB a call"));
        }
        auto reported = std::make_shared<Reported>();
        reported->piece_max = parts_.stream.writer.piece_max();
        reported->outcomes.reserve(static_cast<size_t>(request.items_size()));
        for (std::string& bytes : *request.mutable_items()) {
          reported->outcomes.push_back(
              outcomes::Receive(parts_.sealer, std::move(bytes), *reported->arena));
        }
        CleanNotes(caller, reported, done);
      });
}

void VendorApi::CleanNotes(const identity::Peer& caller, const std::shared_ptr<Reported>& reported,
                           const Done<v1::ReportOutcomesResponse>& done) {
  const auto clean = [this, caller, reported, done] {
    const absl::Status cleaned = parts_.stream.readers.Run([&](storage::Connection& reader) {
      return parts_.outcomes.CleanNotes(reader, caller.name, absl::MakeSpan(reported->outcomes));
    });
    if (!cleaned.ok()) return done(cleaned);
    WriteOutcomes(caller, reported, done);
  };
  if (parts_.outcomes.WorkOfNotes(reported->outcomes).slow_characters <= kSlowCharactersAtOnce)
    return clean();
  if (!parts_.reports.Post(caller.Actor(), clean))
    done(OverloadedError("too many long notes of yours are waiting", absl::Seconds(1)));
}

void VendorApi::WriteOutcomes(const identity::Peer& caller,
                              const std::shared_ptr<Reported>& reported,
                              Done<v1::ReportOutcomesResponse> done) {
  const size_t count = (reported->outcomes.size() + reported->piece_max - 1) / reported->piece_max;
  reported->answers.resize(count);
  const storage::UnitDone recorded =
      storage::Joined(count, [executor = &parts_.stream.executor, reported,
                              done = std::move(done)](const absl::Status& status) {
        if (status.ok()) {
          done(reported->Answer());
        } else {
          done(status);
        }
        // Hundreds of outcomes are dropped elsewhere: the writer's thread is what all wait for. A
        // hub that ends answers what it never ran after this object is gone.
        executor->Post(
            [outcomes = std::move(reported->outcomes), arena = std::move(reported->arena)] {});
      });
  // Behind a piece that failed a correction would miss the version before it, and be refused for
  // that.
  storage::UnitChain chain(parts_.stream.writer, Urgency::kBulk, caller.Actor(),
                           absl::AbortedError("an earlier piece of the call failed"));
  for (size_t i = 0; i < count; ++i) {
    chain.Submit(
        [this, vendor_id = caller.name, reported, i](Transaction& transaction) -> absl::Status {
          RETURN_IF_ERROR(AnyContract(transaction, vendor_id).status());
          ASSIGN_OR_RETURN(reported->answers[i],
                           parts_.outcomes.Report(transaction, vendor_id, reported->PieceOf(i)));
          return EndWaiting(transaction, vendor_id, reported->PieceOf(i), reported->answers[i]);
        },
        recorded);
  }
}

// What was refused without being kept is sent again by the vendor, and not taken by an operator:
// recorded, it would lie in quarantine as if it still waited.
absl::Status VendorApi::EndWaiting(Transaction& transaction, const std::string& vendor_id,
                                   absl::Span<const outcomes::ReceivedOutcome> reported,
                                   const v1::ReportOutcomesResponse& response) const {
  using Response = v1::ReportOutcomesResponse;
  std::vector<std::string_view> taken;
  for (size_t i = 0; i < reported.size(); ++i) {
    const auto status = response.receipts(static_cast<int>(i)).status();
    if (status == Response::STATUS_RECORDED || status == Response::STATUS_REPEATED)
      taken.push_back(reported[i].bytes);
  }
  return parts_.quarantine.RemoveEmpty(transaction, "vendor/" + vendor_id, "outcome", taken);
}

void VendorApi::KeepWithheld(const identity::Peer& caller, const masking::WithheldAnswer& withheld,
                             std::function<void()> answer) {
  parts_.stream.writer.Submit(
      Urgency::kUrgent, caller.Actor(),
      [this, withheld](Transaction& transaction) {
        return feed::PutWithheld(transaction, parts_.quarantine, withheld.finding, withheld.row);
      },
      [this, caller, withheld, answer = std::move(answer)](const absl::Status& status) {
        if (status.ok() && parts_.stream.withheld)
          parts_.stream.withheld(caller.name, withheld.finding.data_class);
        answer();
      });
}

// The unit that would have shown it has failed, so that there is no permit.
template <typename Response>
Done<masking::ToVendor<Response>> VendorApi::AnswerOrKeep(
    const identity::Peer& caller, std::shared_ptr<masking::WithheldAnswer> withheld,
    Done<ToVendor<Response>> done) {
  return [this, caller, withheld = std::move(withheld),
          done = std::move(done)](absl::StatusOr<ToVendor<Response>> answer) {
    if (ErrorReason(answer.status()) != "WITHHELD") return done(std::move(answer));
    parts_.stream.executor.Post([this, caller, withheld, done, why = answer.status()] {
      KeepWithheld(caller, *withheld, [done, why] { done(why); });
    });
  };
}

void VendorApi::RequestPermit(const identity::Peer& caller, v1::RequestPermitRequest request,
                              Done<ToVendor<v1::RequestPermitResponse>> done) {
  if (const auto problem = permits::CheckRequest(request); problem.has_value())
    return done(FieldInvalid(*problem));
  const std::string shard(ShardOf(request.assignment_id()));
  auto withheld = std::make_shared<masking::WithheldAnswer>();
  storage::SubmitFor<ToVendor<v1::RequestPermitResponse>>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, vendor_id = caller.name, request = std::move(request),
       withheld](Transaction& transaction) {
        return parts_.permits.Request(transaction, vendor_id, request, *withheld);
      },
      AnswerOrKeep(caller, withheld, std::move(done)));
}

void VendorApi::PlanContacts(const identity::Peer& caller, v1::PlanContactsRequest request,
                             Done<ToVendor<v1::PlanContactsResponse>> done) {
  if (const auto problem = permits::CheckRequest(request); problem.has_value())
    return done(FieldInvalid(*problem));
  const std::string shard(ShardOf(request.contact().assignment_id()));
  auto withheld = std::make_shared<masking::WithheldAnswer>();
  storage::SubmitFor<ToVendor<v1::PlanContactsResponse>>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, vendor_id = caller.name, request = std::move(request),
       withheld](Transaction& transaction) {
        return parts_.permits.Plan(transaction, vendor_id, request, *withheld);
      },
      AnswerOrKeep(caller, withheld, std::move(done)));
}

void VendorApi::RequestUnmasking(const identity::Peer& caller, v1::RequestUnmaskingRequest request,
                                 Done<ToVendor<v1::RequestUnmaskingResponse>> done) {
  if (const auto problem = unmasking::CheckUnmaskingRequest(request); problem.has_value())
    return done(FieldInvalid(*problem));
  const std::string shard(ShardOf(request.assignment_id()));
  auto withheld = std::make_shared<masking::WithheldAnswer>();
  storage::SubmitFor<ToVendor<v1::RequestUnmaskingResponse>>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, vendor_id = caller.name, request = std::move(request),
       withheld](Transaction& transaction) {
        return parts_.unmaskings.Request(transaction, vendor_id, request, *withheld);
      },
      AnswerOrKeep(caller, withheld, std::move(done)));
}

std::shared_ptr<PermitStream> VendorApi::OpenPermits(const identity::Peer& caller,
                                                     PermitStream::Outlet* outlet) {
  auto stream = std::make_shared<PermitStream>(
      caller.name, parts_.stream.true_clock.Now(),
      [this, caller](const v1::RequestPermitRequest& request, Done<PermitStream::Answer> done) {
        RequestPermit(caller, request, std::move(done));
      },
      outlet);
  parts_.permit_streams.Add(stream);
  return stream;
}

void VendorApi::ReleasePermit(const identity::Peer& caller, v1::ReleasePermitRequest request,
                              Done<ToVendor<v1::ReleasePermitResponse>> done) {
  const std::string shard(ShardOf(request.permit_id()));
  storage::SubmitFor<v1::ReleasePermitResponse>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, vendor_id = caller.name, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ReleasePermitResponse> {
        RETURN_IF_ERROR(AnyContract(transaction, vendor_id).status());
        RETURN_IF_ERROR(parts_.permits.Release(transaction, vendor_id, request.permit_id()));
        return v1::ReleasePermitResponse();
      },
      Silently(std::move(done)));
}

void VendorApi::ObjectToRecall(const identity::Peer& caller, v1::ObjectToRecallRequest request,
                               Done<ToVendor<v1::ObjectToRecallResponse>> done) {
  FieldCheck check;
  check.Enum(v1::ObjectToRecallRequest::Reason_IsValid(request.reason()), request.reason(),
             "reason");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  const std::string shard(ShardOf(request.assignment_id()));
  storage::SubmitFor<v1::ObjectToRecallResponse>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, caller, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ObjectToRecallResponse> {
        ASSIGN_OR_RETURN(const auto contract, AnyContract(transaction, caller.name));
        assignments::Changes changes(transaction, parts_.sealer, parts_.ids, caller.Actor());
        ASSIGN_OR_RETURN(const absl::Time final_time,
                         assignments::ObjectToRecall(transaction, changes, *contract, request));
        v1::ObjectToRecallResponse response;
        *response.mutable_final_time() = masking::CoarseTime(final_time);
        return response;
      },
      Silently(std::move(done)));
}

void VendorApi::HandOver(const identity::Peer& caller, v1::HandOverRequest request,
                         Done<ToVendor<v1::HandOverResponse>> answer) {
  auto done = Silently(std::move(answer));
  if (const auto problem = ingest::AdmitHandOver(request); problem.has_value())
    return done(FieldInvalid(*problem));
  if (request.note().empty()) return WriteHandOver(caller, std::move(request), {}, std::move(done));
  parts_.stream.executor.Post([this, caller, request = std::move(request), done = std::move(done)] {
    ingest::HandOverNote note;
    const absl::Status cleaned = parts_.stream.readers.Run([&](storage::Connection& reader) {
      auto clean = parts_.hand_overs.CleanNote(reader, caller.name, request);
      if (clean.ok()) note = *std::move(clean);
      return clean.status();
    });
    if (!cleaned.ok()) return done(cleaned);
    WriteHandOver(caller, request, std::move(note), done);
  });
}

void VendorApi::WriteHandOver(const identity::Peer& caller, v1::HandOverRequest request,
                              ingest::HandOverNote note, Done<v1::HandOverResponse> done) {
  const std::string shard(ShardOf(request.assignment_id()));
  storage::SubmitFor<v1::HandOverResponse>(
      parts_.stream.writer, Urgency::kUrgent, caller.Actor(), shard,
      [this, vendor_id = caller.name, request = std::move(request),
       note = std::move(note)](Transaction& transaction) -> absl::StatusOr<v1::HandOverResponse> {
        RETURN_IF_ERROR(parts_.hand_overs.HandOver(transaction, vendor_id, request, note));
        return v1::HandOverResponse();
      },
      std::move(done));
}

void VendorApi::ListMissingRecordings(const identity::Peer& caller,
                                      v1::ListMissingRecordingsRequest request,
                                      Done<ToVendor<v1::ListMissingRecordingsResponse>> done) {
  FieldCheck check;
  if (!request.after().empty()) check.Id(request.after(), "after");
  CheckPage(request.max_calls(), outcomes::kMissingRecordingsMax, "max_calls", check);
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ListMissingRecordingsResponse>(
      parts_.stream.readers, parts_.reports, caller.Actor(),
      [this, vendor_id = caller.name, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListMissingRecordingsResponse> {
        const absl::Time now = parts_.stream.clock.Now();
        RETURN_IF_ERROR(AnyContract(reader, now, vendor_id).status());
        const int limit = PageOf(request.max_calls(), outcomes::kMissingRecordingsMax);
        ASSIGN_OR_RETURN(const auto missing, outcomes::MissingRecordings(reader, now, vendor_id,
                                                                         request.after(), limit));
        v1::ListMissingRecordingsResponse response;
        response.mutable_calls()->Assign(missing.begin(), missing.end());
        return response;
      },
      Silently(std::move(done)));
}

}  // namespace switchboard::api
