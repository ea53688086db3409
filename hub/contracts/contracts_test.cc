// Versions of contracts: who put them in force, what stands beside their texts, and what rows show
// under one beside another.
#include "hub/contracts/contracts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/contracts/contract_check.h"
#include "hub/contracts/release_fixture.h"

namespace switchboard::contracts {
namespace {

using masking::Change;
using ::testing::ElementsAre;
using testing::FailsWith;

// A contract of sakura's; `terms`: what stands beside the work type.
std::string Yaml(const std::string& terms, const std::string& more = "") {
  return absl::StrCat("vendor_id: sakura\nlanguages: [ja]\n", more,
                      "work_types:\n  - {work_type: EARLY_COLLECTIONS", terms, "}\n");
}

std::string Showing(const std::string& show) {
  return Yaml(absl::StrCat(", disclose: [{data_class: NAME, show: ", show, "}]"));
}

class ContractsTest : public ReleaseFixture {
 protected:
  absl::StatusOr<ReleasedVersion> Release(const std::string& yaml, const ReleasedBy& by = kByTwo) {
    ASSIGN_OR_RETURN(const auto contract, ParseContract(yaml, "sakura.yaml"));
    ReleasedVersion released;
    RETURN_IF_ERROR(test_.Run([&](storage::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(released, contracts_.Release(transaction, by, contract, yaml));
      return absl::OkStatus();
    }));
    return released;
  }
  // 0: the newest version says this already.
  int64_t VersionOf(const std::string& yaml) {
    const auto released = Release(yaml);
    EXPECT_OK(released);
    return released.ok() && released->changed ? released->version : 0;
  }
  void End(int days) {
    const absl::CivilDay day = absl::ToCivilDay(test_.clock.Now(), absl::UTCTimeZone()) + days;
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return contracts_.End(transaction, "operator/mori", "sakura", day).status();
    }));
  }
  void Alter(const std::string& yaml) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction.Execute("UPDATE contract SET yaml = $1", {yaml}).status();
    }));
  }

  bool Stands(const std::string& yaml) {
    const auto contract = ParseContract(yaml, "sakura.yaml");
    EXPECT_OK(contract);
    const auto stands = Read(
        [&](storage::Connection& reader) { return contracts_.Stands(reader, *contract, yaml); });
    EXPECT_OK(stands);
    return stands.ok() && *stands;
  }
  FileVerdict::Kind Judge(const std::string& yaml) {
    const auto contract = ParseContract(yaml, "sakura.yaml");
    EXPECT_OK(contract);
    const auto verdict = Read(
        [&](storage::Connection& reader) { return contracts_.JudgeFile(reader, *contract, yaml); });
    EXPECT_OK(verdict);
    return verdict.ok() ? verdict->kind : FileVerdict::Kind::kNew;
  }
  std::vector<ContractVersion> Versions() {
    const auto versions =
        Read([&](storage::Connection& reader) { return contracts_.Versions(reader, "sakura"); });
    EXPECT_OK(versions);
    return versions.ok() ? *versions : std::vector<ContractVersion>();
  }
  absl::StatusOr<Contracts::Compiled> FindNow(Contracts& contracts) {
    return Read([&](storage::Connection& reader) {
      return contracts.FindAt(reader, "sakura", test_.clock.Now());
    });
  }

  absl::Status CheckNow(Contracts& contracts) {
    return Read([&](storage::Connection& reader) {
      return contracts.CheckAt(reader, "sakura", test_.clock.Now());
    });
  }

  Contracts contracts_{*test_.sealer};
};

TEST_F(ContractsTest, AVersionKnowsWhoPutItInForce) {
  const std::string first = Showing("CLEAR");
  ASSERT_OK(Release(first, {"hub", "hub", ""}));
  const std::string second = Yaml("", "effective_from: 2027-01-01\neffective_to: 2027-02-01\n");
  EXPECT_EQ(VersionOf(second), 2);
  const auto versions = Versions();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].release.proposed_by, "hub");
  EXPECT_EQ(versions[0].release.proposal_id, "");
  EXPECT_EQ(versions[0].days.from, std::nullopt);
  EXPECT_EQ(versions[1].days.version, 2);
  EXPECT_EQ(versions[1].days.from, absl::CivilDay(2027, 1, 1));
  EXPECT_EQ(versions[1].days.to, absl::CivilDay(2027, 2, 1));
  EXPECT_EQ(versions[1].release.digest, Sha256Of(second));
  EXPECT_EQ(versions[1].release.proposed_by, "operator/ito");
  EXPECT_EQ(versions[1].release.released_by, "operator/sato");
  EXPECT_EQ(versions[1].release.proposal_id, "P-1");
  EXPECT_EQ(absl::ToUnixMicros(versions[1].release.time), test_.now_us());
  EXPECT_EQ(versions[1].ended_by, "");
  EXPECT_THAT(topics_, ElementsAre("contract/sakura"));
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_EQ(events_[0].actor(), "hub");
  EXPECT_TRUE(events_[0].contract().step().first());
  EXPECT_EQ(events_[0].contract().step().replaces_version(), 0);
  EXPECT_EQ(events_[1].kind(), v1::AuditEvent::KIND_CONTRACT);
  EXPECT_EQ(events_[1].actor(), "operator/sato");
  EXPECT_EQ(events_[1].vendor_id(), "sakura");
  EXPECT_EQ(events_[1].count(), 2);
  EXPECT_EQ(events_[1].digest(), Sha256Of(second));
  const v1::TextStep& step = events_[1].contract().step();
  EXPECT_EQ(step.kind(), v1::TEXT_KIND_CONTRACT);
  EXPECT_EQ(step.proposed_by(), "operator/ito");
  EXPECT_EQ(step.proposal_id(), "P-1");
  EXPECT_EQ(step.replaces_version(), 1);
  EXPECT_FALSE(step.first());
}

