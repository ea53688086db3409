// Every method × every kind of peer, over real TLS. Methods and refusals are read from the protos;
// what is written down here is what each method answers to the peer that may call it.

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "hub/api/methods.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "switchboard/v1/privacy_keys.pb.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/edge/edge_hub.h"
#include "tests/engine.h"

namespace switchboard::edge_test {
namespace {

using adapters::CallCode;
using google::protobuf::MethodDescriptor;

// Its messages stand in files of their own.
const google::protobuf::ServiceDescriptor& PrivacyService() {
  return *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "switchboard.v1.PrivacyService");
}

// A request that is good in form and asks for nothing that is there, and the answer to it.
struct Permitted {
  std::string request;
  std::string answer = "OK";
  std::string without_contract = "PERMISSION_DENIED NO_CONTRACT";  // of a vendor that has none
};

template <typename Request, typename Alter>
std::string With(const Alter& alter) {
  Request request;
  alter(request);
  return request.SerializeAsString();
}

std::map<std::string, Permitted> CorePermitted() {
  const std::string lift = With<v1::CoreEvent>([](auto& event) {
    event.set_event_id("e");
    event.mutable_lift_stop()->set_stop_event_id("none");
  });
  return {
      {"ImportAccounts", {BatchOf("matrix", {})}},
      {"PostEvents", {ItemsOf({lift})}},
      {"ReadCoreFeed", {""}},
  };
}

// Seeing more, and what becomes of data.
std::map<std::string, Permitted> VendorPrivacyPermitted() {
  return {
      {"RequestUnmasking",
       {With<v1::RequestUnmaskingRequest>([](auto& one) {
          one.set_request_id("r");
          one.set_assignment_id("a");
          one.add_classes(v1::DATA_CLASS_ADDRESS);
          one.set_reason(v1::UNMASKING_REASON_ADDRESS);
          one.set_agent_reference("desk/7");
        }),
        "NOT_FOUND ASSIGNMENT_UNKNOWN"}},
      {"ListDeletionOrders", {""}},
      {"ConfirmDeletion",
       {With<v1::ConfirmDeletionRequest>([](auto& one) { one.set_statement("\xff"); }),
        "INVALID_ARGUMENT FIELD_INVALID", "INVALID_ARGUMENT FIELD_INVALID"}},
      {"PassOn",
       {With<v1::PassOnRequest>([](auto& one) {
          one.set_sub_contractor_id("kita");
          one.add_assignment_ids("a");
        }),
        "PERMISSION_DENIED SUB_CONTRACTOR_NOT_REGISTERED"}},
  };
}

std::map<std::string, Permitted> VendorPermitted() {
  const std::string outcome = With<v1::Outcome>([](auto& one) {
    one.set_outcome_id("o");
    one.set_version(1);
    one.set_assignment_id("a");
    *one.mutable_result() = ResultOf(CallCode::kNoAnswer);
    one.mutable_start_time()->set_seconds(1767225600);
    one.mutable_end_time()->set_seconds(1767225660);
  });
  std::map<std::string, Permitted> permitted = {
      {"Sync", {With<v1::SyncRequest>([](auto& one) { one.mutable_open(); })}},
      {"ReportOutcomes", {ItemsOf({outcome})}},
      {"RequestPermit", {With<v1::RequestPermitRequest>([](auto& one) {
         one.set_request_id("r");
         one.set_assignment_id("a");
         one.set_contact_point_id("c");
         one.set_channel(v1::CHANNEL_PHONE);
         one.set_act(v1::ACT_REMIND);
       })}},
      {"RequestPermits", {With<v1::RequestPermitsRequest>([](auto& one) {
         one.mutable_request()->set_request_id("r");
         one.mutable_request()->set_assignment_id("a");
         one.mutable_request()->set_contact_point_id("c");
         one.mutable_request()->set_channel(v1::CHANNEL_PHONE);
         one.mutable_request()->set_act(v1::ACT_REMIND);
       })}},
      {"PlanContacts", {With<v1::PlanContactsRequest>([](auto& one) {
         one.mutable_contact()->set_request_id("plan");
         one.mutable_contact()->set_assignment_id("a");
         one.mutable_contact()->set_contact_point_id("c");
         one.mutable_contact()->set_channel(v1::CHANNEL_PHONE);
         one.mutable_contact()->set_act(v1::ACT_REMIND);
         one.set_attempts(1);
       })}},
      {"ReleasePermit",
       {With<v1::ReleasePermitRequest>([](auto& one) { one.set_permit_id("p"); }),
        "NOT_FOUND PERMIT_UNKNOWN"}},
      {"ObjectToRecall",
       {With<v1::ObjectToRecallRequest>([](auto& one) {
          one.set_assignment_id("a");
          one.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
        }),
        "NOT_FOUND ASSIGNMENT_UNKNOWN"}},
      {"HandOver",
       {With<v1::HandOverRequest>([](auto& one) {
          one.set_assignment_id("a");
          one.set_to_vendor_id("fuji");
          one.set_reason(v1::HAND_OVER_REASON_ESCALATED);
        }),
        "NOT_FOUND ASSIGNMENT_UNKNOWN"}},
      {"ListMissingRecordings", {""}},
  };
  permitted.merge(VendorPrivacyPermitted());
  return permitted;
}

// What people write: contracts, plans, packs, code maps, scripts.
std::map<std::string, Permitted> TextsPermitted() {
  return {
      {"ProposeText",
       {With<v1::ProposeTextRequest>([](auto& one) {
          one.set_kind(v1::TEXT_KIND_CONTRACT);
          one.set_yaml("vendor_id: x\n");
        }),
        "INVALID_ARGUMENT CONTRACT_INVALID"}},
      {"ReleaseText",
       {With<v1::ReleaseTextRequest>([](auto& one) {
          one.set_proposal_id("none");
          one.set_digest(std::string(32, 'd'));
        }),
        "NOT_FOUND PROPOSAL_UNKNOWN"}},
      {"DropProposal",
       {With<v1::DropProposalRequest>([](auto& one) { one.set_proposal_id("none"); }),
        "NOT_FOUND PROPOSAL_UNKNOWN"}},
      {"ListProposals", {""}},
      {"ListReleases",
       {With<v1::ListReleasesRequest>([](auto& one) { one.set_kind(v1::TEXT_KIND_SCRIPT); })}},
      {"ShowText",
       {With<v1::ShowTextRequest>([](auto& one) {
          one.set_kind(v1::TEXT_KIND_CONTRACT);
          one.set_text_id("nobody");
        }),
        "NOT_FOUND TEXT_UNKNOWN"}},
      {"PlanContract",
       {With<v1::PlanContractRequest>([](auto& one) { one.set_yaml("vendor_id: x\n"); }),
        "INVALID_ARGUMENT CONTRACT_INVALID"}},
      {"EndContract",
       {With<v1::EndContractRequest>([](auto& one) { one.set_vendor_id("nobody"); }),
        "NOT_FOUND VENDOR_UNKNOWN"}},
      {"ListRulePacks", {""}},
      {"ListCodeMaps", {""}},
      {"ListUnmappedCodes",
       {With<v1::ListUnmappedCodesRequest>([](auto& one) { one.set_vendor_id("nobody"); })}},
  };
}

std::map<std::string, Permitted> OperatorPermitted() {
  std::map<std::string, Permitted> permitted = {
      {"ListVendors", {""}},
      {"ExplainPermits",
       {With<v1::ExplainPermitsRequest>([](auto& one) { one.set_account_id("nothing"); }),
        "NOT_FOUND ACCOUNT_UNKNOWN"}},
      {"PreviewRules", {""}},
      {"ReplayRules", {"", "INVALID_ARGUMENT FIELD_INVALID"}},
      {"ReportPermits", {""}},
      {"PreviewRouting", {""}},
      {"RecallAssignments", {With<v1::RecallAssignmentsRequest>([](auto& one) {
         one.set_reason(v1::RECALL_REASON_MOVED);
         one.add_assignment_ids("a");
       })}},
      {"DecideRecall",
       {With<v1::DecideRecallRequest>([](auto& one) {
          one.set_assignment_id("a");
          one.set_decision(v1::DecideRecallRequest::DECISION_CANCEL);
        }),
        "NOT_FOUND ASSIGNMENT_UNKNOWN"}},
      {"SetStop",
       {With<v1::SetStopRequest>([](auto& one) { one.set_vendor_id("nobody"); }),
        "NOT_FOUND VENDOR_UNKNOWN"}},
      {"ListAuditHeads", {""}},
      {"ReadAuditTree", {""}},
      {"DigestRows",
       {With<v1::DigestRowsRequest>([](auto& one) { one.set_table("none"); }),
        "NOT_FOUND TABLE_UNKNOWN"}},
      {"ListCheckpoints", {""}},
      {"ProveAudit",
       {With<v1::ProveAuditRequest>([](auto& one) {
          one.mutable_event()->set_chain_id("nobody");
          one.mutable_event()->set_sequence(1);
        }),
        "NOT_FOUND CHAIN_UNKNOWN"}},
      {"ListPlacements", {""}},
      {"ListPromises",
       {With<v1::ListPromisesRequest>([](auto& one) { one.set_account_id("A-1"); })}},
      {"ListProposedPlans", {""}},
      {"DecidePlan",
       {With<v1::DecidePlanRequest>([](auto& one) {
          one.mutable_key()->set_account_id("A-1");
          one.mutable_key()->set_vendor_id("nobody");
          one.mutable_key()->set_outcome_id("o");
          one.set_outcome_version(1);
          one.set_verdict(v1::PlanDecision::VERDICT_APPROVED);
        }),
        "NOT_FOUND PLAN_UNKNOWN"}},
      {"FindMissingRecordings", {""}},
      {"CheckRecording",
       {With<v1::CheckRecordingRequest>([](auto& one) {
          one.set_vendor_id("nobody");
          one.set_outcome_id("o");
          one.set_sha256(std::string(32, 'x'));
        }),
        "NOT_FOUND RECORDING_UNKNOWN"}},
      {"ListDisclosures", {""}},
      {"ListQuarantine", {""}},
      {"VouchForQuarantine",
       {With<v1::VouchForQuarantineRequest>([](auto& one) { one.set_quarantine_id("q"); }),
        "NOT_FOUND ITEM_UNKNOWN"}},
      {"ReadQuarantine",
       {With<v1::ReadQuarantineRequest>([](auto& one) { one.set_quarantine_id("q"); }),
        "NOT_FOUND ITEM_UNKNOWN"}},
      {"ReplayQuarantine",
       {With<v1::ReplayQuarantineRequest>([](auto& one) { one.add_quarantine_ids("q"); })}},
      {"ListCores", {""}},
      {"RetireCore",
       {With<v1::RetireCoreRequest>([](auto& one) { one.set_core("core/nobody"); }),
        "NOT_FOUND CORE_UNKNOWN"}},
      {"ListConnections", {""}},
      {"CloseConnections",
       {With<v1::CloseConnectionsRequest>([](auto& one) { one.set_connection_id(1 << 30); }),
        "NOT_FOUND CONNECTION_UNKNOWN"}},
      {"ReadAudit", {""}},
      {"StartBackup",
       {"", testing::OnPostgres() ? "FAILED_PRECONDITION BACKUP_ELSEWHERE"
                                  : "FAILED_PRECONDITION NO_BACKUP_FOLDER"}},
      {"GetBackup", {"", "NOT_FOUND BACKUP_UNKNOWN"}},
  };
  permitted.merge(TextsPermitted());
  return permitted;
}

std::map<std::string, Permitted> PrivacyPermitted() {
  const std::string field_invalid = "INVALID_ARGUMENT FIELD_INVALID";
  return {
      {"ReadDisclosures",
       {With<v1::ReadDisclosuresRequest>([](auto& one) { one.set_account_id("nothing"); }),
        "NOT_FOUND ACCOUNT_UNKNOWN"}},
      {"FindUnmaskings", {""}},
      {"DecideUnmasking",
       {With<v1::DecideUnmaskingRequest>([](auto& one) { one.set_unmasking_id("u"); }),
        "NOT_FOUND UNMASKING_UNKNOWN"}},
      {"FindDeletionOrders", {""}},
      {"WaiveDeletionOrder",
       {With<v1::WaiveDeletionOrderRequest>([](auto& one) {
          one.set_order_id("d");
          one.set_reason("gone out of business");
        }),
        "NOT_FOUND DELETION_ORDER_UNKNOWN"}},
      {"ReportVendors", {""}},
      {"PlaceLegalHold", {"", field_invalid}},
      {"EndLegalHold",
       {With<v1::EndLegalHoldRequest>([](auto& one) { one.set_hold_id("h"); }),
        "NOT_FOUND LEGAL_HOLD_UNKNOWN"}},
      {"ListLegalHolds", {""}},
      {"ReportRetention", {""}},
      {"ResumeRetention", {""}},
      {"RetireVendor",
       {With<v1::RetireVendorRequest>([](auto& one) {
          one.set_vendor_id("nobody");
          one.set_reason("gone out of business");
        }),
        "NOT_FOUND VENDOR_UNKNOWN"}},
      {"FindPersons", {"", field_invalid}},
      {"OpenPersonRequest", {"", field_invalid}},
      {"DecidePersonRequest",
       {With<v1::DecidePersonRequestRequest>([](auto& one) { one.set_request_id("r"); }),
        "NOT_FOUND PERSON_REQUEST_UNKNOWN"}},
      {"ListPersonRequests", {""}},
      {"ReadPersonData",
       {With<v1::ReadPersonDataRequest>([](auto& one) { one.set_request_id("r"); }),
        "NOT_FOUND PERSON_REQUEST_UNKNOWN"}},
      {"ListKeys", {""}},
      {"RotateKeys", {"", field_invalid}},
  };
}

// "OK", "PERMISSION_DENIED NOT_A_CORE", or "refused" for a connection that TLS did not allow.
std::string Answer(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                   const std::string& request) {
  RawCall call(channel, method);
  if (call.Write(request)) call.HalfClose();
  const bool answered = call.Read().has_value();
  const absl::Status status = call.Finish();
  if (status.ok()) return answered ? "OK" : "OK without an answer";
  const std::string reason = ErrorReason(status);
  if (absl::IsUnavailable(status) && reason.empty()) return "refused";
  return absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason);
}

