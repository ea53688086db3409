#include <string>

#include "hub/masking/coarse_time.h"
#include "hub/masking/masker.h"
#include "tests/testing.h"

// Contact points under tokens, and times by the hour.

namespace switchboard::masking {
namespace {

v1::Contract ContractOf(const std::string& vendor_id) {
  v1::Contract contract;
  contract.set_vendor_id(vendor_id);
  contract.add_work_types()->set_work_type(v1::WORK_TYPE_CAMPAIGN);
  return contract;
}

v1::Person PersonWith(const std::string& person_id, const std::vector<std::string>& point_ids) {
  v1::Person person;
  person.set_person_id(person_id);
  for (const std::string& id : point_ids) person.add_contact_points()->set_contact_point_id(id);
  v1::OtherParty& lawyer = *person.add_other_parties();
  lawyer.set_party_id("lawyer");
  lawyer.add_contact_points()->set_contact_point_id("lawyer-1");
  return person;
}

std::string ShownId(const Masker& masker, const v1::Person& person, int place) {
  v1::Assignment assignment;
  masker.Mask(person, v1::Account(), absl::UnixEpoch(), &assignment);
  return assignment.person().contact_points(place).contact_point_id();
}

class MaskerTokensTest : public ::testing::Test {
 protected:
  const Masker sakura_{ContractOf("sakura"), v1::WORK_TYPE_CAMPAIGN, std::string(32, 's')};
  const Masker ume_{ContractOf("ume"), v1::WORK_TYPE_CAMPAIGN, std::string(32, 'u')};
  const v1::Person person_ = PersonWith("P-1", {"mobile-1", "home-1"});
};

TEST_F(MaskerTokensTest, AContactPointIsFoundByWhatIsShownOfItAndByTheCoresId) {
  for (int place = 0; place < 2; ++place) {
    const v1::ContactPoint* point = &person_.contact_points(place);
    const std::string shown = ShownId(sakura_, person_, place);
    EXPECT_NE(shown, point->contact_point_id());
    EXPECT_EQ(sakura_.FindShown(person_, shown), point);
    EXPECT_EQ(sakura_.FindShown(person_, point->contact_point_id()), point);
  }
}

TEST_F(MaskerTokensTest, NothingElseFindsOne) {
  const std::string shown = ShownId(sakura_, person_, 0);
  const v1::Person other = PersonWith("P-2", {"mobile-1"});
  EXPECT_EQ(ume_.FindShown(person_, shown), nullptr) << "another vendor's token";
  EXPECT_EQ(sakura_.FindShown(other, shown), nullptr) << "another person's";
  EXPECT_EQ(sakura_.FindShown(PersonWith("P-1", {"home-1"}), shown), nullptr) << "gone";
  EXPECT_EQ(sakura_.FindShown(person_, "lawyer-1"), nullptr) << "another party's, shown nowhere";
  EXPECT_EQ(sakura_.FindShown(person_, ""), nullptr);
  EXPECT_EQ(sakura_.FindShown(v1::Person(), shown), nullptr);
}

// A token says which contact point it was, whatever became of that.
TEST_F(MaskerTokensTest, WhatIsGoneIsKnownAgain) {
  const std::string shown = ShownId(sakura_, person_, 0);
  EXPECT_TRUE(sakura_.IsShownAs("P-1", "mobile-1", shown));
  EXPECT_TRUE(sakura_.IsShownAs("P-1", "mobile-1", "mobile-1"));
  EXPECT_TRUE(sakura_.IsShownAs("P-1", "", "")) << "an address";
  EXPECT_FALSE(sakura_.IsShownAs("P-1", "home-1", shown));
  EXPECT_FALSE(sakura_.IsShownAs("P-2", "mobile-1", shown));
  EXPECT_FALSE(ume_.IsShownAs("P-1", "mobile-1", shown));
  EXPECT_FALSE(sakura_.IsShownAs("P-1", "", shown));
}

TEST_F(MaskerTokensTest, TheTokenStaysWhenTheNumberChanges) {
  v1::Person changed = person_;
  changed.mutable_contact_points(0)->set_phone("+819012345678");
  changed.set_family_name("Yamada");
  EXPECT_EQ(ShownId(sakura_, changed, 0), ShownId(sakura_, person_, 0));
  EXPECT_NE(ShownId(ume_, person_, 0), ShownId(sakura_, person_, 0));
}

TEST(CoarseTimeTest, IsTheBeginningOfTheHourOfUtc) {
  const struct {
    int64_t millis;
    int64_t seconds;
  } rows[] = {{0, 0}, {1, 0}, {3'599'999, 0}, {3'600'000, 3'600}, {7'277'000, 7'200}};
  for (const auto& row : rows) {
    const auto shown = CoarseTime(absl::FromUnixMillis(row.millis));
    EXPECT_EQ(shown.seconds(), row.seconds) << row.millis;
    EXPECT_EQ(shown.nanos(), 0) << row.millis;
  }
}

}  // namespace
}  // namespace switchboard::masking
