// A person whose work was recalled cannot be looked up by any method that vendors have, from the
// moment on at which that is final.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <variant>

#include "hub/api/methods.h"
#include "tests/hub/deletion_fixture.h"
#include "tests/hub/fake_stream.h"

namespace switchboard {
namespace {

using testing::IsOk;
using testing::VendorPeer;

v1::RequestPermitRequest PermitFor(const std::string& assignment_id) {
  v1::RequestPermitRequest request;
  request.set_request_id("r-1");
  request.set_assignment_id(assignment_id);
  request.set_contact_point_id("mobile");
  request.set_channel(v1::CHANNEL_PHONE);
  request.set_act(v1::ACT_REMIND);
  return request;
}

// What a method is asked about an assignment; of those that can be asked about none: nothing.
using Asks = std::map<std::string, std::function<std::string(const std::string& assignment_id)>>;

Asks EveryMethod() {
  return {
      {"RequestPermit", [](const auto& id) { return PermitFor(id).SerializeAsString(); }},
      {"RequestPermits", [](const auto& id) { return PermitFor(id).SerializeAsString(); }},
      {"PlanContacts",
       [](const auto& id) {
         v1::PlanContactsRequest request;
         *request.mutable_contact() = PermitFor(id);
         request.set_attempts(1);
         return request.SerializeAsString();
       }},
      {"ObjectToRecall",
       [](const auto& id) {
         v1::ObjectToRecallRequest request;
         request.set_assignment_id(id);
         request.set_reason(v1::ObjectToRecallRequest::REASON_PROMISE);
         return request.SerializeAsString();
       }},
      {"HandOver",
       [](const auto& id) {
         v1::HandOverRequest request;
         request.set_assignment_id(id);
         request.set_to_vendor_id("jade");
         request.set_reason(v1::HAND_OVER_REASON_LANGUAGE);
         return request.SerializeAsString();
       }},
      {"RequestUnmasking",
       [](const auto& id) {
         v1::RequestUnmaskingRequest request;
         request.set_request_id("u-1");
         request.set_assignment_id(id);
         request.add_classes(v1::DATA_CLASS_ADDRESS);
         request.set_reason(v1::UNMASKING_REASON_IDENTITY);
         request.set_agent_reference("agent-7");
         return request.SerializeAsString();
       }},
      {"PassOn",
       [](const auto& id) {
         v1::PassOnRequest request;
         request.set_sub_contractor_id("kita");
         request.add_assignment_ids(id);
         return request.SerializeAsString();
       }},
      {"Sync", {}},  // see below
      // Answers in which nothing personal fits (masking/silent_messages.h), about what was.
      {"ReportOutcomes", {}},
      {"ReleasePermit", {}},
      {"ListMissingRecordings", {}},
      {"ListDeletionOrders", {}},
      {"ConfirmDeletion", {}},
  };
}

// A dialer's end of a stream of permits.
class Dialer final : public api::PermitStream::Outlet {
 public:
  void Tell(masking::ToVendor<v1::RequestPermitsResponse>) override {}
  void End(const absl::Status&) override {}
};

class HubAfterTheEndTest : public testing::DeletionsTest {
 protected:
  // What a method answers, as one text: its bytes, or its error.
  std::string Answer(const api::Method& method, const std::string& request) {
    absl::StatusOr<std::string> answer = absl::InternalError("no method of this kind");
    if (const auto* unary = std::get_if<api::Method::Unary>(&method.serve)) {
      answer = world_.Await<std::string>(
          [&](auto done) { (*unary)(VendorPeer("sakura"), request, done); });
    } else if (const auto* open = std::get_if<api::Method::Permits>(&method.serve)) {
      Dialer dialer;
      const auto stream = (*open)(VendorPeer("sakura"), &dialer);
      v1::RequestPermitsRequest message;
      EXPECT_TRUE(message.mutable_request()->ParseFromString(request));
      const auto response = world_.Await<v1::RequestPermitsResponse>(
          [&](auto done) { stream->Take(message.SerializeAsString(), done); });
      stream->Detach();
      if (response.ok())
        answer = response->answer().denial().SerializeAsString();
      else
        answer = response.status();
    }
    return answer.ok() ? *answer : answer.status().ToString();
  }
};

TEST_F(HubAfterTheEndTest, EveryMethodAnswersAsOfWorkThatThereNeverWas) {
  const std::string id = Place("A-1", "P-1");
  int places = 1;
  const auto methods = api::VendorMethods(world_.hub().vendor_api());
  const Asks asks = EveryMethod();
  std::map<std::string, std::string> live;
  for (const api::Method& method : methods) {
    const std::string& name = method.descriptor->name();
    const auto ask = asks.find(name);
    ASSERT_NE(ask, asks.end()) << name << " is not among the methods of this test";
    if (!ask->second) continue;
    const std::string number = std::to_string(++places);
    live[name] = Answer(method, ask->second(Place("A-" + number, "P-" + number)));
  }
  Recall(id);
  for (const api::Method& method : methods) {
    const std::string& name = method.descriptor->name();
    const auto& ask = asks.at(name);
    if (!ask) continue;
    const std::string ended = Answer(method, ask(id));
    EXPECT_EQ(ended, Answer(method, ask("01JZQ8M4V8Q2Y5T7W9Z1A3C5E7"))) << name;
    EXPECT_EQ(ended.find("8190"), std::string::npos) << name;
    EXPECT_NE(ended, live[name]) << name << " would have said something else of live work";
  }
  EXPECT_EQ(asks.size(), methods.size());
}

// Who begins anew is told of nobody whose work has ended.
TEST_F(HubAfterTheEndTest, AFeedThatBeginsAnewHasOnlyLiveWork) {
  const std::string ended = Place("A-1", "P-1");
  const std::string live = Place("A-2", "P-2");
  Recall(ended);
  testing::OpenStream stream(world_);
  EXPECT_EQ(stream.outlet.rows(), std::set<std::string>{live});
}

}  // namespace
}  // namespace switchboard
