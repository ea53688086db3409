#include "hub/identity/material_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub/base/error.h"
#include "hub/base/secret_file.h"

namespace switchboard::identity {
namespace {

constexpr off_t kFileMaxBytes = 1 << 20;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  const int value_;
};

absl::Status NotWritten(const std::string& path, int error) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               path + ": cannot be written: " + strerror(error), {{"file", path}});
}

bool WriteAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status MaterialError(std::string_view file, std::string_view problem) {
  return Error(absl::StatusCode::kFailedPrecondition, "TLS_MATERIAL_INVALID",
               std::string(file) + ": " + std::string(problem), {{"file", std::string(file)}});
}

absl::StatusOr<std::string> ReadMaterial(const std::string& path, Secrecy secrecy) {
  // O_NONBLOCK: opening a pipe that somebody put there must not hang the hub.
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts;
  if (file.get() < 0 || fstat(file.get(), &facts) != 0) {
    return MaterialError(path, std::string("cannot be read: ") + strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) return MaterialError(path, "is not a regular file");
  if (secrecy == Secrecy::kSecret) {
    const std::string problem = SecretFileProblem(facts, ProcessOwner::OfThisProcess());
    if (!problem.empty()) return MaterialError(path, problem);
  }
  if (facts.st_size > kFileMaxBytes) return MaterialError(path, "is larger than 1 MiB");
  std::string content(static_cast<size_t>(kFileMaxBytes) + 1, '\0');
  size_t used = 0;
  while (used < content.size()) {
    const ssize_t got = read(file.get(), content.data() + used, content.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return MaterialError(path, std::string("cannot be read: ") + strerror(errno));
    if (got == 0) break;
    used += static_cast<size_t>(got);
  }
  if (used == 0) return MaterialError(path, "is empty");
  if (used > static_cast<size_t>(kFileMaxBytes)) return MaterialError(path, "is larger than 1 MiB");
  content.resize(used);
  return content;
}

absl::Status WriteMaterial(const std::string& path, std::string_view content, mode_t mode) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());  // left by a run that was killed
  {
    Descriptor file(
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.get() < 0) return NotWritten(path, errno);
    if (fchmod(file.get(), mode) != 0 || !WriteAll(file.get(), content) || fsync(file.get()) != 0) {
      const int error = errno;
      unlink(fresh.c_str());
      return NotWritten(path, error);
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(fresh.c_str());
    return NotWritten(path, error);
  }
  return absl::OkStatus();
}

}  // namespace switchboard::identity
