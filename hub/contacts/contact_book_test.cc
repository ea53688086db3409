#include "hub/contacts/contact_book.h"

#include "hub/contacts/erasure.h"
#include "tests/database_fixture.h"

namespace switchboard::contacts {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::TestDatabase;

ContactRow Row(const std::string& outcome_id, const std::string& person_id, int64_t begin_us,
               const std::string& number = "") {
  ContactRow row;
  row.contact_id = IdOfOutcome("sakura", outcome_id);
  row.person_id = person_id;
  row.account_id = "A-1";
  row.collector = "sakura";
  row.channel = v1::CHANNEL_PHONE;
  row.result = v1::CONTACT_RESULT_RANG_OUT;
  row.number_digest = number;
  row.begin_us = row.end_us = begin_us;
  row.version = 1;
  return row;
}

class ContactBookTest : public ::testing::Test {
 protected:
  void Write(const std::vector<ContactRow>& rows) {
    ASSERT_OK(test_.Run([&](Transaction& t) { return Put(t, rows); }));
  }
  // "person begin" of each.
  std::vector<std::string> History(const std::string& person, const std::string& number = "",
                                   const std::string& account = "A-none") {
    std::vector<std::string> found;
    for (const ContactRow& row : Read(person, number, account))
      found.push_back(row.person_id + " " + std::to_string(row.begin_us));
    return found;
  }
  std::vector<ContactRow> Read(const std::string& person, const std::string& number = "",
                               const std::string& account = "A-none",
                               int64_t since_us = INT64_MIN) {
    std::vector<ContactRow> rows;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(rows, HistoryOf(reader, {person, account, number, since_us}));
      return absl::OkStatus();
    }));
    return rows;
  }

  TestDatabase test_;
};

// What a former owner was told of the account counts for whoever has it now, once.
TEST_F(ContactBookTest, TheAccountsOfAFormerOwnerCount) {
  ContactRow other = Row("o-3", "P-1", 30, "n-1");
  other.account_id = "A-other";
  Write({Row("o-1", "P-1", 10, "n-1"), Row("o-2", "P-2", 20, "n-1"), other});
  const std::string account = Row("o-1", "P-1", 10, "n-1").account_id;
  EXPECT_THAT(History("P-2", "", account), ElementsAre("P-2 20"));
  ASSERT_OK(test_.Run([&](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(NoteFormerOwner(t, account, "P-1"));
    return NoteFormerOwner(t, account, "P-1");
  }));
  EXPECT_THAT(History("P-2", "", account), ElementsAre("P-1 10", "P-2 20"));
  EXPECT_THAT(History("P-2", "n-1", account), ElementsAre("P-1 10", "P-2 20", "P-1 30"));
  EXPECT_THAT(History("P-1", "", account), ElementsAre("P-1 10", "P-1 30"));
  ASSERT_OK(test_.Run([&](Transaction& t) { return ForgetAccounts(t, {account}); }));
  EXPECT_THAT(History("P-2", "", account), ElementsAre("P-2 20"));
}

TEST_F(ContactBookTest, WhatBeganBeforeIsLeftOut) {
  Write({Row("o-1", "P-1", 10, "n-1"), Row("o-2", "P-1", 20, "n-1"), Row("o-3", "P-2", 10, "n-1"),
         Row("o-4", "P-2", 20, "n-1"), Row("o-5", "P-3", 10, "n-3"), Row("o-6", "P-3", 20, "n-3")});
  ASSERT_OK(test_.Run([](Transaction& t) { return NoteFormerOwner(t, "A-1", "P-3"); }));
  std::vector<std::string> found;
  for (const ContactRow& row : Read("P-1", "n-1", "A-1", 20))
    found.push_back(row.person_id + " " + std::to_string(row.begin_us));
  EXPECT_THAT(found, ElementsAre("P-1 20", "P-2 20", "P-3 20"));
}

TEST_F(ContactBookTest, EveryFieldComesBack) {
  ContactRow row = Row("o-1", "P-1", 7, "digest");
  row.collector_kind = v1::COLLECTOR_KIND_LAW_FIRM;
  row.direction = v1::DIRECTION_IN;
  row.channel = v1::CHANNEL_SMS;
  row.contact_kind = v1::CONTACT_KIND_WORK_PHONE;
  row.party = v1::PARTY_THIRD;
  row.party_id = "party-1";
  row.act = v1::ACT_LOCATE;
  row.result = v1::CONTACT_RESULT_OTHER_PERSON;
  row.consented = row.objected = true;
  row.end_us = 9;
  row.permit_id = "permit-1";
  row.version = 3;
  Write({row});
  const auto rows = Read("P-1");
  ASSERT_EQ(rows.size(), 1u);
  const ContactRow& read = rows.front();
  EXPECT_EQ(std::tie(read.contact_id, read.person_id, read.account_id, read.collector,
                     read.collector_kind, read.direction, read.channel, read.contact_kind,
                     read.number_digest, read.party, read.party_id, read.act, read.result),
            std::tie(row.contact_id, row.person_id, row.account_id, row.collector,
                     row.collector_kind, row.direction, row.channel, row.contact_kind,
                     row.number_digest, row.party, row.party_id, row.act, row.result));
  EXPECT_EQ(
      std::tie(read.consented, read.objected, read.begin_us, read.end_us, read.permit_id,
               read.version),
      std::tie(row.consented, row.objected, row.begin_us, row.end_us, row.permit_id, row.version));
}

