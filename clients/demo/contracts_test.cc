#include <algorithm>

#include "clients/demo/evidence/tightening.h"
#include "clients/demo/evidence/work_folder.h"
#include "hub/base/yaml.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;

constexpr char kFolder[] = "clients/demo/";

std::vector<v1::Contract> DemoContracts() {
  std::vector<v1::Contract> contracts;
  for (const char* vendor : {"head-office", "sakura", "jade", "bright"}) {
    const std::string file = std::string(kFolder) + "contracts/" + vendor + ".yaml";
    auto contract = contracts::ParseContract(ReadFile(file), file);
    EXPECT_OK(contract);
    if (!contract.ok()) continue;
    EXPECT_EQ(contract->vendor_id(), vendor);
    contracts.push_back(*std::move(contract));
  }
  return contracts;
}

TEST(DemoContracts, AreAcceptedAndThePlanFitsThem) {
  const auto contracts = DemoContracts();
  ASSERT_EQ(contracts.size(), 4u);
  const std::string file = std::string(kFolder) + "routing_plan.yaml";
  const std::string text = ReadFile(file);
  ASSERT_OK_AND_ASSIGN(const v1::RoutingPlan plan, routing::ParseRoutingPlan(text, file));
  EXPECT_OK(routing::CheckPlanAgainstContracts(plan, contracts, YamlPlaces(text, file)));
}

TEST(DemoContracts, ShowFromNearlyAllToAlmostNothing) {
  std::vector<int> shown;
  for (const v1::Contract& contract : DemoContracts())
    shown.push_back(contract.work_types(0).disclose_size());
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_TRUE(std::is_sorted(shown.rbegin(), shown.rend()));
  EXPECT_GE(shown.front(), 13);
  EXPECT_LE(shown.back(), 3);
}

// What is shown less is not all that the text may say: it must do nothing else.
TEST(DemoContracts, TheTightenedOneShowsLessAndIsTheSameElse) {
  ASSERT_OK_AND_ASSIGN(Tightening tightening, ReadTightening("clients/demo"));
  const std::string file = std::string(kFolder) + "contracts/sakura.yaml";
  ASSERT_OK_AND_ASSIGN(v1::Contract former, contracts::ParseContract(ReadFile(file), file));
  v1::Contract& tightened = tightening.contract;
  ASSERT_EQ(tightened.work_types_size(), former.work_types_size());
  for (int i = 0; i < former.work_types_size(); ++i) {
    EXPECT_LT(tightened.work_types(i).disclose_size(), former.work_types(i).disclose_size());
    tightened.mutable_work_types(i)->clear_disclose();
    former.mutable_work_types(i)->clear_disclose();
  }
  EXPECT_EQ(tightened.DebugString(), former.DebugString());
}

// What the processes are started with is what the contracts say.
TEST(DemoContracts, LetVendorsDoWhatTheDemoHasThemDo) {
  for (const v1::Contract& contract : DemoContracts()) {
    const auto& vendors = DemoVendors();
    const auto vendor = std::find_if(vendors.begin(), vendors.end(), [&](const DemoVendor& one) {
      return one.id == contract.vendor_id();
    });
    ASSERT_NE(vendor, vendors.end());
    EXPECT_EQ(contract.has_recordings(), vendor->records_calls) << vendor->id;
    const std::vector<std::string> receivers(contract.hand_over_to().begin(),
                                             contract.hand_over_to().end());
    const std::vector<std::string> receiver = {vendor->hands_over_to};
    EXPECT_EQ(receivers, vendor->hands_over_to.empty() ? std::vector<std::string>() : receiver);
    EXPECT_EQ(contract.head_office(), vendor->id == "head-office");
  }
}

// What stands in the README under `# sakura.yaml` is a contract.
TEST(ReadmeContract, IsAccepted) {
  const std::string readme = ReadFile("README.md");
  constexpr char kBegin[] = "```yaml\n# sakura.yaml\n";
  const size_t begin = readme.find(kBegin);
  ASSERT_NE(begin, std::string::npos);
  const std::string behind = readme.substr(begin + sizeof(kBegin) - 1);
  ASSERT_OK_AND_ASSIGN(const v1::Contract contract,
                       contracts::ParseContract(behind.substr(0, behind.find("```")), "README.md"));
  EXPECT_TRUE(contract.has_promises());
  EXPECT_EQ(contract.plans().authorities_size(), 2);
  EXPECT_EQ(contract.hand_over_to_size(), 1);
  EXPECT_TRUE(contract.has_recordings());
}

}  // namespace
}  // namespace switchboard::demo
