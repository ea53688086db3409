#include "tests/crash_campaign/value_scan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace switchboard::crash {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPieceBytes = 4 << 20;

std::vector<std::string> TextsOf(const std::vector<KnownValue>& values) {
  std::vector<std::string> texts;
  for (const KnownValue& value : values) texts.push_back(value.text);
  return texts;
}

}  // namespace

ValueScan::ValueScan(std::vector<KnownValue> values)
    : values_(std::move(values)), scan_(TextsOf(values_)) {
  for (const KnownValue& value : values_) longest_ = std::max(longest_, value.text.size());
}

void ValueScan::Text(const std::string& where, std::string_view bytes) {
  bytes_ += static_cast<int64_t>(bytes.size());
  scan_.Find(bytes, [&](size_t value, size_t offset) {
    found_.push_back(absl::StrCat(values_[value].what, " in ", where, " at ", offset));
  });
}

void ValueScan::File(const std::string& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return;
  ++files_;
  std::string piece;
  size_t begin = 0;  // of the piece within the file
  while (true) {
    const size_t kept = piece.size();
    piece.resize(kept + kPieceBytes);
    file.read(piece.data() + kept, static_cast<std::streamsize>(kPieceBytes));
    const auto count = static_cast<size_t>(file.gcount());
    piece.resize(kept + count);
    bytes_ += static_cast<int64_t>(count);
    scan_.Find(piece, [&](size_t value, size_t offset) {
      // What lies in the part that is kept was found with the piece before.
      if (offset + values_[value].text.size() <= kept) return;
      found_.push_back(absl::StrCat(values_[value].what, " in ", name, " at ", begin + offset));
    });
    if (count == 0) return;
    const size_t tail = std::min(piece.size(), longest_ - 1);
    begin += piece.size() - tail;
    piece.erase(0, piece.size() - tail);
  }
}

void ValueScan::Folder(const std::string& folder) {
  std::error_code error;
  // Files come and go under a server that runs.
  for (auto entry = fs::recursive_directory_iterator(
           folder, fs::directory_options::skip_permission_denied, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path().string();
    Text("a file's name", path);
    std::error_code gone;
    if (fs::is_regular_file(entry->symlink_status(gone))) File(path, path);
  }
}

void ValueScan::Process(pid_t pid) {
  const std::string folder = absl::StrCat("/proc/", pid);
  for (const char* name : {"cmdline", "environ", "comm", "maps", "status"})
    File(absl::StrCat(folder, "/", name), absl::StrCat(folder, "/", name));
  std::error_code error;
  for (auto entry = fs::directory_iterator(folder + "/fd", error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::error_code gone;
    const std::string target = fs::read_symlink(entry->path(), gone).string();
    Text(entry->path().string(), target);
    if (target.ends_with(" (deleted)") && fs::is_regular_file(entry->path(), gone))
      File(entry->path().string(), absl::StrCat(entry->path().string(), ", ", target));
  }
}

}  // namespace switchboard::crash