class AuthorizationMatrix : public ::testing::Test {
 protected:
  struct Column {
    std::string who;
    std::shared_ptr<grpc::Channel> channel;
    v1::MethodRule::Caller caller;  // unspecified for a peer that may call nothing
    bool has_contract = true;       // of a vendor
    std::string instead = {};       // what every method answers; empty: as the rules say
  };

  // The hub's own certificate is for servers only; "hub-id" names a hub and is good for clients.
  std::vector<Column> Columns() {
    identity::Issuer& issuer = hub_.issuer();
    const std::string domain = std::string("spiffe://") + identity::kDomain;
    issuer.Write(hub_.Folder("hub-id"), issuer.Client(domain + "/hub/two"));
    issuer.Write(hub_.Folder("no-spiffe"), issuer.Client(""));
    issuer.Write(hub_.Folder("other-domain"), issuer.Client("spiffe://other.example/operator/ito"));
    other_.Write(hub_.Folder("other-ca"), other_.Client(domain + "/operator/ito"), issuer.roots());
    grpc::SslCredentialsOptions none;
    none.pem_root_certs = issuer.roots();
    constexpr auto kNobody = v1::MethodRule::CALLER_UNSPECIFIED;
    const std::string nameless = "UNAUTHENTICATED NO_IDENTITY";
    return {
        {kCore, hub_.Connect(kCore), v1::MethodRule::CALLER_CORE},
        {kVendor, hub_.Connect(kVendor), v1::MethodRule::CALLER_VENDOR},
        {kNoContract, hub_.Connect(kNoContract), v1::MethodRule::CALLER_VENDOR, false},
        {kOperator, hub_.Connect(kOperator), v1::MethodRule::CALLER_OPERATOR},
        {"hub-id", hub_.Connect("hub-id"), kNobody},
        {"no-spiffe", hub_.Connect("no-spiffe"), kNobody, true, nameless},
        {"other-domain", hub_.Connect("other-domain"), kNobody, true, nameless},
        {"hub", hub_.Connect("hub"), kNobody, true, "refused"},
        {"other-ca", hub_.Connect("other-ca"), kNobody, true, "refused"},
        {"no certificate", hub_.Connect(grpc::SslCredentials(none)), kNobody, true, "refused"},
        {"no TLS", hub_.Connect(grpc::InsecureChannelCredentials()), kNobody, true, "refused"},
    };
  }

