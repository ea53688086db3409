#include "hub/guard/server_frames.h"

#include <string.h>

#include <algorithm>

namespace switchboard::guard {

void ServerFrames::Take(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ > 0) {
      const size_t part = std::min<size_t>(left_, bytes.size());
      left_ -= static_cast<uint32_t>(part);
      bytes.remove_prefix(part);
      continue;
    }
    const size_t part = std::min(bytes.size(), header_.size() - header_have_);
    memcpy(header_.data() + header_have_, bytes.data(), part);
    header_have_ += part;
    bytes.remove_prefix(part);
    if (header_have_ == header_.size()) BeginFrame();
  }
}

void ServerFrames::BeginFrame() {
  const FrameHeader frame = ParseFrameHeader(header_);
  header_have_ = 0;
  left_ = frame.length;
  switch (frame.type) {
    case FrameType::kSettings:
      settings_sent_ = settings_sent_ || !frame.Has(kFlagAck);
      break;
    case FrameType::kRstStream:
      streams_.Reset(frame.stream);
      break;
    case FrameType::kHeaders:
    case FrameType::kData:
      if (frame.Has(kFlagEndStream)) streams_.ServerEnded(frame.stream);
      break;
    default:
      break;
  }
}

}  // namespace switchboard::guard
