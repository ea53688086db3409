// Numbers outside of what the protos allow are refused by name, never trimmed in silence.

#include <limits>

#include "switchboard/v1/operator_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using testing::FailsWith;

constexpr char kReadCoreFeed[] = "/switchboard.v1.CoreService/ReadCoreFeed";
constexpr int32_t kLeast = std::numeric_limits<int32_t>::min();
constexpr int32_t kMost = std::numeric_limits<int32_t>::max();

class Limits : public ::testing::Test {
 protected:
  template <typename Request>
  void ExpectRefused(const char* peer, const std::string& method, const Request& request,
                     const std::string& field) {
    const auto answer = Ask(hub_.Connect(peer), method, request.SerializeAsString());
    EXPECT_THAT(answer, FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << method << request.ShortDebugString();
    EXPECT_EQ(ErrorMetadata(answer.status(), "field"), field) << request.ShortDebugString();
  }

  // A page of at most 1,000; 0 means the default.
  template <typename Request>
  void ExpectPages(const std::string& method, void (Request::*set)(int32_t),
                   const std::string& field) {
    Request request;
    for (const int32_t max : {kLeast, -1, 1001, kMost}) {
      (request.*set)(max);
      ExpectRefused(kOperator, "/switchboard.v1.OperatorService/" + method, request, field);
    }
    for (const int32_t max : {0, 1, 1000}) {
      (request.*set)(max);
      EXPECT_OK(Ask(hub_.Connect(kOperator), "/switchboard.v1.OperatorService/" + method,
                    request.SerializeAsString()));
    }
  }

  EdgeHub hub_;
};

TEST_F(Limits, PagesOfListings) {
  ExpectPages<v1::ListPlacementsRequest>(
      "ListPlacements", &v1::ListPlacementsRequest::set_max_placements, "max_placements");
  ExpectPages<v1::ListDisclosuresRequest>(
      "ListDisclosures", &v1::ListDisclosuresRequest::set_max_disclosures, "max_disclosures");
  ExpectPages<v1::ListQuarantineRequest>("ListQuarantine",
                                         &v1::ListQuarantineRequest::set_max_items, "max_items");
  ExpectPages<v1::ReadAuditRequest>("ReadAudit", &v1::ReadAuditRequest::set_max_entries,
                                    "max_entries");
}

TEST_F(Limits, PagesOfTheCoreFeed) {
  for (const int32_t max : {kLeast, -1, 1001, kMost}) {
    v1::ReadCoreFeedRequest request;
    request.set_max_items(max);
    ExpectRefused(kCore, kReadCoreFeed, request, "max_items");
  }
  const std::pair<int64_t, int32_t> waits[] = {{-1, 0},
                                               {0, -1},
                                               {60, 1},
                                               {61, 0},
                                               {std::numeric_limits<int64_t>::max(), 0},
                                               {std::numeric_limits<int64_t>::min(), 0},
                                               {0, 1'000'000'000},
                                               {1, -1}};
  for (const auto& [seconds, nanos] : waits) {
    v1::ReadCoreFeedRequest request;
    request.mutable_max_wait()->set_seconds(seconds);
    request.mutable_max_wait()->set_nanos(nanos);
    ExpectRefused(kCore, kReadCoreFeed, request, "max_wait");
  }
  for (const std::string& reader : {std::string(33, 'a'), std::string("Reader"), std::string("a b"),
                                    std::string("a/b"), std::string("読")}) {
    v1::ReadCoreFeedRequest request;
    request.set_reader(reader);
    ExpectRefused(kCore, kReadCoreFeed, request, "reader");
  }
  v1::ReadCoreFeedRequest good;
  good.set_max_items(1000);
  good.set_reader(std::string(32, 'a'));
  EXPECT_OK(Ask(hub_.Connect(kCore), kReadCoreFeed, good.SerializeAsString()));
}

TEST_F(Limits, CursorsOfTheCoreFeedThatAreNone) {
  for (const int64_t after : {int64_t{-1}, int64_t{1}, std::numeric_limits<int64_t>::max()}) {
    v1::ReadCoreFeedRequest request;
    request.set_after(after);
    EXPECT_THAT(Ask(hub_.Connect(kCore), kReadCoreFeed, request.SerializeAsString()),
                FailsWith(absl::StatusCode::kInvalidArgument, "CURSOR_INVALID"));
  }
}

TEST_F(Limits, IdsOfARecallOrAReplay) {
  v1::RecallAssignmentsRequest recall;
  recall.set_reason(v1::RECALL_REASON_MOVED);
  ExpectRefused(kOperator, "/switchboard.v1.OperatorService/RecallAssignments", recall,
                "assignment_ids");
  for (int i = 0; i <= 10'000; ++i) recall.add_assignment_ids("a");
  ExpectRefused(kOperator, "/switchboard.v1.OperatorService/RecallAssignments", recall,
                "assignment_ids");
  v1::ReplayQuarantineRequest replay;
  ExpectRefused(kOperator, "/switchboard.v1.OperatorService/ReplayQuarantine", replay,
                "quarantine_ids");
  for (int i = 0; i <= 100; ++i) replay.add_quarantine_ids("q");
  ExpectRefused(kOperator, "/switchboard.v1.OperatorService/ReplayQuarantine", replay,
                "quarantine_ids");
}

}  // namespace
}  // namespace switchboard::edge_test
