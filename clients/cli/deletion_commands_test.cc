// Orders to delete: listing, verifying a vendor's word without the hub, waiving; the scorecard.

#include <fstream>
#include <sstream>
#include <string>

#include "clients/cli/scripted_calls.h"
#include "google/protobuf/util/time_util.h"
#include "hub/identity/development_certificates.h"
#include "hub/identity/statement_signature.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "tests/testing.h"

namespace switchboard::cli {
namespace {

using google::protobuf::util::TimeUtil;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class DeletionCommandsTest : public ::testing::Test {
 protected:
  // An order of two assignments, open and due on the second day of 2026.
  static v1::FindDeletionOrdersResponse::Line OrderOf(const std::string& order_id) {
    v1::FindDeletionOrdersResponse::Line line;
    line.set_vendor_id("sakura");
    v1::DeletionOrder& order = *line.mutable_deletion_order();
    order.set_order_id(order_id);
    order.set_cause(v1::DeletionOrder::CAUSE_RECALL);
    order.set_state(v1::DeletionOrder::STATE_OPEN);
    order.set_count(2);
    order.set_digest(std::string(32, 'd'));
    *order.mutable_open_time() = TimeUtil::SecondsToTimestamp(1767225600);
    *order.mutable_due_time() = TimeUtil::SecondsToTimestamp(1767225600 + 86400);
    return line;
  }

  // The same, with the word of its vendor that `count` were deleted.
  v1::FindDeletionOrdersResponse::Line ConfirmedOf(const std::string& order_id, int64_t count) {
    auto line = OrderOf(order_id);
    line.mutable_deletion_order()->set_state(v1::DeletionOrder::STATE_CONFIRMED);
    *line.mutable_confirm_time() = TimeUtil::SecondsToTimestamp(1767225600 + 3600);
    line.add_assignment_ids("a-1");
    line.add_assignment_ids("a-2");
    v1::DeletionStatement statement;
    statement.set_order_id(order_id);
    statement.set_vendor_id("sakura");
    statement.set_count(count);
    statement.set_digest(std::string(32, 'd'));
    *statement.mutable_delete_time() = TimeUtil::SecondsToTimestamp(1767225600 + 1800);
    statement.add_sub_contractor_ids("kita");
    const auto made = Sign(statement.SerializeAsString());
    auto& confirmation = *line.mutable_confirmation();
    confirmation.set_statement(made.statement);
    confirmation.set_signature(made.signature);
    for (const std::string& one : made.certificates) confirmation.add_certificates(one);
    return line;
  }

  identity::SignedStatement Sign(const std::string& statement) {
    identity::DevelopmentOptions options;
    options.directory = folder_ / "tls";
    options.trust_domain = "issuer.example";
    options.force = true;
    options.peers.push_back({{identity::Peer::Role::kVendor, "sakura"}, {}});
    EXPECT_OK(identity::MakeDevelopmentCertificates(options, clock_));
    const auto chain = identity::ParseCertificates(TextOf(folder_ / "tls/vendor-sakura/tls.crt"));
    const auto key = identity::ParseKey(TextOf(folder_ / "tls/vendor-sakura/tls.key"));
    EXPECT_OK(chain);
    EXPECT_OK(key);
    auto made = identity::SignStatement(statement, key->get(), *chain);
    EXPECT_OK(made);
    return *std::move(made);
  }

  Ran Show(const v1::FindDeletionOrdersResponse::Line& line) {
    *script_.Answer<v1::FindDeletionOrdersResponse>().add_lines() = line;
    return RunOnline({"deletion", "show", line.deletion_order().order_id()}, script_);
  }

  testing::TemporaryFolder folder_;
  ManualClock clock_;
  Script script_;
};

TEST_F(DeletionCommandsTest, ListGoesThroughAllPagesAndSaysWhatIsOverdue) {
  auto& first = script_.Answer<v1::FindDeletionOrdersResponse>();
  *first.add_lines() = OrderOf("o-1");
  first.mutable_lines(0)->set_overdue(true);
  *script_.Answer<v1::FindDeletionOrdersResponse>().add_lines() = ConfirmedOf("o-2", 2);
  const Ran ran = RunOnline({"deletion", "list", "--vendor", "sakura", "--open"}, script_);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("OPEN, overdue"), HasSubstr("RECALL"),
                             HasSubstr("CONFIRMED 2026-01-01 01:00:00"),
                             HasSubstr("2026-01-02 00:00:00"), HasSubstr("2 orders\n")));
  const auto last = script_.Asked<v1::FindDeletionOrdersRequest>();
  EXPECT_EQ(last.vendor_id(), "sakura");
  EXPECT_TRUE(last.open_only());
  EXPECT_FALSE(last.overdue_only());
  EXPECT_EQ(last.after(), "o-2");
}

