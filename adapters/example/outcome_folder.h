#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "adapters/example/outcome_file.h"
#include "hub/base/mutex.h"

namespace switchboard::adapters {

// The folder into which a dialler drops its outcomes. A file NAME.csv stays until the hub has
// answered for each of its lines:
// - NAME.done, once the hub has recorded every one;
// - NAME.kept, with NAME.refused beside it (FormatRefused), once some were refused, here or by the
//   hub; those not listed are recorded. What the hub has not kept either is listed too, and the
//   client goes on sending it (Outbox::NextNotKept). A file that cannot be read stays, with
//   NAME.refused beside it, and is tried again.
//
// Nothing of this is remembered but in the files' names: after a crash a file is read again, and
// the hub knows its outcomes by their ids. So a line that was refused may be mended and the whole
// file put in place again under the same name.
class OutcomeFolder {
 public:
  using Receipt = v1::ReportOutcomesResponse::Receipt;

  // What is done with outcomes; SyncClient's functions of these names.
  struct Client {
    std::function<void(v1::Outcome, std::function<void(absl::StatusOr<std::string>)>)>
        report_outcome_async;
    std::function<absl::Status(std::string_view outcome_id, int version)> drop_refused;
  };

  // Reads no further files while more outcomes than this wait for the hub.
  static constexpr size_t kWaitingMax = 100'000;

  // Must outlive every client that it is used with.
  explicit OutcomeFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // One round: reads the files that came, puts away those that are answered. One at a time. Errors:
  // those of files, the first of them; they are tried again in the next round.
  absl::Status Poll(const Client& client);

  // The hub's answer for an outcome. False, and ignored, where no file waits for it. From any
  // thread.
  bool OnReceipt(const Receipt& receipt);

 private:
  using Path = std::filesystem::path;
  struct File;

  std::vector<Path> NewFiles();
  absl::Status Begin(const Path& path, const Client& client);
  bool Answer(const std::string& outcome_id, const std::function<void(File&, int64_t line)>& take);
  absl::Status PutAway(File& file, const Client& client);
  std::string Beside(const Path& path, const char* extension) const;

  const Path folder_;
  Mutex mutex_;
  // By path, and by outcome with its line. Both guarded by mutex_, and so is what they point at.
  std::map<std::string, std::shared_ptr<File>> files_;
  std::map<std::string, std::pair<std::shared_ptr<File>, int64_t>> waiting_;
};

}  // namespace switchboard::adapters
