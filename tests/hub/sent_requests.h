#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/fake_stream.h"
#include "tests/hub/plan_fixture.h"

// Every method of a core's and of a vendor's: how a test calls it, and good requests of it.

namespace switchboard::testing {

// What became of a request.
struct Reply {
  bool refused = false;
  std::string field = {};  // for which, without places in lists
};

inline std::string WithoutPlaces(std::string_view field) {
  std::string plain;
  bool inside = false;
  for (const char c : field) {
    inside = c == '[' || (inside && c != ']');
    if (!inside && c != ']') plain += c;
  }
  return plain;
}

// "open.adapter: must not …"
inline Reply ReplyIn(const absl::Status& status) {
  const std::string message(status.message());
  return {!status.ok(), WithoutPlaces(message.substr(0, message.find(':')))};
}

template <typename Receipt>
Reply ReplyIn(bool taken, const Receipt& receipt) {
  return {!taken, WithoutPlaces(receipt.field())};
}

using Requests = std::vector<std::unique_ptr<google::protobuf::Message>>;

// A code map of sakura's that knows NA.
inline constexpr char kOneCode[] = R"(vendor_id: sakura
version: 1
title: A dialer
declared_codes: [NA]
meanings:
  - codes: [NA]
    result: {connection: RANG_OUT, reached: NOBODY, disposition: NONE}
)";

// Who works for sakura, and what it may see for a time.
inline constexpr char kKita[] =
    "sub_contractors: [{sub_contractor_id: kita, display_name: Kita, country: JP}]\n";
inline constexpr char kUnmask[] =
    "    unmask: [{data_class: BIRTH_DATE, show: CLEAR, second_person: NONE, per_account_day: "
    "100}]\n";

// A hub of which account A-1 of P-1 is at sakura, who may hand it over to fuji.
class SentRequests : public PlanTest {
 protected:
  SentRequests() {
    world_.ApplyContract({.vendor_id = "sakura",
                          .more = absl::StrCat(kAgents, "hand_over_to: [fuji]\n", kKita),
                          .work_terms = kUnmask,
                          .shown = {"AMOUNT", "DELINQUENCY"}});
    EXPECT_OK(world_.PutInForce(v1::TEXT_KIND_CODE_MAP, kOneCode));
    ServeCore();
    ServeContacts();
    ServeVendor();
    ServePrivacy();
    EXPECT_FALSE(methods_.at("ImportAccounts").send(*Good("ImportAccounts").front()).refused);
  }

  // How a method is called, and good requests of it: each kind once, with ids of their own.
  struct Method {
    std::function<void(Requests& requests)> good;
    std::function<Reply(const google::protobuf::Message& request)> send;
  };

  Requests Good(const std::string& method) {
    Requests good;
    methods_.at(method).good(good);
    return good;
  }
  v1::RequestPermitRequest GoodContact() {
    v1::RequestPermitRequest request;
    request.set_request_id(NewId("r"));
    request.set_assignment_id(id_);
    request.set_contact_point_id("lawyer-1");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    request.set_party(v1::PARTY_PROXY);
    request.set_party_id("p-1");
    return request;
  }

  std::map<std::string, Method> methods_;  // by name

