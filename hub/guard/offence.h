#pragma once

#include <cstdint>
#include <string_view>

#include "hub/guard/http2_frame.h"

namespace switchboard::guard {

// Why a connection that was let in is ended from this side.
enum class Offence {
  kNone,
  // What the peer sent. No sound client does this, nor the two that follow (IsHostile).
  kNotHttp2,
  kFirstFrameNotSettings,
  kFrameTooLarge,
  kFrameInHeaderBlock,
  kContinuationAlone,
  kHeaderBlockTooLarge,
  kBadStreamNumber,
  kTooManyStreams,
  kTooManyClosedStreams,
  kTooManyResets,
  kTooManyPings,
  kTooManySettings,
  kTooManyPriorities,
  kTooManyWindowUpdates,
  kTooManyEmptyFrames,
  kTooManyUnknownFrames,
  kPushPromise,
  kBadAcknowledgement,
  kPaddedData,
  kTooMuchBeforeRequest,
  kTooManyKeyUpdates,
  // What the peer did not do in time.
  kSettingsNotAcknowledged,
  kHeaderBlockNotEnded,
  kNoRequest,
  kTakesNoBytes,
  // What became of the certificate that it showed.
  kCertificateExpired,
  kCertificateNotTrusted,
  kCertificateRevoked,
  // What operators and the hub decide.
  kClosedByOperator,
  kTooManyOfPeer,
  kTooManyOfVendors,
  kTooManyConnections,
  kTooManyOffences,
};
inline constexpr int kOffences = static_cast<int>(Offence::kTooManyOffences) + 1;

// Whether it speaks against letting the same peer in again at once.
constexpr bool IsHostile(Offence offence) {
  return offence >= Offence::kNotHttp2 && offence <= Offence::kHeaderBlockNotEnded;
}

// "too_many_resets": as a label and in logs.
std::string_view OffenceName(Offence offence);
// "too many resets of streams": what the peer is told.
std::string_view OffenceText(Offence offence);
// With which code it is told.
Http2Error OffenceCode(Offence offence);

}  // namespace switchboard::guard
