#include "hub/unmasking/sealed_tables.h"

#include "hub/unmasking/unmasking_book.h"

namespace switchboard::unmasking {
namespace {

using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelect[] =
    "SELECT unmasking_id, box FROM unmasking WHERE unmasking_id > $1 ORDER BY unmasking_id LIMIT "
    "$2";
constexpr char kSwap[] =
    "UPDATE unmasking SET box = c1 FROM rows($1) WHERE unmasking_id = c2 AND box = c3";

}  // namespace

const storage::SealedTable kSealedUnmaskings = {
    "unmasking.box", {kText, kNull, kNull}, kSelect, kSwap, [](const Row& row) {
      return AgentPlace(row.Text(0));
    }};

}  // namespace switchboard::unmasking
