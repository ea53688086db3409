#include "clients/demo/director/hub_metrics.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace switchboard::demo {

std::set<std::string> StreamingVendors(std::string_view metrics) {
  std::set<std::string> vendors;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(metrics.data(), metrics.size()), '\n')) {
    if (!absl::ConsumePrefix(&line, "switchboard_streams_open{vendor_id=\"")) continue;
    const std::vector<absl::string_view> parts = absl::StrSplit(line, "\"} ");
    double streams = 0;
    if (parts.size() == 2 && absl::SimpleAtod(parts[1], &streams) && streams > 0)
      vendors.emplace(parts[0]);
  }
  return vendors;
}

}  // namespace switchboard::demo
