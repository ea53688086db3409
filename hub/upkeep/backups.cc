#include "hub/upkeep/backups.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/mutex.h"
#include "hub/base/secret_file.h"
#include "hub/upkeep/backup_folder.h"

namespace switchboard::upkeep {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kNameMax = 100;
constexpr std::chrono::milliseconds kLookInterval{50};

bool Running(const v1::Backup& backup) {
  return backup.state() == v1::Backup::STATE_COPYING ||
         backup.state() == v1::Backup::STATE_CHECKING;
}

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::Status NameInvalid(std::string_view problem) {
  return FieldInvalid({"name", std::string(problem)});
}

absl::Status CheckName(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char letter) {
    return absl::ascii_isalnum(letter) || letter == '.' || letter == '-' || letter == '_';
  });
  if (!plain || name.empty() || name.size() > kNameMax || name[0] == '.') {
    return NameInvalid(
        "must be 1 to 100 letters, digits, dots, dashes and underscores, the first one no dot");
  }
  if (name.ends_with(kHeadsSuffix))
    return NameInvalid(absl::StrCat("must not end with ", kHeadsSuffix));
  return absl::OkStatus();
}

// For the hub's user alone: what lies in it is the whole book.
absl::Status MakeFolder(const std::string& folder) {
  std::error_code failed;
  if (std::filesystem::is_directory(folder, failed)) {
    const std::string problem = BookPlaceProblem(folder);
    if (problem.empty()) return absl::OkStatus();
    return Error(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE",
                 "storage.backup_folder: " + problem);
  }
  std::filesystem::create_directories(folder, failed);
  if (!failed) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  }
  if (!failed) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE",
               "storage.backup_folder cannot be made: " + failed.message());
}

}  // namespace

Backups::Backups(storage::Database& database, storage::Writer& writer, Clock& clock,
                 std::string folder, std::string hub_id)
    : database_(database),
      writer_(writer),
      clock_(clock),
      folder_(std::move(folder)),
      hub_id_(std::move(hub_id)) {}

void Backups::Stop() {
  std::thread last;
  {
    MutexLock lock(mutex_);
    ending_ = true;
    last.swap(thread_);
  }
  if (last.joinable()) last.join();
}

std::string Backups::NameFor(absl::Time now) const {
  return absl::StrCat(hub_id_, "-", absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone()),
                      ".db");
}

absl::StatusOr<v1::Backup> Backups::Start(const std::string& actor, const std::string& asked) {
  const absl::Time now = clock_.Now();
  const std::string name = asked.empty() ? NameFor(now) : asked;
  RETURN_IF_ERROR(CheckName(name));
  RETURN_IF_ERROR(database_.CanBackUp());
  if (folder_.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "NO_BACKUP_FOLDER",
                 "set storage.backup_folder in the hub's configuration first");
  }
  MutexLock lock(mutex_);
  if (ending_)
    return Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN", "the hub is shutting down");
  if (newest_.has_value() && Running(*newest_)) {
    if (newest_->name() == name) return *newest_;
    return Error(absl::StatusCode::kFailedPrecondition, "BACKUP_RUNNING",
                 newest_->name() + " is under way; one at a time");
  }
  RETURN_IF_ERROR(MakeFolder(folder_));
  for (const std::string& taken : {name, name + kHeadsSuffix}) {
    if (std::filesystem::exists(std::filesystem::path(folder_) / taken))
      return NameInvalid(absl::StrCat("the backup folder has a file ", taken, " already"));
  }
  if (thread_.joinable()) thread_.join();
  newest_.emplace();
  newest_->set_name(name);
  newest_->set_state(v1::Backup::STATE_COPYING);
  *newest_->mutable_start_time() = TimestampOf(now);
  thread_ = std::thread([this, actor, name] { Run(actor, name); });
  return *newest_;
}

absl::StatusOr<v1::Backup> Backups::Newest() const {
  MutexLock lock(mutex_);
  if (newest_.has_value()) return *newest_;
  return Error(absl::StatusCode::kNotFound, "BACKUP_UNKNOWN",
               "no backup was started since this hub was");
}

void Backups::Run(const std::string& actor, const std::string& name) {
  const absl::Status made = Make(actor, name);
  MutexLock lock(mutex_);
  newest_->set_state(made.ok() ? v1::Backup::STATE_DONE : v1::Backup::STATE_FAILED);
  newest_->set_problem(std::string(made.message()));
  *newest_->mutable_end_time() = TimestampOf(clock_.Now());
}

absl::Status Backups::Make(const std::string& actor, const std::string& name) {
  const std::string path = (std::filesystem::path(folder_) / name).string();
  const std::string part = path + kPartSuffix;
  std::error_code ignored;
  std::filesystem::remove(part, ignored);  // of a hub that was killed
  RETURN_IF_ERROR(database_.BackUp(part, [this](int64_t done, int64_t total) {
    Advance(v1::Backup::STATE_COPYING, done, total);
    return !ending_;
  }));
  absl::Status status = database_.CheckBackup(part, [this](int64_t, int64_t total) {
    Advance(v1::Backup::STATE_CHECKING, total, total);
    return !ending_;
  });
  if (status.ok()) status = WriteHeadsOf(part, path + kHeadsSuffix);
  if (status.ok()) status = WriteDown(actor, name);
  std::error_code failed;
  if (status.ok()) std::filesystem::rename(part, path, failed);
  if (failed)
    status = Error(absl::StatusCode::kFailedPrecondition, "BACKUP_FOLDER_UNUSABLE",
                   "the copy cannot be given its name: " + failed.message());
  if (!status.ok()) {
    for (const std::string& left : {part, path + kHeadsSuffix})
      std::filesystem::remove(left, failed);
  }
  return status;
}

// Those of the copy itself: the log has gone on since.
absl::Status Backups::WriteHeadsOf(const std::string& copy, const std::string& to) {
  ASSIGN_OR_RETURN(const auto reader, database_.OpenBackup(copy));
  ASSIGN_OR_RETURN(const auto heads, audit::Heads(*reader));
  return WriteHeads(to, heads);
}

absl::Status Backups::WriteDown(const std::string& actor, const std::string& name) {
  int64_t bytes = 0;
  {
    MutexLock lock(mutex_);
    bytes = newest_->bytes_total();
  }
  auto written = std::make_shared<std::promise<absl::Status>>();
  auto answer = written->get_future();
  writer_.Submit(
      storage::Urgency::kUrgent,
      [actor, name, bytes](storage::Transaction& transaction) {
        v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_BACKED_UP, actor);
        event.set_subject_id(name);
        event.set_count(bytes);
        audit::Record(transaction, std::move(event));
        return absl::OkStatus();
      },
      [written](const absl::Status& status) { written->set_value(status); });
  // A writer that is ending may never answer.
  while (answer.wait_for(kLookInterval) != std::future_status::ready) {
    if (ending_) return absl::CancelledError("the hub is shutting down");
  }
  return answer.get();
}

void Backups::Advance(v1::Backup::State state, int64_t bytes_done, int64_t bytes_total) {
  MutexLock lock(mutex_);
  newest_->set_state(state);
  newest_->set_bytes_done(bytes_done);
  newest_->set_bytes_total(bytes_total);
}

}  // namespace switchboard::upkeep
