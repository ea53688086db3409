// Certificates that end, or whose authority is taken out of ca.crt, while a connection is open: TLS
// asked when it opened, and everything that follows asks again.

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"

namespace switchboard::edge_test {
namespace {

using adapters::CallCode;
using testing::FailsWith;

constexpr char kSync[] = "/switchboard.v1.VendorService/Sync";
constexpr char kReleasePermit[] = "/switchboard.v1.VendorService/ReleasePermit";
constexpr char kReportOutcomes[] = "/switchboard.v1.VendorService/ReportOutcomes";
constexpr char kImport[] = "/switchboard.v1.CoreService/ImportAccounts";
constexpr char kReadCoreFeed[] = "/switchboard.v1.CoreService/ReadCoreFeed";
constexpr char kListVendors[] = "/switchboard.v1.OperatorService/ListVendors";
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

class Certificates : public ::testing::Test {
 protected:
  // From now on new connections of that peer have a certificate that outlasts the test.
  void Renew(const std::string& peer) {
    std::string path = peer;
    path.replace(path.find('-'), 1, "/");
    identity::LeafRequest request =
        hub_.issuer().Client(absl::StrCat("spiffe://", identity::kDomain, "/", path));
    request.not_after += absl::Hours(100);
    hub_.issuer().Write(hub_.Folder(peer), request);
  }

  // Beyond the end of every certificate that was not renewed.
  void LetCertificatesEnd() { hub_.clock().Shift(absl::Hours(11)); }

  static v1::SyncRequest Open() {
    v1::SyncRequest request;
    request.mutable_open();
    return request;
  }

  // Reads on to a batch with something in it.
  static v1::SyncResponse::Batch NextChanges(RawCall& sync) {
    while (auto response = sync.ReadAs<v1::SyncResponse>()) {
      if (response->batch().changes_size() > 0) return response->batch();
    }
    ADD_FAILURE() << sync.Finish();
    return {};
  }

  absl::Status Report(const std::string& assignment_id, const std::string& outcome_id) {
    v1::Outcome outcome;
    outcome.set_outcome_id(outcome_id);
    outcome.set_version(1);
    outcome.set_assignment_id(assignment_id);
    *outcome.mutable_result() = ResultOf(CallCode::kNoContact);
    outcome.mutable_start_time()->set_seconds(1767225600);
    outcome.mutable_end_time()->set_seconds(1767225600);
    return Ask(hub_.Connect(kVendor), kReportOutcomes, ItemsOf({outcome.SerializeAsString()}))
        .status();
  }

  EdgeHub hub_;
};

TEST_F(Certificates, NoCallAfterItsEndOverAnOldConnection) {
  const std::pair<const char*, const char*> calls[] = {
      {kCore, kReadCoreFeed}, {kVendor, kReleasePermit}, {kOperator, kListVendors}};
  for (const auto& [peer, method] : calls) {
    const auto channel = hub_.Connect(peer);
    const absl::Status before = Ask(channel, method, "").status();
    EXPECT_FALSE(absl::IsUnauthenticated(before)) << method << before;
    LetCertificatesEnd();
    EXPECT_THAT(Ask(channel, method, "").status(),
                FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"))
        << method;
    hub_.clock().Shift(-absl::Hours(11));
  }
}

TEST_F(Certificates, NothingIsShownOnAnOldStream) {
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(Open()));
  hub_.Import(1, 1);
  NextChanges(sync);
  Renew(kCore);
  LetCertificatesEnd();
  hub_.Import(2, 1);
  while (const auto response = sync.ReadAs<v1::SyncResponse>())
    EXPECT_EQ(response->batch().changes_size(), 0);
  EXPECT_THAT(sync.Finish(), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
  // With a renewed one it goes on where it was.
  Renew(kVendor);
  RawCall again(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(again.Write(Open()));
  EXPECT_EQ(NextChanges(again).changes_size(), 2);
}

TEST_F(Certificates, NothingIsTakenOnAnOldStream) {
  hub_.Import(1, 1);
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(Open()));
  v1::SyncRequest ack;
  *ack.mutable_ack()->mutable_cursor() = NextChanges(sync).through();
  LetCertificatesEnd();
  sync.Write(ack);
  EXPECT_THAT(sync.Finish(), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
}

TEST_F(Certificates, NoBatchIsTakenOnAnOldImport) {
  RawCall call(hub_.Connect(kCore), kImport);
  ASSERT_TRUE(call.Write(BatchOf("nightly", {Record(1).SerializeAsString()})));
  ASSERT_TRUE(call.Read().has_value());
  LetCertificatesEnd();
  call.Write(BatchOf("nightly", {Record(2).SerializeAsString()}));
  EXPECT_THAT(call.Finish(), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
  Renew(kCore);
  hub_.Import(2, 1);  // not a repetition
}

TEST_F(Certificates, AnAnswerThatWaitedIsNotShown) {
  hub_.Import(1, 1);
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(Open()));
  const std::string id = NextChanges(sync).changes(0).assigned().assignment_id();
  ASSERT_OK(Report(id, "one"));
  RawCall poll(hub_.Connect(kCore), kReadCoreFeed);
  v1::ReadCoreFeedRequest request;
  request.set_after(1);
  request.mutable_max_wait()->set_seconds(60);
  ASSERT_TRUE(poll.Write(request));
  poll.HalfClose();
  // It confirms what it asks behind: so the hub has it.
  ASSERT_TRUE(hub_.MetricReaches(
      "switchboard_core_feed_confirmed{core=\"core/main\",reader=\"[unnamed]\"}", 1));
  Renew(kVendor);
  LetCertificatesEnd();
  ASSERT_OK(Report(id, "two"));
  EXPECT_FALSE(poll.Read().has_value());
  EXPECT_THAT(poll.Finish(), FailsWith(kUnauthenticated, "CERTIFICATE_EXPIRED"));
}

TEST_F(Certificates, NothingOnceTheAuthorityIsTakenOut) {
  SystemClock clock;
  const identity::Issuer other(clock);
  hub_.Import(1, 1);
  const auto operators = hub_.Connect(kOperator);
  RawCall sync(hub_.Connect(kVendor), kSync);
  ASSERT_TRUE(sync.Write(Open()));
  v1::SyncRequest ack;
  *ack.mutable_ack()->mutable_cursor() = NextChanges(sync).through();

  // A second authority takes nothing from the first.
  hub_.issuer().Write(hub_.Folder("hub"), hub_.issuer().Server(),
                      hub_.issuer().roots() + other.roots());
  ASSERT_OK(hub_.tls().Refresh());
  EXPECT_OK(Ask(operators, kListVendors, ""));
  ASSERT_TRUE(sync.Write(ack));
  EXPECT_OK(Ask(operators, kListVendors, ""));

  other.Write(hub_.Folder("hub"), other.Server());
  ASSERT_OK(hub_.tls().Refresh());
  EXPECT_THAT(Ask(operators, kListVendors, ""),
              FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
  sync.Write(ack);
  EXPECT_THAT(sync.Finish(), FailsWith(kUnauthenticated, "CERTIFICATE_NOT_TRUSTED"));
}

}  // namespace
}  // namespace switchboard::edge_test
