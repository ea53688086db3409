// Versions of the routing plan, on the days on which they decide.
#include "hub/contracts/routing_plans.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/contracts/release_fixture.h"
#include "hub/routing/plan_check.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A plan that gives all to one vendor; `more`: its first day.
std::string PlanYaml(const std::string& plan_id, const std::string& vendor_id,
                     const std::string& more = "") {
  return absl::StrCat("plan_id: ", plan_id, "\n", more,
                      "segments:\n  - name: all\n    work_type: EARLY_COLLECTIONS\n    shares: "
                      "[{vendor_id: ",
                      vendor_id, ", percent: 100}]\n");
}

std::string ContractYaml(const std::string& vendor_id, const std::string& work_type,
                         const std::string& more = "") {
  return absl::StrCat("vendor_id: ", vendor_id, "\nlanguages: [ja]\n", more,
                      "work_types: [{work_type: ", work_type, "}]\n");
}

v1::Contract ContractOf(const std::string& yaml) {
  auto contract = ParseContract(yaml, "contract.yaml");
  EXPECT_OK(contract);
  return *std::move(contract);
}

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

class RoutingPlansTest : public ReleaseFixture {
 protected:
  // 0: the newest says this already.
  int64_t Release(const std::string& yaml) {
    const auto plan = routing::ParseRoutingPlan(yaml, "plan.yaml");
    EXPECT_OK(plan);
    ReleasedVersion released;
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released, plans_.Release(transaction, kByTwo, *plan, yaml));
      return absl::OkStatus();
    }));
    return released.changed ? released.version : 0;
  }
  void ReleaseContract(const std::string& yaml) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return contracts_.Release(transaction, kByTwo, ContractOf(yaml), yaml).status();
    }));
  }

  absl::StatusOr<ReleasedPlan> At(absl::Time now) {
    return Read([&](storage::Connection& reader) { return plans_.At(reader, now); });
  }
  // Which version decides, as the texts and as the router have it; 0: none.
  int64_t VersionAt(absl::Time now) {
    const auto plan = At(now);
    const auto router =
        Read([&](storage::Connection& reader) { return plans_.RouterAt(reader, now); });
    EXPECT_OK(router);
    if (!plan.ok()) {
      EXPECT_THAT(plan, FailsWith(absl::StatusCode::kNotFound, "NO_PLAN"));
      EXPECT_EQ(*router, nullptr);
      return 0;
    }
    EXPECT_EQ((*router)->plan().plan_id(), plan->version.plan_id);
    return plan->version.days.version;
  }
  std::vector<std::string> Uncovered(absl::Time now, const v1::Contract* instead = nullptr) {
    const auto uncovered =
        Read([&](storage::Connection& reader) { return plans_.Uncovered(reader, now, instead); });
    EXPECT_OK(uncovered);
    std::vector<std::string> lines;
    for (const absl::Status& one : *uncovered) lines.emplace_back(one.message());
    return lines;
  }
  bool Stands(const std::string& yaml) {
    const auto plan = routing::ParseRoutingPlan(yaml, "plan.yaml");
    const auto stands =
        Read([&](storage::Connection& reader) { return plans_.Stands(reader, *plan, yaml); });
    EXPECT_OK(stands);
    return stands.ok() && *stands;
  }

  Contracts contracts_{*test_.sealer};
  RoutingPlans plans_{contracts_};
};

TEST_F(RoutingPlansTest, APlanDecidesFromItsFirstDayOn) {
  EXPECT_EQ(VersionAt(Day(2027, 1, 1)), 0);
  EXPECT_EQ(Release(PlanYaml("spring", "sakura", "effective_from: 2027-03-01\n")), 1);
  EXPECT_EQ(VersionAt(Day(2027, 3, 1) - absl::Microseconds(1)), 0);
  EXPECT_EQ(VersionAt(Day(2027, 3, 1)), 1);
  EXPECT_EQ(Release(PlanYaml("now", "sakura")), 2) << "at once: spring never begins";
  EXPECT_EQ(VersionAt(Day(2027, 1, 1)), 2);
  EXPECT_EQ(VersionAt(Day(2027, 3, 1)), 2);
  EXPECT_EQ(Release(PlanYaml("summer", "fuji", "effective_from: 2027-06-01\n")), 3);
  EXPECT_EQ(VersionAt(Day(2027, 6, 1) - absl::Microseconds(1)), 2);
  EXPECT_EQ(VersionAt(Day(2027, 6, 1)), 3);
  EXPECT_EQ(VersionAt(Day(2027, 3, 1)), 2) << "and back, as of a clock that was set";
}

