#include "hub/guard/peer_frames.h"

#include <string.h>

#include <algorithm>
#include <utility>

namespace switchboard::guard {
namespace {

Offence Within(TokenBucket& bucket, absl::Time now, Offence otherwise) {
  return bucket.Take(now) ? Offence::kNone : otherwise;
}

// What goes on of one portion of bytes: everything up to a place, once what waited before it has.
class Passage {
 public:
  Passage(std::string_view bytes, std::string& held, std::string& ready,
          std::vector<std::string_view>& through)
      : bytes_(bytes), held_(held), ready_(ready), through_(through) {}

  void PassUpTo(size_t place) {
    if (!held_.empty()) {
      ready_.swap(held_);
      held_.clear();
      through_.push_back(ready_);
    }
    if (place > begin_) through_.push_back(bytes_.substr(begin_, place - begin_));
    begin_ = place;
  }
  // Takes out the header of nine bytes that ends at `place`.
  void DropHeader(size_t place) {
    if (held_.size() + (place - begin_) > kFrameHeaderBytes) PassUpTo(place - kFrameHeaderBytes);
    held_.clear();
    begin_ = place;
  }
  void Insert(std::string_view piece) { through_.push_back(piece); }
  void HoldRest() { held_.append(bytes_.substr(begin_)); }

