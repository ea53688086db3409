#include "tests/simulation/privacy_party.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {
namespace {

using Api = api::PrivacyApi;

const identity::Peer kOfficer = {identity::Peer::Role::kOperator, "kato"};
const identity::Peer kSecond = {identity::Peer::Role::kOperator, "mori"};

constexpr char kForgetHolds[] =
    "UPDATE legal_hold SET end_time = place_time WHERE end_time IS NULL";
constexpr char kSelectRotation[] = "SELECT 1 FROM key_rotation WHERE end_time IS NULL LIMIT 1";

}  // namespace

template <typename Request, typename Response>
void PrivacyParty::Call(const identity::Peer& caller, const Request& request,
                        Method<Request, Response> method, Told<Response> told, bool once) {
  auto at_hub = [this, caller, method,
                 bytes = request.SerializeAsString()](Network::Answer answer) {
    Request received;
    received.ParseFromString(bytes);
    (world_.hub.hub().privacy_api().*method)(caller, std::move(received),
                                             AsBytes<Response>(std::move(answer)));
    if (world_.Planted(Mistake::kHeldIsErased)) world_.hub.Corrupt(kForgetHolds);
  };
  auto at_caller = [this, told](const absl::StatusOr<std::string>& answer) {
    const auto response = FromBytes<Response>(answer);
    world_.Judge(response.status());
    if (response.ok() && told) told(*response);
  };
  if (once) {
    world_.network.CallOnce(std::move(at_hub), std::move(at_caller));
  } else {
    world_.network.Call(std::move(at_hub), std::move(at_caller));
  }
}

void PrivacyParty::Act() {
  Dice& dice = world_.dice;
  const bool forgets_a_table = world_.Planted(Mistake::kResealForgetsATable);
  if (dice.Chance(forgets_a_table ? 0.3 : 0.03)) return RotateKeys();
  if (world_.Planted(Mistake::kHeldIsErased)) return PlaceHold();
  switch (dice.Below(8)) {
    case 0:
      return PlaceHold();
    case 1:
      return EndHold();
    case 2:
    case 3:
    case 4:
      return DecideUnmaskings();
    case 5:
      return OpenRequest();
    default:
      return LookAtRequests();
  }
}

// On somebody, or on whoever has an account; some end by day, by some vendors keep theirs.
void PrivacyParty::PlaceHold() {
  Dice& dice = world_.dice;
  v1::PlaceLegalHoldRequest request;
  v1::LegalHold& hold = *request.mutable_hold();
  hold.set_hold_id(absl::StrCat("hold-", ++holds_));
  if (dice.Chance(0.7)) {
    hold.set_person_id(PersonId(dice.Below(world_.options.persons)));
  } else {
    hold.set_account_id(AccountId(dice.Below(world_.options.accounts)));
  }
  hold.set_origin(v1::LegalHold::ORIGIN_COURT);
  hold.set_reference("file of the court");
  hold.set_vendors_keep(dice.Chance(0.3));
  if (dice.Chance(0.2)) {
    *hold.mutable_end_day() = DateOf(absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + 1);
  }
  const std::string id = hold.hold_id();
  if (hold.vendors_keep()) world_.ledger.holds_vendors_keep.insert(id);
  Call<v1::PlaceLegalHoldRequest, v1::PlaceLegalHoldResponse>(
      kOfficer, request, &Api::PlaceLegalHold,
      [this, id](const v1::PlaceLegalHoldResponse&) {
        world_.ledger.holds_answered.push_back(id);
        in_force_.push_back(id);
      },
      /*once=*/true);
}

void PrivacyParty::EndHold() {
  if (in_force_.empty()) return;
  const auto at = in_force_.begin() + world_.dice.Below(std::ssize(in_force_));
  v1::EndLegalHoldRequest request;
  request.set_hold_id(*at);
  in_force_.erase(at);
  Call<v1::EndLegalHoldRequest, v1::EndLegalHoldResponse>(kOfficer, request, &Api::EndLegalHold,
                                                          nullptr);
}

