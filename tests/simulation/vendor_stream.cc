#include <algorithm>
#include <variant>

#include "hub/base/error.h"
#include "tests/simulation/vendor_party.h"

// The vendor's stream: what its protocol wants done, and how that goes wrong.

namespace switchboard::simulation {
namespace {

constexpr char kAcknowledge[] = "UPDATE vendor SET acknowledged_sequence = $1 WHERE vendor_id = $2";
constexpr char kForgetAck[] =
    "UPDATE vendor SET acknowledged_sequence = MIN(acknowledged_sequence, $1) WHERE vendor_id = $2";
constexpr char kForgetRecord[] =
    "DELETE FROM acknowledgement WHERE sequence > $1 AND vendor_id = $2";
constexpr char kUpsertRow[] =
    "INSERT INTO mirror_rows (assignment_id, generation, assignment) VALUES ($1, $2, $3) "
    "ON CONFLICT (assignment_id) DO UPDATE SET generation = excluded.generation, "
    "assignment = excluded.assignment";
constexpr char kDeleteRow[] = "DELETE FROM mirror_rows WHERE assignment_id = $1";

}  // namespace

absl::Status VendorParty::Do(Actions actions) {
  for (size_t i = 0; i < actions.size(); ++i) {
    auto action = std::move(actions[i]);
    Actions next;
    RETURN_IF_ERROR(std::visit([&](auto& one) { return Run(one, next); }, action));
    for (auto& one : next) actions.push_back(std::move(one));
    if (store_.connection().dead()) return Restart();
  }
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Connect&, Actions& next) {
  reads_ = false;
  link_ = std::make_unique<StreamLink>(world_.hub.hub(), peer_,
                                       [this](v1::SyncResponse& response) { Spoil(response); });
  next = protocol_->OnConnected(world_.clock.Now(), store_.mirror().cursor());
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Send& action, Actions&) {
  if (link_ != nullptr) link_->FromVendor(action.request);
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Read&, Actions&) {
  reads_ = true;
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Adopt& action, Actions& next) {
  const Faults& faults = world_.options.faults;
  if (world_.Fault(faults.vendor_crash)) store_.connection().DieAtWrite(world_.dice.Below(2));
  ended_.clear();
  const absl::Status stored = store_.mirror().Opened(action.cursor);
  store_.connection().DieAtWrite(DyingConnection::kNever);
  next = protocol_->OnStored(world_.clock.Now(), action.cursor, stored);
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Store& action, Actions& next) {
  const Faults& faults = world_.options.faults;
  if (world_.Planted(Mistake::kCursorBeforeRows)) RETURN_IF_ERROR(StoreCursorFirst(action.batch));
  if (world_.Fault(faults.vendor_crash)) {
    store_.connection().DieAtWrite(world_.dice.Below(2 + action.batch.changes_size()));
  }
  absl::Status stored;
  if (!world_.Planted(Mistake::kCursorBeforeRows)) stored = store_.mirror().Apply(action.batch);
  for (const auto& change : action.batch.changes()) {
    if (world_.Planted(Mistake::kCursorBeforeRows) && stored.ok()) {
      stored = change.has_assigned()
                   ? store_.connection()
                         .Execute(kUpsertRow,
                                  {change.assigned().assignment_id(),
                                   action.batch.through().generation(),
                                   storage::Value::Blob(change.assigned().SerializeAsString())})
                         .status()
                   : store_.connection()
                         .Execute(kDeleteRow, {change.withdrawn().assignment_id()})
                         .status();
    }
    if (change.has_assigned()) world_.assignment_ids.insert(change.assigned().assignment_id());
  }
  store_.connection().DieAtWrite(DyingConnection::kNever);
  if (world_.Planted(Mistake::kWithdrawalUndone) && stored.ok())
    RETURN_IF_ERROR(BringBack(action.batch));
  next = protocol_->OnStored(world_.clock.Now(), action.batch.through(), stored);
  return LookForUndone();
}

// As a vendor would that believes every row.
absl::Status VendorParty::BringBack(const v1::SyncResponse::Batch& batch) {
  for (const auto& change : batch.changes()) {
    if (!change.has_assigned() || !ended_.contains(change.assigned().assignment_id())) continue;
    RETURN_IF_ERROR(
        store_.connection()
            .Execute(kUpsertRow, {change.assigned().assignment_id(), batch.through().generation(),
                                  storage::Value::Blob(change.assigned().SerializeAsString())})
            .status());
  }
  return absl::OkStatus();
}

// What ended ahead of the feed is not to be worked again.
absl::Status VendorParty::LookForUndone() {
  if (store_.connection().dead()) return absl::OkStatus();
  for (const std::string& id : ended_) {
    const auto row = store_.mirror().Workable(id, world_.clock.Now());
    if (row.ok()) world_.ledger.undone_withdrawals.emplace_back(vendor_id_, id);
  }
  return absl::OkStatus();
}

absl::Status VendorParty::Run(adapters::SyncProtocol::End& action, Actions& next) {
  if (world_.Fault(world_.options.faults.vendor_crash))
    store_.connection().DieAtWrite(world_.dice.Below(2));
  const absl::Status ended = store_.mirror().Withdraw(action.withdrawn);
  store_.connection().DieAtWrite(DyingConnection::kNever);
  if (ended.ok()) ended_.insert(action.withdrawn.assignment_id());
  ++world_.overtaken;
  next = protocol_->OnEnded(world_.clock.Now(), action.withdrawn.change_sequence(), ended);
  return absl::OkStatus();
}

absl::Status VendorParty::StoreCursorFirst(const v1::SyncResponse::Batch& batch) {
  v1::SyncResponse::Batch without_rows = batch;
  without_rows.clear_changes();
  return store_.mirror().Apply(without_rows);
}

absl::Status VendorParty::Run(adapters::SyncProtocol::Disconnect& action, Actions& next) {
  DropLink(/*at_once=*/true);
  next = protocol_->OnDisconnected(world_.clock.Now(), action.why);
  return absl::OkStatus();
}

// Takes one message off the stream, if the protocol wants one.
absl::Status VendorParty::Receive() {
  if (link_ == nullptr) return absl::OkStatus();
  DisturbWithdrawal();
  if (reads_ && link_->anything_for_vendor()) {
    const auto response = link_->TakeForVendor();
    if (!response.has_value()) return absl::InternalError("a message of the stream is damaged");
    reads_ = false;
    for (const auto& change : response->batch().changes()) {
      if (change.has_assigned()) world_.ledger.shown.emplace_back(vendor_id_, change.assigned());
    }
    world_.ledger.bytes_shown[vendor_id_].push_back(response->SerializeAsString());
    return Do(protocol_->OnResponse(world_.clock.Now(), *response));
  }
  if (!link_->over()) return absl::OkStatus();
  const absl::Status why = link_->why();
  world_.Judge(why);
  DropLink(/*at_once=*/true);
  return Do(protocol_->OnDisconnected(world_.clock.Now(), why));
}

// A withdrawal that overtakes is a hint: lost, doubled or late it changes nothing in the end.
void VendorParty::DisturbWithdrawal() {
  if (!reads_ || !link_->PeekForVendor().has_withdrawn_now()) return;
  const Faults& faults = world_.options.faults;
  if (world_.Fault(faults.overtaking_doubled)) link_->DoubleForVendor();
  if (world_.Fault(faults.overtaking_late)) link_->SwapForVendor();
  if (link_->PeekForVendor().has_withdrawn_now() && world_.Fault(faults.overtaking_lost))
    link_->TakeForVendor();
}

void VendorParty::DeliverAck() {
  if (link_ == nullptr) return;
  const Faults& faults = world_.options.faults;
  if (world_.Fault(faults.ack_swapped)) link_->SwapAcks();
  if (world_.Planted(Mistake::kSameGeneration) && went_back_ && link_->anything_for_hub()) {
    went_back_ = false;
    world_.hub.Corrupt(kForgetAck, store_.mirror().cursor().sequence(), vendor_id_);
    world_.hub.Corrupt(kForgetRecord, store_.mirror().cursor().sequence(), vendor_id_);
  }
  const bool streaming = protocol_->state() == adapters::SyncProtocol::State::kStreaming;
  link_->DeliverToHub(streaming && world_.Fault(faults.ack_doubled));
}

void VendorParty::WorkGhosts() {
  for (Ghost& ghost : ghosts_) {
    if (!ghost.acknowledges && world_.dice.Chance(0.1)) ghost.link->HangUp();
    if (ghost.acknowledges && ghost.link->anything_for_vendor()) {
      const auto response = ghost.link->TakeForVendor();
      v1::SyncRequest ack;
      *ack.mutable_ack()->mutable_cursor() = response->batch().through();
      if (response->has_batch()) ghost.link->FromVendor(ack);
    }
    if (!world_.dice.Chance(0.5)) continue;
    const auto delivered = ghost.link->DeliverToHub(false);
    // An Open that arrives behind a newer one's acks looks like a vendor that went back.
    if (delivered.has_value() && delivered->has_open()) ++losses_;
    if (delivered.has_value() && delivered->has_ack() && world_.Planted(Mistake::kNoFencing)) {
      world_.hub.Corrupt(kAcknowledge, delivered->ack().cursor().sequence(), vendor_id_);
    }
  }
  std::erase_if(ghosts_, [](const Ghost& ghost) {
    const bool idle = !ghost.link->anything_for_hub();
    return idle && (!ghost.acknowledges || ghost.link->over());
  });
}

// `at_once`: the hub notices. Otherwise what was sent to it before still arrives, later.
void VendorParty::DropLink(bool at_once) {
  if (link_ == nullptr) return;
  world_.ledger.streams.push_back({vendor_id_, link_->window(), link_->in_flight_max()});
  if (at_once || world_.calm) {
    link_.reset();
  } else {
    ghosts_.push_back({std::move(link_), false});
  }
  reads_ = false;
}

// As if a page that was read before work ended left the hub behind its end.
void VendorParty::ShowOnceMore(v1::SyncResponse::Batch& batch) {
  const int changes = batch.changes_size();
  for (int i = 0; i < changes; ++i) {
    const std::string id = batch.changes(i).withdrawn().assignment_id();
    const auto& shown = world_.ledger.shown;
    const auto row = std::find_if(shown.rbegin(), shown.rend(), [&](const auto& one) {
      return one.first == vendor_id_ && one.second.assignment_id() == id;
    });
    if (id.empty() || row == shown.rend()) continue;
    *batch.add_changes()->mutable_assigned() = row->second;
    batch.mutable_changes()->SwapElements(i, batch.changes_size() - 1);
  }
}

void VendorParty::Spoil(v1::SyncResponse& response) {
  auto* batch = response.has_batch() ? response.mutable_batch() : nullptr;
  if (batch == nullptr || batch->changes().empty()) return;
  if (world_.Planted(Mistake::kDisclosedAfterRecall)) ShowOnceMore(*batch);
  if (world_.Planted(Mistake::kSkippedRow) && world_.dice.Chance(0.1)) {
    batch->mutable_changes()->RemoveLast();
  }
  if (world_.Planted(Mistake::kRawIdShown) && batch->changes_size() > 0 &&
      batch->changes(0).has_assigned() && !world_.ledger.placed_accounts.empty()) {
    batch->mutable_changes(0)->mutable_assigned()->mutable_account()->set_product(
        world_.ledger.placed_accounts.front());
  }
}

}  // namespace switchboard::simulation
