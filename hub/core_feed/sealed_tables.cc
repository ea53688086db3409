#include "hub/core_feed/sealed_tables.h"

namespace switchboard::core_feed {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelectItems[] =
    "SELECT sequence, box, kind, place FROM core_item WHERE sequence > $1 ORDER BY sequence LIMIT "
    "$2";
constexpr char kSwapItems[] =
    "UPDATE core_item SET box = c1 FROM rows($1) WHERE sequence = c2 AND box = c3";
constexpr char kSelectHidden[] =
    "SELECT sequence, hidden, kind, place FROM core_item WHERE sequence > $1 ORDER BY sequence "
    "LIMIT $2";
constexpr char kSwapHidden[] =
    "UPDATE core_item SET hidden = c1 FROM rows($1) WHERE sequence = c2 AND hidden = c3";

BoxPlace PlaceIn(const char* column, ItemKind kind, std::string_view place) {
  return BoxPlace("core_item", column).With(static_cast<int64_t>(kind)).With(place);
}

}  // namespace

BoxPlace PlaceOfItem(ItemKind kind, std::string_view place) { return PlaceIn("box", kind, place); }

BoxPlace PlaceOfHidden(ItemKind kind, std::string_view place) {
  return PlaceIn("hidden", kind, place);
}

const storage::SealedTable kSealedItems = {
    "core_item.box", {kInteger, kNull, kNull}, kSelectItems, kSwapItems, [](const Row& row) {
      return PlaceOfItem(static_cast<ItemKind>(row.Integer(2)), row.Text(3));
    }};

const storage::SealedTable kSealedHidden = {
    "core_item.hidden", {kInteger, kNull, kNull}, kSelectHidden, kSwapHidden, [](const Row& row) {
      return PlaceOfHidden(static_cast<ItemKind>(row.Integer(2)), row.Text(3));
    }};

}  // namespace switchboard::core_feed
