#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "switchboard/v1/vendor_service.grpc.pb.h"
#include "tests/attacks/attack.h"
#include "tests/crash_campaign/quick_channel.h"

namespace switchboard::attacks {
namespace {

using Stub = v1::VendorService::Stub;
using SyncCall = grpc::ClientReaderWriter<v1::SyncRequest, v1::SyncResponse>;

constexpr int kDeadlineSeconds = 60;  // of a call, should the hub not end it

std::unique_ptr<Stub> Connect(const Attacker& attacker) {
  const auto channel = crash::QuickChannel(attacker.hub_address, attacker.tls, attacker.clock);
  return channel.ok() ? v1::VendorService::NewStub(*channel) : nullptr;
}

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(kDeadlineSeconds));
}

// One message, counted.
bool Write(SyncCall& call, const v1::SyncRequest& request, int64_t& sent) {
  sent += static_cast<int64_t>(request.ByteSizeLong());
  return call.Write(request);
}

// What the attacker has in hand after one batch of its feed; nothing where it has no contract.
struct InHand {
  v1::Cursor through;
  std::vector<std::string> assignments;
};
InHand OpenAndRead(SyncCall& call, int64_t& sent) {
  v1::SyncRequest open;
  open.mutable_open()->set_window(500);
  InHand hand;
  v1::SyncResponse response;
  if (!Write(call, open, sent)) return hand;
  while (call.Read(&response)) {
    if (!response.has_batch()) continue;
    hand.through = response.batch().through();
    for (const auto& change : response.batch().changes())
      if (change.has_assigned()) hand.assignments.push_back(change.assigned().assignment_id());
    break;
  }
  return hand;
}

InHand ReadOnce(Stub& stub, int64_t& sent) {
  grpc::ClientContext context;
  SetDeadline(context);
  const auto call = stub.Sync(&context);
  InHand hand = OpenAndRead(*call, sent);
  context.TryCancel();
  call->Finish();
  return hand;
}

// Of 0.9 MB each.
int64_t OutcomesThatAreRefused(const Attacker& attacker) {
  const auto stub = Connect(attacker);
  int64_t sent = 0;
  for (int number = 0; stub != nullptr && number < 100; ++number) {
    v1::ReportOutcomesRequest request;
    v1::Outcome& outcome = *request.add_outcomes();
    outcome.set_outcome_id(absl::StrCat("refused-", number));
    outcome.set_version(1);
    outcome.set_assignment_id("none");
    outcome.set_note(std::string(900'000, 'n'));
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ReportOutcomesResponse response;
    stub->ReportOutcomes(&context, request, &response);
    sent += static_cast<int64_t>(request.ByteSizeLong());
  }
  return sent;
}

int64_t PermitsGivenBack(const Attacker& attacker) {
  const auto stub = Connect(attacker);
  int64_t sent = 0;
  if (stub == nullptr) return sent;
  const InHand hand = ReadOnce(*stub, sent);
  for (size_t number = 0; number < 2'000 && !hand.assignments.empty(); ++number) {
    v1::RequestPermitRequest request;
    request.set_request_id(absl::StrCat("taken-", number));
    request.set_assignment_id(hand.assignments[number % hand.assignments.size()]);
    request.set_contact_point_id("mobile-1");
    request.set_channel(v1::CHANNEL_PHONE);
    request.set_act(v1::ACT_REMIND);
    grpc::ClientContext context;
    SetDeadline(context);
    v1::RequestPermitResponse response;
    stub->RequestPermit(&context, request, &response);
    sent += static_cast<int64_t>(request.ByteSizeLong());
    if (!response.has_permit()) continue;
    v1::ReleasePermitRequest release;
    release.set_permit_id(response.permit().permit_id());
    grpc::ClientContext released;
    SetDeadline(released);
    v1::ReleasePermitResponse ignored;
    stub->ReleasePermit(&released, release, &ignored);
    sent += static_cast<int64_t>(release.ByteSizeLong());
  }
  return sent;
}

// The same five hundred each time.
int64_t RejectionsAgainAndAgain(const Attacker& attacker) {
  const auto stub = Connect(attacker);
  int64_t sent = 0;
  if (stub == nullptr) return sent;
  grpc::ClientContext context;
  SetDeadline(context);
  const auto call = stub->Sync(&context);
  const InHand hand = OpenAndRead(*call, sent);
  v1::SyncRequest ack;
  *ack.mutable_ack()->mutable_cursor() = hand.through;
  for (const std::string& assignment : hand.assignments) {
    auto& rejection = *ack.mutable_ack()->add_rejections();
    rejection.set_assignment_id(assignment);
    rejection.set_reason(v1::SyncRequest::Rejection::REASON_NOT_SERVED);
  }
  for (int i = 0; i < 400 && !hand.assignments.empty() && Write(*call, ack, sent); ++i) {
  }
  context.TryCancel();
  call->Finish();
  return sent;
}

int64_t FeedsOpenedAnew(const Attacker& attacker) {
  const auto stub = Connect(attacker);
  int64_t sent = 0;
  for (int i = 0; stub != nullptr && i < 200; ++i) ReadOnce(*stub, sent);
  return sent;
}

}  // namespace

std::vector<Attack> CallAttacks() {
  return {
      {"OutcomesThatAreRefused", OutcomesThatAreRefused},
      {"PermitsGivenBack", PermitsGivenBack},
      {"RejectionsAgainAndAgain", RejectionsAgainAndAgain},
      {"FeedsOpenedAnew", FeedsOpenedAnew},
  };
}

std::vector<Attack> AllAttacks() {
  std::vector<Attack> all = FrameAttacks();
  for (const auto& more : {ConnectionAttacks(), CallAttacks()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace switchboard::attacks
