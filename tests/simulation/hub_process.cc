#include "tests/simulation/hub_process.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "hub/base/error.h"
#include "hub/storage/schema.h"
#include "hub/storage/sqlite.h"
#include "tests/shared_cleaner.h"
#include "tests/simulation/scenery.h"
#include "tests/simulation/word_signature.h"

namespace switchboard::simulation {
namespace {

// What lies on the disk of a process that is killed: the file and its log.
void CopyFiles(const std::string& from, const std::string& to) {
  std::error_code ignored;  // there is no log yet before the first write
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::remove(to + suffix, ignored);
    std::filesystem::copy_file(from + suffix, to + suffix, ignored);
  }
}

// As somebody does who has the file and not the hub.
absl::Status WriteBeside(const std::string& path, const std::string& sql) {
  ASSIGN_OR_RETURN(const auto database, storage::SqliteDatabase::Open(path));
  ASSIGN_OR_RETURN(const auto connection, database->OpenWriter());
  return storage::RunAlone(
      *connection, [&]() -> absl::Status { return connection->Execute(sql.c_str(), {}).status(); });
}

}  // namespace

HubProcess::~HubProcess() {
  executor_.Clear();
  hub_.reset();
  executor_.Clear();
}

absl::Status HubProcess::Start() {
  ids_ = std::make_unique<IdMint>(clock_, dice_.Bits());
  HubOptions options;
  options.storage.sqlite_path = Path(deaths_);
  options.wrapping.key_file = folder_ + "/key";
  // Groups must not depend on how fast this machine is.
  options.writer.group_time_max = absl::InfiniteDuration();
  options.writer.group_max = static_cast<size_t>(2 + dice_.Below(24));
  options.sessions.page_max = 1 + dice_.Below(6);
  options.retention = retention_;
  options.promises = promises_;
  options.rule_pack_elsewhere = kPackId;
  options.cleaner = testing::SharedCleaner();
  options.planted_masks = planted_masks;
  options.deletions_gather_most = absl::Seconds(5);
  // Certificates are others' business (identity/statement_signature_test).
  options.check_signature = [this](const identity::Peer& caller,
                                   const v1::ConfirmDeletionRequest& word) {
    const bool stands = word.signature() == SignatureOf(caller.name, word.statement());
    return stands || planted_takes_any_word
               ? absl::OkStatus()
               : Error(absl::StatusCode::kPermissionDenied, "SIGNATURE_INVALID", "forged");
  };
  // No engine here lets an old transaction live.
  options.rotation.switch_wait = absl::Seconds(10);
  options.rotation.floor_wait = absl::Seconds(10);
  options.rotation.forgets = planted_forgotten_table;
  ASSIGN_OR_RETURN(hub_, Hub::Open(options, clock_, *ids_, executor_, metrics_));
  return absl::OkStatus();
}

absl::Status HubProcess::Work() {
  if (!calm_ && dice_.Chance(faults_.hub_crash)) return Die();
  queue_length_max_ =
      std::max(queue_length_max_, static_cast<int64_t>(hub_->writer().queue_length()));
  switch (dice_.Below(8)) {
    case 0:
      hub_->Tick();
      return absl::OkStatus();
    case 1:
    case 2:
    case 3:
      return RunGroup();
    default:
      for (int tasks = 1 + dice_.Below(8); tasks > 0; --tasks) executor_.RunOne();
      return absl::OkStatus();
  }
}

absl::Status HubProcess::WorkAll() {
  hub_->Tick();
  while (executor_.size() > 0 || hub_->writer().queue_length() > 0) {
    executor_.RunAll();
    RETURN_IF_ERROR(RunGroup());
  }
  return absl::OkStatus();
}

absl::Status HubProcess::RunGroup() {
  if (hub_->writer().queue_length() == 0) return absl::OkStatus();
  ++groups_;
  if (!calm_) Sabotage();
  hub_->writer().RunGroup();
  return doomed_ ? Restart() : absl::OkStatus();
}

// Units of our own among the others, before some and behind others.
void HubProcess::Sabotage() {
  const auto urgency = dice_.Chance(0.5) ? storage::Urgency::kUrgent : storage::Urgency::kBulk;
  auto ignore = [](const absl::Status&) {};
  if (dice_.Chance(faults_.hub_crash_in_group)) {
    hub_->writer().Submit(
        urgency,
        [this](storage::Transaction&) {
          TakePicture();
          if (on_death) on_death();  // before anybody is answered
          doomed_ = true;
          return absl::OkStatus();
        },
        ignore);
  } else if (dice_.Chance(faults_.commit_fails)) {
    hub_->writer().Submit(
        urgency,
        [](storage::Transaction& transaction) -> absl::Status {
          // As SQLite does by itself when the disk is full.
          RETURN_IF_ERROR(transaction.Execute("ROLLBACK", {}).status());
          return absl::ResourceExhaustedError("disk full");
        },
        ignore);
  }
}

void HubProcess::TakePicture() { CopyFiles(Path(deaths_), Path(deaths_ + 1)); }

absl::Status HubProcess::Die() {
  TakePicture();
  if (on_death) on_death();
  return Restart();
}

absl::Status HubProcess::Restart() {
  doomed_ = false;
  executor_.Clear();
  hub_.reset();
  executor_.Clear();  // what the last answers of the dead hub left
  std::error_code ignored;
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    std::filesystem::remove(Path(deaths_) + suffix, ignored);
  }
  ++deaths_;
  if (!planted_unbound_write.empty())
    RETURN_IF_ERROR(WriteBeside(Path(deaths_), planted_unbound_write));
  RETURN_IF_ERROR(Start());
  if (on_start) on_start();
  return absl::OkStatus();
}

void HubProcess::Corrupt(storage::Unit unit) {
  hub_->writer().Submit(storage::Urgency::kUrgent, std::move(unit), [](const absl::Status&) {});
}

void HubProcess::Corrupt(const char* sql) {
  Corrupt(
      [sql](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); });
}

void HubProcess::Corrupt(const char* sql, int64_t first, std::string second) {
  Corrupt([sql, first, second = std::move(second)](storage::Transaction& transaction) {
    return transaction.Execute(sql, {first, second}).status();
  });
}

}  // namespace switchboard::simulation
