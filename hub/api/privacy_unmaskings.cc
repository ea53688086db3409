#include "hub/api/field_error.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/ids.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

constexpr int kUnmaskingsMax = 1'000;
constexpr size_t kVendorBytesMax = 32;

}  // namespace

void PrivacyApi::FindUnmaskings(const identity::Peer& caller, v1::FindUnmaskingsRequest request,
                                Done<v1::FindUnmaskingsResponse> done) {
  FieldCheck check;
  check.Label(request.vendor_id(), 0, kVendorBytesMax, "vendor_id");
  if (!request.after().empty()) check.Id(request.after(), "after");
  CheckPage(request.max_unmaskings(), kUnmaskingsMax, "max_unmaskings", check);
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::FindUnmaskingsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return parts_.unmaskings.Find(reader, parts_.clock.Now(), request,
                                      PageOf(request.max_unmaskings(), kUnmaskingsMax));
      },
      std::move(done));
}

void PrivacyApi::DecideUnmasking(const identity::Peer& caller, v1::DecideUnmaskingRequest request,
                                 Done<v1::DecideUnmaskingResponse> done) {
  FieldCheck check;
  check.Id(request.unmasking_id(), "unmasking_id");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  const std::string shard(ShardOf(request.unmasking_id()));
  storage::SubmitFor<v1::DecideUnmaskingResponse>(
      parts_.writer, storage::Urgency::kUrgent, caller.Actor(), shard,
      [this, actor = caller.Actor(), request = std::move(request)](
          storage::Transaction& transaction) -> absl::StatusOr<v1::DecideUnmaskingResponse> {
        RETURN_IF_ERROR(
            parts_.unmaskings.Decide(transaction, actor, request.unmasking_id(), request.agreed()));
        return v1::DecideUnmaskingResponse();
      },
      std::move(done));
}

}  // namespace switchboard::api
