#include "hub/outcomes/sealed_tables.h"

namespace switchboard::outcomes {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelect[] =
    "SELECT vendor_id, outcome_id, box FROM agent_time WHERE (vendor_id, outcome_id) > ($1, $2) "
    "ORDER BY vendor_id, outcome_id LIMIT $3";
constexpr char kSwap[] =
    "UPDATE agent_time SET box = c1 FROM rows($1) WHERE vendor_id = c2 AND outcome_id = c3 AND box "
    "= c4";

}  // namespace

BoxPlace PlaceOfAgentTime(std::string_view vendor_id, std::string_view outcome_id) {
  return BoxPlace("agent_time", "box").Key(vendor_id).Key(outcome_id);
}

const storage::SealedTable kSealedAgentTimes = {
    "agent_time.box", {kText, kText, kNull}, kSelect, kSwap, [](const Row& row) {
      return PlaceOfAgentTime(row.Text(0), row.Text(1));
    }};

}  // namespace switchboard::outcomes