TEST_F(ContractsTest, WhatStandsIsNoNewVersion) {
  const std::string yaml = Showing("CLEAR");
  EXPECT_FALSE(Stands(yaml));
  EXPECT_EQ(VersionOf(yaml), 1);
  EXPECT_TRUE(Stands(yaml));
  EXPECT_TRUE(Stands("# the same\n" + yaml));
  EXPECT_EQ(VersionOf("# the same\n" + yaml), 0);
  EXPECT_EQ(events_.size(), 1u);
  EXPECT_FALSE(Stands(Yaml("")));
  EXPECT_EQ(VersionOf(Yaml("")), 2);
  EXPECT_FALSE(Stands(yaml)) << "an older one says it";
  EXPECT_EQ(VersionOf(yaml), 3);
}

// An end is no text: what was ended begins again by a release.
TEST_F(ContractsTest, WhoEndedItIsKept) {
  const std::string yaml = Showing("CLEAR");
  EXPECT_EQ(VersionOf(yaml), 1);
  topics_.clear();
  End(0);
  EXPECT_THAT(topics_, ElementsAre("contract/sakura"));
  EXPECT_EQ(Versions().back().ended_by, "operator/mori");
  EXPECT_EQ(Versions().back().release.released_by, "operator/sato");
  EXPECT_TRUE(events_.back().contract().ended());
  EXPECT_FALSE(events_.back().contract().has_step());
  EXPECT_FALSE(Stands(yaml));
  EXPECT_EQ(Judge(yaml), FileVerdict::Kind::kNewest) << "a file does not begin it again";
  ASSERT_OK_AND_ASSIGN(const auto ended, FindNow(contracts_));
  EXPECT_EQ(ended, nullptr);
  EXPECT_EQ(VersionOf(yaml), 2);
  EXPECT_EQ(Versions().back().ended_by, "");
}

// The database is changed by a hand that is not the hub's, beside the digest of what was released.
TEST_F(ContractsTest, WhatWasAlteredIsNotUsed) {
  const std::string released = Showing("PARTIAL, mask: INITIALS");
  EXPECT_EQ(VersionOf(released), 1);
  Alter(Showing("CLEAR"));
  const auto altered = FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED");
  ASSERT_OK_AND_ASSIGN(const auto none, FindNow(contracts_));
  EXPECT_EQ(none, nullptr) << "as on a day without one";
  EXPECT_THAT(CheckNow(contracts_), altered);
  const auto text =
      Read([&](storage::Connection& reader) { return contracts_.Text(reader, "sakura", 1); });
  EXPECT_THAT(text, altered);
  EXPECT_EQ(text.status().message(),
            "version 1 of the contract of sakura is not in the database as it was released, and is "
            "not used; put back a backup, or the text with this digest");
  const auto all = Read([&](storage::Connection& reader) {
    return contracts_.AllInForce(reader, test_.clock.Now());
  });
  ASSERT_OK(all);
  EXPECT_TRUE(all->empty());
  const auto to_come = Read(
      [&](storage::Connection& reader) { return contracts_.AllToCome(reader, test_.clock.Now()); });
  ASSERT_OK(to_come);
  EXPECT_TRUE(to_come->empty());
  EXPECT_FALSE(Stands(Showing("CLEAR")));
  EXPECT_FALSE(Stands(released));
  EXPECT_EQ(Judge(released), FileVerdict::Kind::kNew);
  EXPECT_EQ(VersionOf(released), 2) << "two operators mend it";
  EXPECT_OK(CheckNow(contracts_));
  ASSERT_OK_AND_ASSIGN(const auto mended, FindNow(contracts_));
  ASSERT_NE(mended, nullptr);
  EXPECT_EQ(mended->version, 2);
}

