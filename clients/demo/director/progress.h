#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard::demo {

// Tells a person how far the demo is: on a terminal one line that is refreshed, else a plain line
// every two seconds. Writes to stderr, so that the report on stdout stays clean. Not thread-safe.
class Progress {
 public:
  Progress();
  ~Progress();

  // What is going on; replaces what was said last.
  void Update(std::string_view line);

  // Something that stays on the screen, with the time since the start before it.
  void Note(std::string_view line);

  double seconds() const;

 private:
  void Clear();

  const bool terminal_;
  const int64_t start_ns_;
  int64_t updated_ns_ = 0;
  bool line_shown_ = false;
};

}  // namespace switchboard::demo
