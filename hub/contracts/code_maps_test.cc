#include "hub/contracts/code_maps.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/base/error.h"
#include "hub/contracts/release_fixture.h"
#include "hub/results/code_map_check.h"

namespace switchboard::contracts {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::Pair;

// `dispositions` of a code X that somebody answers.
std::string MapYaml(const std::string& vendor_id, int version, const std::string& disposition,
                    const std::string& more = "") {
  return absl::StrCat("vendor_id: ", vendor_id, "\nversion: ", version, "\n", more,
                      "title: A dialler\ndeclared_codes: [X]\nmeanings:\n  - codes: [X]\n"
                      "    result: {connection: ANSWERED, reached: PERSON, disposition: ",
                      disposition, "}\n");
}

absl::Time Day(int year, int month, int day) {
  return absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone());
}

class CodeMapsTest : public ReleaseFixture {
 protected:
  using Maps = std::shared_ptr<const results::VendorMaps>;

  absl::StatusOr<bool> Release(const std::string& yaml) {
    ASSIGN_OR_RETURN(const auto map, results::ParseCodeMap(yaml, "map.yaml"));
    ReleasedVersion released;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released,
                       maps_.Release(transaction, kByTwo, {map.vendor_id(), map.version(), yaml}));
      return absl::OkStatus();
    }));
    return released.changed;
  }

  Maps MapsOf(const std::string& vendor_id) {
    Maps maps;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(maps, maps_.MapsOf(reader, vendor_id));
      return absl::OkStatus();
    }));
    return maps;
  }
  // What X means to this vendor at that time; nothing without a map.
  std::string Meaning(const std::string& vendor_id, absl::Time time) {
    const Maps maps = MapsOf(vendor_id);
    const results::CompiledMap* map = maps->MapAt(time);
    return map == nullptr ? "" : v1::Disposition_Name(map->Find("X")->disposition()).substr(12);
  }

  absl::StatusOr<TextVerdict> Judge(const std::string& yaml) {
    ASSIGN_OR_RETURN(const auto map, results::ParseCodeMap(yaml, "map.yaml"));
    TextVerdict verdict;
    RETURN_IF_ERROR(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(verdict, maps_.JudgeFile(reader, {map.vendor_id(), map.version(), yaml}));
      return absl::OkStatus();
    }));
    return verdict;
  }

  CodeMaps maps_;
};

TEST_F(CodeMapsTest, EachVendorHasItsOwn) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  ASSERT_OK(Release(MapYaml("jade", 1, "CALL_BACK")));
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1)), "SALE");
  EXPECT_EQ(Meaning("jade", Day(2027, 1, 1)), "CALL_BACK");
  EXPECT_EQ(Meaning("beni", Day(2027, 1, 1)), "");
}

TEST_F(CodeMapsTest, TheVersionOfTheDayOfTheContactCounts) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE", "effective_from: 2027-01-01\n")));
  ASSERT_OK(Release(MapYaml("sakura", 2, "CALL_BACK", "effective_from: 2027-04-01\n")));
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1) - absl::Microseconds(1)), "");
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1)), "SALE");
  EXPECT_EQ(Meaning("sakura", Day(2027, 4, 1) - absl::Microseconds(1)), "SALE");
  EXPECT_EQ(Meaning("sakura", Day(2027, 4, 1)), "CALL_BACK");
  std::map<std::string, int> in_force;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(in_force, maps_.InForce(reader, Day(2027, 3, 1)));
    return absl::OkStatus();
  }));
  EXPECT_THAT(in_force, ElementsAre(Pair("sakura", 1)));
}

// A version without a first day is read for contacts of before as well.
TEST_F(CodeMapsTest, AVersionWithoutAFirstDayMendsThoseBeforeIt) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE", "effective_from: 2027-01-01\n")));
  EXPECT_EQ(Meaning("sakura", Day(2026, 1, 1)), "");
  ASSERT_OK(Release(MapYaml("sakura", 2, "CALL_BACK")));
  EXPECT_EQ(Meaning("sakura", Day(2026, 1, 1)), "CALL_BACK");
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1)), "CALL_BACK");
}

TEST_F(CodeMapsTest, WhatIsReadIsKeptUntilThatVendorsChanges) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  const Maps before = MapsOf("sakura");
  EXPECT_EQ(MapsOf("sakura"), before);
  ASSERT_OK(Release(MapYaml("jade", 1, "SALE")));
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  EXPECT_EQ(MapsOf("sakura"), before);
  ASSERT_OK(Release(MapYaml("sakura", 2, "CALL_BACK")));
  EXPECT_NE(MapsOf("sakura"), before);
  EXPECT_EQ(before->MapAt(Day(2027, 1, 1))->map().version(), 1) << "whoever reads goes on";
}