// What cannot wait, as a recall, goes by what was agreed before.
TEST_F(ContractsTest, TheNewestUsableIsTheOneBeforeWhatWasAltered) {
  EXPECT_EQ(VersionOf(Showing("PARTIAL, mask: INITIALS")), 1);
  EXPECT_EQ(VersionOf(Showing("CLEAR")), 2);
  // As of another start each time: what was compiled before stays what was released.
  const auto newest_usable = [&] {
    return Read([&](storage::Connection& reader) -> absl::StatusOr<int64_t> {
      Contracts contracts(*test_.sealer);
      ASSIGN_OR_RETURN(const auto found, contracts.NewestUsable(reader, "sakura"));
      return found == nullptr ? 0 : found->version;
    });
  };
  const auto say = [&](int64_t version, const std::string& yaml) {
    EXPECT_OK(test_.Run([&](storage::Transaction& transaction) {
      return transaction
          .Execute("UPDATE contract SET yaml = $1 WHERE version = $2", {yaml, version})
          .status();
    }));
  };
  ASSERT_OK_AND_ASSIGN(const int64_t unaltered, newest_usable());
  EXPECT_EQ(unaltered, 2);
  say(2, "");
  ASSERT_OK_AND_ASSIGN(const int64_t before, newest_usable());
  EXPECT_EQ(before, 1);
  say(1, "");
  ASSERT_OK_AND_ASSIGN(const int64_t none, newest_usable());
  EXPECT_EQ(none, 0);
  say(2, Showing("CLEAR"));
  ASSERT_OK_AND_ASSIGN(const int64_t cured, newest_usable());
  EXPECT_EQ(cured, 2);
}

// What was compiled before stays what was released.
TEST_F(ContractsTest, WhatIsKeptInMemoryIsNotAltered) {
  EXPECT_EQ(VersionOf(Showing("PARTIAL, mask: INITIALS")), 1);
  ASSERT_OK_AND_ASSIGN(const auto before, FindNow(contracts_));
  Alter(Showing("CLEAR"));
  ASSERT_OK_AND_ASSIGN(const auto after, FindNow(contracts_));
  EXPECT_EQ(after, before);
  Contracts of_another_start(*test_.sealer);
  EXPECT_THAT(CheckNow(of_another_start), FailsWith(absl::StatusCode::kDataLoss, "TEXT_ALTERED"));
}

TEST_F(ContractsTest, ATextThatIsNoVersionYetIsCompiledAndNotKept) {
  const std::string yaml = Showing("CLEAR");
  ASSERT_OK_AND_ASSIGN(const v1::Contract contract, ParseContract(yaml, "sakura.yaml"));
  const auto planned = contracts_.CompileFor(contract);
  EXPECT_EQ(planned->version, 0);
  EXPECT_EQ(planned->guards.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto none, FindNow(contracts_));
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(VersionOf(yaml), 1);
  ASSERT_OK_AND_ASSIGN(const auto released, FindNow(contracts_));
  EXPECT_NE(released, planned);
  EXPECT_EQ(ShownChange(*planned, *released), Change::kSame);
}

TEST_F(ContractsTest, RowsShowMoreOrLessUnderAnother) {
  const auto clear = Showing("CLEAR"), initials = Showing("PARTIAL, mask: INITIALS");
  const auto family = Showing("PARTIAL, mask: FAMILY_NAME"), nothing = Yaml("");
  const auto reminds = Yaml(", acts: [REMIND]");
  const auto talks = Yaml(", acts: [NEGOTIATE, REMIND]"), promises = Yaml(", acts: [TAKE_PROMISE]");
  const std::string two = Yaml("", "") + "  - {work_type: CAMPAIGN}\n";
  const struct {
    const char* name;
    std::string before, after;
    Change change, back;
  } rows[] = {
      {"the same", clear, "# again\n" + clear, Change::kSame, Change::kSame},
      {"a mask", initials, clear, Change::kMore, Change::kLess},
      {"a class", nothing, initials, Change::kMore, Change::kLess},
      {"another mask", initials, family, Change::kOtherwise, Change::kOtherwise},
      {"an act", reminds, talks, Change::kMore, Change::kLess},
      {"the order of acts", talks, Yaml(", acts: [REMIND, NEGOTIATE]"), Change::kSame,
       Change::kSame},
      {"another act", reminds, promises, Change::kOtherwise, Change::kOtherwise},
      {"a work type", nothing, two, Change::kMore, Change::kLess},
      {"a work type for a class", two, initials, Change::kOtherwise, Change::kOtherwise},
      {"a term that no row shows", nothing, Yaml("", "live_assignments_max: 7\n"), Change::kSame,
       Change::kSame},
      {"what may be unmasked", nothing, Yaml(", unmask: [{data_class: NAME, show: CLEAR}]"),
       Change::kSame, Change::kSame},
  };
  const auto compile = [&](const std::string& yaml) {
    const auto contract = ParseContract(yaml, "sakura.yaml");
    EXPECT_OK(contract);
    return contracts_.CompileFor(*contract);
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    const auto before = compile(row.before), after = compile(row.after);
    EXPECT_EQ(ShownChange(*before, *after), row.change);
    EXPECT_EQ(ShownChange(*after, *before), row.back);
  }
  const auto one = compile(nothing), both = compile(two);
  EXPECT_EQ(ShownChange(*one, *both, v1::WORK_TYPE_EARLY_COLLECTIONS), Change::kSame);
  EXPECT_EQ(ShownChange(*one, *both, v1::WORK_TYPE_CAMPAIGN), Change::kMore);
  EXPECT_EQ(ShownChange(*one, *both, v1::WORK_TYPE_LATE_COLLECTIONS), Change::kSame);
}

}  // namespace
}  // namespace switchboard::contracts
