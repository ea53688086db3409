// What of orders to delete needs no database.
#include <functional>
#include <string>

#include "google/protobuf/util/time_util.h"
#include "hub/base/digest.h"
#include "hub/deletions/confirming.h"
#include "hub/deletions/deletion_book.h"
#include "hub/deletions/opening.h"
#include "tests/testing.h"

namespace switchboard::deletions {
namespace {

using testing::FailsWith;

TEST(DeletionsTest, EachEndOfWorkHasACause) {
  using Order = v1::DeletionOrder;
  const std::pair<v1::WithdrawReason, Cause> rows[] = {
      {v1::WITHDRAW_REASON_RECALLED, Order::CAUSE_RECALL},
      {v1::WITHDRAW_REASON_NOT_ALLOWED, Order::CAUSE_CONTRACT},
      {v1::WITHDRAW_REASON_PAID, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_STOPPED, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_CLOSED, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_EXPIRED, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_MOVED, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_HANDED_OVER, Order::CAUSE_ENDED},
      {v1::WITHDRAW_REASON_UNSPECIFIED, Order::CAUSE_ENDED},
  };
  for (const auto& [reason, cause] : rows) EXPECT_EQ(CauseOf(reason), cause) << reason;
  EXPECT_EQ(std::size(rows), size_t{v1::WithdrawReason_ARRAYSIZE});
}

TEST(DeletionsTest, TheDigestIsOverLinesSoThatNoTwoListsShareIt) {
  EXPECT_EQ(DigestOf({"a", "b"}), Sha256Of("a\nb\n"));
  EXPECT_NE(DigestOf({"a", "b"}), DigestOf({"ab"}));
  EXPECT_EQ(DigestOf({}), Sha256Of(""));
}

TEST(DeletionsTest, AStatementIsJudgedByItselfFirst) {
  using Request = v1::ConfirmDeletionRequest;
  using Statement = v1::DeletionStatement;
  const auto nothing = [](Statement&) {};
  const struct {
    const char* problem;  // empty: none
    std::function<void(Statement&)> change;
    std::function<void(Request&)> damage;
  } rows[] = {
      {"", nothing, {}},
      {"order_id", [](Statement& s) { s.clear_order_id(); }, {}},
      {"vendor_id", [](Statement& s) { s.set_vendor_id("jade"); }, {}},
      {"delete_time", [](Statement& s) { s.clear_delete_time(); }, {}},
      {"sub_contractor_ids", [](Statement& s) { s.add_sub_contractor_ids("Kita Calls"); }, {}},
      {"sub_contractor_ids",
       [](Statement& s) {
         while (s.sub_contractor_ids_size() < 51) s.add_sub_contractor_ids("kita");
       },
       {}},
      {"statement", nothing, [](Request& r) { r.clear_statement(); }},
      {"statement", nothing, [](Request& r) { r.set_statement("\xff"); }},
      {"statement", nothing,
       [](Request& r) { r.mutable_statement()->append(kStatementBytesMax, 'x'); }},
      {"signature", nothing, [](Request& r) { r.clear_signature(); }},
      {"", nothing, [](Request& r) { r.set_signature(std::string(1024, 's')); }},
      {"signature", nothing, [](Request& r) { r.set_signature(std::string(1025, 's')); }},
      {"certificates", nothing, [](Request& r) { r.clear_certificates(); }},
      {"certificates", nothing,
       [](Request& r) {
         for (int i = 0; i < 4; ++i) r.add_certificates(std::string(size_t{16} << 10, 'c'));
       }},
  };
  for (const auto& row : rows) {
    Statement statement;
    statement.set_order_id("o-1");
    statement.set_vendor_id("sakura");
    *statement.mutable_delete_time() =
        google::protobuf::util::TimeUtil::SecondsToTimestamp(1767225600);
    row.change(statement);
    Request request;
    request.set_statement(statement.SerializeAsString());
    request.set_signature("s");
    request.add_certificates("c");
    if (row.damage) row.damage(request);
    const auto read = ReadStatement("sakura", request);
    if (*row.problem == '\0') {
      EXPECT_OK(read);
      continue;
    }
    EXPECT_THAT(read, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
    EXPECT_NE(ErrorMetadata(read.status(), "field").find(row.problem), std::string::npos)
        << row.problem;
  }
}

}  // namespace
}  // namespace switchboard::deletions