  static std::string Refusal(v1::MethodRule::Caller wanted) {
    switch (wanted) {
      case v1::MethodRule::CALLER_CORE:
        return "PERMISSION_DENIED NOT_A_CORE";
      case v1::MethodRule::CALLER_VENDOR:
        return "PERMISSION_DENIED NOT_A_VENDOR";
      case v1::MethodRule::CALLER_OPERATOR:
        return "PERMISSION_DENIED NOT_AN_OPERATOR";
      default:
        return "no rule";
    }
  }

  void ExpectService(const google::protobuf::ServiceDescriptor& service,
                     const std::vector<api::Method>& rows,
                     const std::map<std::string, Permitted>& permitted) {
    std::set<std::string> with_row;
    for (const auto& row : rows) EXPECT_TRUE(with_row.insert(row.name).second) << row.name;
    EXPECT_EQ(rows.size(), static_cast<size_t>(service.method_count()));
    EXPECT_EQ(permitted.size(), static_cast<size_t>(service.method_count()));
    for (int m = 0; m < service.method_count(); ++m) {
      const MethodDescriptor& method = *service.method(m);
      const std::string name = absl::StrCat("/", service.full_name(), "/", method.name());
      SCOPED_TRACE(name);
      EXPECT_EQ(with_row.count(name), 1u);
      const auto entry = permitted.find(method.name());
      if (entry == permitted.end()) {
        ADD_FAILURE() << "no entry says what its caller is answered";
        continue;
      }
      const auto& rule = method.options().GetExtension(v1::rule);
      EXPECT_NE(rule.effect(), v1::MethodRule::EFFECT_UNSPECIFIED);
      for (const Column& peer : columns_) {
        const bool may =
            peer.caller != v1::MethodRule::CALLER_UNSPECIFIED && peer.caller == rule.caller();
        EXPECT_EQ(Answer(peer.channel, name, entry->second.request),
                  !peer.instead.empty() ? peer.instead
                  : !may                ? Refusal(rule.caller())
                  : !peer.has_contract  ? entry->second.without_contract
                                        : entry->second.answer)
            << peer.who;
      }
    }
  }

