#include "hub/upkeep/news.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"

namespace switchboard::upkeep {
namespace {

constexpr char kSelectVendors[] =
    "SELECT v.vendor_id, c.newest_sequence, v.session, v.generation FROM vendor v JOIN "
    "vendor_counter c ON c.vendor_id = v.vendor_id ORDER BY v.vendor_id";

}  // namespace

absl::StatusOr<std::vector<std::string>> News::Look(storage::Connection& reader) {
  std::vector<std::string> topics;
  RETURN_IF_ERROR(reader.Query(kSelectVendors, {}, [&](const storage::Row& row) {
    Vendor& known = vendors_[std::string(row.Text(0))];
    const Vendor now{row.Integer(1), row.Integer(2), std::string(row.Text(3))};
    const std::string vendor_id(row.Text(0));
    if (now.session != known.session)
      topics.push_back(absl::StrCat("session/", vendor_id, "/", now.session));
    if (now.newest != known.newest || now.generation != known.generation)
      topics.push_back("feed/" + vendor_id);
    known = now;
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const int64_t newest_outcome, core_feed::NewestOutcome(reader));
  if (newest_outcome != newest_outcome_) topics.push_back("outcomes");
  newest_outcome_ = newest_outcome;
  return topics;
}

}  // namespace switchboard::upkeep
