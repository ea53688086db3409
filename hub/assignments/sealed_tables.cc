#include "hub/assignments/sealed_tables.h"

namespace switchboard::assignments {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelectReasons[] =
    "SELECT assignment_id, why FROM assignment WHERE assignment_id > $1 ORDER BY assignment_id "
    "LIMIT $2";
constexpr char kSwapReasons[] =
    "UPDATE assignment SET why = c1 FROM rows($1) WHERE assignment_id = c2 AND why = c3";
constexpr char kSelectHandOvers[] =
    "SELECT assignment_id, box FROM hand_over WHERE assignment_id > $1 ORDER BY assignment_id "
    "LIMIT "
    "$2";
constexpr char kSwapHandOvers[] =
    "UPDATE hand_over SET box = c1 FROM rows($1) WHERE assignment_id = c2 AND box = c3";

}  // namespace

BoxPlace PlaceOfWhy(std::string_view assignment_id) {
  return BoxPlace("assignment", "why").Key(assignment_id);
}

BoxPlace PlaceOfHandOver(std::string_view assignment_id) {
  return BoxPlace("hand_over", "box").Key(assignment_id);
}

const storage::SealedTable kSealedReasons = {
    "assignment.why", {kText, kNull, kNull}, kSelectReasons, kSwapReasons, [](const Row& row) {
      return PlaceOfWhy(row.Text(0));
    }};

const storage::SealedTable kSealedHandOvers = {
    "hand_over.box", {kText, kNull, kNull}, kSelectHandOvers, kSwapHandOvers, [](const Row& row) {
      return PlaceOfHandOver(row.Text(0));
    }};

}  // namespace switchboard::assignments
