// Every method × every kind of peer, over real TLS.

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"
#include "tests/engine.h"

namespace switchboard::edge_test {
namespace {

// A request that is good in form and asks for nothing that is there.
std::string RequestFor(const std::string& method) {
  if (method == "CoreService/ImportAccounts") return BatchOf("matrix", {});
  if (method == "VendorService/Sync") {
    v1::SyncRequest request;
    request.mutable_open();
    return request.SerializeAsString();
  }
  if (method == "VendorService/RequestPermit") {
    v1::RequestPermitRequest request;
    request.set_request_id("r");
    request.set_assignment_id("a");
    request.set_contact_point_id("c");
    return request.SerializeAsString();
  }
  if (method == "VendorService/ObjectToRecall") {
    v1::ObjectToRecallRequest request;
    request.set_assignment_id("a");
    request.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
    return request.SerializeAsString();
  }
  return "";
}

// "OK", a reason of ours, or "-" for a connection that TLS refused, always with the code that goes
// with it.
std::string Answer(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) {
  RawCall call(channel, "/switchboard.v1." + method);
  const bool stream = method == "VendorService/Sync";
  if (call.Write(RequestFor(method)) && !stream) call.HalfClose();
  const bool answered = call.Read().has_value();
  if (answered && stream) return "OK";
  const absl::Status status = call.Finish();
  if (status.ok()) return answered ? "OK" : "OK without an answer";
  const std::string reason = ErrorReason(status);
  if (absl::IsUnavailable(status) && reason.empty()) return "-";
  if (absl::IsUnimplemented(status)) return "UNIMPLEMENTED";
  const absl::StatusCode wanted =
      reason == "PERMIT_UNKNOWN" || reason == "ASSIGNMENT_UNKNOWN" || reason == "BACKUP_UNKNOWN"
          ? absl::StatusCode::kNotFound
      : reason == "NO_BACKUP_FOLDER" || reason == "BACKUP_ELSEWHERE"
          ? absl::StatusCode::kFailedPrecondition
      : reason == "FIELD_INVALID" || reason == "YAML_INVALID" || reason == "PLAN_INVALID" ||
              reason == "CONTRACT_INVALID"
          ? absl::StatusCode::kInvalidArgument
          : absl::StatusCode::kPermissionDenied;
  return status.code() == wanted ? reason : status.ToString();
}

TEST(AuthorizationMatrix, EveryMethodForEveryKindOfPeer) {
  EdgeHub hub;
  identity::Issuer& issuer = hub.issuer();
  const std::string domain = std::string("spiffe://") + identity::kDomain;
  issuer.Write(hub.Folder("hub-id"), issuer.Client(domain + "/hub/two"));
  issuer.Write(hub.Folder("no-spiffe"), issuer.Client(""));
  SystemClock clock;
  identity::Issuer other(clock);
  other.Write(hub.Folder("other-ca"), other.Client(domain + "/operator/ito"), issuer.roots());
  grpc::SslCredentialsOptions none;
  none.pem_root_certs = issuer.roots();

  // Peers in the order of the columns. The hub's own certificate is for servers only, so TLS
  // refuses it; "hub-id" is one that names a hub and is good for clients.
  const std::vector<std::function<std::shared_ptr<grpc::Channel>()>> peers = {
      [&] { return hub.Connect(kCore); },
      [&] { return hub.Connect(kVendor); },
      [&] { return hub.Connect(kNoContract); },
      [&] { return hub.Connect(kOperator); },
      [&] { return hub.Connect("hub-id"); },
      [&] { return hub.Connect("hub"); },
      [&] { return hub.Connect("no-spiffe"); },
      [&] { return hub.Connect("other-ca"); },
      [&] { return hub.Connect(grpc::SslCredentials(none)); },
      [&] { return hub.Connect(grpc::InsecureChannelCredentials()); },
  };
  struct Row {
    const char* method;
    const char* core;
    const char* vendor;
    const char* no_contract;
    const char* an_operator;
    const char* hub_id;
  };
  // Every column after these five is "-": TLS refuses the connection.
  const Row kRows[] = {
      {"CoreService/ImportAccounts", "OK", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE"},
      {"CoreService/PostEvents", "OK", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE"},
      {"CoreService/ReadOutcomes", "OK", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE", "NOT_A_CORE"},
      {"VendorService/Sync", "NOT_A_VENDOR", "OK", "NO_CONTRACT", "NOT_A_VENDOR", "NOT_A_VENDOR"},
      {"VendorService/ReportOutcomes", "NOT_A_VENDOR", "OK", "NO_CONTRACT", "NOT_A_VENDOR",
       "NOT_A_VENDOR"},
      {"VendorService/RequestPermit", "NOT_A_VENDOR", "OK", "NO_CONTRACT", "NOT_A_VENDOR",
       "NOT_A_VENDOR"},
      {"VendorService/ReleasePermit", "NOT_A_VENDOR", "PERMIT_UNKNOWN", "NO_CONTRACT",
       "NOT_A_VENDOR", "NOT_A_VENDOR"},
      {"VendorService/ObjectToRecall", "NOT_A_VENDOR", "ASSIGNMENT_UNKNOWN", "NO_CONTRACT",
       "NOT_A_VENDOR", "NOT_A_VENDOR"},
      {"OperatorService/ListVendors", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "OK",
       "NOT_AN_OPERATOR"},
      {"OperatorService/ApplyContract", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "YAML_INVALID", "NOT_AN_OPERATOR"},
      {"OperatorService/ApplyRoutingPlan", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "PLAN_INVALID", "NOT_AN_OPERATOR"},
      {"OperatorService/PreviewRouting", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "OK", "NOT_AN_OPERATOR"},
      {"OperatorService/RecallAssignments", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "FIELD_INVALID", "NOT_AN_OPERATOR"},
      {"OperatorService/DecideRecall", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "FIELD_INVALID", "NOT_AN_OPERATOR"},
      {"OperatorService/SetStop", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "FIELD_INVALID", "NOT_AN_OPERATOR"},
      {"OperatorService/ListPlacements", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "OK", "NOT_AN_OPERATOR"},
      {"OperatorService/ListDisclosures", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "OK", "NOT_AN_OPERATOR"},
      {"OperatorService/ListQuarantine", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "OK", "NOT_AN_OPERATOR"},
      {"OperatorService/ReadAudit", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "OK",
       "NOT_AN_OPERATOR"},
      {"OperatorService/StartBackup", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       testing::OnPostgres() ? "BACKUP_ELSEWHERE" : "NO_BACKUP_FOLDER", "NOT_AN_OPERATOR"},
      {"OperatorService/GetBackup", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR", "NOT_AN_OPERATOR",
       "BACKUP_UNKNOWN", "NOT_AN_OPERATOR"},
      {"OperatorService/NoSuchMethod", "UNIMPLEMENTED", "UNIMPLEMENTED", "UNIMPLEMENTED",
       "UNIMPLEMENTED", "UNIMPLEMENTED"},
  };
  std::set<std::string> methods;
  for (const Row& row : kRows) {
    const std::string method = row.method;
    methods.insert(method);
    const std::string expected[] = {
        row.core, row.vendor, row.no_contract, row.an_operator, row.hub_id, "-", "-", "-",
        "-",      "-"};
    for (size_t i = 0; i < peers.size(); ++i) {
      EXPECT_EQ(Answer(peers[i](), method), expected[i]) << method << " by peer " << i;
    }
  }
  // No method is left out.
  for (const auto* file :
       {v1::ImportAccountsRequest::descriptor()->file(), v1::SyncRequest::descriptor()->file(),
        v1::ListVendorsRequest::descriptor()->file()}) {
    for (int m = 0; m < file->service(0)->method_count(); ++m) {
      const std::string method =
          absl::StrCat(file->service(0)->name(), "/", file->service(0)->method(m)->name());
      EXPECT_EQ(methods.count(method), 1u) << method;
    }
  }
  EXPECT_EQ(hub.Metric("switchboard_rpcs_total{code=\"PERMISSION_DENIED\",method=\"/switchboard.v1."
                       "OperatorService/SetStop\"}"),
            4);
}

}  // namespace
}  // namespace switchboard::edge_test
