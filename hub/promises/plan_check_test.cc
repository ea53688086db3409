#include "hub/promises/plan_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "google/protobuf/text_format.h"
#include "hub/base/proto_time.h"

namespace switchboard::promises {
namespace {

v1::Outcome::Promise Parse(const std::string& text) {
  v1::Outcome::Promise promise;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &promise)) << text;
  return promise;
}

v1::Outcome::Promise Parts() {
  return Parse(R"pb(
    amount { currency_code: "JPY" minor_units: 30 }
    due_date { year: 2026 month: 11 day: 30 }
    plan {
      instalments {
        due_date { year: 2026 month: 10 day: 31 }
        amount { currency_code: "JPY" minor_units: 10 }
      }
      instalments {
        due_date { year: 2026 month: 11 day: 30 }
        amount { currency_code: "JPY" minor_units: 20 }
      }
      agent_level: "lead"
      waivers {
        kind: KIND_INTEREST
        amount { currency_code: "JPY" minor_units: 5 }
      }
      proofs {
        address: "https://proofs.example/1"
        media_type: "application/vnd.oasis.opendocument.text"
        size_bytes: 1
        sha256: "01234567890123456789012345678901"
        retention_class: "means-3y"
      }
    })pb");
}

v1::Outcome::Promise Scheduled() {
  return Parse(R"pb(
    amount { currency_code: "JPY" minor_units: 100 }
    plan {
      schedule {
        down_payment { currency_code: "JPY" minor_units: 30 }
        first_date { year: 2026 month: 8 day: 31 }
        interval: INTERVAL_MONTH
        count: 3
      }
    })pb");
}

// Of the contact.
const absl::CivilDay kDay(2026, 8, 30);

std::string FieldOf(v1::Outcome::Promise promise, absl::CivilDay from = kDay) {
  FieldCheck check;
  AdmitPlan(promise, "promise.", from, check);
  return check.ok() ? "" : check.problem()->field;
}

TEST(PlanCheckTest, WhatIsWrongWithAPlanIsNamed) {
  using Promise = v1::Outcome::Promise;
  const struct {
    const char* field;
    std::function<void(Promise&)> change;
  } rows[] = {
      {"", [](Promise&) {}},
      {"promise.plan.instalments", [](Promise& p) { p.mutable_plan()->clear_instalments(); }},
      {"promise.plan.instalments",
       [](Promise& p) {
         for (int i = 2; i < 600; ++i) p.mutable_plan()->add_instalments();
       }},
      {"promise.plan.instalments", [](Promise& p) { p.mutable_amount()->set_minor_units(29); }},
      {"promise.plan.instalments", [](Promise& p) { p.mutable_amount()->set_minor_units(31); }},
      {"promise.due_date", [](Promise& p) { p.mutable_due_date()->set_day(29); }},
      {"promise.due_date.year", [](Promise& p) { p.clear_due_date(); }},
      {"promise.plan.instalments[0].due_date.day",
       [](Promise& p) {
         p.mutable_plan()->mutable_instalments(0)->mutable_due_date()->set_month(2);
       }},
      {"promise.plan.instalments[1].due_date",
       [](Promise& p) {
         *p.mutable_plan()->mutable_instalments(1)->mutable_due_date() =
             p.plan().instalments(0).due_date();
       }},
      {"promise.plan.instalments[1].amount.minor_units",
       [](Promise& p) {
         p.mutable_plan()->mutable_instalments(1)->mutable_amount()->set_minor_units(0);
       }},
      {"promise.plan.instalments[1].amount.currency_code",
       [](Promise& p) {
         p.mutable_plan()->mutable_instalments(1)->mutable_amount()->set_currency_code("USD");
       }},
      {"promise.plan.schedule",
       [](Promise& p) { *p.mutable_plan()->mutable_schedule() = Scheduled().plan().schedule(); }},
      {"promise.plan.agent_level",
       [](Promise& p) { p.mutable_plan()->set_agent_level("two words"); }},
      {"promise.plan.waivers[0].kind",
       [](Promise& p) { p.mutable_plan()->mutable_waivers(0)->clear_kind(); }},
      {"promise.plan.waivers[1].kind",
       [](Promise& p) { *p.mutable_plan()->add_waivers() = p.plan().waivers(0); }},
      {"promise.plan.waivers[0].amount.minor_units",
       [](Promise& p) {
         p.mutable_plan()->mutable_waivers(0)->mutable_amount()->set_minor_units(0);
       }},
      {"promise.plan.waivers[0].amount.currency_code",
       [](Promise& p) {
         p.mutable_plan()->mutable_waivers(0)->mutable_amount()->set_currency_code("USD");
       }},
      {"promise.plan.proofs",
       [](Promise& p) {
         for (int i = 0; i < 10; ++i) *p.mutable_plan()->add_proofs() = p.plan().proofs(0);
       }},
      {"promise.plan.proofs[0].address",
       [](Promise& p) { p.mutable_plan()->mutable_proofs(0)->set_address("a letter"); }},
      {"promise.plan.proofs[0].media_type",
       [](Promise& p) { p.mutable_plan()->mutable_proofs(0)->set_media_type("pdf"); }},
      {"promise.plan.proofs[0].size_bytes",
       [](Promise& p) { p.mutable_plan()->mutable_proofs(0)->set_size_bytes(0); }},
      {"promise.plan.proofs[0].sha256",
       [](Promise& p) { p.mutable_plan()->mutable_proofs(0)->set_sha256("short"); }},
      {"promise.plan.proofs[0].retention_class",
       [](Promise& p) { p.mutable_plan()->mutable_proofs(0)->clear_retention_class(); }},
      {"promise.plan.proofs[1].sha256",
       [](Promise& p) {
         *p.mutable_plan()->add_proofs() = p.plan().proofs(0);
         p.mutable_plan()->mutable_proofs(1)->set_address("https://proofs.example/2");
       }},
      {"",
       [](Promise& p) {
         *p.mutable_plan()->add_proofs() = p.plan().proofs(0);
         p.mutable_plan()->mutable_proofs(1)->set_sha256(std::string(32, 's'));
       }},
  };
  for (const auto& row : rows) {
    Promise promise = Parts();
    row.change(promise);
    EXPECT_EQ(FieldOf(promise), row.field);
  }
}

