#pragma once

#include <utility>

#include "hub/base/done.h"
#include "hub/masking/to_vendor.h"
#include "switchboard/v1/deletion.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::masking {

// Answers in which nothing personal fits: no field of them, nor of what is in them, is of a
// personal class; tests/tree/descriptor_test holds each one here to that.
template <typename Message>
inline constexpr bool kIsSilent = false;
template <>
inline constexpr bool kIsSilent<v1::ReportOutcomesResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::ReleasePermitResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::ObjectToRecallResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::HandOverResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::ListMissingRecordingsResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::ListDeletionOrdersResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::ConfirmDeletionResponse> = true;
template <>
inline constexpr bool kIsSilent<v1::PassOnResponse> = true;

template <typename Message>
concept SilentMessage = kIsSilent<Message>;

class SilentAnswer {
 public:
  template <SilentMessage Message>
  static ToVendor<Message> Of(const Message& message) {
    return ToVendor<Message>(message.SerializeAsString());
  }
};

// What answers a vendor with such a message, to be called with the message itself.
template <SilentMessage Message>
Done<Message> Silently(Done<ToVendor<Message>> done) {
  return [done = std::move(done)](const absl::StatusOr<Message>& message) {
    if (!message.ok()) return done(message.status());
    done(SilentAnswer::Of(*message));
  };
}

}  // namespace switchboard::masking
