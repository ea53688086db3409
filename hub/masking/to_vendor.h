#pragma once

#include <string>
#include <utility>

#include "hub/base/error.h"

namespace switchboard::masking {

// A message on its way to a vendor, as the bytes that will be sent. That it is one of these is the
// proof that it may: only those who look at what stands in it can make one. Rows come from a
// WirePage, permits from a PermitAnswer, what is unmasked from an UnmaskAnswer, all behind the
// guard on the wire; everything else is a message in which nothing personal fits
// (silent_messages.h). Whoever carries messages to vendors takes nothing else, so that a by-pass
// does not compile.
template <typename Message>
class ToVendor {
 public:
  using Type = Message;

  ToVendor() = default;  // says nothing

  const std::string& bytes() const { return bytes_; }
  std::string TakeBytes() && { return std::move(bytes_); }

  // As the vendor reads it.
  Message Read() const {
    Message message;
    SWITCHBOARD_ASSERT(message.ParseFromString(bytes_));
    return message;
  }
  // For whoever receives it in this process. The way back does not exist.
  operator Message() const { return Read(); }  // NOLINT(google-explicit-constructor)

 private:
  friend class PermitAnswer;
  friend class SilentAnswer;
  friend class StreamMessage;
  friend class UnmaskAnswer;

  explicit ToVendor(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string bytes_;
};

template <typename T>
inline constexpr bool kIsToVendor = false;
template <typename Message>
inline constexpr bool kIsToVendor<ToVendor<Message>> = true;

}  // namespace switchboard::masking