void PrivacyParty::DecideUnmaskings() {
  v1::FindUnmaskingsRequest request;
  request.set_waiting_only(true);
  Call<v1::FindUnmaskingsRequest, v1::FindUnmaskingsResponse>(
      kOfficer, request, &Api::FindUnmaskings, [this](const v1::FindUnmaskingsResponse& found) {
        for (const auto& one : found.unmaskings()) {
          v1::DecideUnmaskingRequest word;
          word.set_unmasking_id(one.unmasking_id());
          word.set_agreed(world_.dice.Chance(0.7));
          Call<v1::DecideUnmaskingRequest, v1::DecideUnmaskingResponse>(
              kOfficer, word, &Api::DecideUnmasking, nullptr);
        }
      });
}

// To delete only where something is erased at all: what others judge of the rest rests on that.
void PrivacyParty::OpenRequest() {
  Dice& dice = world_.dice;
  v1::OpenPersonRequestRequest request;
  v1::PersonRequest& asked = *request.mutable_request();
  asked.set_request_id(absl::StrCat("letter-", ++requests_));
  asked.set_person_id(PersonId(dice.Below(world_.options.persons)));
  asked.set_reference("letter of the person");
  asked.set_kind(v1::PersonRequest::KIND_ACCESS);
  if (dice.Chance(0.3)) {
    asked.set_kind(v1::PersonRequest::KIND_CORRECTION);
    asked.add_fields("address.street");
  } else if (world_.Forgets() && dice.Chance(0.6)) {
    asked.set_kind(v1::PersonRequest::KIND_DELETION);
  }
  Call<v1::OpenPersonRequestRequest, v1::OpenPersonRequestResponse>(
      kOfficer, request, &Api::OpenPersonRequest, nullptr);
}

// The second officer decides; the first one reads what was agreed to be read.
void PrivacyParty::LookAtRequests() {
  Call<v1::ListPersonRequestsRequest, v1::ListPersonRequestsResponse>(
      kSecond, v1::ListPersonRequestsRequest(), &Api::ListPersonRequests,
      [this](const v1::ListPersonRequestsResponse& list) {
        for (const v1::PersonRequest& one : list.requests()) {
          const bool to_be_read = one.kind() == v1::PersonRequest::KIND_ACCESS &&
                                  one.state() == v1::PersonRequest::STATE_AGREED;
          if (to_be_read) ReadData(one.request_id(), "");
          if (one.state() != v1::PersonRequest::STATE_OPEN) continue;
          v1::DecidePersonRequestRequest word;
          word.set_request_id(one.request_id());
          word.set_agreed(world_.dice.Chance(0.9));
          Call<v1::DecidePersonRequestRequest, v1::DecidePersonRequestResponse>(
              kSecond, word, &Api::DecidePersonRequest, nullptr);
        }
      });
}

void PrivacyParty::ReadData(const std::string& request_id, const std::string& after) {
  v1::ReadPersonDataRequest request;
  request.set_request_id(request_id);
  request.set_after(after);
  Call<v1::ReadPersonDataRequest, v1::ReadPersonDataResponse>(
      kOfficer, request, &Api::ReadPersonData,
      [this, request_id](const v1::ReadPersonDataResponse& page) {
        if (!page.next().empty()) ReadData(request_id, page.next());
      });
}

void PrivacyParty::RotateKeys() {
  v1::RotateKeysRequest request;
  request.set_which(v1::RotateKeysRequest::WHICH_DATA);
  Call<v1::RotateKeysRequest, v1::RotateKeysResponse>(kOfficer, request, &Api::RotateKeys, nullptr);
}

absl::StatusOr<bool> PrivacyParty::KeysChange() {
  bool change = false;
  RETURN_IF_ERROR(world_.hub.hub().readers().Run([&](storage::Connection& reader) {
    return reader.Query(kSelectRotation, {}, [&](const storage::Row&) {
      change = true;
      return absl::OkStatus();
    });
  }));
  return change;
}

}  // namespace switchboard::simulation
