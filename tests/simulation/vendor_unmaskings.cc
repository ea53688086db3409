#include "hub/base/error.h"
#include "tests/simulation/vendor_party.h"

// What the vendor asks to see for a time.

namespace switchboard::simulation {
namespace {

// A word that a vendor gives itself.
constexpr char kAgreeAlone[] =
    "UPDATE unmasking SET state = 1, decided_by = 'vendor', decide_time = ask_time WHERE state = 2";

}  // namespace

// Something new, or once more what it asked for before.
absl::Status VendorParty::AskUnmasking() {
  Dice& dice = world_.dice;
  if (!unmaskings_asked_.empty() && dice.Chance(0.6)) {
    SendUnmaskingRequest(dice.Pick(unmaskings_asked_));
    return absl::OkStatus();
  }
  v1::RequestUnmaskingRequest request;
  ASSIGN_OR_RETURN(*request.mutable_assignment_id(), DrawAssignment());
  if (request.assignment_id().empty()) return absl::OkStatus();
  request.set_request_id(world_.party_ids.Next());
  request.add_classes(v1::DATA_CLASS_ADDRESS);
  // Which one of them may be unmasked alone.
  if (dice.Chance(0.3)) request.set_classes(0, v1::DATA_CLASS_LANGUAGE);
  request.set_reason(v1::UNMASKING_REASON_IDENTITY);
  request.set_agent_reference("agent-7");
  unmaskings_asked_.push_back(request);
  if (unmaskings_asked_.size() > 3) unmaskings_asked_.erase(unmaskings_asked_.begin());
  SendUnmaskingRequest(request);
  return absl::OkStatus();
}

void VendorParty::SendUnmaskingRequest(const v1::RequestUnmaskingRequest& request) {
  ++calls_under_way_;
  auto at_hub = [this, bytes = request.SerializeAsString()](Network::Answer answer) {
    v1::RequestUnmaskingRequest received;
    received.ParseFromString(bytes);
    if (world_.Planted(Mistake::kUnmaskedAlone)) world_.hub.Corrupt(kAgreeAlone);
    world_.hub.hub().vendor_api().RequestUnmasking(
        peer_, std::move(received), AsBytes<v1::RequestUnmaskingResponse>(std::move(answer)));
  };
  auto at_vendor = [this, id = request.assignment_id(),
                    life = life_](const absl::StatusOr<std::string>& bytes) {
    if (life != life_) return;
    --calls_under_way_;
    const auto response = FromBytes<v1::RequestUnmaskingResponse>(bytes);
    world_.Judge(response.status());
    if (!response.ok() || response->state() != v1::RequestUnmaskingResponse::STATE_SHOWN) return;
    world_.ledger.unmasked.push_back({vendor_id_, id, *response});
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
}

}  // namespace switchboard::simulation
