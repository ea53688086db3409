// Age bands are those of the person's own day, and a row is shown anew on the day that its band
// changes.
#include <string>

#include "absl/strings/str_replace.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::ContractYaml;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeRecord;
using testing::OpenStream;

// The clock of a test begins at 2026-01-01T00:00Z, which in Japan is nine in the morning. The next
// day begins there at 15:00Z.
constexpr absl::Duration kToMidnightInJapan = absl::Hours(15);

// Lives in Japan and becomes forty on that day of January 2026, or of another month.
v1::AccountRecord BecomesForty(int64_t sequence, int day, const std::string& account_id = "A-1",
                               int month = 1) {
  auto record = MakeRecord(sequence, {.account_id = account_id});
  auto& birth = *record.mutable_person()->mutable_birth_date();
  birth.set_year(1986);
  birth.set_month(month);
  birth.set_day(day);
  return record;
}

class AgeBandTest : public ::testing::Test {
 protected:
  void SetUp() override { world_.SetUpVendors({"sakura"}); }

  void ShowBands(const std::string& show = "BAND") {
    ASSERT_OK(world_.PutInForce(
        v1::TEXT_KIND_CONTRACT,
        absl::StrReplaceAll(
            ContractYaml(),
            {{"    disclose:\n",
              "    disclose:\n      - {data_class: BIRTH_DATE, show: " + show + "}\n"}})));
  }
  std::string BandAt(OpenStream& stream, const std::string& account_id = "A-1") {
    return stream.outlet.row(world_.Live(account_id).assignment_id()).person().birth_date();
  }
  // To half a minute before the next day in Japan, or one of those after it. A stream opened now
  // lives to see it.
  void ToMidnightInJapan(int days_more = 0) {
    world_.Advance(start_ + absl::Hours(24 * days_more) + kToMidnightInJapan - absl::Seconds(32) -
                   world_.clock.Now());
  }

  HubWorld world_;
  const absl::Time start_ = world_.clock.Now();
};

TEST_F(AgeBandTest, ChangesByItselfOnThePersonsOwnBirthday) {
  ShowBands();
  ASSERT_OK(world_.Import({BecomesForty(1, 2)}));
  ToMidnightInJapan();
  OpenStream sakura(world_);
  const int changes = sakura.outlet.changes();
  world_.Advance(absl::Seconds(15));
  EXPECT_EQ(BandAt(sakura), "30-39");
  world_.Advance(absl::Seconds(15));
  EXPECT_EQ(BandAt(sakura), "40-49") << "in UTC it is still the day before";
  EXPECT_EQ(sakura.outlet.changes(), changes + 1);
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(sakura.outlet.changes(), changes + 1) << "the next change is ten years away";
}

TEST_F(AgeBandTest, AHiddenBirthdayChangesNothing) {
  ShowBands("PARTIAL, mask: BIRTHDAY_HIDDEN");
  ASSERT_OK(world_.Import({BecomesForty(1, 2)}));
  ToMidnightInJapan();
  OpenStream sakura(world_);
  const int changes = sakura.outlet.changes();
  EXPECT_EQ(BandAt(sakura), "40-49") << "so old they are when their month ends";
  world_.Advance(absl::Minutes(1));
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(sakura.outlet.changes(), changes);
}

TEST_F(AgeBandTest, AHiddenBirthdayChangesTheBandWhenItsMonthBegins) {
  ShowBands("PARTIAL, mask: BIRTHDAY_HIDDEN");
  ASSERT_OK(world_.Import({BecomesForty(1, 9, "A-1", /*month=*/2)}));
  ToMidnightInJapan(/*days_more=*/30);
  OpenStream sakura(world_);
  const int changes = sakura.outlet.changes();
  EXPECT_EQ(BandAt(sakura), "30-39");
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(BandAt(sakura), "40-49");
  EXPECT_EQ(sakura.outlet.changes(), changes + 1);
}

TEST_F(AgeBandTest, RowsWithoutABandAreLeftAlone) {
  ASSERT_OK(world_.Import({BecomesForty(1, 2)}));
  ToMidnightInJapan();
  OpenStream sakura(world_);
  const int changes = sakura.outlet.changes();
  world_.Advance(absl::Minutes(1));
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(sakura.outlet.changes(), changes);
  EXPECT_TRUE(sakura.outlet.finished().empty());
}

// The row was placed under a contract that showed no band.
TEST_F(AgeBandTest, ChangesForRowsOlderThanTheContractThatShowsIt) {
  ASSERT_OK(world_.Import({BecomesForty(1, 2)}));
  ShowBands();
  ToMidnightInJapan();
  OpenStream sakura(world_);
  ASSERT_EQ(BandAt(sakura), "30-39");
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(BandAt(sakura), "40-49");
}

// The other account of the person brought a birth date that had been wrong.
TEST_F(AgeBandTest, FollowsABirthDateThatAnotherAccountCorrected) {
  ShowBands();
  ASSERT_OK(world_.Import({BecomesForty(1, 20), BecomesForty(2, 20, "A-2")}));
  ASSERT_OK(world_.Import({BecomesForty(3, 2, "A-2")}));
  ToMidnightInJapan();
  OpenStream sakura(world_);
  ASSERT_EQ(BandAt(sakura, "A-1"), "30-39");
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(BandAt(sakura, "A-1"), "40-49");
  EXPECT_EQ(BandAt(sakura, "A-2"), "40-49");
}

// The same within one batch, where nothing is in the table yet.
TEST_F(AgeBandTest, FollowsABirthDateThatTheSameBatchCorrected) {
  ShowBands();
  ASSERT_OK(world_.Import({BecomesForty(1, 20), BecomesForty(2, 2, "A-2")}));
  ToMidnightInJapan();
  OpenStream sakura(world_);
  ASSERT_EQ(BandAt(sakura, "A-1"), "30-39");
  world_.Advance(absl::Minutes(1));
  EXPECT_EQ(BandAt(sakura, "A-1"), "40-49");
}

}  // namespace
}  // namespace switchboard
