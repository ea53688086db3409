#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "hub/base/clock.h"
#include "hub/base/executor.h"
#include "hub/hub.h"
#include "tests/simulation/options.h"

namespace switchboard::simulation {

// The hub as a process that can die at any instant and starts again on what was on the disk then.
class HubProcess {
 public:
  // `folder` must exist; `clock` outlives the process.
  HubProcess(std::string folder, ManualClock& clock, Dice& dice, const Faults& faults,
             retention::Policy retention, v1::Config::PromisePolicy promises = {})
      : folder_(std::move(folder)),
        clock_(clock),
        dice_(dice),
        faults_(faults),
        retention_(std::move(retention)),
        promises_(std::move(promises)) {}
  ~HubProcess();

  absl::Status Start();

  // Runs one of: a queued task, a commit group, a tick.
  absl::Status Work();
  // Does everything that waits.
  absl::Status WorkAll();
  // Dies now. Nothing that was under way is heard of any more.
  absl::Status Die();
  // Whether faults happen. They do not until this is called.
  void SetCalm(bool calm) { calm_ = calm; }

  Hub& hub() { return *hub_; }
  ManualExecutor& executor() { return executor_; }
  int64_t deaths() const { return deaths_; }
  int64_t groups() const { return groups_; }
  int64_t queue_length_max() const { return queue_length_max_; }

  // Runs a unit of our own, ahead of imports. For planted mistakes.
  void Corrupt(storage::Unit unit);
  // As Corrupt, a statement without parameters.
  void Corrupt(const char* sql);
  // As Corrupt, with two parameters.
  void Corrupt(const char* sql, int64_t first, std::string second);

  // Called when the hub has died, before it starts again.
  std::function<void()> on_death;
  // Called when it has started again.
  std::function<void()> on_start;
  // As HubOptions has it, from the next start on.
  std::function<void(v1::Contract&)> planted_masks;
  // A table that is not sealed anew when keys change, likewise.
  std::string planted_forgotten_table;
  // A statement that somebody runs on the file of a hub that died. Empty: nobody does.
  std::string planted_unbound_write;
  // Any word of a vendor's stands, whoever signed it.
  bool planted_takes_any_word = false;

 private:
  absl::Status RunGroup();
  absl::Status Restart();
  void TakePicture();
  void Sabotage();
  std::string Path(int64_t life) const { return folder_ + "/hub-" + std::to_string(life) + ".db"; }

  const std::string folder_;
  ManualClock& clock_;
  Dice& dice_;
  const Faults& faults_;
  const retention::Policy retention_;
  const v1::Config::PromisePolicy promises_;
  bool calm_ = true;
  bool doomed_ = false;  // it died inside the group that is running
  int64_t deaths_ = 0;
  int64_t groups_ = 0;
  int64_t queue_length_max_ = 0;
  ManualExecutor executor_;
  telemetry::Metrics metrics_;
  std::unique_ptr<IdMint> ids_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace switchboard::simulation
