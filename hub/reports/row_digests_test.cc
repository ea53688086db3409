#include "hub/reports/row_digests.h"

#include <string>

#include "hub/storage/row_writes.h"
#include "tests/database_fixture.h"

namespace switchboard::reports {
namespace {

// A page holds so much of what is stored, however little its digests are.
TEST(RowDigestsTest, PagesEndByWhatTheirRowsWeigh) {
  constexpr int kRows = 200;
  const std::string hashes(128 * 1024, 'h');
  testing::TestDatabase test;
  ASSERT_OK(test.Run([&](storage::Transaction& transaction) -> absl::Status {
    for (int number = 0; number < kRows; ++number) {
      RETURN_IF_ERROR(transaction
                          .Execute("INSERT INTO audit_tile (level, number, hashes) VALUES ($1, $2, "
                                   "$3)",
                                   {0, number, storage::Value::Blob(hashes)})
                          .status());
    }
    return absl::OkStatus();
  }));
  v1::DigestRowsRequest request;
  request.set_table("audit_tile");
  size_t rows = 0, page_rows = 1;
  while (page_rows > 0) {
    ASSERT_OK(test.readers->Run([&](storage::Connection& reader) -> absl::Status {
      ASSIGN_OR_RETURN(const auto page,
                       DigestRows(reader, std::string(storage::kRowKeyBytes, 'k'), request));
      page_rows = page.rows().size() / 16;
      request.set_after(page.next());
      return absl::OkStatus();
    }));
    EXPECT_LE(page_rows, 64u);
    rows += page_rows;
  }
  EXPECT_EQ(rows, size_t{kRows});
}

}  // namespace
}  // namespace switchboard::reports
