#include "tests/attacks/process_use.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/demo/parties/ledger.h"
#include "hub/base/error.h"

namespace switchboard::attacks {

absl::StatusOr<ProcessUse> UseOf(pid_t process) {
  const std::string proc = absl::StrCat("/proc/", process);
  ProcessUse use;
  ASSIGN_OR_RETURN(const std::string status, demo::ReadWholeFile(proc + "/status"));
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar("\t "), absl::SkipEmpty());
    if (words.size() > 1 && words[0] == "VmRSS:" && !absl::SimpleAtoi(words[1], &use.resident_kib))
      return absl::InternalError("no VmRSS");
  }
  // One that ended and was not waited for yet still has its place, but no memory.
  if (use.resident_kib == 0) return absl::InternalError(absl::StrCat(process, " has ended"));
  // proc(5): fields 14 and 15, counted behind the name in brackets.
  ASSIGN_OR_RETURN(const std::string stat, demo::ReadWholeFile(proc + "/stat"));
  const std::vector<absl::string_view> words =
      absl::StrSplit(absl::string_view(stat).substr(stat.rfind(')') + 2), ' ');
  int64_t user = 0, system = 0;
  if (words.size() < 13 || !absl::SimpleAtoi(words[11], &user) ||
      !absl::SimpleAtoi(words[12], &system)) {
    return absl::InternalError("no CPU time");
  }
  use.cpu_seconds = static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd", error)) {
    (void)entry;
    ++use.descriptors;
  }
  return use;
}

}  // namespace switchboard::attacks
