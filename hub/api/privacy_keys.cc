#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/schema.h"
#include "hub/storage/submit.h"
#include "hub/upkeep/key_rotation_row.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using Keys = v1::ListKeysResponse;

void Show(const storage::DataKey& key, Keys::Key& shown) {
  shown.set_key_number(key.number);
  shown.set_purpose(key.purpose == storage::kRootPurpose ? Keys::PURPOSE_ROOT : Keys::PURPOSE_DATA);
  shown.set_hub_id(key.hub_id);
  shown.set_wrapped_by(key.wrapped_by);
  *shown.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(key.create_us);
  if (key.retire_us.has_value())
    *shown.mutable_retire_time() = TimeUtil::MicrosecondsToTimestamp(*key.retire_us);
  if (key.destroy_us.has_value())
    *shown.mutable_destroy_time() = TimeUtil::MicrosecondsToTimestamp(*key.destroy_us);
}

absl::StatusOr<Keys> ReadKeys(storage::Connection& reader) {
  Keys response;
  ASSIGN_OR_RETURN(const auto keys, storage::AllDataKeys(reader));
  for (const storage::DataKey& key : keys) Show(key, *response.add_keys());
  ASSIGN_OR_RETURN(const auto rotation, upkeep::ShowRotation(reader));
  if (rotation.has_value()) *response.mutable_rotation() = *rotation;
  ASSIGN_OR_RETURN(const auto hubs, storage::KeysOfHubs(reader));
  for (const storage::HubKeyRow& hub : hubs) {
    auto& shown = *response.add_hubs();
    shown.set_hub_id(hub.hub_id);
    shown.set_sealing_key(hub.sealing_key);
    shown.mutable_wrapping_keys()->Assign(hub.opens.begin(), hub.opens.end());
    *shown.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(hub.start_us);
  }
  return response;
}

absl::StatusOr<v1::RotateKeysResponse> RotateData(storage::Transaction& transaction,
                                                  std::string_view actor, std::string_view hub_id,
                                                  const std::vector<std::string>& without_hubs) {
  v1::RotateKeysResponse response;
  auto rotation = upkeep::StartRotation(transaction, actor, hub_id, without_hubs);
  if (absl::IsNotFound(rotation.status()))
    return FieldInvalid({"without_hubs", "names a hub that has no place; see ListKeys"});
  RETURN_IF_ERROR(rotation.status());
  *response.mutable_rotation() = *std::move(rotation);
  return response;
}

absl::StatusOr<v1::RotateKeysResponse> RotateWrapping(storage::Transaction& transaction,
                                                      std::string_view actor,
                                                      storage::Wrappings& wrappings) {
  const storage::Key keys[] = {book::KeysKey(), storage::StartKey()};
  RETURN_IF_ERROR(transaction.Hold(keys));
  v1::RotateKeysResponse response;
  ASSIGN_OR_RETURN(const int wrapped, storage::WrapAllAnew(transaction, wrappings));
  response.set_keys_wrapped(wrapped);
  if (wrapped == 0) return response;
  // The former wrapping key opens nothing in the database's files any more.
  transaction.Forget();
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_KEYS, actor);
  event.mutable_keys()->set_step(v1::KeyStep::STEP_WRAPPED);
  event.mutable_keys()->set_wrapped_by(wrappings.own().id());
  event.set_count(wrapped);
  audit::Record(transaction, std::move(event));
  return response;
}

}  // namespace

void PrivacyApi::ListKeys(const identity::Peer& caller, v1::ListKeysRequest,
                          Done<v1::ListKeysResponse> done) {
  ReadFor<Keys>(parts_.readers, parts_.reports, caller.Actor(), ReadKeys, std::move(done));
}

void PrivacyApi::RotateKeys(const identity::Peer& caller, v1::RotateKeysRequest request,
                            Done<v1::RotateKeysResponse> done) {
  const bool wrapping = request.which() == v1::RotateKeysRequest::WHICH_WRAPPING;
  std::vector<std::string> without(request.without_hubs().begin(), request.without_hubs().end());
  FieldCheck check;
  check.Require(wrapping || request.which() == v1::RotateKeysRequest::WHICH_DATA, "which",
                "must say what is changed: data keys, or what they are wrapped by");
  check.Require(!wrapping || without.empty(), "without_hubs", "is for data keys");
  for (const std::string& hub_id : without) {
    check.Require(hub_id != parts_.hub_id, "without_hubs",
                  "names the hub that is asked, which is not gone; ask another one");
  }
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  storage::SubmitFor<v1::RotateKeysResponse>(
      parts_.writer, storage::Urgency::kUrgent, caller.Actor(),
      [this, wrapping, actor = caller.Actor(), without = std::move(without)](
          storage::Transaction& transaction) -> absl::StatusOr<v1::RotateKeysResponse> {
        return wrapping ? RotateWrapping(transaction, actor, parts_.sealer.wrappings())
                        : RotateData(transaction, actor, parts_.hub_id, without);
      },
      std::move(done));
}

}  // namespace switchboard::api
