#include "hub/guard/offence.h"

#include <array>

namespace switchboard::guard {
namespace {

struct Row {
  Offence offence;
  std::string_view name;
  std::string_view text;
  Http2Error code;
};

using enum Http2Error;

constexpr std::array<Row, kOffences> kRows = {{
    {Offence::kNone, "none", "", kNoError},
    {Offence::kNotHttp2, "not_http2", "not HTTP/2", kProtocolError},
    {Offence::kFirstFrameNotSettings, "first_frame_not_settings", "the first frame is not SETTINGS",
     kProtocolError},
    {Offence::kFrameTooLarge, "frame_too_large", "a frame is larger than SETTINGS allow",
     kFrameSizeError},
    {Offence::kFrameInHeaderBlock, "frame_in_header_block", "another frame inside a header block",
     kProtocolError},
    {Offence::kContinuationAlone, "continuation_alone", "CONTINUATION without HEADERS",
     kProtocolError},
    {Offence::kHeaderBlockTooLarge, "header_block_too_large",
     "a header block of more than 64 KiB or 16 frames", kEnhanceYourCalm},
    {Offence::kBadStreamNumber, "bad_stream_number", "a stream number that clients may not use",
     kProtocolError},
    {Offence::kTooManyStreams, "too_many_streams", "more calls at a time than SETTINGS allow",
     kEnhanceYourCalm},
    {Offence::kTooManyClosedStreams, "too_many_closed_streams",
     "too many header blocks on streams that have ended", kEnhanceYourCalm},
    {Offence::kTooManyResets, "too_many_resets", "too many resets of streams", kEnhanceYourCalm},
    {Offence::kTooManyPings, "too_many_pings", "too many pings", kEnhanceYourCalm},
    {Offence::kTooManySettings, "too_many_settings", "too many SETTINGS", kEnhanceYourCalm},
    {Offence::kTooManyPriorities, "too_many_priorities", "too many PRIORITY frames",
     kEnhanceYourCalm},
    {Offence::kTooManyWindowUpdates, "too_many_window_updates", "too many window updates",
     kEnhanceYourCalm},
    {Offence::kTooManyEmptyFrames, "too_many_empty_frames", "too many empty DATA frames",
     kEnhanceYourCalm},
    {Offence::kTooManyUnknownFrames, "too_many_unknown_frames",
     "too many frames of types that nobody knows", kEnhanceYourCalm},
    {Offence::kPushPromise, "push_promise", "PUSH_PROMISE from a client", kProtocolError},
    {Offence::kBadAcknowledgement, "bad_acknowledgement", "an acknowledgement of what was not sent",
     kProtocolError},
    {Offence::kPaddedData, "padded_data", "padded DATA is not taken", kProtocolError},
    {Offence::kTooMuchBeforeRequest, "too_much_before_request",
     "too many bytes before the first request", kEnhanceYourCalm},
    {Offence::kTooManyKeyUpdates, "too_many_key_updates", "too many updates of TLS keys",
     kEnhanceYourCalm},
    {Offence::kSettingsNotAcknowledged, "settings_not_acknowledged",
     "SETTINGS were not acknowledged in time", kSettingsTimeout},
    {Offence::kHeaderBlockNotEnded, "header_block_not_ended",
     "a header block was not ended in time", kEnhanceYourCalm},
    {Offence::kNoRequest, "no_request", "no request came in time", kEnhanceYourCalm},
    {Offence::kTakesNoBytes, "takes_no_bytes", "the connection has not taken a byte for too long",
     kNoError},
    {Offence::kCertificateExpired, "certificate_expired",
     "the client certificate, or one above it, is not valid any more", kNoError},
    {Offence::kCertificateNotTrusted, "certificate_not_trusted",
     "the client certificate leads to no CA in the hub's ca.crt any more", kNoError},
    {Offence::kCertificateRevoked, "certificate_revoked", "the client certificate was revoked",
     kNoError},
    {Offence::kClosedByOperator, "closed_by_operator", "an operator closed the connection",
     kNoError},
    {Offence::kTooManyOfPeer, "too_many_of_peer", "too many connections of this peer",
     kEnhanceYourCalm},
    {Offence::kTooManyOfVendors, "too_many_of_vendors", "too many connections of vendors",
     kEnhanceYourCalm},
    {Offence::kTooManyConnections, "too_many_connections", "too many connections",
     kEnhanceYourCalm},
    {Offence::kTooManyOffences, "too_many_offences",
     "too many connections of this vendor were ended for what it sent; wait a minute",
     kEnhanceYourCalm},
}};

const Row& RowOf(Offence offence) { return kRows[static_cast<size_t>(offence)]; }

constexpr bool InOrder() {
  for (size_t i = 0; i < kRows.size(); ++i)
    if (static_cast<size_t>(kRows[i].offence) != i) return false;
  return true;
}
static_assert(InOrder());

}  // namespace

std::string_view OffenceName(Offence offence) { return RowOf(offence).name; }
std::string_view OffenceText(Offence offence) { return RowOf(offence).text; }
Http2Error OffenceCode(Offence offence) { return RowOf(offence).code; }

}  // namespace switchboard::guard
