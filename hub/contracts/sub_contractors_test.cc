#include "hub/contracts/sub_contractors.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "hub/base/proto_time.h"
#include "hub/contracts/terms_check.h"

namespace switchboard::contracts {
namespace {

constexpr absl::CivilDay kDay(2026, 11, 30);

v1::Contract WithOne() {
  v1::Contract contract;
  contract.set_vendor_id("sakura");
  contract.add_work_types()->set_work_type(v1::WORK_TYPE_EARLY_COLLECTIONS);
  contract.add_work_types()->set_work_type(v1::WORK_TYPE_LATE_COLLECTIONS);
  auto& one = *contract.add_sub_contractors();
  one.set_sub_contractor_id("kita");
  one.set_display_name("きた Calls");
  one.set_country("JP");
  return contract;
}

TEST(SubContractorsTest, WhatIsWrongIsNamed) {
  using One = v1::Contract::SubContractor;
  const struct {
    const char* field;
    std::function<void(v1::Contract&, One&)> change;
  } rows[] = {
      {"", [](auto&, auto&) {}},
      {"", [](auto&, One& o) { o.clear_display_name(); }},
      {"sub_contractors[0].sub_contractor_id", [](auto&, One& o) { o.clear_sub_contractor_id(); }},
      {"sub_contractors[0].sub_contractor_id",
       [](auto&, One& o) { o.set_sub_contractor_id("Kita Calls"); }},
      {"sub_contractors[0].sub_contractor_id",
       [](auto&, One& o) { o.set_sub_contractor_id(std::string(33, 'k')); }},
      {"sub_contractors[0].sub_contractor_id",
       [](auto&, One& o) { o.set_sub_contractor_id("sakura"); }},
      {"sub_contractors[1].sub_contractor_id",
       [](v1::Contract& c, One& o) { *c.add_sub_contractors() = One(o); }},
      {"sub_contractors[0].display_name",
       [](auto&, One& o) { o.set_display_name(std::string(101, 'k')); }},
      {"sub_contractors[0].display_name", [](auto&, One& o) { o.set_display_name("a\nb"); }},
      {"sub_contractors[0].country", [](auto&, One& o) { o.clear_country(); }},
      {"sub_contractors[0].country", [](auto&, One& o) { o.set_country("jp"); }},
      {"", [](auto&, One& o) { o.add_work_types(v1::WORK_TYPE_LATE_COLLECTIONS); }},
      {"sub_contractors[0].work_types[0]",
       [](auto&, One& o) { o.add_work_types(v1::WORK_TYPE_CAMPAIGN); }},
      {"sub_contractors[0].work_types[1]",
       [](auto&, One& o) {
         o.add_work_types(v1::WORK_TYPE_LATE_COLLECTIONS);
         o.add_work_types(v1::WORK_TYPE_LATE_COLLECTIONS);
       }},
      {"", [](auto&, One& o) { *o.mutable_from_day() = DateOf(kDay); }},
      {"sub_contractors[0].from_day.year",
       [](auto&, One& o) {
         *o.mutable_from_day() = DateOf(kDay);
         o.mutable_from_day()->set_year(26);
       }},
      {"sub_contractors[0].to_day",
       [](auto&, One& o) {
         *o.mutable_from_day() = DateOf(kDay);
         *o.mutable_to_day() = DateOf(kDay);
       }},
      {"sub_contractors",
       [](v1::Contract& c, One&) {
         while (c.sub_contractors_size() < 51) c.add_sub_contractors();
       }},
  };
  for (const auto& row : rows) {
    v1::Contract contract = WithOne();
    row.change(contract, *contract.mutable_sub_contractors(0));
    const auto problem = CheckSubContractors(contract);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field);
  }
}

TEST(SubContractorsTest, OneIsRegisteredOnItsDaysAndForItsWork) {
  v1::Contract contract = WithOne();
  constexpr auto kEarly = v1::WORK_TYPE_EARLY_COLLECTIONS;
  constexpr auto kLate = v1::WORK_TYPE_LATE_COLLECTIONS;
  EXPECT_TRUE(IsRegisteredFor(contract, "kita", kEarly, kDay));
  EXPECT_FALSE(IsRegisteredFor(contract, "nobody", kEarly, kDay));
  EXPECT_FALSE(IsRegisteredFor(contract, "", kEarly, kDay));
  auto& one = *contract.mutable_sub_contractors(0);
  *one.mutable_from_day() = DateOf(kDay);
  *one.mutable_to_day() = DateOf(kDay + 1);
  EXPECT_FALSE(IsRegistered(contract, "kita", kDay - 1));
  EXPECT_TRUE(IsRegistered(contract, "kita", kDay));
  EXPECT_FALSE(IsRegistered(contract, "kita", kDay + 1));
  one.add_work_types(kLate);
  EXPECT_TRUE(IsRegistered(contract, "kita", kDay));
  EXPECT_FALSE(IsRegisteredFor(contract, "kita", kEarly, kDay));
  EXPECT_TRUE(IsRegisteredFor(contract, "kita", kLate, kDay));
}

TEST(DeletionTermsTest, AVendorHasAnHourToAYear) {
  const std::pair<int64_t, bool> rows[] = {
      {3'599, false}, {3'600, true}, {366 * 86'400, true}, {366 * 86'400 + 1, false}, {-1, false}};
  for (const auto& [seconds, good] : rows) {
    v1::Contract::DeletionTerms terms;
    terms.mutable_within()->set_seconds(seconds);
    EXPECT_EQ(!CheckDeletionTerms(terms).has_value(), good) << seconds;
  }
  EXPECT_FALSE(CheckDeletionTerms({}).has_value());
}

}  // namespace
}  // namespace switchboard::contracts
