#include "clients/demo/evidence/tightening.h"

#include "clients/demo/evidence/small_run.h"

namespace switchboard::demo {
namespace {

using Feed = std::vector<std::pair<std::string, std::string>>;

std::string OpenedAt(const std::string& generation) {
  v1::SyncResponse response;
  response.mutable_opened()->mutable_cursor()->set_generation(generation);
  return response.SerializeAsString();
}

std::string RowOf(const std::string& assignment_id, const std::string& name, bool caught_up) {
  v1::SyncResponse response;
  v1::Assignment& row = *response.mutable_batch()->add_changes()->mutable_assigned();
  row.set_assignment_id(assignment_id);
  row.mutable_person()->set_name(name);
  response.mutable_batch()->set_caught_up(caught_up);
  return response.SerializeAsString();
}

// One account of sakura's, what was fed of it, and the operator's call before all of it.
class TighteningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(tightening_, ReadTightening("clients/demo"));
    evidence_.vendors["sakura"].contract = tightening_.contract;
    for (auto& terms : *evidence_.vendors["sakura"].contract.mutable_work_types()) {
      for (auto& shown : *terms.mutable_disclose()) {
        if (shown.data_class() != v1::DATA_CLASS_NAME) continue;
        shown.set_show(v1::Contract::SHOW_CLEAR);
        shown.clear_mask();
      }
    }
    // One whose name is long enough to be looked for.
    int64_t index = 0;
    for (;; ++index) {
      const v1::Person person = SmallRun::Book().Record(index).person();
      family_ = person.family_name();
      whole_ = family_ + person.given_name();
      if (whole_.size() >= 12 && !person.given_name().empty()) break;
    }
    auto& placement = evidence_.ledger.placements.emplace_back();
    placement.set_assignment_id("as-1");
    placement.set_vendor_id("sakura");
    placement.set_account_id(Population::AccountId(index));
    placement.set_work_type(tightening_.contract.work_types(0).work_type());
  }

  std::string TapOf(const Feed& feed) {
    const testing::TemporaryFolder folder;
    const auto tap = TapFile::Open(folder / "received");
    for (const auto& [method, message] : feed) (*tap)->Write(method, message);
    return testing::ReadFile(folder / "received");
  }

  TighteningSeen Look(const std::string& tap) {
    return LookBehind(tightening_, tap, TightenedFrom(tap, tightening_), SmallRun::Book(),
                      evidence_);
  }

  Tightening tightening_;
  Evidence evidence_;
  std::string family_, whole_;
};

TEST_F(TighteningTest, BeginsWithTheNextGeneration) {
  const Feed before = {
      {"Sync", OpenedAt("g1")}, {"Sync", RowOf("as-1", whole_, true)}, {"Sync", OpenedAt("g1")}};
  Feed all = before;
  all.emplace_back("Sync", OpenedAt("g2"));
  const std::string tap = TapOf(all);
  std::vector<int64_t> times;
  ForEachFrame(tap, [&](const TapFrame& frame) { times.push_back(frame.time_ns); });
  tightening_.asked_ns = times[1];
  EXPECT_EQ(TightenedFrom(tap, tightening_), TapOf(before).size());
  tightening_.asked_ns = times[3] + 1;
  EXPECT_EQ(TightenedFrom(tap, tightening_), tap.size());
}

TEST_F(TighteningTest, FindsNothingInWhatTheTightenedContractShows) {
  const TighteningSeen seen =
      Look(TapOf({{"Sync", OpenedAt("g2")}, {"Sync", RowOf("as-1", family_, true)}}));
  EXPECT_EQ(seen.rows_again, 1);
  EXPECT_GT(seen.all_again_ns, 0);
  EXPECT_GT(seen.values_searched, 0);
  EXPECT_EQ(seen.values_found, 0);
  EXPECT_EQ(seen.scan.raw_values_found, 0);
}

TEST_F(TighteningTest, FindsAFormerValueInAnyByte) {
  const Feed opened = {{"Sync", OpenedAt("g2")}};
  Feed row = opened, other = opened;
  row.emplace_back("Sync", RowOf("as-1", whole_, false));
  other.emplace_back("ReportOutcomes", "somewhere " + whole_);
  const TighteningSeen in_row = Look(TapOf(row));
  EXPECT_GT(in_row.values_found, 0);
  EXPECT_GT(in_row.scan.raw_values_found, 0);
  EXPECT_EQ(in_row.all_again_ns, 0);
  EXPECT_GT(Look(TapOf(other)).values_found, 0);
}

}  // namespace
}  // namespace switchboard::demo