 private:
  const std::string_view bytes_;
  size_t begin_ = 0;  // of what has not gone on
  std::string& held_;
  std::string& ready_;
  std::vector<std::string_view>& through_;
};

}  // namespace

PeerFrames::PeerFrames(const FrameLimits& limits, Streams& streams, absl::Time begun)
    : limits_(limits),
      streams_(streams),
      begun_(begun),
      resets_(limits.resets, begun),
      pings_(limits.pings, begun),
      settings_(limits.settings, begun),
      priorities_(limits.priorities, begun),
      window_updates_(limits.window_updates, begun),
      empty_data_(limits.empty_data, begun),
      others_(limits.others, begun) {}

Offence PeerFrames::Take(std::string_view bytes, absl::Time now,
                         std::vector<std::string_view>& through) {
  std::string().swap(ready_);  // idle connections own no buffers
  Passage passage(bytes, held_, ready_, through);
  size_t at = 0;
  size_t safe = 0;  // bytes before it may go on
  while (at < bytes.size()) {
    if (preface_have_ < kPreface.size()) {
      const size_t part = TakePreface(bytes);
      if (part == 0) return Offence::kNotHttp2;
      at += part;
      continue;
    }
    if (left_ > 0) {
      const size_t part = std::min<size_t>(left_, bytes.size() - at);
      at += part;
      left_ -= static_cast<uint32_t>(part);
    } else {
      at += TakeHeader(bytes.substr(at));
      if (header_have_ < kFrameHeaderBytes) break;
      header_have_ = 0;
      if (const Offence offence = BeginFrame(now); offence != Offence::kNone) return offence;
      if (std::exchange(drop_frame_, false)) {
        passage.DropHeader(at);
        safe = at;
        continue;
      }
    }
    if (left_ == 0) EndFrame();
    if (block_.stream == 0) safe = at;
    if (settings_come_ && left_ == 0 && !std::exchange(acknowledged_for_peer_, true)) {
      passage.PassUpTo(at);
      passage.Insert(SettingsAckFrame());
    }
  }
  if (safe > 0) passage.PassUpTo(safe);
  passage.HoldRest();
  return Offence::kNone;
}

size_t PeerFrames::TakePreface(std::string_view bytes) {
  const std::string_view expected = kPreface.substr(preface_have_);
  const size_t part = std::min(bytes.size(), expected.size());
  if (bytes.substr(0, part) != expected.substr(0, part)) return 0;
  preface_have_ += part;
  return part;
}

size_t PeerFrames::TakeHeader(std::string_view bytes) {
  const size_t part = std::min(bytes.size(), kFrameHeaderBytes - header_have_);
  memcpy(header_.data() + header_have_, bytes.data(), part);
  header_have_ += part;
  return part;
}

Offence PeerFrames::BeginFrame(absl::Time now) {
  frame_ = ParseFrameHeader(header_);
  left_ = frame_.length;
  const bool of_block =
      frame_.type == FrameType::kHeaders || frame_.type == FrameType::kContinuation;
  if (!settings_come_ && (frame_.type != FrameType::kSettings || frame_.Has(kFlagAck)))
    return Offence::kFirstFrameNotSettings;
  if (frame_.type != FrameType::kData && frame_.length > limits_.frame_bytes_max)
    return Offence::kFrameTooLarge;
  if (block_.stream != 0 &&
      (frame_.type != FrameType::kContinuation || frame_.stream != block_.stream))
    return Offence::kFrameInHeaderBlock;
  if (!requested_ && !of_block) {
    before_request_bytes_ += kFrameHeaderBytes + frame_.length;
    if (before_request_bytes_ > limits_.before_request_bytes_max)
      return Offence::kTooMuchBeforeRequest;
  }
  switch (frame_.type) {
    case FrameType::kData:
      return BeginData(now);
    case FrameType::kHeaders:
      return BeginHeaders(now);
    case FrameType::kContinuation:
      return BeginContinuation();
    case FrameType::kSettings:
      return BeginSettings(now);
    case FrameType::kPriority:
      return Within(priorities_, now, Offence::kTooManyPriorities);
    case FrameType::kRstStream:
      streams_.Reset(frame_.stream);
      return Within(resets_, now, Offence::kTooManyResets);
    case FrameType::kPing:
      // Those that acknowledge answer gRPC's own.
      return Within(pings_, now, Offence::kTooManyPings);
    case FrameType::kWindowUpdate:
      return Within(window_updates_, now, Offence::kTooManyWindowUpdates);
    case FrameType::kPushPromise:
      return Offence::kPushPromise;
    case FrameType::kGoaway:
    case FrameType::kUnknown:
      return Within(others_, now, Offence::kTooManyUnknownFrames);
  }
  return Offence::kNone;
}

Offence PeerFrames::BeginData(absl::Time now) {
  if (frame_.Has(kFlagPadded)) return Offence::kPaddedData;  // gRPC 1.51 takes none either
  if (frame_.stream == 0 || frame_.stream > streams_.last()) return Offence::kBadStreamNumber;
  if (frame_.length == 0 && !frame_.Has(kFlagEndStream))
    return Within(empty_data_, now, Offence::kTooManyEmptyFrames);
  return Offence::kNone;  // of a stream that gRPC has ended meanwhile: its windows bound them
}

Offence PeerFrames::BeginHeaders(absl::Time now) {
  if (frame_.stream % 2 == 0) return Offence::kBadStreamNumber;
  if (frame_.stream > streams_.last()) {
    if (streams_.count() >= limits_.streams_max) return Offence::kTooManyStreams;
    streams_.Open(frame_.stream);
  } else if (!streams_.IsOpen(frame_.stream) && !others_.Take(now)) {
    return Offence::kTooManyClosedStreams;
  }
  block_ = {frame_.stream, frame_.length, 1, frame_.Has(kFlagEndStream), now};
  return Offence::kNone;
}

Offence PeerFrames::BeginContinuation() {
  if (block_.stream == 0) return Offence::kContinuationAlone;
  block_.bytes += frame_.length;
  ++block_.frames;
  const bool within = block_.bytes <= limits_.header_block_bytes_max &&
                      block_.frames <= limits_.header_block_frames_max;
  return within ? Offence::kNone : Offence::kHeaderBlockTooLarge;
}

Offence PeerFrames::BeginSettings(absl::Time now) {
  if (!frame_.Has(kFlagAck)) {
    settings_come_ = true;
    return Within(settings_, now, Offence::kTooManySettings);
  }
  if (frame_.length != 0) return Offence::kBadAcknowledgement;
  drop_frame_ = !std::exchange(acknowledged_, true);
  // gRPC changes its windows as it goes, so later ones pass; more than it sends it refuses itself.
  return Within(settings_, now, Offence::kTooManySettings);
}

void PeerFrames::EndFrame() {
  if (frame_.type == FrameType::kData && frame_.Has(kFlagEndStream))
    streams_.PeerEnded(frame_.stream);
  const bool of_block =
      frame_.type == FrameType::kHeaders || frame_.type == FrameType::kContinuation;
  if (!of_block || !frame_.Has(kFlagEndHeaders)) return;
  requested_ = true;
  if (block_.ends_stream) streams_.PeerEnded(block_.stream);
  block_ = {};
}

Offence PeerFrames::Late(absl::Time now) const {
  if (!acknowledged_ && now - begun_ > limits_.settings_ack_max)
    return Offence::kSettingsNotAcknowledged;
  if (block_.stream != 0 && now - block_.begun > limits_.header_block_time_max)
    return Offence::kHeaderBlockNotEnded;
  if (!requested_ && now - begun_ > limits_.first_request_max) return Offence::kNoRequest;
  return Offence::kNone;
}

}  // namespace switchboard::guard
