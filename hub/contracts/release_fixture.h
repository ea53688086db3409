#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "hub/base/error.h"
#include "hub/contracts/released_version.h"
#include "switchboard/v1/audit.pb.h"
#include "tests/database_fixture.h"

namespace switchboard::contracts {

// By whom tests of this room release what they do.
inline constexpr ReleasedBy kByTwo{"operator/ito", "operator/sato", "P-1"};

// A database, and what its commits left.
class ReleaseFixture : public ::testing::Test {
 protected:
  // What `look` finds.
  template <typename Look>
  auto Read(Look look) {
    std::invoke_result_t<Look, storage::Connection&> found = absl::UnknownError("not read");
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      found = look(reader);
      return absl::OkStatus();
    }));
    return found;
  }

  std::vector<std::string> topics_;  // of the last commit
  std::vector<v1::AuditEvent> events_;
  testing::TestDatabase test_{testing::TestDatabase::Options(), Hooks()};

 private:
  storage::Writer::Hooks Hooks() {
    storage::Writer::Hooks hooks;
    hooks.after_commit = [this](const std::vector<std::string>& topics,
                                const std::vector<std::string>& records) {
      topics_ = topics;
      for (const std::string& record : records) events_.emplace_back().ParseFromString(record);
    };
    return hooks;
  }
};

}  // namespace switchboard::contracts
