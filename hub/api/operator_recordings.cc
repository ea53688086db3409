#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/outcomes/recordings.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

constexpr size_t kVendorBytesMax = 32;
constexpr size_t kSha256Bytes = 32;

std::optional<FieldProblem> Check(const v1::FindMissingRecordingsRequest& request) {
  FieldCheck check;
  if (!request.vendor_id().empty())
    check.Label(request.vendor_id(), 1, kVendorBytesMax, "vendor_id");
  const bool goes_on = !request.after_vendor_id().empty();
  if (goes_on) {
    check.Label(request.after_vendor_id(), 1, kVendorBytesMax, "after_vendor_id");
    check.Require(request.vendor_id().empty() || request.vendor_id() == request.after_vendor_id(),
                  "after_vendor_id", "must be the vendor that is asked for");
    check.Id(request.after_outcome_id(), "after_outcome_id");
  }
  check.Require(goes_on || request.after_outcome_id().empty(), "after_vendor_id",
                "goes with after_outcome_id; give both or neither");
  CheckPage(request.max_calls(), outcomes::kMissingRecordingsMax, "max_calls", check);
  return check.problem();
}

std::optional<FieldProblem> Check(const v1::CheckRecordingRequest& request) {
  FieldCheck check;
  check.Label(request.vendor_id(), 1, kVendorBytesMax, "vendor_id");
  check.Id(request.outcome_id(), "outcome_id");
  check.Require(request.sha256().size() == kSha256Bytes, "sha256",
                "must be the SHA-256 of what was fetched, 32 bytes");
  return check.problem();
}

}  // namespace

void OperatorApi::FindMissingRecordings(const identity::Peer& caller,
                                        v1::FindMissingRecordingsRequest request,
                                        Done<v1::FindMissingRecordingsResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  ReadFor<v1::FindMissingRecordingsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::FindMissingRecordingsResponse> {
        const absl::Time now = parts_.clock.Now();
        const int limit = PageOf(request.max_calls(), outcomes::kMissingRecordingsMax);
        const std::string& after = request.after_outcome_id();
        ASSIGN_OR_RETURN(
            const auto missing,
            request.vendor_id().empty()
                ? outcomes::MissingRecordingsOfAll(reader, now, request.after_vendor_id(), after,
                                                   limit)
                : outcomes::MissingRecordings(reader, now, request.vendor_id(), after, limit));
        v1::FindMissingRecordingsResponse response;
        response.mutable_calls()->Assign(missing.begin(), missing.end());
        return response;
      },
      std::move(done));
}

void OperatorApi::CheckRecording(const identity::Peer& caller, v1::CheckRecordingRequest request,
                                 Done<v1::CheckRecordingResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::CheckRecordingResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::CheckRecordingResponse> {
        v1::CheckRecordingResponse response;
        ASSIGN_OR_RETURN(const bool matches,
                         outcomes::CheckRecording(transaction, actor, request.vendor_id(),
                                                  request.outcome_id(), request.sha256()));
        response.set_matches(matches);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