TEST_F(RoutingPlansTest, AVersionKnowsWhoPutItInForce) {
  const std::string yaml = PlanYaml("spring", "sakura", "effective_from: 2027-03-01\n");
  EXPECT_EQ(Release(PlanYaml("first", "sakura")), 1);
  EXPECT_EQ(Release(yaml), 2);
  const auto versions = Read([&](storage::Connection& reader) { return plans_.Versions(reader); });
  ASSERT_OK(versions);
  ASSERT_EQ(versions->size(), 2u);
  const PlanVersion& second = versions->back();
  EXPECT_EQ(second.days.version, 2);
  EXPECT_EQ(second.days.from, absl::CivilDay(2027, 3, 1));
  EXPECT_EQ(second.plan_id, "spring");
  EXPECT_EQ(second.release.digest, Sha256Of(yaml));
  EXPECT_EQ(second.release.proposed_by, "operator/ito");
  EXPECT_EQ(second.release.released_by, "operator/sato");
  EXPECT_EQ(second.release.proposal_id, "P-1");
  EXPECT_EQ(absl::ToUnixMicros(second.release.time), test_.now_us());
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_EQ(events_[1].kind(), v1::AuditEvent::KIND_ROUTING_PLAN);
  EXPECT_EQ(events_[1].actor(), "operator/sato");
  EXPECT_EQ(events_[1].subject_id(), "spring");
  EXPECT_EQ(events_[1].count(), 2);
  EXPECT_EQ(events_[1].digest(), Sha256Of(yaml));
  EXPECT_EQ(events_[1].text().kind(), v1::TEXT_KIND_ROUTING_PLAN);
  EXPECT_EQ(events_[1].text().proposed_by(), "operator/ito");
  EXPECT_EQ(events_[1].text().replaces_version(), 1);
}

TEST_F(RoutingPlansTest, WhatStandsIsNoNewVersion) {
  const std::string yaml = PlanYaml("a", "sakura");
  EXPECT_FALSE(Stands(yaml));
  EXPECT_EQ(Release(yaml), 1);
  EXPECT_TRUE(Stands("# the same\n" + yaml));
  EXPECT_EQ(Release("# the same\n" + yaml), 0);
  const std::string later = PlanYaml("a", "sakura", "effective_from: 2027-03-01\n");
  EXPECT_FALSE(Stands(later)) << "another day is another text";
  EXPECT_EQ(Release(later), 2);
  EXPECT_FALSE(Stands(yaml));
  EXPECT_EQ(Release(yaml), 3);
}

TEST_F(RoutingPlansTest, WhatWasAlteredIsNotUsed) {
  const std::string yaml = PlanYaml("a", "sakura");
  EXPECT_EQ(Release(yaml), 1);
  EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
    return transaction.Execute("UPDATE routing_plan SET yaml = $1", {PlanYaml("a", "fuji")})
        .status();
  }));
  const auto altered = FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED");
  EXPECT_THAT(At(Day(2027, 1, 1)), altered);
  EXPECT_THAT(
      Read([&](storage::Connection& reader) { return plans_.RouterAt(reader, Day(2027, 1, 1)); }),
      altered);
  EXPECT_THAT(Read([&](storage::Connection& reader) { return plans_.FindVersion(reader, 1); }),
              altered);
  EXPECT_FALSE(Stands(PlanYaml("a", "fuji")));
  EXPECT_EQ(Release(yaml), 2) << "two operators mend it";
  EXPECT_EQ(VersionAt(Day(2027, 1, 1)), 2);
}

// Whoever looks at a contract asks of every plan that will still decide.
TEST_F(RoutingPlansTest, WhatContractsDoNotCoverIsTold) {
  const absl::Time now = Day(2027, 1, 1);
  EXPECT_THAT(Uncovered(now), IsEmpty()) << "no plan";
  EXPECT_EQ(Release(PlanYaml("never", "beni", "effective_from: 2027-06-01\n")), 1);
  EXPECT_EQ(Release(PlanYaml("now", "sakura")), 2);
  EXPECT_EQ(Release(PlanYaml("late", "jade", "effective_from: 2027-04-01\n")), 3);
  EXPECT_EQ(Release(PlanYaml("soon", "fuji", "effective_from: 2027-02-01\n")), 4);
  EXPECT_THAT(Uncovered(now), ElementsAre(HasSubstr("sakura"), HasSubstr("fuji")));
  EXPECT_THAT(Uncovered(Day(2027, 2, 1)), ElementsAre(HasSubstr("fuji")));
  ReleaseContract(ContractYaml("sakura", "EARLY_COLLECTIONS"));
  const v1::Contract fuji = ContractOf(ContractYaml("fuji", "EARLY_COLLECTIONS"));
  EXPECT_THAT(Uncovered(now), ElementsAre(HasSubstr("fuji")));
  EXPECT_THAT(Uncovered(now, &fuji), IsEmpty());
  const v1::Contract other = ContractOf(ContractYaml("sakura", "CAMPAIGN"));
  EXPECT_THAT(Uncovered(now, &other), ElementsAre(HasSubstr("sakura"), HasSubstr("fuji")));
  const v1::Contract ended =
      ContractOf(ContractYaml("fuji", "EARLY_COLLECTIONS", "effective_to: 2027-01-01\n"));
  EXPECT_THAT(Uncovered(now, &ended), ElementsAre(HasSubstr("fuji")));
}

}  // namespace
}  // namespace switchboard::contracts
