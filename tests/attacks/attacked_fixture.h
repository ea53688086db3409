#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "tests/attacks/attacked_hub.h"
#include "tests/attacks/bystanders.h"
#include "tests/raw_peer.h"
#include "tests/testing.h"

namespace switchboard::attacks {

// A real daemon of its own and its bystanders, and what an attack may cost. Not thread-safe.
class AttackedFixture : public ::testing::Test {
 protected:
  void SetUp() override { Begin(""); }
  void TearDown() override;

  // Starts the hub, in `folder` if it is not empty, and the bystanders, and lets them work in
  // peace.
  void Begin(const std::string& more_config, const std::string& folder = "");

  // Until the bystanders have made so many more calls.
  void Work(int64_t calls);

  // Runs the attack, which returns how many bytes it sent, while the bystanders work, and judges
  // what it cost.
  void Suffer(const std::function<int64_t()>& attack);

  // A connection of that peer's; null, with a failure, when it is not let in.
  std::unique_ptr<testing::RawPeer> Connect(const std::string& peer,
                                            const std::string& from_address = "");

  SystemClock clock_;
  std::unique_ptr<AttackedHub> hub_;
  std::unique_ptr<Bystanders> bystanders_;
  Bystanders::Met quiet_, met_;

 private:
  int64_t calls_ = 0;
};

}  // namespace switchboard::attacks
