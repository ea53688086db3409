#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/demo/evidence/byte_scan.h"

namespace switchboard::crash {

// A value that may stand nowhere in the clear.
struct KnownValue {
  std::string what;  // "given name of person 7"
  std::string text;  // 8 bytes or more
};

// Looks for known values, byte by byte, in everything that a process leaves behind and shows of
// itself. What cannot be read by this user is passed over. Not thread-safe.
class ValueScan {
 public:
  explicit ValueScan(std::vector<KnownValue> values);

  void Text(const std::string& where, std::string_view bytes);
  // Every regular file below it, of whatever kind.
  void Folder(const std::string& folder);
  // What /proc says of it: command line, environment, name, mappings, state, names of open files;
  // and the content of those that are open and have no name any more.
  void Process(pid_t pid);

  // "given name of person 7 in /tmp/x/hub.db-wal at 8123"
  const std::vector<std::string>& found() const { return found_; }
  int64_t files() const { return files_; }
  int64_t bytes() const { return bytes_; }

 private:
  void File(const std::string& path, const std::string& name);

  const std::vector<KnownValue> values_;
  const demo::ByteScan scan_;
  size_t longest_ = 0;
  std::vector<std::string> found_;
  int64_t files_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace switchboard::crash