  EdgeHub hub_;
  SystemClock clock_;
  identity::Issuer other_{clock_};
  const std::vector<Column> columns_ = Columns();
};

TEST_F(AuthorizationMatrix, EveryMethodForEveryKindOfPeer) {
  ExpectService(*v1::ReadCoreFeedRequest::descriptor()->file()->service(0),
                api::CoreMethods(hub_.hub().core_api()), CorePermitted());
  ExpectService(*v1::ReportOutcomesRequest::descriptor()->file()->service(0),
                api::VendorMethods(hub_.hub().vendor_api()), VendorPermitted());
  ExpectService(*v1::ListVendorsRequest::descriptor()->file()->service(0),
                api::OperatorMethods(hub_.hub().operator_api()), OperatorPermitted());
  ExpectService(PrivacyService(), api::PrivacyMethods(hub_.hub().privacy_api()),
                PrivacyPermitted());
  EXPECT_EQ(
      hub_.Metric("switchboard_rpcs_total{code=\"PERMISSION_DENIED\",method=\"/switchboard.v1."
                  "OperatorService/SetStop\"}"),
      4);
}

// A service that is added to a file would be served to nobody, and this test would not see it.
TEST_F(AuthorizationMatrix, EachFileHasOneService) {
  for (const auto* file : {v1::ReadCoreFeedRequest::descriptor()->file(),
                           v1::ReportOutcomesRequest::descriptor()->file(),
                           v1::ListVendorsRequest::descriptor()->file(), PrivacyService().file()}) {
    EXPECT_EQ(file->service_count(), 1) << file->name();
  }
}

