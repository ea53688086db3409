#include "hub/disclosures/disclosure_book.h"

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/shown_bits.h"
#include "hub/disclosures/acknowledgements.h"
#include "hub/disclosures/answers.h"
#include "hub/disclosures/erasure.h"
#include "switchboard/v1/audit.pb.h"
#include "tests/database_fixture.h"

namespace switchboard::disclosures {
namespace {

using storage::Connection;
using storage::Row;
using storage::Rows;
using storage::Transaction;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::TestDatabase;

constexpr int kPage = 100;
constexpr char kCountPages[] = "SELECT COUNT(*) FROM disclosure";
constexpr char kCountAcks[] = "SELECT COUNT(*) FROM acknowledgement";
constexpr char kCountAnswers[] = "SELECT COUNT(*) FROM disclosed_answer";

std::string DigestOf(char byte) { return std::string(16, byte); }

Disclosure PageOf(const std::vector<std::string>& ids) {
  Disclosure disclosure{"sakura", 3, "g-1", 10, 20, {}};
  for (const std::string& id : ids)
    disclosure.rows.push_back({id, int64_t{1} << 40, DigestOf('d')});
  return disclosure;
}

Rows Persons(const std::vector<std::string>& ids) { return storage::RowsOf(ids); }

class DisclosuresTest : public ::testing::Test {
 protected:
  static storage::Writer::Hooks HooksOf(std::vector<v1::AuditEvent>& events) {
    storage::Writer::Hooks hooks;
    hooks.after_commit = [&events](const auto&, const std::vector<std::string>& records) {
      for (const std::string& record : records)
        EXPECT_TRUE(events.emplace_back().ParseFromString(record));
    };
    return hooks;
  }

  void Write(const std::vector<Disclosure>& disclosures) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      for (const Disclosure& one : disclosures) DisclosureBook::Write(transaction, one);
      return absl::OkStatus();
    }));
  }
  // The digest of the event that tells of a page.
  std::string ToldOf(const Disclosure& disclosure) {
    Write({disclosure});
    return events_.back().digest();
  }
  void Acknowledge(int64_t sequence) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      return WriteAcknowledgement(transaction, "sakura", "g-1", sequence);
    }));
  }
  void Answered(const std::string& person_id, int64_t until_us = 0) {
    ASSERT_OK(test_.Run([&](Transaction& transaction) {
      return answers_.Write(transaction, {.kind = v1::DisclosureLine::KIND_PERMIT,
                                          .shown_to = "vendor/sakura",
                                          .person_id = person_id,
                                          .account_id = "A-1",
                                          .assignment_id = "as-1",
                                          .subject_id = "p-1",
                                          .fields = ShownBits({v1::SHOWN_FIELD_DIAL}),
                                          .contract_version = 2,
                                          .until_us = until_us,
                                          .shown = "+819012345678"});
    }));
  }
  ErasedDisclosures ErasePages(int64_t until_us, int limit = kPage) {
    ErasedDisclosures erased;
    EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(erased, EraseDisclosures(transaction, until_us, limit));
      return absl::OkStatus();
    }));
    return erased;
  }
  int64_t EraseOldAnswers(int64_t until_us, const std::vector<std::string>& kept) {
    int64_t erased = -1;
    EXPECT_OK(test_.Run([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(erased, EraseAnswers(transaction, until_us, kPage, Persons(kept)));
      return absl::OkStatus();
    }));
    return erased;
  }
  bool Any(const std::function<absl::StatusOr<bool>(Connection&)>& ask) {
    bool any = false;
    EXPECT_OK(test_.readers->Run([&](Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(any, ask(reader));
      return absl::OkStatus();
    }));
    return any;
  }
  bool AnyOldPages(int64_t until_us) {
    return Any([&](Connection& reader) { return AnyOldDisclosures(reader, until_us, kPage); });
  }

  std::vector<v1::AuditEvent> events_;
  TestDatabase test_{TestDatabase::Options(), HooksOf(events_)};
  const Answers answers_{*test_.sealer, test_.ids};
};

TEST_F(DisclosuresTest, APageSaysWhatItShowedOfEachAssignment) {
  Disclosure page = PageOf({"as-1", "as-22"});
  page.rows[1] = {"as-22", ShownBits({v1::SHOWN_FIELD_NAME, v1::SHOWN_FIELD_DIAL}), DigestOf('e')};
  Write({page, PageOf({"as-3"})});
  std::vector<std::string> lines;
  ASSERT_OK(test_.readers->Run([&](Connection& reader) {
    return reader.Query(
        "SELECT sequence, vendor_id, contract_version, generation, after_sequence, "
        "through_sequence, assignment_ids, shown FROM disclosure ORDER BY sequence",
        {}, [&](const Row& row) {
          for (const char* id : {"as-1", "as-2", "as-22", "as-3", "", "as-22 "}) {
            const auto shown = FindShown(row.Text(6), row.Blob(7), id);
            if (!shown.has_value()) continue;
            lines.push_back(absl::StrCat(row.Integer(0), " v", row.Integer(2), " ", row.Integer(4),
                                         "-", row.Integer(5), " ", shown->assignment_id, " ",
                                         shown->fields, " ", shown->digest));
          }
          return absl::OkStatus();
        });
  }));
  EXPECT_THAT(lines, ElementsAre("1 v3 10-20 as-1 1099511627776 dddddddddddddddd",
                                 "1 v3 10-20 as-22 134217732 eeeeeeeeeeeeeeee",
                                 "2 v3 10-20 as-3 1099511627776 dddddddddddddddd"));
  ASSERT_EQ(events_.size(), 2u);
  EXPECT_EQ(events_[0].kind(), v1::AuditEvent::KIND_DISCLOSED);
  EXPECT_EQ(events_[0].vendor_id(), "sakura");
  EXPECT_EQ(events_[0].subject_id(), "1");
  EXPECT_EQ(events_[0].count(), 2);
  EXPECT_EQ(events_[0].disclosed_contract_version(), 3);
}

