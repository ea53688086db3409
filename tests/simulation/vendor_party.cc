#include "tests/simulation/vendor_party.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::simulation {
namespace {

constexpr char kCountRows[] = "SELECT COUNT(*) FROM mirror_rows";
constexpr char kSelectPending[] = "SELECT outcome_id, version FROM outbox";

}  // namespace

VendorParty::VendorParty(World& world, std::string vendor_id)
    : world_(world),
      vendor_id_(std::move(vendor_id)),
      peer_{identity::Peer::Role::kVendor, vendor_id_},
      store_(world.folder + "/" + vendor_id_ + ".db", world.party_ids) {}

absl::Status VendorParty::Start() {
  ++life_;
  calls_under_way_ = 0;
  reads_ = false;
  stalled_steps_ = 0;
  RETURN_IF_ERROR(store_.Open());
  const int windows[] = {1, 3, 10, 500};
  adapters::SyncProtocolOptions options;
  options.window = windows[world_.dice.Below(4)];
  options.adapter = "simulation";
  auto random = [this] { return world_.dice.Bits(); };
  protocol_ = std::make_unique<adapters::SyncProtocol>(options, random);
  sender_ = std::make_unique<adapters::OutcomeSender>(store_.outbox(), transport::BackoffOptions(),
                                                      random);
  return absl::OkStatus();
}

absl::Status VendorParty::Act() {
  const Faults& faults = world_.options.faults;
  if (world_.Fault(faults.vendor_restart)) return Restart();
  if (world_.Fault(faults.vendor_loss)) return Forget(/*everything=*/true);
  if (world_.Fault(faults.vendor_restore)) return Forget(/*everything=*/false);
  if (world_.Fault(faults.vendor_backup)) store_.Backup();
  if (world_.Fault(faults.vendor_stall)) stalled_steps_ = 30;
  if (world_.Fault(faults.stream_cut)) return Fail();
  if (world_.Fault(faults.zombie) && link_ != nullptr) {
    // Somebody started the vendor anew elsewhere on the same file; the old process does not know
    // it.
    ++losses_;
    ghosts_.push_back({std::move(link_), true});
    return Restart();
  }
  if (world_.clock.Now() >= next_orders_) AskForOrders();
  if (world_.dice.Below(3) == 0) RETURN_IF_ERROR(Business());
  for (int turns = 1 + world_.dice.Below(4); turns > 0; --turns) RETURN_IF_ERROR(Settle());
  return absl::OkStatus();
}

absl::Status VendorParty::Settle() {
  if (stalled_steps_ > 0) --stalled_steps_;
  switch (world_.dice.Below(6)) {
    case 0:
      WorkGhosts();
      return Do(protocol_->OnTick(world_.clock.Now()));
    case 1:
      return SendOutcomes();
    default:
      DeliverAck();
      return stalled_steps_ > 0 && !world_.calm ? absl::OkStatus() : Receive();
  }
}

bool VendorParty::Quiet(bool has_contract) const {
  const bool told = calls_under_way_ == 0 && !sender_->under_way() &&
                    const_cast<VendorStore&>(store_).outbox().pending() == 0;
  const bool streams = protocol_->state() == adapters::SyncProtocol::State::kStreaming;
  return told && (has_contract ? Streams() : !streams);
}

// It has all that its feed holds.
bool VendorParty::Streams() const {
  return link_ != nullptr && protocol_->caught_up() && !link_->anything_for_hub() &&
         !link_->anything_for_vendor();
}

void VendorParty::HubIsGone() {
  for (Ghost& ghost : ghosts_) ghost.link->HangUp();
  ghosts_.clear();
  if (link_ != nullptr) link_->HangUp();
}

// The way to the hub is gone; the process goes on.
absl::Status VendorParty::Fail() {
  if (link_ == nullptr) return absl::OkStatus();
  DropLink(world_.dice.Chance(0.5));
  return Do(protocol_->OnDisconnected(world_.clock.Now(), absl::UnavailableError("cut")));
}

absl::Status VendorParty::Restart() {
  DropLink(world_.dice.Chance(0.5));
  sender_.reset();
  store_.Close();
  return Start();
}

// The file goes back to a copy, or is gone.
absl::Status VendorParty::Forget(bool everything) {
  DropLink(world_.dice.Chance(0.5));
  sender_.reset();
  store_.Close();
  ++losses_;
  if (everything || !store_.Restore()) store_.Lose();
  went_back_ = true;
  ended_.clear();
  open_permits_.clear();
  RETURN_IF_ERROR(Start());
  FindLostOutcomes();
  return absl::OkStatus();
}

// What was in the lost outbox and never reached the hub is lost with it; nobody was told otherwise.
void VendorParty::FindLostOutcomes() {
  std::set<std::pair<std::string, int>> pending;
  absl::Status read = store_.connection().Query(kSelectPending, {}, [&](const storage::Row& row) {
    pending.emplace(row.Text(0), static_cast<int>(row.Integer(1)));
    return absl::OkStatus();
  });
  if (!read.ok()) world_.Accuse("an outbox cannot be read");
  for (const auto& [key, place] : reported_) {
    auto& reported = world_.ledger.outcomes_reported[place];
    reported.lost_by_vendor = reported.lost_by_vendor || !pending.contains(key);
  }
}

absl::Status VendorParty::Report(invariants::Feed& feed) {
  feed.vendor_id = vendor_id_;
  feed.cursor = store_.mirror().cursor().sequence();
  feed.losses = losses_;
  ASSIGN_OR_RETURN(const auto rows,
                   store_.mirror().NextWorkable("", 1'000'000, absl::InfinitePast()));
  for (const auto& row : rows) feed.workable[row.assignment_id()] = row.SerializeAsString();
  if (link_ != nullptr) {
    world_.ledger.streams.push_back({vendor_id_, link_->window(), link_->in_flight_max()});
  }
  return store_.connection().Query(kCountRows, {}, [&](const storage::Row& row) {
    feed.stored_rows = row.Integer(0);
    return absl::OkStatus();
  });
}

}  // namespace switchboard::simulation