 private:
  template <typename Request>
  static void Add(const Request& request, Requests& requests) {
    requests.push_back(std::make_unique<Request>(request));
  }
  // Another one in each request: "o-7".
  std::string NewId(std::string_view kind) {
    return absl::StrCat(std::string(kind), "-", ++ids_made_);
  }
  google::protobuf::Timestamp Moment() {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(Now()));
  }

  template <typename Request, typename Response, typename Call>
  void Serve(const std::string& name, std::function<void(Requests&)> good, Call call) {
    methods_[name] = {
        std::move(good), [this, call](const google::protobuf::Message& message) {
          const auto& request = static_cast<const Request&>(message);
          return ReplyIn(
              world_.Await<Response>([&](auto done) { call(request, std::move(done)); }).status());
        }};
  }

  v1::AccountRecord GoodRecord() {
    v1::AccountRecord record = InTokyo(MakeRecord(++records_made_));
    v1::Person& person = *record.mutable_person();
    *person.add_wishes() = GoodWish();
    *person.add_consents() = GoodConsent();
    *person.add_other_parties() = GoodParty("p-1", "lawyer-1");
    return record;
  }
  static v1::Wish GoodWish() {
    v1::Wish wish;
    wish.set_kind(v1::WISH_KIND_NO_CONTACT_POINT);
    wish.set_contact_point("mobile");
    return wish;
  }
  v1::Consent GoodConsent() {
    v1::Consent consent;
    consent.set_what(v1::CONSENT_KIND_CALL);
    *consent.mutable_given() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(begin_));
    consent.set_party_id("p-1");
    consent.set_contact_point("mobile");
    consent.set_collector("sakura");
    return consent;
  }
  static v1::OtherParty GoodParty(const std::string& party_id, const std::string& point_id) {
    v1::OtherParty party;
    party.set_party_id(party_id);
    party.set_party(v1::PARTY_PROXY);
    party.set_basis("a lawyer");
    v1::ContactPoint& point = *party.add_contact_points();
    point.set_contact_point_id(point_id);
    point.set_kind(v1::CONTACT_KIND_WORK_PHONE);
    point.set_phone("+81312349998");
    return party;
  }
  v1::CoreEvent SaidOf() {
    v1::CoreEvent event;
    event.set_event_id(NewId("e"));
    event.mutable_said()->set_person_id("P-1");
    return event;
  }

  std::vector<v1::CoreEvent> GoodEvents() {
    std::vector<v1::CoreEvent> events = {PointStop(NewId("e"), "P-1", "dead"),
                                         Lift(NewId("e"), "stop-1")};
    v1::CoreEvent& call = events.emplace_back();
    call.set_event_id(NewId("e"));
    v1::CoreEvent::MadeContact& made = *call.mutable_made_contact();
    made.set_account_id("A-1");
    *made.mutable_begin_time() = Moment();
    made.set_channel(v1::CHANNEL_PHONE);
    made.set_contact_point_id("lawyer-1");
    made.set_party(v1::PARTY_PROXY);
    made.set_party_id("p-1");
    made.set_result(v1::CONTACT_RESULT_CONVERSATION);
    *events.emplace_back(SaidOf()).mutable_said()->mutable_wish() = GoodWish();
    *events.emplace_back(SaidOf()).mutable_said()->mutable_wish_ended() = GoodWish();
    *events.emplace_back(SaidOf()).mutable_said()->mutable_consent() = GoodConsent();
    v1::Consent& withdrawn =
        *events.emplace_back(SaidOf()).mutable_said()->mutable_consent_withdrawn();
    withdrawn = GoodConsent();
    withdrawn.clear_given();
    *events.emplace_back(SaidOf()).mutable_said()->mutable_other_party() =
        GoodParty("p-2", "lawyer-2");
    events.emplace_back(SaidOf()).mutable_said()->set_party_ended("p-9");
    return events;
  }

  void ServeCore() {
    methods_["ImportAccounts"] = {
        [this](Requests& requests) {
          v1::ImportAccountsRequest request;
          request.set_source("nightly-file");
          *request.mutable_as_of_time() = Moment();
          *request.add_records() = GoodRecord();
          Add(request, requests);
        },
        [this](const google::protobuf::Message& request) {
          const auto answer = world_.ImportBytes(request.SerializeAsString());
          if (!answer.ok()) return ReplyIn(answer.status());
          if (answer->receipts().empty()) return Reply();
          const auto& receipt = answer->receipts(0);
          const bool taken = receipt.status() == v1::ImportAccountsResponse::STATUS_REPEATED ||
                             receipt.status() == v1::ImportAccountsResponse::STATUS_NOT_PLACED;
          return ReplyIn(taken, receipt);
        }};
    methods_["PostEvents"] = {
        [this](Requests& requests) {
          for (const v1::CoreEvent& event : GoodEvents()) {
            v1::PostEventsRequest request;
            *request.add_events() = event;
            Add(request, requests);
          }
        },
        [this](const google::protobuf::Message& request) {
          const auto answer = world_.Await<v1::PostEventsResponse>([&](auto done) {
            world_.hub().core_api().PostEvents(Core(), request.SerializeAsString(), done);
          });
          if (!answer.ok()) return ReplyIn(answer.status());
          const auto& receipt = answer->receipts(0);
          const bool taken = receipt.status() == v1::PostEventsResponse::STATUS_ACCEPTED ||
                             receipt.status() == v1::PostEventsResponse::STATUS_UNKNOWN_SUBJECT;
          return ReplyIn(taken, receipt);
        }};
    Serve<v1::ReadCoreFeedRequest, v1::ReadCoreFeedResponse>(
        "ReadCoreFeed",
        [](Requests& requests) {
          v1::ReadCoreFeedRequest request;
          request.set_reader("ledger");
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().core_api().ReadCoreFeed(Core(), request, std::move(done));
        });
  }

  void ServeContacts() {
    Serve<v1::RequestPermitRequest, v1::RequestPermitResponse>(
        "RequestPermit", [this](Requests& requests) { Add(GoodContact(), requests); },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().RequestPermit(VendorPeer("sakura"), request, std::move(done));
        });
    Serve<v1::PlanContactsRequest, v1::PlanContactsResponse>(
        "PlanContacts",
        [this](Requests& requests) {
          v1::PlanContactsRequest request;
          *request.mutable_contact() = GoodContact();
          request.set_attempts(2);
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().PlanContacts(VendorPeer("sakura"), request, std::move(done));
        });
    methods_["RequestPermits"] = {
        [this](Requests& requests) {
          v1::RequestPermitsRequest request;
          *request.mutable_request() = GoodContact();
          Add(request, requests);
        },
        [this](const google::protobuf::Message& request) {
          const auto stream =
              world_.hub().vendor_api().OpenPermits(VendorPeer("sakura"), /*outlet=*/nullptr);
          const auto answered = world_.Await<v1::RequestPermitsResponse>(
              [&](auto done) { stream->Take(request.SerializeAsString(), done); });
          if (!answered.ok()) return ReplyIn(answered.status());
          return ReplyIn(!answered->answer().has_problem(), answered->answer().problem());
        }};
    Serve<v1::ReleasePermitRequest, v1::ReleasePermitResponse>(
        "ReleasePermit",
        [](Requests& requests) {
          v1::ReleasePermitRequest request;
          request.set_permit_id("permit-1");
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().ReleasePermit(VendorPeer("sakura"), request, std::move(done));
        });
  }

  std::vector<v1::Outcome> GoodOutcomes() {
    v1::Outcome call = At(MakeOutcome(NewId("o"), id_, adapters::CallCode::kNoAnswer), Now());
    call.set_channel(v1::CHANNEL_PHONE);
    call.set_contact_point_id("lawyer-1");
    call.set_party(v1::PARTY_PROXY);
    call.set_party_id("p-1");
    call.set_agent_reference("desk/7");
    v1::Outcome promise = Planned(NewId("o"), id_, kThreeParts, Now());
    promise.mutable_promise()->set_script_id("parts-1");
    AddProof(*promise.mutable_promise()->mutable_plan(), "https://proofs.example/1");
    v1::Outcome sent = At(MakeOutcome(NewId("o"), id_, adapters::CallCode::kDelivered), Now());
    sent.set_channel(v1::CHANNEL_SMS);
    sent.mutable_message()->set_template_id("reminder-1");
    sent.mutable_message()->set_template_version(1);
    sent.mutable_message()->set_content_sha256(std::string(32, 's'));
    v1::Outcome recorded = At(MakeOutcome(NewId("o"), id_, adapters::CallCode::kRightParty), Now());
    v1::Recording& recording = *recorded.mutable_recording();
    recording.set_address("https://rec.sakura.example/o-1.wav");
    recording.set_sha256(std::string(32, 'r'));
    *recording.mutable_begin_time() = recorded.start_time();
    recording.mutable_length()->set_seconds(1);
    recording.set_retention_class("calls");
    v1::Outcome coded = At(MakeOutcome(NewId("o"), id_, adapters::CallCode::kNoAnswer), Now());
    coded.clear_result();
    coded.set_vendor_code("NA");
    return {call, promise, sent, recorded, coded};
  }

  void ServeVendor() {
    methods_["Sync"] = {[this](Requests& requests) {
                          v1::SyncRequest open = OpenRequest();
                          open.mutable_open()->set_adapter("planted/1");
                          Add(open, requests);
                          v1::SyncRequest ack;
                          ack.mutable_ack()->mutable_cursor();
                          ack.mutable_ack()->add_rejections()->set_assignment_id(id_);
                          Add(ack, requests);
                        },
                        [this](const google::protobuf::Message& request) {
                          return Sync(static_cast<const v1::SyncRequest&>(request));
                        }};
    methods_["ReportOutcomes"] = {
        [this](Requests& requests) {
          for (const v1::Outcome& outcome : GoodOutcomes()) {
            v1::ReportOutcomesRequest request;
            *request.add_outcomes() = outcome;
            Add(request, requests);
          }
        },
        [this](const google::protobuf::Message& request) {
          const auto answer = world_.Await<v1::ReportOutcomesResponse>([&](auto done) {
            world_.hub().vendor_api().ReportOutcomes(VendorPeer("sakura"),
                                                     request.SerializeAsString(), done);
          });
          if (!answer.ok()) return ReplyIn(answer.status());
          const auto& receipt = answer->receipts(0);
          return ReplyIn(receipt.status() == v1::ReportOutcomesResponse::STATUS_RECORDED, receipt);
        }};
    Serve<v1::ObjectToRecallRequest, v1::ObjectToRecallResponse>(
        "ObjectToRecall",
        [this](Requests& requests) {
          v1::ObjectToRecallRequest request;
          request.set_assignment_id(id_);
          request.set_reason(v1::ObjectToRecallRequest::REASON_PAYING);
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().ObjectToRecall(VendorPeer("sakura"), request, std::move(done));
        });
    Serve<v1::ListMissingRecordingsRequest, v1::ListMissingRecordingsResponse>(
        "ListMissingRecordings",
        [](Requests& requests) {
          v1::ListMissingRecordingsRequest request;
          request.set_after("o-1");
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().ListMissingRecordings(VendorPeer("sakura"), request,
                                                          std::move(done));
        });
    Serve<v1::HandOverRequest, v1::HandOverResponse>(
        "HandOver",
        [this](Requests& requests) {
          v1::HandOverRequest request;
          request.set_assignment_id(id_);
          request.set_to_vendor_id("fuji");
          request.set_reason(v1::HAND_OVER_REASON_LANGUAGE);
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().HandOver(VendorPeer("sakura"), request, std::move(done));
        });
  }

  void ServePrivacy() {
    Serve<v1::RequestUnmaskingRequest, v1::RequestUnmaskingResponse>(
        "RequestUnmasking",
        [this](Requests& requests) {
          v1::RequestUnmaskingRequest request;
          request.set_request_id(NewId("u"));
          request.set_assignment_id(id_);
          request.add_classes(v1::DATA_CLASS_BIRTH_DATE);
          request.set_reason(v1::UNMASKING_REASON_IDENTITY);
          request.set_agent_reference("desk/7");
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().RequestUnmasking(VendorPeer("sakura"), request,
                                                     std::move(done));
        });
    Serve<v1::ListDeletionOrdersRequest, v1::ListDeletionOrdersResponse>(
        "ListDeletionOrders",
        [](Requests& requests) {
          v1::ListDeletionOrdersRequest request;
          request.set_after("d-1");
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().ListDeletionOrders(VendorPeer("sakura"), request,
                                                       std::move(done));
        });
    Serve<v1::ConfirmDeletionRequest, v1::ConfirmDeletionResponse>(
        "ConfirmDeletion", [](Requests& requests) { Add(v1::ConfirmDeletionRequest(), requests); },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().ConfirmDeletion(VendorPeer("sakura"), request, std::move(done));
        });
    Serve<v1::PassOnRequest, v1::PassOnResponse>(
        "PassOn",
        [this](Requests& requests) {
          v1::PassOnRequest request;
          request.set_sub_contractor_id("kita");
          request.add_assignment_ids(id_);
          Add(request, requests);
        },
        [this](const auto& request, auto done) {
          world_.hub().vendor_api().PassOn(VendorPeer("sakura"), request, std::move(done));
        });
  }

  // Opens a stream with the message, or acknowledges on one that is open; an ack without a
  // generation is of the stream's own.
  Reply Sync(v1::SyncRequest request) {
    FakeOutlet outlet;
    const auto stream = world_.hub().vendor_api().OpenStream(VendorPeer("sakura"), &outlet);
    if (request.has_ack()) {
      stream->OnRequest(OpenRequest());
      world_.Settle();
      if (request.ack().cursor().generation().empty())
        *request.mutable_ack()->mutable_cursor() = outlet.Ack().ack().cursor();
    }
    stream->OnRequest(request);
    world_.Settle();
    stream->Detach();
    const std::vector<std::string> finished = outlet.finished();
    if (finished.empty()) return Reply();
    return {true, finished.front() == "FIELD_INVALID" ? "open.adapter" : finished.front()};
  }

  int ids_made_ = 0;
  int records_made_ = 100;
};

}  // namespace switchboard::testing
