#include "hub/api/vendor_api.h"

#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/storage/submit.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

absl::Status Invalid(const FieldProblem& problem) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               problem.field + ": " + problem.problem, {{"field", problem.field}});
}

// Whose units they are.
std::string Party(const std::string& vendor_id) { return "vendor/" + vendor_id; }

absl::Status TooLarge() {
  return Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE",
               "outcomes: at most 500 and 1 MiB a call");
}

}  // namespace

VendorApi::VendorApi(SyncStream::Parts stream_parts, const SessionLimits& limits,
                       Streams& streams, contracts::Contracts& contracts,
                       const outcomes::Outcomes& outcomes, const permits::Permits& permits,
                       storage::Sealer& sealer, IdMint& ids)
    : parts_(std::move(stream_parts)),
      limits_(limits),
      streams_(streams),
      contracts_(contracts),
      outcomes_(outcomes),
      permits_(permits),
      sealer_(sealer),
      ids_(ids) {
  parts_.admit = [this](Transaction& transaction, const std::string& vendor_id) {
    return ContractOf(transaction, vendor_id).status();
  };
}

absl::StatusOr<std::shared_ptr<const contracts::CompiledContract>> VendorApi::ContractOf(
    storage::Transaction& transaction, const std::string& vendor_id) {
  auto contract = contracts_.Find(transaction.connection(), vendor_id);
  if (absl::IsNotFound(contract.status()) ||
      (contract.ok() && !(*contract)->InForceAt(transaction.now()))) {
    return Error(absl::StatusCode::kPermissionDenied, "NO_CONTRACT",
                 "no contract of this vendor is in force");
  }
  return contract;
}

std::shared_ptr<SyncStream> VendorApi::OpenStream(std::string vendor_id, Outlet* outlet) {
  auto stream = std::make_shared<SyncStream>(std::move(vendor_id), parts_, limits_, outlet);
  streams_.Add(stream);
  return stream;
}

void VendorApi::ReportOutcomes(std::string vendor_id, std::string serialized,
                                Done<v1::ReportOutcomesResponse> done) {
  parts_.executor.Post([this, vendor_id = std::move(vendor_id), serialized = std::move(serialized),
                        done = std::move(done)] {
    v1::ItemBytes request;
    if (!request.ParseFromString(serialized)) {
      return done(Error(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                        "the bytes are no ReportOutcomesRequest"));
    }
    if (request.items_size() > kOutcomesMax || serialized.size() > kOutcomesBytesMax)
      return done(TooLarge());
    auto received = std::make_shared<std::vector<outcomes::ReceivedOutcome>>();
    received->reserve(request.items_size());
    for (std::string& bytes : *request.mutable_items()) {
      received->push_back(outcomes::Receive(sealer_, vendor_id, std::move(bytes)));
    }
    storage::SubmitFor<v1::ReportOutcomesResponse>(
        parts_.writer, Urgency::kBulk, Party(vendor_id),
        [this, vendor_id,
         received](Transaction& transaction) -> absl::StatusOr<v1::ReportOutcomesResponse> {
          RETURN_IF_ERROR(ContractOf(transaction, vendor_id).status());
          return outcomes_.Report(transaction, vendor_id, *received);
        },
        done);
  });
}

void VendorApi::RequestPermit(std::string vendor_id, v1::RequestPermitRequest request,
                               Done<v1::RequestPermitResponse> done) {
  FieldCheck check;
  check.Id(request.request_id(), "request_id");
  check.Id(request.assignment_id(), "assignment_id");
  check.Id(request.contact_point_id(), "contact_point_id");
  if (!check.ok()) return done(Invalid(*check.problem()));
  storage::SubmitFor<v1::RequestPermitResponse>(
      parts_.writer, Urgency::kUrgent, Party(vendor_id),
      [this, vendor_id, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::RequestPermitResponse> {
        RETURN_IF_ERROR(ContractOf(transaction, vendor_id).status());
        return permits_.Request(transaction, vendor_id, request);
      },
      std::move(done));
}

void VendorApi::ReleasePermit(std::string vendor_id, v1::ReleasePermitRequest request,
                               Done<v1::ReleasePermitResponse> done) {
  storage::SubmitFor<v1::ReleasePermitResponse>(
      parts_.writer, Urgency::kUrgent, Party(vendor_id),
      [this, vendor_id, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ReleasePermitResponse> {
        RETURN_IF_ERROR(ContractOf(transaction, vendor_id).status());
        RETURN_IF_ERROR(permits_.Release(transaction, vendor_id, request.permit_id()));
        return v1::ReleasePermitResponse();
      },
      std::move(done));
}

void VendorApi::ObjectToRecall(std::string vendor_id, v1::ObjectToRecallRequest request,
                                Done<v1::ObjectToRecallResponse> done) {
  FieldCheck check;
  check.Enum(v1::ObjectToRecallRequest::Reason_IsValid(request.reason()), request.reason(),
             "reason");
  if (!check.ok()) return done(Invalid(*check.problem()));
  storage::SubmitFor<v1::ObjectToRecallResponse>(
      parts_.writer, Urgency::kUrgent, Party(vendor_id),
      [this, vendor_id, request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ObjectToRecallResponse> {
        ASSIGN_OR_RETURN(const auto contract, ContractOf(transaction, vendor_id));
        assignments::Changes changes(transaction, sealer_, ids_, "vendor/" + vendor_id);
        ASSIGN_OR_RETURN(const absl::Time final_time,
                         assignments::ObjectToRecall(transaction, changes, *contract, request));
        changes.Flush();
        v1::ObjectToRecallResponse response;
        *response.mutable_final_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
            absl::ToUnixMicros(final_time));
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