TEST_F(DeletionCommandsTest, ShowVerifiesTheWordAndNamesWhoGaveIt) {
  const Ran ran = Show(ConfirmedOf("o-1", 2));
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("spiffe://issuer.example/vendor/sakura"),
                             HasSubstr("serial"), HasSubstr("kita"), HasSubstr("a-2"),
                             HasSubstr("its vendor's signature stands\n")));
  EXPECT_EQ(script_.Asked<v1::FindDeletionOrdersRequest>().order_id(), "o-1");
}

TEST_F(DeletionCommandsTest, ShowEndsWithOneWhereTheWordDoesNotStand) {
  auto altered = ConfirmedOf("o-1", 2);
  altered.mutable_confirmation()->mutable_statement()->back() ^= 1;
  const Ran forged = Show(altered);
  EXPECT_EQ(forged.code, kExitFailed);
  EXPECT_THAT(forged.out, HasSubstr("does NOT stand"));
  // Signed well, of something else.
  const Ran other = Show(ConfirmedOf("o-1", 3));
  EXPECT_EQ(other.code, kExitFailed);
  EXPECT_THAT(other.out, HasSubstr("about something else than the order"));
}

TEST_F(DeletionCommandsTest, ShowOfAnOpenOneSaysThatNobodyConfirmedIt) {
  const Ran ran = Show(OrderOf("o-1"));
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("OPEN"), HasSubstr("nobody has confirmed it"),
                             Not(HasSubstr("serial"))));
}

TEST_F(DeletionCommandsTest, WaiveSendsTheReason) {
  const Ran ran =
      RunOnline({"deletion", "waive", "o-1", "--reason", "the company was dissolved"}, script_);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("order o-1 is waived"));
  const auto asked = script_.Asked<v1::WaiveDeletionOrderRequest>();
  EXPECT_EQ(asked.order_id(), "o-1");
  EXPECT_EQ(asked.reason(), "the company was dissolved");
}

TEST_F(DeletionCommandsTest, ScorecardHasARowForEachVendor) {
  auto& response = script_.Answer<v1::ReportVendorsResponse>();
  auto& score = *response.add_scores();
  score.set_vendor_id("sakura");
  score.set_deletions_due(12'345);
  score.set_deletions_overdue(2);
  score.set_foreign_sub_contractors(7);
  response.add_scores()->set_vendor_id("jade");
  const Ran ran = RunOnline({"vendor", "scorecard", "--from", "2026-11-01", "--through",
                             "2026-11-30", "--vendor", "sakura"},
                            script_);
  EXPECT_EQ(ran.code, kExitOk) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("12,345"), HasSubstr("jade"),
                             HasSubstr("2 vendors, 2 orders to delete overdue\n")));
  const auto asked = script_.Asked<v1::ReportVendorsRequest>();
  EXPECT_EQ(asked.vendor_id(), "sakura");
  EXPECT_EQ(asked.from_day().day(), 1);
  EXPECT_EQ(asked.through_day().day(), 30);
}

}  // namespace
}  // namespace switchboard::cli