// A version that was rolled back is given again, with another meaning.
TEST_F(CodeMapsTest, WhatWasRolledBackIsNotRead) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  const std::string yaml = MapYaml("sakura", 2, "CALL_BACK");
  EXPECT_FALSE(
      test_
          .Run([&](storage::Transaction& transaction) -> absl::Status {
            RETURN_IF_ERROR(maps_.Release(transaction, kByTwo, {"sakura", 2, yaml}).status());
            ASSIGN_OR_RETURN(const auto own, maps_.MapsOf(transaction.connection(), "sakura"));
            EXPECT_EQ(own->MapAt(Day(2027, 1, 1))->map().version(), 2);
            return absl::CancelledError("rolled back");
          })
          .ok());
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1)), "SALE");
  ASSERT_OK(Release(MapYaml("sakura", 2, "NOT_INTERESTED")));
  EXPECT_EQ(Meaning("sakura", Day(2027, 1, 1)), "NOT_INTERESTED");
}

// Nobody reads by it until one without a first day goes before it; other vendors go on.
TEST_F(CodeMapsTest, WhatWasAlteredIsCured) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  ASSERT_OK(Release(MapYaml("jade", 1, "SALE")));
  ASSERT_OK(test_.Run([](storage::Transaction& transaction) {
    return transaction.Execute("UPDATE versioned_text SET yaml = '' WHERE id = 'sakura'", {})
        .status();
  }));
  const auto maps = [&] {
    return Read([&](storage::Connection& reader) { return maps_.MapsOf(reader, "sakura"); });
  };
  const auto altered = FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED");
  EXPECT_THAT(maps(), altered);
  EXPECT_EQ(Meaning("jade", Day(2027, 1, 1)), "SALE");
  const auto in_force =
      Read([&](storage::Connection& reader) { return maps_.InForce(reader, Day(2027, 1, 1)); });
  ASSERT_OK(in_force);
  EXPECT_THAT(*in_force, ElementsAre(Pair("jade", 1)));
  ASSERT_OK(Release(MapYaml("sakura", 2, "CALL_BACK", "effective_from: 2027-01-01\n")));
  EXPECT_THAT(maps(), altered) << "of contacts of before nobody knows";
  ASSERT_OK(Release(MapYaml("sakura", 3, "NOT_INTERESTED")));
  EXPECT_EQ(Meaning("sakura", Day(2026, 1, 1)), "NOT_INTERESTED");
}

TEST_F(CodeMapsTest, AVersionThatStandsIsNeverChanged) {
  ASSERT_OK(Release(MapYaml("sakura", 1, "SALE")));
  ASSERT_OK_AND_ASSIGN(const bool again, Release("# anew\n" + MapYaml("sakura", 1, "SALE")));
  EXPECT_FALSE(again);
  const auto other = Release(MapYaml("sakura", 1, "CALL_BACK"));
  EXPECT_THAT(other, FailsWith(absl::StatusCode::kFailedPrecondition, "CODE_MAP_VERSION"));
  EXPECT_EQ(other.status().message(),
            "version: the code map of sakura has version 1 with another meaning already; give this "
            "text version 2 or higher");
  EXPECT_THAT(Judge(MapYaml("sakura", 1, "CALL_BACK")),
              FailsWith(absl::StatusCode::kFailedPrecondition, "CODE_MAP_VERSION"));
  ASSERT_OK_AND_ASSIGN(const auto stands, Judge("# anew\n" + MapYaml("sakura", 1, "SALE")));
  EXPECT_EQ(stands.kind, TextVerdict::Kind::kStands);
  ASSERT_OK_AND_ASSIGN(const auto fresh, Judge(MapYaml("sakura", 2, "SALE")));
  EXPECT_EQ(fresh.kind, TextVerdict::Kind::kNew);
  EXPECT_EQ(fresh.highest_version, 1);
}

TEST_F(CodeMapsTest, TextsAreShownAsTheyWereReleased) {
  const std::string yaml = "# by hand\n" + MapYaml("sakura", 3, "SALE");
  ASSERT_OK(Release(yaml));
  EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const ReleasedText shown, maps_.Show(reader, "sakura", 0));
    EXPECT_EQ(shown.yaml, yaml);
    EXPECT_EQ(shown.version, 3);
    EXPECT_THAT(maps_.Show(reader, "sakura", 2),
                FailsWith(absl::StatusCode::kNotFound, "CODE_MAP_UNKNOWN"));
    EXPECT_EQ(maps_.Show(reader, "jade", 0).status().message(),
              "vendor_id: no code map of this vendor was released; see switchboard codes list");
    ASSIGN_OR_RETURN(const auto listed, maps_.List(reader));
    EXPECT_EQ(listed.size(), 1u);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace switchboard::contracts
