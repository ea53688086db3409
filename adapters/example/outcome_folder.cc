#include "adapters/example/outcome_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "adapters/example/drop_folder.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"

namespace switchboard::adapters {
namespace {

// What tells one content of a path from the next.
struct Stamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  int64_t changed_ns = 0;

  static Stamp Of(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino, status.st_size,
            status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
  }
  bool operator==(const Stamp&) const = default;
};

// Why the outcome itself, and not the moment, is at fault.
bool IsRefusal(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status);
}

}  // namespace

struct OutcomeFolder::File {
  Path path;
  Stamp stamp;
  std::vector<RefusedLine> refused;
  std::vector<std::string> refused_by_hub;  // ids, kept by the client until they are in a file
  size_t left = 0;                          // outcomes without an answer
  absl::Status failed;                      // not OK: to be read again in the next round
};

absl::Status OutcomeFolder::Poll(const Client& client) {
  absl::Status first;
  for (const Path& path : NewFiles()) first.Update(Begin(path, client));
  std::vector<std::pair<std::shared_ptr<File>, absl::Status>> over;  // and what failed
  {
    MutexLock lock(mutex_);
    for (const auto& [path, file] : files_) {
      if (file->left == 0 || !file->failed.ok()) over.emplace_back(file, file->failed);
    }
  }
  for (const auto& [file, failed] : over) {
    const absl::Status status = failed.ok() ? PutAway(*file, client) : failed;
    first.Update(status);
    MutexLock lock(mutex_);
    if (failed.ok() && !status.ok()) continue;  // answered, and to be put away later
    for (auto it = waiting_.begin(); it != waiting_.end();) {
      it = it->second.first == file ? waiting_.erase(it) : std::next(it);
    }
    files_.erase(file->path.string());
  }
  return first;
}

std::vector<std::filesystem::path> OutcomeFolder::NewFiles() {
  std::error_code error;
  std::vector<Path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const bool is_dropped =
        IsDropFile(entry.path().filename().string()) && entry.is_regular_file(error);
    if (is_dropped) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  MutexLock lock(mutex_);
  const auto is_known = [&](const Path& path) { return files_.count(path.string()) > 0; };
  paths.erase(std::remove_if(paths.begin(), paths.end(), is_known), paths.end());
  return paths;
}

absl::Status OutcomeFolder::Begin(const Path& path, const Client& client) {
  {
    MutexLock lock(mutex_);
    if (waiting_.size() >= kWaitingMax) return absl::OkStatus();
  }
  const auto file = std::make_shared<File>();
  file->path = path;
  file->stamp = Stamp::Of(path.string());
  OutcomeFile read;
  const auto content = ReadWholeFile(path.string(), kOutcomeFileBytesMax);
  if (content.ok()) {
    read = ReadOutcomeFile(*content, path.filename().string());
  } else {
    read.refused = {
        {1, ErrorReason(content.status()), "", std::string(content.status().message())}};
  }
  if (absl::IsNotFound(content.status())) {
    const std::string refused = Beside(path, ".refused");
    if (std::filesystem::exists(refused)) return absl::OkStatus();  // said already
    RETURN_IF_ERROR(ReplaceFile(refused, FormatRefused(read.refused)));
    return content.status();
  }
  file->refused = std::move(read.refused);
  file->left = read.outcomes.size();
  {
    MutexLock lock(mutex_);
    files_[path.string()] = file;
    for (const auto& [line, outcome] : read.outcomes) {
      waiting_[outcome.outcome_id()] = {file, line};
    }
  }
  for (auto& [line, outcome] : read.outcomes) {
    const std::string id = outcome.outcome_id();
    client.report_outcome_async(std::move(outcome), [this, id](absl::StatusOr<std::string> taken) {
      if (taken.ok()) return;  // durable here; the hub has still to answer
      Answer(id, [&taken](File& of, int64_t at) {
        if (IsRefusal(taken.status())) {
          of.refused.push_back({at, ErrorReason(taken.status()),
                                ErrorMetadata(taken.status(), "field"),
                                std::string(taken.status().message())});
        } else {
          of.failed = taken.status();
        }
      });
    });
  }
  return absl::OkStatus();
}

bool OutcomeFolder::Answer(const std::string& outcome_id,
                           const std::function<void(File&, int64_t line)>& take) {
  MutexLock lock(mutex_);
  const auto found = waiting_.find(outcome_id);
  if (found == waiting_.end()) return false;
  const auto [file, line] = found->second;
  waiting_.erase(found);
  --file->left;
  take(*file, line);
  return true;
}

bool OutcomeFolder::OnReceipt(const Receipt& receipt) {
  using Response = v1::ReportOutcomesResponse;
  return Answer(receipt.outcome_id(), [&receipt](File& file, int64_t line) {
    const bool recorded = receipt.status() == Response::STATUS_RECORDED ||
                          receipt.status() == Response::STATUS_REPEATED;
    if (recorded) return;
    const std::string& name = Response::Status_Name(receipt.status());
    const std::string again =
        receipt.not_kept() ? "; the hub has not kept it: it is sent again by itself" : "";
    file.refused.push_back({line, name.empty() ? std::to_string(receipt.status()) : name,
                            receipt.field(), receipt.problem() + again});
    if (!receipt.not_kept()) file.refused_by_hub.push_back(receipt.outcome_id());
  });
}

// REQUIRES: nothing is left, so that nobody else touches the file.
absl::Status OutcomeFolder::PutAway(File& file, const Client& client) {
  const std::string refused = Beside(file.path, ".refused");
  std::error_code error;
  if (file.refused.empty()) {
    std::filesystem::remove(refused, error);  // of an earlier attempt
  } else {
    RETURN_IF_ERROR(ReplaceFile(refused, FormatRefused(file.refused)));
  }
  for (const std::string& id : file.refused_by_hub) {
    const absl::Status dropped = client.drop_refused(id, 1);
    if (!dropped.ok() && !absl::IsNotFound(dropped)) return dropped;
  }
  // What was put over it in the meantime has not been read.
  if (Stamp::Of(file.path.string()) != file.stamp) return absl::OkStatus();
  std::filesystem::rename(file.path, Beside(file.path, file.refused.empty() ? ".done" : ".kept"),
                          error);
  if (!error) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "a file cannot be renamed");
}

std::string OutcomeFolder::Beside(const Path& path, const char* extension) const {
  return (folder_ / (NameOf(path.filename().string()) + extension)).string();
}

}  // namespace switchboard::adapters
