#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_keys.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Keys = v1::ListKeysResponse;

constexpr absl::Duration kLookInterval = absl::Seconds(1);

std::string TimeText(bool there, const google::protobuf::Timestamp& time) {
  return there ? UtcText(time) : "";
}

std::string KeyTable(const Keys& keys) {
  TextTable table({{"key"},
                   {"for", Align::kLeft},
                   {"hub", Align::kLeft},
                   {"wrapped by", Align::kLeft},
                   {"made (UTC)", Align::kLeft},
                   {"retired (UTC)", Align::kLeft},
                   {"destroyed (UTC)", Align::kLeft}});
  for (const Keys::Key& key : keys.keys()) {
    table.Add({absl::StrCat(key.key_number()), ShortName(key.purpose()), key.hub_id(),
               key.wrapped_by(), UtcText(key.create_time()),
               TimeText(key.has_retire_time(), key.retire_time()),
               TimeText(key.has_destroy_time(), key.destroy_time())});
  }
  return table.Render();
}

std::string HubTable(const Keys& keys) {
  TextTable table({{"hub", Align::kLeft},
                   {"seals by key"},
                   {"opens what is wrapped by", Align::kLeft},
                   {"started (UTC)", Align::kLeft}});
  for (const Keys::HubKeys& hub : keys.hubs()) {
    table.Add({hub.hub_id(), absl::StrCat(hub.sealing_key()),
               absl::StrJoin(hub.wrapping_keys(), " "), UtcText(hub.start_time())});
  }
  return table.Render();
}

// How far it is: "SEALING at account, boxes looked at: 1,200, sealed anew: 800".
std::string StepText(const Keys::Rotation& rotation) {
  std::string text = ShortName(rotation.step());
  if (rotation.has_end_time()) absl::StrAppend(&text, " since ", UtcText(rotation.end_time()));
  if (!rotation.waits_for_hubs().empty())
    absl::StrAppend(&text, ", waits for ", absl::StrJoin(rotation.waits_for_hubs(), ", "));
  if (!rotation.table().empty()) absl::StrAppend(&text, " at ", rotation.table());
  absl::StrAppend(&text, ", boxes looked at: ", WithCommas(rotation.boxes_seen()),
                  ", sealed anew: ", WithCommas(rotation.boxes_sealed()));
  return text;
}

std::string RotationText(const Keys::Rotation& rotation) {
  std::string text = absl::StrCat("rotation of data keys up to ", rotation.through_key_number(),
                                  ", asked for by ", rotation.actor(), " at ",
                                  UtcText(rotation.start_time()), ": ", StepText(rotation), "\n");
  if (!rotation.broken_boxes().empty())
    absl::StrAppend(&text, "boxes that no key opens, and whose keys stay: ",
                    absl::StrJoin(rotation.broken_boxes(), ", "), "\n");
  return text;
}

// Until the rotation that was answered is over.
absl::StatusOr<Keys::Rotation> WaitFor(Session& session, HubCalls& hub, Keys::Rotation rotation) {
  while (!rotation.has_end_time()) {
    session.progress.Update(StepText(rotation));
    session.wait(kLookInterval);
    ASSIGN_OR_RETURN(const Keys keys, hub.Ask<Keys>(v1::ListKeysRequest()));
    // Another one begins where this one is over alone.
    if (keys.rotation().through_key_number() != rotation.through_key_number()) break;
    rotation = keys.rotation();
  }
  return rotation;
}

absl::StatusOr<Result> WrapAnew(HubCalls& hub) {
  v1::RotateKeysRequest request;
  request.set_which(v1::RotateKeysRequest::WHICH_WRAPPING);
  ASSIGN_OR_RETURN(const auto response, hub.Ask<v1::RotateKeysResponse>(request));
  Result result;
  result.summary =
      response.keys_wrapped() == 0
          ? "no key had to be wrapped anew"
          : absl::StrCat(Counted(response.keys_wrapped(), "key"),
                         " wrapped anew; what they were wrapped by before still opens the backups "
                         "made until now: keep it for as long as those, and apart from them");
  result.json = JsonOf(response);
  return result;
}

}  // namespace

absl::StatusOr<Result> KeysList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const Keys keys, hub->Ask<Keys>(v1::ListKeysRequest()));
  int64_t there = 0;
  for (const Keys::Key& key : keys.keys()) there += key.has_destroy_time() ? 0 : 1;
  Result result;
  result.text = absl::StrCat(KeyTable(keys), HubTable(keys));
  if (keys.has_rotation()) absl::StrAppend(&result.text, RotationText(keys.rotation()));
  result.summary = absl::StrCat(Counted(keys.keys_size(), "key"), ", ", WithCommas(there),
                                " of them not destroyed");
  result.json = JsonOf(keys);
  return result;
}

absl::StatusOr<Result> KeysRotate(Session& session, const KeysRotateArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  if (arguments.wrapping) return WrapAnew(*hub);
  v1::RotateKeysRequest request;
  request.set_which(v1::RotateKeysRequest::WHICH_DATA);
  for (const std::string& hub_id : arguments.without_hubs) request.add_without_hubs(hub_id);
  ASSIGN_OR_RETURN(auto response, hub->Ask<v1::RotateKeysResponse>(request));
  if (arguments.wait) {
    ASSIGN_OR_RETURN(*response.mutable_rotation(), WaitFor(session, *hub, response.rotation()));
  }
  const Keys::Rotation& rotation = response.rotation();
  Result result;
  result.text = RotationText(rotation);
  result.holds = rotation.broken_boxes().empty();
  const std::string keys = absl::StrCat("data keys up to ", rotation.through_key_number());
  if (!arguments.wait) {
    result.summary =
        absl::StrCat(keys, " are being rotated; 'switchboard keys list' says how far it is");
  } else if (result.holds) {
    result.summary = absl::StrCat(keys, " are destroyed, and no box is left under them");
  } else {
    result.summary = absl::StrCat(keys, " are destroyed but for those of boxes that do not open");
  }
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
