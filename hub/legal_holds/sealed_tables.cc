#include "hub/legal_holds/sealed_tables.h"

#include "hub/legal_holds/legal_holds.h"

namespace switchboard::legal_holds {
namespace {

using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelect[] =
    "SELECT hold_id, box, person_id, account_id FROM legal_hold WHERE hold_id > $1 ORDER BY "
    "hold_id LIMIT $2";
constexpr char kSwap[] =
    "UPDATE legal_hold SET box = c1 FROM rows($1) WHERE hold_id = c2 AND box = c3";

}  // namespace

const storage::SealedTable kSealedHolds = {
    "legal_hold.box", {kText, kNull, kNull}, kSelect, kSwap, [](const Row& row) {
      return PlaceOf(row.Text(0), row.Text(2), row.Text(3));
    }};

}  // namespace switchboard::legal_holds
