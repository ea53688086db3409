#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "clients/cli/session.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::cli {

// What stands in a file that is good.
struct LintedText {
  std::string about;                  // one line: "jp version 3: 12 rules"
  std::string lines;                  // more of them, each ended; may be empty
  std::vector<std::string> warnings;  // what is allowed and may not be meant
  std::string json;                   // an object: what to say beside whether it is good
};

// Checks files of a kind, one after the other, without a hub. Holds when all are good; what is
// wrong with one is told by what `lint` says of it.
Result LintFiles(
    v1::TextKind kind, const std::vector<std::string>& files,
    absl::FunctionRef<absl::StatusOr<LintedText>(const std::string& yaml, const std::string& file)>
        lint);

}  // namespace switchboard::cli
