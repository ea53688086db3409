#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "clients/demo/evidence/run_result.h"

// The parts of the report that say who saw what, and what became of it. At most 100 columns wide.

namespace switchboard::demo {

// One account as each of the four sees it, side by side. Empty: there is none to show.
std::string RenderViews(const RunResult& result);

// A row before and after a contract was tightened, how soon, and what left the hub then. Empty:
// none was.
std::string RenderTightening(const RunResult& result);

// Orders to delete by vendor, and one with its vendor's signed word. Empty: there was none.
std::string RenderDeletions(const RunResult& result);

// The same, as "views", "tightening", "deletion_orders" and "deletion_shown"; what is not there is
// null.
void AddPrivacy(const RunResult& result, nlohmann::json* json);

// "REASON_NO_CONTACT_POINT" → "no contact point".
std::string Words(std::string_view name, std::string_view prefix);

// "Wed, 04 Nov 2026, 07:00", where most of the people live.
std::string InTokyo(absl::Time time);

}  // namespace switchboard::demo
