#include "hub/reports/audit_reading.h"

#include <string>
#include <vector>

#include "hub/audit/audit_log.h"
#include "hub/audit/chain.h"
#include "tests/database_fixture.h"

namespace switchboard::reports {
namespace {

using ::testing::ElementsAre;
using testing::FailsWith;
using testing::IsOk;

constexpr size_t kMebibyte = 1024 * 1024;

class AuditReadingTest : public ::testing::Test {
 protected:
  // So many entries of so many events of so many bytes, about.
  void Add(int entries, int events, size_t bytes) {
    for (int i = 0; i < entries; ++i) {
      ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
        for (int j = 0; j < events; ++j) {
          v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, "core/main");
          event.set_subject_id(std::string(bytes, 'x'));
          event.set_count(j);
          audit::Record(transaction, std::move(event));
        }
        RETURN_IF_ERROR(log_.Seal(transaction, 0).status());
        log_.Settled(0, true);
        return absl::OkStatus();
      }));
    }
  }
  absl::StatusOr<v1::ReadAuditResponse> Read(const v1::ReadAuditRequest& request) {
    absl::StatusOr<v1::ReadAuditResponse> response;
    EXPECT_OK(test_.readers->Run([&](storage::Connection& reader) {
      response = ReadAudit(reader, audit::EntrySeal(*test_.sealer), request);
      return absl::OkStatus();
    }));
    return response;
  }
  // The whole chain in pages; how many entries each has.
  std::vector<int> Pages(bool stored) {
    std::vector<int> pages;
    audit::ChainVerifier verifier;
    v1::ReadAuditRequest request;
    request.set_max_entries(1'000);
    request.set_stored(stored);
    while (true) {
      request.set_after(verifier.last());
      const auto page = Read(request);
      EXPECT_OK(page);
      if (!page.ok() || page->entries().empty()) return pages;
      EXPECT_TRUE(page->entries_size() == 1 || page->ByteSizeLong() < 2 * kMebibyte + 100);
      for (const v1::AuditEntry& entry : page->entries()) {
        EXPECT_EQ(entry.events().empty(), stored);
        EXPECT_OK(verifier.Add(entry));
      }
      pages.push_back(page->entries_size());
    }
  }

  testing::TestDatabase test_;
  audit::AuditLog log_{"hub-1", *test_.sealer, 1};
};

TEST_F(AuditReadingTest, PagesHoldWhatFitsWhetherEntriesAreSmallOrLarge) {
  Add(100, 1, 10);
  Add(75, 40, 1'000);  // 41 KB each
  for (const bool stored : {false, true}) {
    const std::vector<int> pages = Pages(stored);
    ASSERT_EQ(pages.size(), 2u);
    EXPECT_GT(pages[0], 145);
    EXPECT_EQ(pages[0] + pages[1], 175);
  }
}

TEST_F(AuditReadingTest, AnEntryThatIsLargerThanAPageComesAlone) {
  Add(1, 1, 10);
  Add(1, 3, kMebibyte);
  Add(1, 1, 10);
  for (const bool stored : {false, true}) EXPECT_THAT(Pages(stored), ElementsAre(1, 1, 1));
}

TEST_F(AuditReadingTest, AsManyAsWereAskedFor) {
  Add(200, 1, 10);
  v1::ReadAuditRequest request;
  EXPECT_EQ(Read(request)->entries_size(), 100);
  for (const int max : {1, 63, 64, 65, 130, 200}) {
    request.set_max_entries(max);
    EXPECT_EQ(Read(request)->entries_size(), max);
  }
  request.set_max_entries(1'000);
  request.set_after(120);
  EXPECT_EQ(Read(request)->entries_size(), 80);
  EXPECT_EQ(Read(request)->entries(0).sequence(), 121);
}

// What somebody wrote into a row goes out as it is: whoever recomputes the log is to see it.
TEST_F(AuditReadingTest, StoredEventsAreNotRead) {
  Add(2, 1, 10);
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
    return transaction
        .Execute("UPDATE audit_entry SET events = $1 WHERE sequence = 2",
                 {storage::Value::Blob("\xff")})
        .status();
  }));
  v1::ReadAuditRequest request;
  EXPECT_THAT(Read(request), FailsWith(absl::StatusCode::kDataLoss, "AUDIT_BROKEN"));
  request.set_stored(true);
  const auto page = Read(request);
  ASSERT_OK(page);
  ASSERT_EQ(page->entries_size(), 2);
  EXPECT_EQ(page->entries(1).stored_events(), "\xff");
}

TEST_F(AuditReadingTest, AnEntryThatNoHubSealedIsToldApart) {
  Add(2, 1, 10);
  ASSERT_OK(test_.Run([&](storage::Transaction& transaction) {
    return transaction
        .Execute("UPDATE audit_entry SET seal = $1 WHERE sequence = 2",
                 {storage::Value::Blob(std::string(16, 's'))})
        .status();
  }));
  const auto page = Read(v1::ReadAuditRequest());
  ASSERT_OK(page);
  ASSERT_EQ(page->entries_size(), 2);
  EXPECT_FALSE(page->entries(0).forged());
  EXPECT_TRUE(page->entries(1).forged());
}

}  // namespace
}  // namespace switchboard::reports
