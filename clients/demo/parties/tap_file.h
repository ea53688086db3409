#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/demo/parties/ledger.h"

namespace switchboard::demo {

// What stands before the method of a frame.
inline constexpr size_t kFrameHeadBytes = 16;

// What a vendor received, frame by frame, in the order of arrival. A frame is: 8 bytes of
// CLOCK_MONOTONIC, 4 of the method's length, 4 of the message's length (little endian), the method,
// the message.
class TapFile {
 public:
  static absl::StatusOr<std::unique_ptr<TapFile>> Open(const std::string& path);

  // Thread-safe. A tap that cannot be written proves nothing, so the process ends then.
  void Write(std::string_view method, std::string_view message);

 private:
  explicit TapFile(std::unique_ptr<AppendFile> file) : file_(std::move(file)) {}
  std::unique_ptr<AppendFile> file_;
};

struct TapFrame {
  int64_t time_ns = 0;
  std::string_view method;   // into the text
  std::string_view message;  // into the text
};

// Calls `visit` for each whole frame of `tap`, the content of such a file, and returns how many
// bytes at the end belong to a frame that a crash cut short.
size_t ForEachFrame(std::string_view tap, const std::function<void(const TapFrame&)>& visit);

}  // namespace switchboard::demo