TEST_F(ContactBookTest, WhatStandsSaysItsPermitAndItsVersion) {
  ContactRow second = Row("o-2", "P-1", 20);
  second.permit_id = "permit-1";
  second.version = 3;
  Write({Row("o-1", "P-1", 10), second});
  const std::string first_id = IdOfOutcome("sakura", "o-1");
  const std::string second_id = IdOfOutcome("sakura", "o-2");
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, FindStanding(reader, {{"P-1", first_id},
                                                             {"P-1", second_id},
                                                             {"P-2", first_id},
                                                             {"P-1", "outcome/sakura/o-3"}}));
    EXPECT_EQ(found.size(), 2u);
    const ContactKey first{"P-1", first_id}, other{"P-1", second_id};
    EXPECT_EQ(found.at(first).permit_id, "");
    EXPECT_EQ(found.at(first).version, 1);
    EXPECT_EQ(found.at(other).permit_id, "permit-1");
    EXPECT_EQ(found.at(other).version, 3);
    ASSIGN_OR_RETURN(const std::string under, AnyUnder(reader, "P-1", "permit-1"));
    EXPECT_EQ(under, second_id);
    ASSIGN_OR_RETURN(const std::string none, AnyUnder(reader, "P-2", "permit-1"));
    EXPECT_EQ(none, "");
    return absl::OkStatus();
  }));
}

// A vendor may use its ids twice.
TEST_F(ContactBookTest, OneIdOfTwoPersonsIsTwoContacts) {
  ContactRow other = Row("o-1", "P-2", 20);
  other.permit_id = "permit-2";
  Write({Row("o-1", "P-1", 10), other});
  EXPECT_THAT(History("P-1"), ElementsAre("P-1 10"));
  EXPECT_THAT(History("P-2"), ElementsAre("P-2 20"));
  const std::string id = other.contact_id;
  ASSERT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, FindStanding(reader, {{"P-1", id}, {"P-2", id}}));
    const ContactKey first{"P-1", id}, second{"P-2", id};
    EXPECT_EQ(found.size(), 2u);
    EXPECT_EQ(found.at(first).permit_id, "");
    EXPECT_EQ(found.at(second).permit_id, "permit-2");
    return absl::OkStatus();
  }));
}

TEST_F(ContactBookTest, WhatItCameToIsSetAloneAndTheRestStays) {
  ContactRow said = Row("o-1", "P-1", 10, "n-1");
  said.party = v1::PARTY_RELATED;
  said.objected = true;
  Write({said, Row("o-1", "P-2", 20)});
  ASSERT_OK(test_.Run([&](Transaction& t) {
    return SetResult(t, {"P-1", said.contact_id}, v1::CONTACT_RESULT_CONVERSATION, 2);
  }));
  const ContactRow row = Read("P-1").front();
  EXPECT_EQ(row.result, v1::CONTACT_RESULT_CONVERSATION);
  EXPECT_EQ(row.version, 2);
  EXPECT_EQ(row.party, v1::PARTY_RELATED);
  EXPECT_TRUE(row.objected);
  EXPECT_EQ(row.begin_us, 10);
  EXPECT_EQ(Read("P-2").front().result, v1::CONTACT_RESULT_RANG_OUT);
}

// Also two versions in one batch.
TEST_F(ContactBookTest, ACorrectionReplaces) {
  Write({Row("o-1", "P-1", 100)});
  ContactRow second = Row("o-1", "P-1", 90), third = Row("o-1", "P-1", 80);
  third.result = v1::CONTACT_RESULT_NOT_PLACED;
  Write({second, third});
  EXPECT_THAT(History("P-1"), ElementsAre("P-1 80"));
  EXPECT_EQ(Read("P-1").front().result, v1::CONTACT_RESULT_NOT_PLACED);
  Write({});
}

