#include "hub/audit/sealed_tables.h"

namespace switchboard::audit {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelect[] =
    "SELECT quarantine_id, box, actor, kind, source FROM quarantine WHERE quarantine_id > $1 ORDER "
    "BY quarantine_id LIMIT $2";
constexpr char kSwap[] =
    "UPDATE quarantine SET box = c1 FROM rows($1) WHERE quarantine_id = c2 AND box = c3";

}  // namespace

BoxPlace PlaceOfQuarantined(std::string_view quarantine_id, std::string_view actor,
                            std::string_view kind, std::string_view source) {
  return BoxPlace("quarantine", "box").Key(quarantine_id).With(actor).With(kind).With(source);
}

const storage::SealedTable kSealedQuarantine = {
    "quarantine.box", {kText, kNull, kNull}, kSelect, kSwap, [](const Row& row) {
      return PlaceOfQuarantined(row.Text(0), row.Text(2), row.Text(3), row.Text(4));
    }};

}  // namespace switchboard::audit
