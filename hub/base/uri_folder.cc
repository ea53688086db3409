#include "hub/base/uri_folder.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace switchboard {
namespace {

// What stands before a query and a fragment.
std::string_view PathOf(std::string_view uri) { return uri.substr(0, uri.find_first_of("?#")); }

bool LeadsWhereItSays(std::string_view path) {
  const std::string lower = absl::AsciiStrToLower({path.data(), path.size()});
  for (const char* other_than_it_looks : {"%2e", "%2f", "%5c", "\\"})
    if (lower.find(other_than_it_looks) != std::string::npos) return false;
  return absl::c_none_of(absl::StrSplit(lower, '/'), [](absl::string_view segment) {
    return segment == "." || segment == "..";
  });
}

}  // namespace

bool IsUriFolder(std::string_view uri) {
  return PathOf(uri) == uri && uri.ends_with('/') && !uri.ends_with("//") && LeadsWhereItSays(uri);
}

bool LiesInUriFolder(std::string_view uri, std::string_view folder) {
  return uri.starts_with(folder) && uri.size() > folder.size() && LeadsWhereItSays(PathOf(uri));
}

}  // namespace switchboard