TEST_F(ContactBookTest, OfAPersonAndOfTheNumberInTheOrderInWhichTheyBegan) {
  Write({Row("o-1", "P-1", 30, "n-1"), Row("o-2", "P-1", 10, "n-2"), Row("o-3", "P-2", 20, "n-1"),
         Row("o-4", "P-3", 40, "n-2"), Row("o-5", "P-1", 20)});
  EXPECT_THAT(History("P-1"), ElementsAre("P-1 10", "P-1 20", "P-1 30"));
  EXPECT_THAT(History("P-1", "n-1"), ElementsAre("P-1 10", "P-2 20", "P-1 20", "P-1 30"));
  EXPECT_THAT(History("P-9"), IsEmpty());
}

// Page by page each comes once, and none is left out, however many began in one instant.
TEST_F(ContactBookTest, ContactsOutArePagedByWholeInstants) {
  ContactRow in = Row("o-9", "P-1", 20);
  in.direction = v1::DIRECTION_IN;
  Write({Row("o-1", "P-1", 10), Row("o-2", "P-2", 20), Row("o-3", "P-1", 20), Row("o-4", "P-3", 20),
         Row("o-5", "P-1", 30), Row("o-6", "P-1", 40), in});
  // The begin of each page's contacts, pages apart by "|".
  const auto pages = [&](int limit, int64_t to_us) {
    std::string text;
    std::optional<int64_t> from_us = 10;
    while (from_us.has_value()) {
      ContactsOfTime page;
      EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
        ASSIGN_OR_RETURN(page, ContactsOut(reader, *from_us, to_us, limit));
        return absl::OkStatus();
      }));
      for (const ContactRow& row : page.contacts) text += std::to_string(row.begin_us) + " ";
      if (page.next_us.has_value()) text += "| ";
      if (page.next_us <= from_us) break;  // nothing is smaller: it would never end
      from_us = page.next_us;
    }
    return text;
  };
  EXPECT_EQ(pages(9, 50), "10 20 20 20 30 40 ");
  EXPECT_EQ(pages(6, 50), "10 20 20 20 30 40 ");
  EXPECT_EQ(pages(5, 50), "10 20 20 20 30 | 40 ");
  EXPECT_EQ(pages(4, 50), "10 20 20 20 | 30 40 ");
  EXPECT_EQ(pages(3, 50), "10 | 20 20 20 | 30 40 ");
  EXPECT_EQ(pages(2, 50), "10 | 20 20 20 | 30 40 ");
  EXPECT_EQ(pages(1, 50), "10 | 20 20 20 | 30 | 40 ");
  EXPECT_EQ(pages(1, 21), "10 | 20 20 20 ");
  EXPECT_EQ(pages(1, 20), "10 ");
}

TEST_F(ContactBookTest, TheOldestAreErasedFirst) {
  Write(
      {Row("o-1", "P-1", 10), Row("o-2", "P-1", 20), Row("o-3", "P-2", 20), Row("o-4", "P-2", 30)});
  // "whose … | through", and whether that is the end.
  const auto look = [&](int64_t after_us, int64_t until_us, int limit) {
    std::string found;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const OldContactsPage page, OldContacts(reader, after_us, until_us, limit));
      for (const std::string& person_id : page.person_ids) found += person_id + " ";
      found += "| " + std::to_string(page.through_us) + (page.last ? " end" : "");
      return absl::OkStatus();
    }));
    return found;
  };
  const std::string held = "P-2";
  const auto erase = [&](int64_t after_us, int64_t through_us, bool all) {
    int64_t erased = -1;
    EXPECT_OK(test_.Run([&](Transaction& t) -> absl::Status {
      storage::Rows kept({storage::Value::Kind::kText}, 1);
      if (!all) kept.Add({held});
      ASSIGN_OR_RETURN(erased, EraseContacts(t, after_us, through_us, kept));
      return absl::OkStatus();
    }));
    return erased;
  };
  EXPECT_EQ(look(INT64_MIN, 9, 10), "| 9 end");
  EXPECT_EQ(look(INT64_MIN, 25, 1), "P-1 | 10");
  EXPECT_EQ(look(10, 25, 1).substr(4), "| 20") << "one of the two that began then";
  EXPECT_EQ(look(20, 25, 1), "| 25 end");
  EXPECT_EQ(erase(INT64_MIN, 9, true), 0);
  EXPECT_EQ(erase(INT64_MIN, 10, true), 1);
  EXPECT_THAT(History("P-1"), ElementsAre("P-1 20"));
  // Of one instant, what is held stays.
  EXPECT_EQ(erase(10, 20, false), 1);
  EXPECT_THAT(History("P-1"), IsEmpty());
  EXPECT_THAT(History("P-2"), ElementsAre("P-2 20", "P-2 30"));
  EXPECT_EQ(erase(INT64_MIN, 25, true), 1);
  EXPECT_THAT(History("P-2"), ElementsAre("P-2 30"));
}

}  // namespace
}  // namespace switchboard::contacts
