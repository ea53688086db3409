#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/simulation/core_party.h"

// How the cores hand over what they have read.

namespace switchboard::simulation {
namespace {

using google::protobuf::util::TimeUtil;

// Payments that were there do not count any more.
constexpr char kForgetPayments[] =
    "UPDATE stop SET lift_time = 1 WHERE reason = 1 AND lift_time IS NULL";
// How old the truth is that the hub has.
constexpr char kForgetAges[] = "UPDATE account SET as_of = 0";

constexpr char kReadAges[] = "SELECT account_id, as_of FROM account";
constexpr char kBelieveAge[] = "UPDATE account SET as_of = $1 WHERE account_id = $2";

constexpr int64_t kFarSequence = INT64_MAX - 7;  // a column taken for another

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

int64_t AsOfUs(const v1::ImportAccountsRequest& batch, const v1::AccountRecord& record) {
  return TimeUtil::TimestampToMicroseconds(record.has_as_of_time() ? record.as_of_time()
                                                                   : batch.as_of_time());
}

// As of when the hub's truth was when it looked, by account.
using Ages = std::map<std::string, int64_t, std::less<>>;

std::shared_ptr<Ages> LookNow(HubProcess& hub) {
  auto ages = std::make_shared<Ages>();
  hub.Corrupt([ages](storage::Transaction& transaction) {
    return transaction.Query(kReadAges, {}, [&](const storage::Row& row) {
      ages->emplace(row.Text(0), row.Integer(1));
      return absl::OkStatus();
    });
  });
  return ages;
}

// What the batch is judged by is what was read then.
void Believe(HubProcess& hub, const Ages& ages, const v1::ImportAccountsRequest& batch) {
  for (const auto& record : batch.records()) {
    const std::string& account_id = record.account().account_id();
    const auto known = ages.find(account_id);
    hub.Corrupt(kBelieveAge, known == ages.end() ? 0 : known->second, account_id);
  }
}

// Sends a batch over one stream, in messages of at most `records_max`, and answers once all are
// answered.
void Import(Hub& hub, const identity::Peer& core, const v1::ImportAccountsRequest& batch,
            int records_max, const Network::Answer& answer) {
  struct Progress {
    int waiting = 0;
    absl::Status status;
    v1::ImportAccountsResponse response;
  };
  auto progress = std::make_shared<Progress>();
  const auto stream = hub.core_api().OpenImport(core);
  progress->waiting = (batch.records_size() + records_max - 1) / records_max;
  for (int from = 0; from < batch.records_size(); from += records_max) {
    v1::ImportAccountsRequest message;
    message.set_source(batch.source());
    *message.mutable_as_of_time() = batch.as_of_time();
    for (int i = from; i < std::min(from + records_max, batch.records_size()); ++i) {
      *message.add_records() = batch.records(i);
    }
    stream->Take(message.SerializeAsString(),
                 [progress, from, answer](const absl::StatusOr<v1::ImportAccountsResponse>& part) {
                   if (part.ok()) {
                     progress->response.set_through(part->through());
                     for (auto receipt : part->receipts()) {
                       receipt.set_index(receipt.index() + from);
                       *progress->response.add_receipts() = receipt;
                     }
                   } else {
                     progress->status.Update(part.status());
                   }
                   if (--progress->waiting > 0) return;
                   AsBytes<v1::ImportAccountsResponse>(answer)(
                       progress->status.ok()
                           ? absl::StatusOr<v1::ImportAccountsResponse>(progress->response)
                           : progress->status);
                 });
  }
}

}  // namespace

void CoreParty::DrawBatch(Source& source) {
  Dice& dice = world_.dice;
  if (dice.Chance(0.15) && !source.before.empty()) {
    source.waiting.push_back(dice.Pick(source.before));  // an old file once more
    return;
  }
  if (dice.Chance(0.04) && !source.before.empty()) return ReuseSequence(source);
  Batch batch;
  batch.request.set_source(source.name);
  const absl::Time now = world_.CoreNow();
  *batch.request.mutable_as_of_time() = Stamp(now);
  // Half of what is read is sent at once, the rest any time later: behind younger data of this
  // source and of others, and behind payments.
  batch.first_step = world_.step + (dice.Chance(0.5) ? 0 : dice.Below(150));
  for (int count = 1 + dice.Below(6); count > 0; --count) {
    const int account = dice.Below(world_.options.accounts);
    if (closed_.contains(account)) continue;
    // Some lines of a file are older than the file.
    const absl::Time as_of = dice.Chance(0.1) ? now - absl::Seconds(dice.Below(600)) : now;
    source.newest += 1 + dice.Below(3);
    AddRecord(batch, account, as_of, source.newest, dice.Chance(0.05));
    if (dice.Chance(0.03)) AddRecord(batch, account, as_of, kFarSequence, /*spoilt=*/true);
  }
  if (batch.records.empty()) return;
  // Now and then it overtakes what was read before.
  const bool ahead = !source.under_way && dice.Chance(0.3);
  if (ahead) {
    source.waiting.push_front(std::move(batch));
  } else {
    source.waiting.push_back(std::move(batch));
  }
}

void CoreParty::AddRecord(Batch& batch, int account, absl::Time as_of, int64_t sequence,
                          bool spoilt) {
  v1::AccountRecord record = book_.Read(account, as_of);
  record.set_sequence(sequence);
  if (Stamp(as_of) != batch.request.as_of_time()) *record.mutable_as_of_time() = Stamp(as_of);
  if (spoilt) Spoil(world_.dice, record);
  invariants::SentRecord& sent = world_.ledger.records.emplace_back();
  sent.account_id = record.account().account_id();
  sent.person_id = record.person().person_id();
  sent.as_of_us = AsOfUs(batch.request, record);
  sent.sent_at = INT64_MAX;
  sent.content = record;
  batch.records.push_back(world_.ledger.records.size() - 1);
  *batch.request.add_records() = std::move(record);
}

// The same place in the source's order for other content.
void CoreParty::ReuseSequence(Source& source) {
  const Batch& before = world_.dice.Pick(source.before);
  const v1::AccountRecord& old = before.request.records(
      world_.dice.Below(static_cast<int64_t>(before.request.records_size())));
  if (old.sequence() == kFarSequence) return;
  Batch batch;
  batch.request.set_source(source.name);
  const absl::Time now = world_.CoreNow();
  *batch.request.mutable_as_of_time() = Stamp(now);
  const std::string& account_id = old.account().account_id();
  for (int account = 0; account < world_.options.accounts; ++account) {
    if (AccountId(account) == account_id) AddRecord(batch, account, now, old.sequence(), false);
  }
  source.waiting.push_back(std::move(batch));
}

void CoreParty::SendBatch(Source& source) {
  source.under_way = true;
  const Batch batch = source.waiting.front();
  const int64_t call_at = world_.Moment();
  for (const size_t place : batch.records) {
    world_.ledger.records[place].sent_last = call_at;
    int64_t& sent_at = world_.ledger.records[place].sent_at;
    sent_at = std::min(sent_at, call_at);
  }
  v1::ImportAccountsRequest request = batch.request;
  if (world_.Planted(Mistake::kStaleImport)) {
    *request.mutable_as_of_time() = Stamp(world_.CoreNow());
    for (auto& record : *request.mutable_records()) record.clear_as_of_time();
  }
  const int records_max = 1 + world_.dice.Below(4);
  std::shared_ptr<Ages> looked;
  if (world_.Planted(Mistake::kStaleRead)) looked = LookNow(world_.hub);
  auto at_hub = [this, core = source.core, bytes = request.SerializeAsString(), records_max,
                 looked](const Network::Answer& answer) {
    if (world_.Planted(Mistake::kPaymentForgotten)) world_.hub.Corrupt(kForgetPayments);
    if (world_.Planted(Mistake::kAgeForgotten)) world_.hub.Corrupt(kForgetAges);
    v1::ImportAccountsRequest received;
    received.ParseFromString(bytes);
    if (looked != nullptr) Believe(world_.hub, *looked, received);
    Import(world_.hub.hub(), core, received, records_max, answer);
  };
  auto at_core = [this, &source, batch, call_at](const absl::StatusOr<std::string>& answer) {
    source.under_way = false;
    const auto response = FromBytes<v1::ImportAccountsResponse>(answer);
    world_.Judge(response.status());
    if (absl::IsInvalidArgument(response.status())) world_.Accuse("an import was refused whole");
    if (!response.ok()) return;
    TakeReceipts(source, batch, call_at, *response);
    source.before.push_back(batch);
    source.waiting.pop_front();
  };
  world_.network.Call(std::move(at_hub), std::move(at_core));
}

void CoreParty::TakeReceipts(Source& source, const Batch& batch, int64_t call_at,
                             const v1::ImportAccountsResponse& response) {
  std::vector<v1::ImportAccountsResponse::Receipt> receipts(batch.records.size());
  for (const auto& receipt : response.receipts())
    receipts[static_cast<size_t>(receipt.index())] = receipt;
  const int64_t now = world_.Moment();
  for (size_t i = 0; i < receipts.size(); ++i) {
    invariants::SentRecord& record = world_.ledger.records[batch.records[i]];
    if (receipts[i].status() == v1::ImportAccountsResponse::STATUS_UNSPECIFIED)
      world_.ledger.placed_accounts.push_back(record.account_id);
    if (record.answered_at != 0) continue;
    record.answered_at = now;
    record.call_at = call_at;
    record.answered_us = absl::ToUnixMicros(world_.clock.Now());
    record.answer = receipts[i].status();
    record.not_placed = receipts[i].not_placed_reason();
  }
  int64_t& through = world_.ledger.through[source.key()];
  if (response.through() < through || response.through() > source.newest) {
    world_.Accuse(absl::StrCat("source ", source.key(), " went from ", through, " to ",
                               response.through(), " of ", source.newest));
  }
  through = std::max(through, response.through());
}

}  // namespace switchboard::simulation
