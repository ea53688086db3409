#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace switchboard {

// Every error of the hub is an absl::Status with a canonical code, a sentence, and one ErrorInfo
// {reason, domain "switchboard", metadata} as payload; the gRPC edge passes all three on unchanged.
// Texts and metadata never hold personal data.

inline constexpr char kErrorDomain[] = "switchboard";

// Makes such an error. `reason` is UPPER_SNAKE_CASE and documented at the method in the proto.
absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message,
                   std::vector<std::pair<std::string, std::string>> metadata = {});

// RESOURCE_EXHAUSTED, with a RetryInfo saying when to try again.
absl::Status ExhaustedError(std::string_view reason, std::string_view message,
                            absl::Duration retry_delay);
// The same, for who sends more than the hub takes: OVERLOADED.
absl::Status OverloadedError(std::string_view message, absl::Duration retry_delay);

// The ErrorInfo reason of an error made above; empty for any other status.
std::string ErrorReason(const absl::Status& status);

// The ErrorInfo metadata value under `key`; empty when there is none.
std::string ErrorMetadata(const absl::Status& status, std::string_view key);

// The same status with `context` and ": " before its message. Payloads stay.
absl::Status Annotate(const absl::Status& status, std::string_view context);

// Type URLs of the payloads, for the gRPC edge.
inline constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
inline constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";

}  // namespace switchboard

// Returns the status of `expression` from the enclosing function if it is not OK.
#define RETURN_IF_ERROR(expression)                   \
  do {                                                \
    if (auto status_ = (expression); !status_.ok()) { \
      return status_;                                 \
    }                                                 \
  } while (false)

#define SWITCHBOARD_CONCAT_INNER(a, b) a##b
#define SWITCHBOARD_CONCAT(a, b) SWITCHBOARD_CONCAT_INNER(a, b)

// ASSIGN_OR_RETURN(auto x, F()): x is the value of the StatusOr, or its status is returned.
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(SWITCHBOARD_CONCAT(status_or_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(name, declaration, expression) \
  auto name = (expression);                                   \
  if (!name.ok()) {                                           \
    return std::move(name).status();                          \
  }                                                           \
  declaration = *std::move(name)

// Ends the process when a programmer's assumption does not hold. On in production: continuing would
// be worse.
#define SWITCHBOARD_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) \
               : ::switchboard::AssertionFailed(#condition, __FILE__, __LINE__))

namespace switchboard {
[[noreturn]] void AssertionFailed(const char* condition, const char* file, int line);
}  // namespace switchboard
