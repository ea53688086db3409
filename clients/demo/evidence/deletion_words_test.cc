#include "clients/demo/evidence/deletion_words.h"

#include "clients/demo/evidence/small_run.h"
#include "hub/base/digest.h"
#include "hub/identity/certificate.h"
#include "hub/identity/statement_signature.h"

namespace switchboard::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Line = v1::FindDeletionOrdersResponse::Line;

class DeletionWordsTest : public ::testing::Test {
 protected:
  // An order to sakura about two assignments, confirmed by who has `peer`'s certificate.
  Line Confirmed(const std::string& peer) {
    Line line;
    line.set_vendor_id("sakura");
    line.add_assignment_ids("as-1");
    line.add_assignment_ids("as-2");
    v1::DeletionOrder& order = *line.mutable_deletion_order();
    order.set_order_id("order-1");
    order.set_state(v1::DeletionOrder::STATE_CONFIRMED);
    order.set_count(2);
    order.set_digest(Sha256Of("as-1\nas-2\n"));
    v1::DeletionStatement statement;
    statement.set_order_id("order-1");
    statement.set_vendor_id("sakura");
    statement.set_count(2);
    statement.set_digest(order.digest());
    Sign(peer, statement.SerializeAsString(), line.mutable_confirmation());
    return line;
  }

  void Sign(const std::string& peer, const std::string& statement,
            v1::ConfirmDeletionRequest* word) {
    ASSERT_OK(folder_.status());
    const std::string tls = folder_->TlsOf(peer);
    ASSERT_OK_AND_ASSIGN(const auto chain,
                         identity::ParseCertificates(testing::ReadFile(tls + "/tls.crt")));
    ASSERT_OK_AND_ASSIGN(const auto key, identity::ParseKey(testing::ReadFile(tls + "/tls.key")));
    ASSERT_OK_AND_ASSIGN(const auto made, identity::SignStatement(statement, key.get(), chain));
    word->set_statement(made.statement);
    word->set_signature(made.signature);
    for (const std::string& one : made.certificates) word->add_certificates(one);
  }

  SystemClock clock_;
  absl::StatusOr<WorkFolder> folder_ = WorkFolder::Make("", "clients/demo", clock_);
};

TEST_F(DeletionWordsTest, StandWhereTheVendorSignedWhatTheOrderIsAbout) {
  const DeletionWord word = ReadWord(Confirmed("vendor-sakura"));
  EXPECT_EQ(word.problem, "");
  EXPECT_THAT(word.signed_by, HasSubstr("/vendor/sakura"));
  EXPECT_NE(word.serial, "");
}

TEST_F(DeletionWordsTest, DoNotStandUnderAnothersNameOrAboutSomethingElse) {
  EXPECT_EQ(ReadWord(Confirmed("vendor-jade")).problem, "another than the vendor signed it");
  Line line = Confirmed("vendor-sakura");
  line.add_assignment_ids("as-3");
  EXPECT_EQ(ReadWord(line).problem, "the statement is about something else than the order");
  line = Confirmed("vendor-sakura");
  line.mutable_confirmation()->set_signature("a signature");
  EXPECT_NE(ReadWord(line).problem, "");
}

TEST_F(DeletionWordsTest, AreCountedAndOneIsShown) {
  Evidence evidence;
  evidence.deletion_orders = {Confirmed("vendor-sakura"), Confirmed("vendor-sakura"),
                              Confirmed("vendor-sakura")};
  evidence.deletion_orders[1].mutable_deletion_order()->set_state(v1::DeletionOrder::STATE_OPEN);
  RunResult result;
  result.vendors.resize(1);
  result.vendors[0].vendor_id = "sakura";
  CountDeletions(evidence, &result);
  const DeletionCounts& counts = result.vendors[0].deletions;
  EXPECT_EQ(counts.orders, 3);
  EXPECT_EQ(counts.assignments, 6);
  EXPECT_EQ(counts.confirmed, 2);
  EXPECT_EQ(counts.open, 1);
  EXPECT_EQ(counts.verified, 2);
  ASSERT_TRUE(result.deletion.has_value());
  EXPECT_EQ(result.deletion->order_id, "order-1");
  EXPECT_EQ(result.deletion->problem, "");
  EXPECT_THAT(DeletionMistakes(evidence), IsEmpty());
}

TEST_F(DeletionWordsTest, MistakesAreNamed) {
  Evidence evidence;
  EXPECT_THAT(DeletionMistakes(evidence), IsEmpty());
  evidence.deletion_orders = {Confirmed("vendor-jade")};
  evidence.deletion_orders[0].mutable_deletion_order()->set_state(
      v1::DeletionOrder::STATE_CONFIRMED_LATE);
  EXPECT_THAT(DeletionMistakes(evidence), ElementsAre(HasSubstr("not confirmed in time"),
                                                      HasSubstr("another than the vendor")));
  evidence.deletion_orders[0].mutable_deletion_order()->set_state(v1::DeletionOrder::STATE_OPEN);
  EXPECT_THAT(DeletionMistakes(evidence), ElementsAre("no vendor has confirmed any"));
}

}  // namespace
}  // namespace switchboard::demo
