#include "hub/upkeep/checkpoint_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "hub/base/error.h"

namespace switchboard::upkeep {
namespace {

constexpr char kSuffix[] = ".checkpoint";
// Of a note (audit/note.h).
constexpr size_t kFileBytesMax = 64 * 1024;
constexpr mode_t kForAllToRead = 0444;

absl::Status Unusable(const std::string& path, int problem) {
  return Error(absl::StatusCode::kUnavailable, "PLACE_UNUSABLE",
               absl::StrCat(path, ": ", strerror(problem)));
}

absl::Status Conflict(const std::string& path, const char* what) {
  return Error(absl::StatusCode::kDataLoss, "CHECKPOINT_CONFLICT", absl::StrCat(path, ": ", what));
}

// A pipe, a device or a link that somebody laid there keeps nobody waiting.
constexpr int kAsItLies = O_NOFOLLOW | O_NONBLOCK;

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags)
      : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (number_ >= 0) close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool ok() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  const int number_;
};

// So that what was made in it is there after a loss of power.
bool SyncFolder(const std::string& folder) {
  const OpenFile opened(folder, O_RDONLY | O_DIRECTORY);
  return opened.ok() && fsync(opened.number()) == 0;
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(file, text.data(), text.size());
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) text.remove_prefix(static_cast<size_t>(wrote));
  }
  return fsync(file) == 0 && fchmod(file, kForAllToRead) == 0;
}

// A regular file of at most kFileBytesMax; nothing if it is none, with errno where it tells why.
std::optional<std::string> ReadSmallFile(const std::string& path) {
  const OpenFile file(path, O_RDONLY | kAsItLies);
  struct stat facts {};
  errno = file.ok() ? 0 : errno;
  if (!file.ok() || fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return std::nullopt;
  std::string text(kFileBytesMax + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(file.number(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kFileBytesMax) return std::nullopt;
  text.resize(size);
  return text;
}

// What a hub that was killed began.
absl::Status Finish(const std::string& folder, const std::string& path, const std::string& note) {
  const std::optional<std::string> there = ReadSmallFile(path);
  if (!there.has_value() && errno != 0) return Unusable(path, errno);
  if (!there.has_value()) return Conflict(path, "is no file with a checkpoint");
  if (*there == note) return absl::OkStatus();
  if (!absl::StartsWith(note, *there)) {
    return Conflict(path,
                    "holds another checkpoint of this size: two logs go under one name, or "
                    "somebody wrote it");
  }
  const OpenFile file(path, O_WRONLY | O_APPEND | kAsItLies);
  const std::string_view rest = std::string_view(note).substr(there->size());
  if (!file.ok() || !WriteAll(file.number(), rest) || !SyncFolder(folder))
    return Unusable(path, errno);
  return absl::OkStatus();
}

// What the note in the file says, whoever signed it, if its name fits it.
std::optional<FolderContent::Found> FoundAs(const std::string& name, const std::string& note,
                                            const audit::LogSigner& log) {
  const auto read = audit::ParseNote(note);
  if (!read.ok()) return std::nullopt;
  auto checkpoint = audit::ParseCheckpoint(read->text);
  if (!checkpoint.ok()) return std::nullopt;
  const std::optional<int64_t> generation = log.GenerationOf(checkpoint->origin);
  if (!generation.has_value() || CheckpointFileName(*generation, checkpoint->size) != name)
    return std::nullopt;
  return FolderContent::Found{name, *generation, *std::move(checkpoint)};
}

bool IsSignedBy(const audit::LogSigner& log, int64_t generation, const std::string& note) {
  const audit::VerifierKey key = log.KeyOf(generation);
  return audit::OpenCheckpoint(note, {&key, 1}).ok();
}

}  // namespace

std::string CheckpointFileName(int64_t generation, int64_t size) {
  return absl::StrFormat("%d-%012d%s", generation, size, kSuffix);
}

absl::Status WriteCheckpointFile(const std::string& folder, const std::string& name,
                                 const std::string& note) {
  const std::string path = (std::filesystem::path(folder) / name).string();
  const OpenFile file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.ok() && errno == EEXIST) return Finish(folder, path, note);
  if (!file.ok() || !WriteAll(file.number(), note) || !SyncFolder(folder))
    return Unusable(path, errno);
  return absl::OkStatus();
}

absl::StatusOr<FolderContent> ReadCheckpointFolder(const std::string& folder,
                                                   const audit::LogSigner& log) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator one(folder, error);
  for (const std::filesystem::directory_iterator end; !error && one != end; one.increment(error)) {
    std::string name = one->path().filename().string();
    if (absl::EndsWith(name, kSuffix)) names.push_back(std::move(name));
  }
  if (error) return Unusable(folder, error.value());
  // By length first: "10-" is behind "9-".
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a > b;
  });
  FolderContent content;
  for (const std::string& name : names) {
    const auto note = ReadSmallFile((std::filesystem::path(folder) / name).string());
    if (!note.has_value()) continue;
    auto found = FoundAs(name, *note, log);
    if (!found.has_value()) continue;
    if (IsSignedBy(log, found->generation, *note)) {
      content.newest = std::move(found);
      return content;
    }
    if (content.stranger.empty()) content.stranger = name;
  }
  return content;
}

}  // namespace switchboard::upkeep
