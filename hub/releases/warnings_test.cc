#include "hub/releases/warnings.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/contracts/release_fixture.h"

namespace switchboard::releases {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In Tokyo it is the second already.
const absl::Time kNow =
    absl::FromCivil(absl::CivilSecond(2026, 12, 1, 15, 30), absl::UTCTimeZone());

std::string ContractYaml(const std::string& more = "",
                         const std::string& work_type = "EARLY_COLLECTIONS") {
  return absl::StrCat("vendor_id: sakura\nlanguages: [ja]\n", more,
                      "work_types: [{work_type: ", work_type, "}]\n");
}

std::string PlanYaml(const std::string& more = "") {
  return absl::StrCat("plan_id: plan-1\n", more,
                      "segments:\n  - name: all\n    work_type: EARLY_COLLECTIONS\n    shares: "
                      "[{vendor_id: sakura, percent: 100}]\n");
}

std::string PackYaml(int version, const std::string& more = "") {
  return absl::StrCat("pack_id: jp\nversion: ", version, "\n", more,
                      "title: A pack\ncountry: JP\nhome_zone: Asia/Tokyo\nrules:\n  - rule_id: "
                      "jp.one\n    strength: LAW\n    source: a law\n    verification: "
                      "CONFIRMED\n    forbid: {}\n");
}

std::string ScriptYaml(int version, const std::string& more = "") {
  return absl::StrCat(
      "script_id: early\nversion: ", version, "\ntitle: A script\n", more,
      "steps:\n  - {step_id: greeting, wordings: [{language: ja, text: もしもし}]}\n");
}

class WarningsTest : public contracts::ReleaseFixture {
 protected:
  static ReadText Text(v1::TextKind kind, const std::string& yaml) {
    auto text = releases::Read(kind, yaml, "text.yaml");
    EXPECT_OK(text);
    return text.ok() ? *std::move(text) : ReadText();
  }

  void ReleaseContract(const std::string& yaml) {
    const ReadText text = Text(v1::TEXT_KIND_CONTRACT, yaml);
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return contracts_
          .Release(transaction, contracts::kByTwo, std::get<v1::Contract>(text.message), yaml)
          .status();
    }));
  }
  void ReleasePlan(const std::string& yaml) {
    const ReadText text = Text(v1::TEXT_KIND_ROUTING_PLAN, yaml);
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return plans_
          .Release(transaction, contracts::kByTwo, std::get<v1::RoutingPlan>(text.message), yaml)
          .status();
    }));
  }
  void ReleaseVersion(const contracts::VersionedTexts& texts, v1::TextKind kind,
                      const std::string& yaml) {
    const ReadText text = Text(kind, yaml);
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return texts.Release(transaction, contracts::kByTwo, {text.id, text.version, yaml}).status();
    }));
  }
  void Alter(const char* sql) {
    EXPECT_OK(test_.Run(
        [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}).status(); }));
  }

  std::vector<std::string> Of(v1::TextKind kind, const std::string& yaml) {
    const auto warnings = Read([&](storage::Connection& reader) {
      return WarningsOf(reader, {contracts_, plans_, packs_, maps_, scripts_}, Text(kind, yaml),
                        kNow);
    });
    EXPECT_OK(warnings);
    return warnings.ok() ? *warnings : std::vector<std::string>();
  }

  contracts::Contracts contracts_{*test_.sealer};
  contracts::RoutingPlans plans_{contracts_};
  contracts::RulePacks packs_;
  contracts::CodeMaps maps_;
  contracts::Scripts scripts_;
};

TEST_F(WarningsTest, ATextThatIsThereAloneHasNone) {
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("effective_from: 2026-01-01\n")), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_ROUTING_PLAN, PlanYaml()), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_RULE_PACK, PackYaml(1)), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_SCRIPT, ScriptYaml(1)), IsEmpty());
}

TEST_F(WarningsTest, ADayThatIsOverIsNeverAgain) {
  const std::string first_of_december = "effective_to: 2026-12-01\n";
  const std::string second_of_december = "effective_to: 2026-12-02\n";
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml(first_of_december)),
              ElementsAre("its days are over: it would be in force up to 2026-12-01 only, and "
                          "today is 2026-12-01"));
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml(second_of_december)), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_SCRIPT, ScriptYaml(1, second_of_december)), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_RULE_PACK, PackYaml(1, second_of_december)),
              ElementsAre(HasSubstr("today is 2026-12-02")))
      << "in its own zone";
}

TEST_F(WarningsTest, NamesWhatWouldNeverBegin) {
  const std::string april = "effective_from: 2027-04-01\n";
  const auto never = [](int version) {
    return HasSubstr(
        absl::StrCat("version ", version, ", which is to begin on 2027-04-01, would never begin"));
  };
  ReleaseContract(ContractYaml());
  ReleaseContract(ContractYaml(april));
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("live_assignments_max: 5\n")),
              ElementsAre(never(2)));
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("effective_from: 2027-05-01\n")), IsEmpty());
  ReleasePlan(PlanYaml(april));
  EXPECT_THAT(Of(v1::TEXT_KIND_ROUTING_PLAN, PlanYaml()), ElementsAre(never(1)));
  ReleaseVersion(scripts_, v1::TEXT_KIND_SCRIPT, ScriptYaml(3, april));
  EXPECT_THAT(Of(v1::TEXT_KIND_SCRIPT, ScriptYaml(4, "effective_to: 2027-01-01\n")),
              ElementsAre(never(3)));
  ReleaseVersion(packs_, v1::TEXT_KIND_RULE_PACK, PackYaml(3, april));
  // Of packs an older one is heard again where the newer one has ended.
  EXPECT_THAT(Of(v1::TEXT_KIND_RULE_PACK, PackYaml(4, "effective_to: 2027-01-01\n")), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_RULE_PACK, PackYaml(4)), ElementsAre(never(3)));
}

TEST_F(WarningsTest, SaysWhatTheRoutingPlanWouldLack) {
  ReleaseContract(ContractYaml());
  ReleasePlan(PlanYaml());
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("live_assignments_max: 5\n")), IsEmpty());
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("", "LATE_COLLECTIONS")),
              ElementsAre(HasSubstr("segments[0]")));
}

// Whoever altered it must not be able to keep the cure out as well.
TEST_F(WarningsTest, WhatWasAlteredKeepsNoTextOut) {
  ReleaseContract(ContractYaml());
  ReleasePlan(PlanYaml());
  Alter("UPDATE contract SET yaml = ''");
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("live_assignments_max: 5\n")),
              ::testing::SizeIs(::testing::Le(1)));
  Alter("UPDATE routing_plan SET yaml = ''");
  EXPECT_THAT(Of(v1::TEXT_KIND_CONTRACT, ContractYaml("live_assignments_max: 5\n")),
              ElementsAre(HasSubstr("cannot be told what of the routing plan")));
  ReleaseVersion(scripts_, v1::TEXT_KIND_SCRIPT, ScriptYaml(3));
  Alter("UPDATE versioned_text SET yaml = ''");
  EXPECT_THAT(Of(v1::TEXT_KIND_SCRIPT, ScriptYaml(4)),
              ElementsAre(HasSubstr("cannot be told whether one version would never begin")));
}

}  // namespace
}  // namespace switchboard::releases
