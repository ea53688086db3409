#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/base/proto_time.h"
#include "tests/simulation/core_party.h"

// How the core reads what it must know.

namespace switchboard::simulation {

void CoreParty::Read(Reader& reader) {
  reader.under_way = true;
  v1::ReadCoreFeedRequest request;
  request.set_after(reader.kept_through);
  request.set_reader(reader.name);
  request.set_max_items(1 + world_.dice.Below(5));
  if (world_.dice.Chance(0.5)) request.mutable_max_wait()->set_seconds(2);
  auto at_hub = [this, core = reader.core,
                 bytes = request.SerializeAsString()](Network::Answer answer) {
    v1::ReadCoreFeedRequest received;
    received.ParseFromString(bytes);
    world_.hub.hub().core_api().ReadCoreFeed(core, std::move(received),
                                             AsBytes<v1::ReadCoreFeedResponse>(std::move(answer)));
  };
  auto at_core = [this, &reader](const absl::StatusOr<std::string>& answer) {
    reader.under_way = false;
    const auto response = FromBytes<v1::ReadCoreFeedResponse>(answer);
    world_.Judge(response.status());
    if (response.status().code() == absl::StatusCode::kInvalidArgument) {
      world_.Accuse("the hub has forgotten items that the core keeps");
    }
    if (response.ok()) Keep(reader, *response);
  };
  world_.network.Call(std::move(at_hub), std::move(at_core));
}

// Items and how far they go are kept in one transaction; the core may be started anew at any time.
void CoreParty::Keep(Reader& reader, const v1::ReadCoreFeedResponse& response) {
  reader.newest = std::max(reader.newest, response.newest());
  int64_t through = reader.kept_through;
  for (const v1::CoreItem& item : response.items()) {
    // A reader whom erasure did not wait for may miss what was erased, and nothing else.
    if (item.sequence() != through + 1 && item.sequence() > response.erased_through() + 1)
      world_.Accuse(absl::StrCat("item ", through + 1, " is missing and was not erased"));
    through = item.sequence();
    if (!reader.keeps) continue;
    world_.ledger.items_read.push_back(item);
    if (item.has_promise()) NotePromise(item.promise());
    for (const std::string& stop_id : item.outcome().placed_stop_ids())
      world_.outcome_stop_ids.push_back(stop_id);
  }
  const bool started_anew = reader.keeps && world_.Fault(world_.options.faults.core_restart);
  if (started_anew && world_.Planted(Mistake::kOutcomeCountedTwice)) return;
  reader.kept_through = through;
}

// What somebody who promised has to pay yet, what is due next before the rest; and when.
void CoreParty::NotePromise(const v1::PromiseChange& change) {
  int account = 0;
  while (account < world_.options.accounts && AccountId(account) != change.account_id()) ++account;
  next_parts_.erase(account);
  if (change.standing() != v1::PROMISE_STANDING_OPEN) return;
  world_.turns.insert(TimeOf(change.since_time()));
  std::vector<int64_t>& parts = next_parts_[account];
  for (const v1::InstalmentStanding& part : change.instalments()) {
    if (part.standing() != v1::PROMISE_STANDING_KEPT) parts.push_back(part.amount().minor_units());
  }
  if (parts.empty()) parts.push_back(change.amount().minor_units());
}

}  // namespace switchboard::simulation