TEST_F(AuthorizationMatrix, WhatIsNoMethodIsNobodys) {
  for (const Column& peer : columns_) {
    const std::string expected = peer.instead == "refused" ? "refused" : "UNIMPLEMENTED";
    for (const char* method :
         {"/switchboard.v1.OperatorService/NoSuchMethod", "/switchboard.v1.DeskService/Sync"}) {
      EXPECT_EQ(Answer(peer.channel, method, ""), expected) << peer.who << method;
    }
  }
}

// What is refused for its size or its form is so for every method, before its function is asked.
TEST_F(AuthorizationMatrix, EveryMethodRefusesWhatIsTooLargeOrNoMessage) {
  const std::pair<const char*, std::vector<api::Method>> services[] = {
      {kCore, api::CoreMethods(hub_.hub().core_api())},
      {kVendor, api::VendorMethods(hub_.hub().vendor_api())},
      {kOperator, api::OperatorMethods(hub_.hub().operator_api())},
      {kOperator, api::PrivacyMethods(hub_.hub().privacy_api())},
  };
  for (const auto& [peer, rows] : services) {
    const auto channel = hub_.Connect(peer);
    for (const api::Method& row : rows) {
      SCOPED_TRACE(row.name);
      EXPECT_EQ(Answer(channel, row.name, "\xff\xff\xff"), "INVALID_ARGUMENT MESSAGE_MALFORMED");
      const size_t limit = row.request_bytes_max();
      for (const size_t size : {limit + 1, size_t{5} << 20}) {
        EXPECT_EQ(Answer(channel, row.name, std::string(size, '\xff')),
                  "RESOURCE_EXHAUSTED REQUEST_TOO_LARGE");
      }
      EXPECT_EQ(Answer(channel, row.name, std::string(limit, '\xff')),
                "INVALID_ARGUMENT MESSAGE_MALFORMED");
    }
  }
}

}  // namespace
}  // namespace switchboard::edge_test