TEST(PlanCheckTest, WhatIsWrongWithAScheduleIsNamed) {
  using Promise = v1::Outcome::Promise;
  const struct {
    const char* field;
    std::function<void(Promise&)> change;
  } rows[] = {
      {"", [](Promise&) {}},
      {"promise.due_date",
       [](Promise& p) { *p.mutable_due_date() = p.plan().schedule().first_date(); }},
      {"promise.plan.schedule.first_date.year",
       [](Promise& p) { p.mutable_plan()->mutable_schedule()->clear_first_date(); }},
      {"promise.plan.schedule.interval",
       [](Promise& p) { p.mutable_plan()->mutable_schedule()->clear_interval(); }},
      {"promise.plan.schedule.count",
       [](Promise& p) { p.mutable_plan()->mutable_schedule()->set_count(0); }},
      {"promise.plan.schedule.count",
       [](Promise& p) { p.mutable_plan()->mutable_schedule()->set_count(120); }},
      {"promise.plan.schedule.count",
       [](Promise& p) { p.mutable_plan()->mutable_schedule()->set_count(71); }},
      {"promise.plan.schedule.down_payment.minor_units",
       [](Promise& p) {
         p.mutable_plan()->mutable_schedule()->mutable_down_payment()->set_minor_units(100);
       }},
      {"promise.plan.schedule.down_payment.currency_code",
       [](Promise& p) {
         p.mutable_plan()->mutable_schedule()->mutable_down_payment()->set_currency_code("USD");
       }},
  };
  for (const auto& row : rows) {
    Promise promise = Scheduled();
    row.change(promise);
    EXPECT_EQ(FieldOf(promise), row.field);
  }
}

// The day behind that of the contact counts: somewhere on earth it has begun.
TEST(PlanCheckTest, NoPlanLastsLongerThanAContractCanLetOne) {
  const auto parts = [](absl::CivilDay last) {
    v1::Outcome::Promise promise = Parts();
    *promise.mutable_plan()->mutable_instalments(1)->mutable_due_date() = DateOf(last);
    *promise.mutable_due_date() = DateOf(last);
    return promise;
  };
  const char late[] = "promise.plan.instalments[1].due_date";
  EXPECT_EQ(FieldOf(parts(absl::CivilDay(2036, 8, 31))), "");
  EXPECT_EQ(FieldOf(parts(absl::CivilDay(2036, 9, 1))), late);
  EXPECT_EQ(FieldOf(parts(absl::CivilDay(2200, 1, 1))), late);
  EXPECT_EQ(FieldOf(parts(absl::CivilDay(2036, 9, 1)), kDay + 1), "");
  v1::Outcome::Promise scheduled = Scheduled();
  scheduled.mutable_amount()->set_minor_units(1'000);
  scheduled.mutable_plan()->mutable_schedule()->clear_down_payment();
  scheduled.mutable_plan()->mutable_schedule()->set_count(120);
  EXPECT_EQ(FieldOf(scheduled), "");
  v1::Date& first = *scheduled.mutable_plan()->mutable_schedule()->mutable_first_date();
  first = DateOf(absl::CivilDay(2026, 9, 30));
  EXPECT_EQ(FieldOf(scheduled), "");
  first = DateOf(absl::CivilDay(2026, 10, 1));
  EXPECT_EQ(FieldOf(scheduled), "promise.plan.schedule.count");
}

TEST(PlanCheckTest, AScheduleBecomesItsInstalments) {
  v1::Outcome::Promise promise = Scheduled();
  FieldCheck check;
  AdmitPlan(promise, "", kDay, check);
  ASSERT_TRUE(check.ok()) << check.problem()->field;
  std::string spelt;
  for (const auto& one : promise.plan().instalments())
    absl::StrAppend(&spelt, one.due_date().month(), "-", one.due_date().day(), "=",
                    one.amount().minor_units(), one.amount().currency_code(), " ");
  EXPECT_EQ(spelt, "8-31=30JPY 9-30=23JPY 10-31=23JPY 11-30=24JPY ");
  EXPECT_EQ(promise.due_date().month(), 11);
  EXPECT_FALSE(promise.plan().has_schedule());
  // Which is a plan like any other: once more changes nothing.
  const std::string once = promise.SerializeAsString();
  AdmitPlan(promise, "", kDay, check);
  EXPECT_TRUE(check.ok());
  EXPECT_EQ(promise.SerializeAsString(), once);
}

}  // namespace
}  // namespace switchboard::promises
