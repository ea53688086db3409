#include <algorithm>

#include "absl/strings/str_cat.h"
#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/promises/promise_book.h"
#include "tests/open_sealer.h"
#include "tests/simulation/code_maps.h"
#include "tests/simulation/scenery.h"
#include "tests/simulation/vendor_party.h"

// The vendor's unary calls: permits, outcomes, objections, hand-overs.

namespace switchboard::simulation {
namespace {

using adapters::CallCode;
using google::protobuf::util::TimeUtil;

// Some stops are forgotten while a permit is given.
constexpr char kForgetStops[] =
    "UPDATE stop SET lift_time = 1 WHERE lift_time IS NULL AND subject_kind IN (3, 4, 5)";
constexpr char kForgetNumbers[] =
    "UPDATE stop SET lift_time = 1 WHERE lift_time IS NULL AND subject_kind = 6";
// Under a version of no contract, so that they are found again.
constexpr char kReopenExpired[] =
    "UPDATE permit SET state = 1, expire_time = expire_time + 3600000000, contract_version = "
    "-contract_version WHERE state = 5";
constexpr char kExpireAgain[] =
    "UPDATE permit SET state = 5, expire_time = expire_time - 3600000000, contract_version = "
    "-contract_version WHERE contract_version < 0 AND state = 1";
// So that a correction does not find what it corrects.
constexpr char kRenameContacts[] =
    "UPDATE contact SET contact_id = contact_id || '/' || version WHERE contact_id NOT LIKE "
    "'outcome/%/%/%'";
// The text of the first version stands under all of them.
constexpr char kOldCodes[] =
    "UPDATE versioned_text SET (yaml, digest) = (SELECT o.yaml, o.digest FROM versioned_text o "
    "WHERE o.kind = 'code_map' AND o.id = versioned_text.id ORDER BY o.version LIMIT 1) WHERE kind "
    "= 'code_map'";
constexpr char kHidePromises[] =
    "UPDATE promise SET account_id = '/' || account_id, review_time = NULL WHERE account_id NOT "
    "LIKE '/%'";
constexpr char kRememberStops[] = "UPDATE stop SET lift_time = NULL WHERE lift_time = 1";

constexpr char kCountPending[] = "SELECT COUNT(*) FROM promise WHERE standing = 8";

// Nobody has to agree to the plans that wait.
storage::Unit ForgetToAsk(std::string key_file, IdMint& ids) {
  return [key_file = std::move(key_file), &ids](storage::Transaction& transaction) -> absl::Status {
    int64_t pending = 0;
    RETURN_IF_ERROR(transaction.Query(kCountPending, {}, [&](const storage::Row& row) {
      pending = row.Integer(0);
      return absl::OkStatus();
    }));
    if (pending == 0) return absl::OkStatus();
    storage::Connection& connection = transaction.connection();
    ASSIGN_OR_RETURN(const auto sealer,
                     testing::OpenSealer(key_file, connection, ids, transaction.now_us()));
    ASSIGN_OR_RETURN(auto plans, promises::PendingPlans(connection, *sealer, {}, 100));
    for (promises::PromiseRow& plan : plans) plan.record.clear_beyond();
    return promises::WritePromises(transaction, *sealer, plans);
  };
}

v1::ReportOutcomesResponse AllRecorded(const v1::ReportOutcomesRequest& request) {
  v1::ReportOutcomesResponse response;
  for (const auto& outcome : request.outcomes()) {
    auto& receipt = *response.add_receipts();
    receipt.set_outcome_id(outcome.outcome_id());
    receipt.set_version(outcome.version());
    receipt.set_status(v1::ReportOutcomesResponse::STATUS_RECORDED);
  }
  return response;
}

}  // namespace

absl::Status VendorParty::Business() {
  if (world_.dice.Chance(0.06)) return AskUnmasking();
  switch (world_.dice.Below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return AskPermit();
    case 4:
    case 5:
    case 6:
      return MakeOutcome();
    case 7:
      return CorrectOutcome();
    case 8:
      ReleasePermit();
      return absl::OkStatus();
    default:
      return world_.dice.Chance(0.4) ? HandOver() : Object();
  }
}

// A row of the vendor's own, mostly; sometimes one of somebody else's, or one that ended.
absl::StatusOr<std::string> VendorParty::DrawAssignment() {
  if (world_.dice.Chance(0.1) && !world_.assignment_ids.empty()) {
    auto any = world_.assignment_ids.begin();
    std::advance(any, world_.dice.Below(static_cast<int64_t>(world_.assignment_ids.size())));
    return *any;
  }
  ASSIGN_OR_RETURN(const auto rows, store_.mirror().NextWorkable("", 100, world_.clock.Now()));
  return rows.empty() ? std::string() : world_.dice.Pick(rows).assignment_id();
}

absl::Status VendorParty::AskPermit() {
  v1::RequestPermitRequest request;
  if (world_.dice.Chance(0.15) && !asked_.empty()) {
    SendPermitRequest(world_.dice.Pick(asked_));  // the same again, however much has changed since
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string assignment_id, DrawAssignment());
  if (assignment_id.empty()) return absl::OkStatus();
  request.set_request_id(world_.party_ids.Next());
  request.set_assignment_id(assignment_id);
  const std::vector<std::string> points = {"mobile-1", "mobile-1", "mail-1", "mail-1", "fax-9"};
  const std::string point = world_.dice.Pick(points);
  request.set_contact_point_id(point);
  if (request.request_id().back() % 2 == 0) NameAsShown(request);
  const bool mail = point == "mail-1";
  request.set_channel(mail                      ? v1::CHANNEL_EMAIL
                      : world_.dice.Chance(0.2) ? v1::CHANNEL_SMS
                                                : v1::CHANNEL_PHONE);
  request.set_act(v1::ACT_REMIND);
  asked_.push_back(request);
  if (asked_.size() > 5) asked_.erase(asked_.begin());
  if (world_.dice.Chance(0.1)) {
    SendPlanRequest(std::move(request), static_cast<int>(1 + world_.dice.Below(3)));
  } else {
    SendPermitRequest(std::move(request));
  }
  return absl::OkStatus();
}

// By the token of the contact point, where the vendor has a row that shows one.
void VendorParty::NameAsShown(v1::RequestPermitRequest& request) {
  const auto row = store_.mirror().Workable(request.assignment_id(), world_.clock.Now());
  if (!row.ok()) return;
  const std::string point = request.contact_point_id();
  for (const auto& shown : row->person().contact_points()) {
    if (point != (shown.kind() == v1::CONTACT_KIND_EMAIL ? "mail-1" : "mobile-1")) continue;
    request.set_contact_point_id(shown.contact_point_id());
    named_[shown.contact_point_id()] = point;
  }
}

void VendorParty::SendPlanRequest(v1::RequestPermitRequest contact, int attempts) {
  ++calls_under_way_;
  const int64_t asked_at = world_.Moment();
  v1::PlanContactsRequest request;
  *request.mutable_contact() = contact;
  request.set_attempts(attempts);
  auto at_hub = [this, bytes = request.SerializeAsString()](Network::Answer answer) {
    v1::PlanContactsRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().vendor_api().PlanContacts(
        peer_, std::move(received), AsBytes<v1::PlanContactsResponse>(std::move(answer)));
  };
  auto at_vendor = [this, contact, asked_at,
                    life = life_](const absl::StatusOr<std::string>& bytes_back) {
    if (life != life_) return;
    --calls_under_way_;
    const auto response = FromBytes<v1::PlanContactsResponse>(bytes_back);
    world_.Judge(response.status());
    if (!response.ok() || !response->has_plan()) return;
    world_.ledger.bytes_shown[vendor_id_].push_back(*bytes_back);
    TakePermit(contact, response->plan().permit(), response->plan().attempts(), asked_at);
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
}

void VendorParty::TakePermit(const v1::RequestPermitRequest& request, const v1::Permit& given,
                             int attempts, int64_t asked_at) {
  const OpenPermit permit = {
      given.permit_id(), request.assignment_id(),
      given.dial(),      attempts,
      request.channel(), TimeUtil::TimestampToMicroseconds(given.expire_time())};
  const auto named = named_.find(request.contact_point_id());
  const std::string& point = named == named_.end() ? request.contact_point_id() : named->second;
  world_.ledger.permits.push_back({vendor_id_, permit.permit_id, permit.assignment_id, point,
                                   asked_at, world_.Moment(), permit.number, request.channel(),
                                   absl::ToUnixMicros(world_.clock.Now())});
  if (permits_.emplace(permit.permit_id, permit).second) open_permits_.push_back(permit);
}

void VendorParty::SendPermitRequest(v1::RequestPermitRequest request) {
  ++calls_under_way_;
  const int64_t asked_at = world_.Moment();
  const std::string bytes = request.SerializeAsString();
  auto at_hub = [this, bytes](Network::Answer answer) {
    v1::RequestPermitRequest received;
    received.ParseFromString(bytes);
    const bool forgets_numbers = world_.Planted(Mistake::kNumberForgotten);
    const bool keeps_expired = world_.Planted(Mistake::kExpiredCounts);
    if (keeps_expired) world_.hub.Corrupt(kReopenExpired);
    const bool forgetful = world_.Planted(Mistake::kPermitIgnoresStop) || forgets_numbers;
    if (forgetful) world_.hub.Corrupt(forgets_numbers ? kForgetNumbers : kForgetStops);
    world_.hub.hub().vendor_api().RequestPermit(
        peer_, std::move(received), AsBytes<v1::RequestPermitResponse>(std::move(answer)));
    if (forgetful) world_.hub.Corrupt(kRememberStops);
    if (keeps_expired) world_.hub.Corrupt(kExpireAgain);
  };
  auto at_vendor = [this, request, asked_at,
                    life = life_](const absl::StatusOr<std::string>& bytes_back) {
    if (life != life_) return;
    --calls_under_way_;
    const auto response = FromBytes<v1::RequestPermitResponse>(bytes_back);
    world_.Judge(response.status());
    if (absl::IsUnavailable(response.status()) && world_.dice.Chance(0.5))
      SendPermitRequest(request);
    if (!response.ok() || !response->has_permit()) return;
    world_.ledger.bytes_shown[vendor_id_].push_back(*bytes_back);
    TakePermit(request, response->permit(), 1, asked_at);
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
}

absl::Status VendorParty::MakeOutcome() {
  v1::Outcome outcome;
  if (!open_permits_.empty() && world_.dice.Chance(0.7)) {
    OpenPermit& permit =
        open_permits_[static_cast<size_t>(world_.dice.Below(std::ssize(open_permits_)))];
    outcome.set_permit_id(permit.permit_id);
    outcome.set_assignment_id(permit.assignment_id);
    // A permit is named as often as it has attempts; now and then once more by mistake.
    if (--permit.attempts <= 0 && world_.dice.Chance(0.9)) {
      std::erase_if(open_permits_,
                    [&](const OpenPermit& one) { return one.permit_id == outcome.permit_id(); });
    }
  } else {
    ASSIGN_OR_RETURN(*outcome.mutable_assignment_id(), DrawAssignment());
    if (outcome.assignment_id().empty()) return absl::OkStatus();
    // Some have called the vendor. Of what no permit was given for, the vendor may say where it
    // was.
    if (world_.dice.Chance(0.3)) outcome.set_direction(v1::DIRECTION_IN);
    if (world_.dice.Chance(0.5)) {
      const bool mail = world_.dice.Chance(0.3);
      outcome.set_channel(mail ? v1::CHANNEL_EMAIL : v1::CHANNEL_PHONE);
      outcome.set_contact_point_id(mail ? "mail-1" : "mobile-1");
      outcome.set_act(v1::ACT_REMIND);
    }
  }
  outcome.set_outcome_id(world_.party_ids.Next());
  outcome.set_version(1);
  return Put(std::move(outcome));
}

absl::Status VendorParty::CorrectOutcome() {
  if (reported_.empty()) return absl::OkStatus();
  auto any = reported_.begin();
  std::advance(any, world_.dice.Below(static_cast<int64_t>(reported_.size())));
  const auto& before = world_.ledger.outcomes_reported[any->second];
  if (before.receipt != v1::ReportOutcomesResponse::STATUS_RECORDED) return absl::OkStatus();
  v1::Outcome outcome = before.outcome;
  // Now and then a version is left out.
  outcome.set_version(outcome.version() + (world_.dice.Chance(0.1) ? 2 : 1));
  if (reported_.contains({outcome.outcome_id(), outcome.version()})) return absl::OkStatus();
  return Put(std::move(outcome));
}

// What may come of a call, of what is written, and of being called.
v1::Outcome::Result VendorParty::DrawResult(const v1::Outcome& outcome) {
  static const std::vector<CallCode> kCalls = {
      CallCode::kNoAnswer,     CallCode::kRightParty,   CallCode::kRefusedToPay,
      CallCode::kNoContact,    CallCode::kDispute,      CallCode::kCeaseContact,
      CallCode::kClaimsPaid,   CallCode::kCallBack,     CallCode::kWrongNumber,
      CallCode::kDisconnected, CallCode::kPromiseToPay, CallCode::kPromiseToPay,
      CallCode::kPromiseToPay};
  static const std::vector<CallCode> kWritten = {
      CallCode::kDelivered, CallCode::kDelivered, CallCode::kDelivered, CallCode::kDelivered,
      CallCode::kDelivered, CallCode::kDelivered, CallCode::kNoContact, CallCode::kDisconnected};
  static const std::vector<CallCode> kIn = {CallCode::kRightParty,  CallCode::kRefusedToPay,
                                            CallCode::kDispute,     CallCode::kCeaseContact,
                                            CallCode::kClaimsPaid,  CallCode::kCallBack,
                                            CallCode::kPromiseToPay};
  const bool written = ChannelOf(outcome) != v1::CHANNEL_PHONE;
  const bool in = outcome.direction() == v1::DIRECTION_IN;
  // Some do not fit, and are refused.
  const bool any = world_.dice.Chance(0.02);
  auto result = ResultOf(world_.dice.Pick(any ? kCalls : in ? kIn : written ? kWritten : kCalls));
  // Said beside whatever came of it.
  if (world_.dice.Chance(0.01)) result.set_complained(true);
  if (world_.dice.Chance(0.02)) result.add_opted_out_of(v1::CHANNEL_SMS);
  if (world_.dice.Chance(0.005)) result.set_fraud_suspected(true);
  return result;
}

// The permit's, or what the vendor says; it calls where it says nothing.
v1::Channel VendorParty::ChannelOf(const v1::Outcome& outcome) const {
  const auto permit = permits_.find(outcome.permit_id());
  if (permit != permits_.end()) return permit->second.channel;
  return outcome.channel() == v1::CHANNEL_UNSPECIFIED ? v1::CHANNEL_PHONE : outcome.channel();
}

// A correction of a plan says the same of it often, and another plan now and then.
void VendorParty::DrawWords(v1::Outcome& outcome) {
  const bool had_plan = outcome.promise().has_plan();
  const bool again = had_plan && world_.dice.Chance(0.7);
  *outcome.mutable_result() = again ? ResultOf(CallCode::kPromiseToPay) : DrawResult(outcome);
  if (again && world_.dice.Chance(0.5)) return;
  outcome.clear_promise();
  if (outcome.result().disposition() == v1::DISPOSITION_PROMISE_TO_PAY)
    *outcome.mutable_promise() = DrawPromise(outcome);
}

// Of as much as one, two or three payments, due within three days; or in parts.
v1::Outcome::Promise VendorParty::DrawPromise(const v1::Outcome& outcome) {
  if (world_.dice.Chance(0.5)) return DrawPlan(outcome.assignment_id());
  v1::Outcome::Promise promise;
  promise.mutable_amount()->set_currency_code(world_.dice.Chance(0.02) ? "USD" : "JPY");
  promise.mutable_amount()->set_minor_units(1'000 * (1 + world_.dice.Below(3)));
  *promise.mutable_due_date() =
      DateOf(absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + world_.dice.Below(3));
  return promise;
}

// As the vendor is shown it; otherwise nobody owes more.
int64_t VendorParty::DueOn(const std::string& assignment_id) {
  const auto row = store_.mirror().Workable(assignment_id, world_.clock.Now());
  const bool shown = row.ok() && row->account().has_amount_due();
  return shown ? row->account().amount_due().minor_units() : 900'000;
}

// Of two to five parts, within what the vendor may agree to or not: by a level that nobody has, too
// long, too little in all, with too much given up or too little shown.
v1::Outcome::Promise VendorParty::DrawPlan(const std::string& assignment_id) {
  using Plan = v1::PaymentPlan;
  Dice& dice = world_.dice;
  v1::Outcome::Promise promise;
  Plan& plan = *promise.mutable_plan();
  int64_t amount = dice.Chance(0.6) ? DueOn(assignment_id) : 1'000 * (2 + dice.Below(4));
  if (dice.Chance(0.2)) {
    Plan::Waiver& waiver = *plan.add_waivers();
    waiver.set_kind(static_cast<Plan::Waiver::Kind>(1 + dice.Below(Plan::Waiver::KIND_PRINCIPAL)));
    waiver.mutable_amount()->set_currency_code("JPY");
    waiver.mutable_amount()->set_minor_units(500);
    amount = std::max<int64_t>(amount - 500, 500);
  }
  promise.mutable_amount()->set_currency_code("JPY");
  promise.mutable_amount()->set_minor_units(amount);
  const std::vector<std::string> levels = {"agent", "agent", "agent", "lead", "boss"};
  plan.set_agent_level(dice.Pick(levels));
  if (dice.Chance(plan.agent_level() == "lead" ? 0.7 : 0.1)) {
    Plan::Document& proof = *plan.add_proofs();
    proof.set_address(absl::StrCat(dice.Chance(0.8) ? kProofStore : "https://elsewhere.example/",
                                   vendor_id_, "/", reported_.size()));
    proof.set_media_type("application/pdf");
    proof.set_size_bytes(1 + dice.Below(9'000));
    proof.set_sha256(std::string(32, 'p'));
    proof.set_retention_class("means");
  }
  const absl::CivilDay first =
      absl::ToCivilDay(world_.clock.Now(), absl::UTCTimeZone()) + dice.Below(3);
  if (dice.Chance(0.7)) {
    const std::vector<int> days_apart = {1, 1, 1, 7, 21};
    Divide(2 + dice.Below(4), first, dice.Pick(days_apart), promise);
    return promise;
  }
  Plan::Schedule& schedule = *plan.mutable_schedule();
  *schedule.mutable_first_date() = DateOf(first);
  schedule.set_interval(static_cast<Plan::Interval>(1 + dice.Below(Plan::INTERVAL_MONTH)));
  schedule.set_count(2 + dice.Below(3));
  if (dice.Chance(0.5)) {
    schedule.mutable_down_payment()->set_currency_code("JPY");
    schedule.mutable_down_payment()->set_minor_units(amount / 4);
  }
  return promise;
}

// Of some calls that were answered, where their recording lies.
void VendorParty::MayRecord(v1::Outcome& outcome) {
  outcome.clear_recording();
  const v1::Connection connection = outcome.result().connection();
  const bool taken = connection == v1::CONNECTION_ANSWERED || connection == v1::CONNECTION_MACHINE;
  if (!taken || ChannelOf(outcome) != v1::CHANNEL_PHONE || world_.dice.Chance(0.7)) return;
  v1::Recording& recording = *outcome.mutable_recording();
  recording.set_address(
      absl::StrCat("https://recordings.example/", vendor_id_, "/", reported_.size()));
  recording.set_sha256(std::string(32, static_cast<char>('a' + world_.dice.Below(26))));
  *recording.mutable_begin_time() = outcome.start_time();
  recording.mutable_length()->set_seconds(1 + world_.dice.Below(600));
  recording.set_retention_class("calls");
}

// Where a code says all of the result.
void VendorParty::SayByCode(v1::Outcome& outcome) {
  const std::string said = outcome.result().SerializeAsString();
  for (int code = 0; code <= static_cast<int>(CallCode::kFraud); ++code) {
    const auto one = static_cast<CallCode>(code);
    if (ResultOf(one).SerializeAsString() != said) continue;
    outcome.clear_result();
    outcome.set_vendor_code(std::string(NameOf(one)));
    return;
  }
}

absl::Status VendorParty::Put(v1::Outcome outcome) {
  outcome.clear_vendor_code();
  DrawWords(outcome);
  const int64_t now_us = absl::ToUnixMicros(world_.clock.Now());
  *outcome.mutable_start_time() = TimeUtil::MicrosecondsToTimestamp(now_us);
  *outcome.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(now_us);
  if (world_.dice.Chance(0.03)) outcome.clear_end_time();
  MayRecord(outcome);
  if (vendor_id_ == kCodingVendor && world_.dice.Chance(0.5)) SayByCode(outcome);
  // A correction takes back what the versions before had stopped.
  if (outcome.version() > 1) {
    // Of a code nobody knows here what it will mean.
    const v1::Outcome::Result& result = outcome.result();
    if (result.disposition() != v1::DISPOSITION_WRONG_NUMBER)
      world_.LiftSent(StopIdOf(outcome, "wrong-number"));
    if (result.disposition() != v1::DISPOSITION_DISCONNECTED)
      world_.LiftSent(StopIdOf(outcome, "disconnected"));
    if (!result.stop_wanted()) world_.LiftSent(StopIdOf(outcome, "cease"));
  }
  ASSIGN_OR_RETURN(const std::string id, store_.outbox().Put(outcome));
  reported_[{id, outcome.version()}] = world_.ledger.outcomes_reported.size();
  world_.ledger.outcomes_reported.push_back({vendor_id_, outcome});
  return absl::OkStatus();
}

absl::Status VendorParty::SendOutcomes() {
  ASSIGN_OR_RETURN(const auto request, sender_->Next(world_.clock.Now()));
  if (!request.has_value()) return absl::OkStatus();
  ++calls_under_way_;
  const std::string bytes = request->SerializeAsString();
  auto at_hub = [this, bytes, request = *request](Network::Answer answer) {
    auto done = AsBytes<v1::ReportOutcomesResponse>(answer);
    if (world_.Planted(Mistake::kAnswerBeforeCommit)) {
      answer(AllRecorded(request).SerializeAsString());
      done = [](const auto&) {};
    }
    if (world_.Planted(Mistake::kCorrectionCounts)) world_.hub.Corrupt(kRenameContacts);
    if (world_.Planted(Mistake::kOldCodeMap)) world_.hub.Corrupt(kOldCodes);
    if (world_.Planted(Mistake::kPromiseStays)) world_.hub.Corrupt(kHidePromises);
    if (world_.Planted(Mistake::kPendingPlanBinds))
      world_.hub.Corrupt(ForgetToAsk(world_.folder + "/key", world_.party_ids));
    world_.hub.hub().vendor_api().ReportOutcomes(peer_, bytes, std::move(done));
  };
  auto at_vendor = [this, life = life_](const absl::StatusOr<std::string>& bytes_back) {
    if (life != life_) return;
    --calls_under_way_;
    const auto response = FromBytes<v1::ReportOutcomesResponse>(bytes_back);
    world_.Judge(response.status());
    if (response.ok()) TakeReceipts(*response);
    sender_->OnAnswer(world_.clock.Now(), response).status().IgnoreError();
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
  return absl::OkStatus();
}

void VendorParty::TakeReceipts(const v1::ReportOutcomesResponse& response) {
  for (const auto& receipt : response.receipts()) {
    const auto found = reported_.find({receipt.outcome_id(), receipt.version()});
    if (found == reported_.end()) {
      world_.Accuse(absl::StrCat("vendor ", vendor_id_, " got a receipt of an unknown outcome"));
      continue;
    }
    auto& reported = world_.ledger.outcomes_reported[found->second];
    reported.receipt = receipt.status();
    if (receipt.status() == v1::ReportOutcomesResponse::STATUS_RECORDED ||
        receipt.status() == v1::ReportOutcomesResponse::STATUS_REPEATED)
      AddStopOfNumber(reported.outcome);
  }
}

std::string VendorParty::StopIdOf(const v1::Outcome& outcome, const char* reason) const {
  return absl::StrCat("outcome:", vendor_id_, ":", outcome.outcome_id(), "/", reason);
}

// From the receipt on the number that was dialled is left alone.
void VendorParty::AddStopOfNumber(const v1::Outcome& outcome) {
  const v1::Disposition came = outcome.result().disposition();
  const bool wrong = came == v1::DISPOSITION_WRONG_NUMBER;
  const bool unusable = wrong || came == v1::DISPOSITION_DISCONNECTED;
  if (!unusable && !outcome.result().stop_wanted()) return;
  const auto permit = permits_.find(outcome.permit_id());
  if (outcome.version() > 1 || permit == permits_.end() || permit->second.number.empty() ||
      permit->second.assignment_id != outcome.assignment_id()) {
    return;
  }
  // What is said later than that of work that has ended waits for the issuer's word.
  if (TimeUtil::TimestampToMicroseconds(outcome.start_time()) >= permit->second.expire_us) return;
  invariants::AcknowledgedStop stop;
  stop.event_id = StopIdOf(outcome, wrong ? "wrong-number" : unusable ? "disconnected" : "cease");
  if (!stops_told_.insert(stop.event_id).second) return;
  stop.number = permit->second.number;
  stop.until_good = unusable;
  stop.acknowledged_at = world_.Moment();
  stop.lift_sent_at = world_.LiftSentAt(stop.event_id);
  world_.ledger.stops.push_back(std::move(stop));
}

void VendorParty::ReleasePermit() {
  if (open_permits_.empty()) return;
  const OpenPermit permit = world_.dice.Pick(open_permits_);
  std::erase_if(open_permits_,
                [&](const OpenPermit& one) { return one.permit_id == permit.permit_id; });
  ++calls_under_way_;
  auto at_hub = [this, permit_id = permit.permit_id](Network::Answer answer) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id);
    world_.hub.hub().vendor_api().ReleasePermit(
        peer_, std::move(request), AsBytes<v1::ReleasePermitResponse>(std::move(answer)));
  };
  world_.network.Call(std::move(at_hub),
                      [this, life = life_](const absl::StatusOr<std::string>& bytes) {
                        if (life == life_) --calls_under_way_;
                        world_.Judge(bytes.status());
                      });
}

absl::Status VendorParty::Object() {
  ASSIGN_OR_RETURN(const auto rows, store_.mirror().NextWorkable("", 100, world_.clock.Now()));
  for (const auto& row : rows) {
    if (!row.has_pending_recall()) continue;
    ++calls_under_way_;
    auto at_hub = [this, id = row.assignment_id()](Network::Answer answer) {
      v1::ObjectToRecallRequest request;
      request.set_assignment_id(id);
      request.set_reason(v1::ObjectToRecallRequest::REASON_PAYING);
      world_.hub.hub().vendor_api().ObjectToRecall(
          peer_, std::move(request), AsBytes<v1::ObjectToRecallResponse>(std::move(answer)));
    };
    world_.network.Call(std::move(at_hub),
                        [this, life = life_](const absl::StatusOr<std::string>& bytes) {
                          if (life == life_) --calls_under_way_;
                          world_.Judge(bytes.status());
                        });
    break;
  }
  return absl::OkStatus();
}

// Mostly of its own, to whom its contract names and to others.
absl::Status VendorParty::HandOver() {
  Dice& dice = world_.dice;
  v1::HandOverRequest request;
  ASSIGN_OR_RETURN(*request.mutable_assignment_id(), DrawAssignment());
  if (request.assignment_id().empty()) return absl::OkStatus();
  request.set_to_vendor_id(kVendors[dice.Below(3)]);
  if (request.to_vendor_id() == vendor_id_) return absl::OkStatus();
  request.set_reason(
      static_cast<v1::HandOverReason>(1 + dice.Below(v1::HAND_OVER_REASON_RETURNED)));
  if (dice.Chance(0.5)) request.set_note("wants to speak to somebody else");
  SendHandOver(request);
  return absl::OkStatus();
}

void VendorParty::SendHandOver(const v1::HandOverRequest& request) {
  ++calls_under_way_;
  auto at_hub = [this, bytes = request.SerializeAsString()](Network::Answer answer) {
    v1::HandOverRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().vendor_api().HandOver(peer_, std::move(received),
                                           AsBytes<v1::HandOverResponse>(std::move(answer)));
  };
  auto at_vendor = [this, request, life = life_](const absl::StatusOr<std::string>& bytes) {
    if (life != life_) return;
    --calls_under_way_;
    world_.Judge(bytes.status());
    const std::vector<std::string> receivers = ReceiversOf(vendor_id_);
    const bool may =
        std::find(receivers.begin(), receivers.end(), request.to_vendor_id()) != receivers.end();
    const std::string reason = ErrorReason(bytes.status());
    if (bytes.ok()) {
      world_.ledger.hand_overs.push_back(
          {vendor_id_, request.assignment_id(), request.to_vendor_id()});
    } else if (absl::IsInvalidArgument(bytes.status()) ||
               (reason == "HAND_OVER_NOT_ALLOWED" && may)) {
      world_.Accuse(absl::StrCat("a hand-over was answered ", bytes.status().ToString()));
    }
    if (!may && (bytes.ok() || reason == "CANNOT_TAKE" || reason == "RECALL_PENDING"))
      world_.Accuse("work may be handed over to whom no contract names");
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
}

}  // namespace switchboard::simulation
