// A column of boxes that no rotation walks over would be unreadable once its keys are destroyed.
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "hub/storage/column_class.h"
#include "hub/upkeep/sealed_tables.h"

namespace switchboard::upkeep {
namespace {

TEST(BoxColumnsTest, EachIsSealedAnewByARotationAndNoOther) {
  std::multiset<std::string> boxes, sealed;
  for (const storage::ClassifiedColumn& one : storage::kClassifiedColumns) {
    if (one.holds == storage::ColumnClass::kBox)
      boxes.insert(std::string(one.table) + "." + std::string(one.column));
  }
  for (const storage::SealedTable* table : SealedTables()) sealed.insert(table->name);
  EXPECT_GE(boxes.size(), 16u);
  EXPECT_EQ(sealed, boxes);
}

}  // namespace
}  // namespace switchboard::upkeep
