#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hub/base/error.h"

namespace switchboard::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// EXPECT_THAT(x, IsOk()) for a Status or StatusOr.
MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// EXPECT_THAT(x, FailsWith(absl::StatusCode::kNotFound, "PERMIT_UNKNOWN")): code and ErrorInfo
// reason.
MATCHER_P2(FailsWith, code, reason, "fails with that code and reason") {
  *result_listener << StatusOf(arg).ToString() << ", reason " << ErrorReason(StatusOf(arg));
  return StatusOf(arg).code() == code && ErrorReason(StatusOf(arg)) == reason;
}

// A folder of its own that disappears with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Waits until the condition holds; false after two minutes.
bool Eventually(const std::function<bool()>& holds);

// Bytes of a file; fails the test when it cannot be read.
std::string ReadFile(const std::string& path);
// Nothing if there is none, as where a server removes what it has just made.
std::optional<std::string> ReadFileIfThere(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

}  // namespace switchboard::testing

#define ASSERT_OK(expression) ASSERT_THAT(expression, ::switchboard::testing::IsOk())
#define EXPECT_OK(expression) EXPECT_THAT(expression, ::switchboard::testing::IsOk())

// ASSERT_OK_AND_ASSIGN(auto x, F()): x is the value, or the test ends.
#define ASSERT_OK_AND_ASSIGN(declaration, expression) \
  ASSERT_OK_AND_ASSIGN_INNER(SWITCHBOARD_CONCAT(status_or_, __LINE__), declaration, expression)
#define ASSERT_OK_AND_ASSIGN_INNER(name, declaration, expression) \
  auto name = (expression);                                       \
  ASSERT_OK(name);                                                \
  declaration = *std::move(name)