// Whoever alters a page later is found by the log, whatever they alter.
TEST_F(DisclosuresTest, TheEventBindsAllOfThePage) {
  const Disclosure page = PageOf({"as-1", "as-2"});
  std::set<std::string> digests = {ToldOf(page)};
  EXPECT_TRUE(digests.contains(ToldOf(page)));
  const std::function<void(Disclosure&)> changes[] = {
      [](Disclosure& one) { one.generation = "g-2"; },
      [](Disclosure& one) { one.after_sequence = 9; },
      [](Disclosure& one) { one.through_sequence = 21; },
      [](Disclosure& one) { one.rows[0].assignment_id = "as-3"; },
      [](Disclosure& one) { one.rows[1].fields = 0; },
      [](Disclosure& one) { one.rows[0].digest = DigestOf('e'); },
      [](Disclosure& one) { one.rows.pop_back(); },
      [](Disclosure& one) { std::swap(one.rows[0].assignment_id, one.rows[1].assignment_id); },
      [](Disclosure& one) {  // the same bytes behind each other
        one.generation = "as-2g-1";
        one.rows.pop_back();
      },
  };
  size_t number = 0;
  for (const auto& change : changes) {
    Disclosure changed = page;
    change(changed);
    EXPECT_TRUE(digests.insert(ToldOf(changed)).second) << number;
    ++number;
  }
}

TEST_F(DisclosuresTest, AnAnswerIsKeptByItsDigestAndHasNoValue) {
  Answered("P-1");
  Answered("P-2", 77);
  EXPECT_EQ(test_.Number("SELECT fields FROM disclosed_answer WHERE person_id = 'P-1' AND kind = 2 "
                         "AND shown_to = 'vendor/sakura' AND account_id = 'A-1' AND assignment_id "
                         "= 'as-1' AND subject_id = 'p-1' AND contract_version = 2 AND until_time "
                         "IS NULL"),
            int64_t{1} << v1::SHOWN_FIELD_DIAL);
  EXPECT_EQ(test_.Number("SELECT until_time FROM disclosed_answer WHERE person_id = 'P-2'"), 77);
  EXPECT_EQ(test_.Number("SELECT show_time FROM disclosed_answer WHERE person_id = 'P-2'"),
            test_.now_us());
  std::set<std::string> digests;
  ASSERT_OK(test_.readers->Run([&](Connection& reader) {
    return reader.Query("SELECT digest FROM disclosed_answer", {}, [&](const Row& row) {
      digests.emplace(row.Blob(0));
      return absl::OkStatus();
    });
  }));
  EXPECT_THAT(digests, ElementsAre(ShownDigest(*test_.sealer, "+819012345678")));
  EXPECT_EQ(digests.begin()->size(), 16u);
  EXPECT_NE(*digests.begin(), ShownDigest(*test_.sealer, "+819012345679"));
}

TEST_F(DisclosuresTest, PagesGoFromTheOldestOnAndAcknowledgementsBehindThem) {
  const int64_t begin_us = test_.now_us();
  Write({PageOf({"as-1"}), PageOf({"as-2"}), PageOf({"as-3"})});
  Acknowledge(20);
  test_.clock.Advance(absl::Hours(1));
  Write({PageOf({"as-4"})});
  Acknowledge(30);
  EXPECT_FALSE(AnyOldPages(begin_us - 1));
  EXPECT_TRUE(AnyOldPages(begin_us));
  const ErasedDisclosures some = ErasePages(begin_us, 2);
  EXPECT_EQ(some.count, 2);
  EXPECT_EQ(some.last_sequence, 2);
  EXPECT_EQ(test_.Number(kCountAcks), 2) << "of a page that is there still";
  EXPECT_EQ(ErasePages(begin_us, 2).last_sequence, 3);
  EXPECT_EQ(test_.Number(kCountPages), 1);
  EXPECT_EQ(test_.Number(kCountAcks), 1);
  EXPECT_FALSE(AnyOldPages(begin_us));
}

// A page may be gone for long when its vendor comes back and acknowledges it.
TEST_F(DisclosuresTest, AnAcknowledgementWithoutAPageGoesToo) {
  Acknowledge(20);
  EXPECT_TRUE(AnyOldPages(test_.now_us()));
  EXPECT_EQ(ErasePages(test_.now_us()).count, 0);
  EXPECT_FALSE(AnyOldPages(test_.now_us()));
}

TEST_F(DisclosuresTest, AnswersGoByTheirTimeButThoseThatAreKept) {
  const int64_t begin_us = test_.now_us();
  Answered("P-1");
  Answered("P-2");
  test_.clock.Advance(absl::Hours(1));
  Answered("P-1");
  const auto any = [&](const std::vector<std::string>& kept) {
    return Any([&](Connection& reader) { return AnyOldAnswers(reader, begin_us, Persons(kept)); });
  };
  EXPECT_TRUE(any({}));
  EXPECT_TRUE(any({"P-1"}));
  EXPECT_FALSE(any({"P-1", "P-2"}));
  EXPECT_EQ(EraseOldAnswers(begin_us, {"P-1", "P-2"}), 0);
  EXPECT_EQ(EraseOldAnswers(begin_us, {"P-2"}), 1);
  EXPECT_EQ(test_.Number(kCountAnswers), 2);
  EXPECT_EQ(EraseOldAnswers(begin_us, {}), 1);
  EXPECT_EQ(test_.Number(kCountAnswers), 1) << "the younger one";
}

}  // namespace
}  // namespace switchboard::disclosures
