#include "clients/demo/parties/tap_file.h"

#include <cstring>

#include "clients/demo/parties/monotonic.h"
#include "hub/base/error.h"

namespace switchboard::demo {

absl::StatusOr<std::unique_ptr<TapFile>> TapFile::Open(const std::string& path) {
  ASSIGN_OR_RETURN(auto file, AppendFile::Open(path));
  return std::unique_ptr<TapFile>(new TapFile(std::move(file)));
}

void TapFile::Write(std::string_view method, std::string_view message) {
  std::string frame(kFrameHeadBytes, '\0');
  const int64_t time = MonotonicNanos();
  const auto method_bytes = static_cast<uint32_t>(method.size());
  const auto message_bytes = static_cast<uint32_t>(message.size());
  std::memcpy(frame.data(), &time, 8);
  std::memcpy(frame.data() + 8, &method_bytes, 4);
  std::memcpy(frame.data() + 12, &message_bytes, 4);
  frame.append(method).append(message);
  SWITCHBOARD_ASSERT(file_->Append(frame).ok());
}

size_t ForEachFrame(std::string_view tap, const std::function<void(const TapFrame&)>& visit) {
  while (tap.size() >= kFrameHeadBytes) {
    TapFrame frame;
    uint32_t method_bytes = 0, message_bytes = 0;
    std::memcpy(&frame.time_ns, tap.data(), 8);
    std::memcpy(&method_bytes, tap.data() + 8, 4);
    std::memcpy(&message_bytes, tap.data() + 12, 4);
    const size_t whole = kFrameHeadBytes + size_t{method_bytes} + message_bytes;
    if (tap.size() < whole) break;
    frame.method = tap.substr(kFrameHeadBytes, method_bytes);
    frame.message = tap.substr(kFrameHeadBytes + method_bytes, message_bytes);
    visit(frame);
    tap.remove_prefix(whole);
  }
  return tap.size();
}

}  // namespace switchboard::demo
