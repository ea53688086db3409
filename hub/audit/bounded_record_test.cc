#include "hub/audit/bounded_record.h"

#include <string>
#include <vector>

#include "hub/audit/audit_log.h"
#include "tests/database_fixture.h"

namespace switchboard::audit {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::TestDatabase;

class BoundedRecordTest : public ::testing::Test {
 protected:
  // So many refusals of this vendor in one commit; each event as its left_out, 0 for itself.
  std::vector<int64_t> Refuse(const std::string& vendor_id, int count) {
    return Run([&](Transaction& transaction) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        v1::AuditEvent event = Event(v1::AuditEvent::KIND_PERMIT_REFUSED, "vendor/" + vendor_id);
        event.set_vendor_id(vendor_id);
        RETURN_IF_ERROR(RecordBounded(transaction, std::move(event)));
      }
      return absl::OkStatus();
    });
  }
  std::vector<int64_t> Flush() {
    return Run([](Transaction& transaction) { return RecordLeftOut(transaction); });
  }
  std::vector<int64_t> Run(const storage::Unit& unit) {
    std::vector<int64_t> recorded;
    EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(unit(transaction));
      for (const std::string& bytes : transaction.records()) {
        v1::AuditEvent event;
        EXPECT_TRUE(event.ParseFromString(bytes));
        recorded.push_back(event.left_out());
      }
      return absl::OkStatus();
    }));
    return recorded;
  }
  bool Any() {
    bool any = false;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, AnyLeftOut(reader, absl::ToUnixMicros(test_.clock.Now())));
      return absl::OkStatus();
    }));
    return any;
  }

  TestDatabase test_;
};

TEST_F(BoundedRecordTest, SoManyAreWrittenEachAndTheRestIsCounted) {
  EXPECT_EQ(Refuse("sakura", 15).size(), 15u);
  EXPECT_EQ(Refuse("sakura", 15).size(), 5u);
  EXPECT_EQ(Refuse("sakura", 1000).size(), 0u);
  EXPECT_EQ(Refuse("jade", 1).size(), 1u) << "each party has its own";
  EXPECT_FALSE(Any()) << "the second is not over";
  test_.clock.Advance(absl::Seconds(1));
  EXPECT_TRUE(Any());
  EXPECT_THAT(Refuse("sakura", 1), ElementsAre(1010, 0));
  EXPECT_FALSE(Any());
}

TEST_F(BoundedRecordTest, WhatWasCountedIsToldWithoutAnotherEvent) {
  Refuse("sakura", 25);
  Refuse("jade", 22);
  test_.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(Flush(), ::testing::UnorderedElementsAre(5, 2));
  EXPECT_THAT(Flush(), ElementsAre());
  EXPECT_FALSE(Any());
}

TEST_F(BoundedRecordTest, AUnitThatFailsCountsNothing) {
  EXPECT_FALSE(test_
                   .Run([](Transaction& transaction) -> absl::Status {
                     for (int i = 0; i < 100; ++i) {
                       RETURN_IF_ERROR(RecordBounded(
                           transaction, Event(v1::AuditEvent::KIND_PERMIT_REFUSED, "vendor/a")));
                     }
                     return absl::InternalError("no");
                   })
                   .ok());
  test_.clock.Advance(absl::Seconds(1));
  EXPECT_FALSE(Any());
}

}  // namespace
}  // namespace switchboard::audit
