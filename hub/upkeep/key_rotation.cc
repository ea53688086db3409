#include "hub/upkeep/key_rotation.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/base/topic.h"
#include "hub/book/holds.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/membership.h"

namespace switchboard::upkeep {
namespace {

using Rotation = v1::ListKeysResponse::Rotation;
using storage::Sealer;

// Of keys that boxes name which do not open: "person.box:5".
std::vector<int64_t> KeysIn(const std::set<std::string>& broken) {
  std::vector<int64_t> keys;
  for (const std::string& entry : broken) {
    int64_t key = 0;
    if (absl::SimpleAtoi(entry.substr(entry.rfind(':') + 1), &key)) keys.push_back(key);
  }
  return keys;
}

bool SamePlace(const KeyRotationRow& one, const KeyRotationRow& other) {
  return one.through == other.through && one.step == other.step && one.table == other.table &&
         one.after == other.after;
}

}  // namespace

absl::StatusOr<bool> KeyRotation::Any(storage::Connection& reader, absl::Time /*now*/) {
  page_.reset();
  next_proof_.reset();
  ASSIGN_OR_RETURN(auto row, NewestRotation(reader));
  // Before its own hub has renewed its key there is nothing to be done by any.
  if (!row.has_value() || row->end_us.has_value() || sealer_.sealing_key() <= row->through)
    return false;
  const absl::Duration waited = WaitedInStep(*row);
  page_.emplace().from = *std::move(row);
  const KeyRotationRow& from = page_->from;
  switch (from.step) {
    case Rotation::STEP_SWITCHING: {
      if (waited >= options_.switch_wait) return true;
      ASSIGN_OR_RETURN(const auto behind, HubsBehind(reader, from.through));
      return behind.empty();
    }
    case Rotation::STEP_SEALING:
      RETURN_IF_ERROR(ReadPage(reader, options_.sealing_page));
      return true;
    case Rotation::STEP_PROVING: {
      ASSIGN_OR_RETURN(const bool ended, NothingOfBefore(reader, from.through));
      if (!ended || waited < options_.floor_wait) return false;
      RETURN_IF_ERROR(ReadPage(reader, options_.proof_page));
      return true;
    }
    default:
      return false;
  }
}

absl::Duration KeyRotation::WaitedInStep(const KeyRotationRow& row) {
  const absl::Time now = true_clock_.Now();
  const std::pair<int64_t, int> step{row.through, row.step};
  // A clock that stepped back begins anew.
  if (step_seen_.first != step || now < step_seen_.second) step_seen_ = {step, now};
  return now - step_seen_.second;
}

// A commit that read the former floor stores boxes under old keys for as long as it takes: it may
// wait for a standby that stands still, or be of a hub that does. It was under way when this hub
// first saw the floor, which each that begins later reads.
absl::StatusOr<bool> KeyRotation::NothingOfBefore(storage::Connection& reader, int64_t through) {
  if (began_before_.first == through && began_before_.second == 0) return true;
  ASSIGN_OR_RETURN(const storage::UnderWay seen, reader.LookUnderWay());
  if (began_before_.first != through) began_before_ = {through, seen.next};
  if (seen.oldest >= began_before_.second) began_before_.second = 0;
  return began_before_.second == 0;
}

size_t KeyRotation::TableOf(const KeyRotationRow& row) const {
  const auto found =
      std::find_if(options_.tables.begin(), options_.tables.end(),
                   [&](const storage::SealedTable* table) { return row.table == table->name; });
  return found == options_.tables.end() ? 0 : static_cast<size_t>(found - options_.tables.begin());
}

absl::Status KeyRotation::ReadPage(storage::Connection& reader, int limit) {
  Page& page = *page_;
  page.table = TableOf(page.from);
  ASSIGN_OR_RETURN(
      auto rows, storage::ReadSealed(reader, *options_.tables[page.table], page.from.after, limit));
  page.table_ends = rows.size() < static_cast<size_t>(limit);
  if (!rows.empty()) page.last = storage::RowKey(rows.back());
  for (storage::SealedRow& row : rows) RETURN_IF_ERROR(LookAt(reader, std::move(row)));
  return absl::OkStatus();
}

absl::Status KeyRotation::LookAt(storage::Connection& reader, storage::SealedRow row) {
  Page& page = *page_;
  if (row.box.empty()) return absl::OkStatus();
  ++page.seen;
  const int64_t key = Sealer::KeyOf(row.box);
  if (key > page.from.through) return absl::OkStatus();
  const auto plaintext = sealer_.Open(row.place, row.box, reader);
  if (absl::IsDataLoss(plaintext.status())) {
    page.broken.insert(
        absl::StrCat(options_.tables[page.table]->name, ":", std::max<int64_t>(key, 0)));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(plaintext.status());
  storage::EarlyBox box = sealer_.SealEarly(row.place, *plaintext);
  page.anew.push_back({std::move(row), std::move(box)});
  return absl::OkStatus();
}

absl::Status KeyRotation::Run(storage::Transaction& transaction) {
  next_proof_.reset();
  const storage::Key keys = book::KeysKey();
  RETURN_IF_ERROR(transaction.Hold({&keys, 1}));
  ASSIGN_OR_RETURN(auto row, NewestRotation(transaction.connection()));
  // Another hub was quicker.
  if (!page_.has_value() || !row.has_value() || !SamePlace(*row, page_->from))
    return absl::OkStatus();
  switch (row->step) {
    case Rotation::STEP_SWITCHING:
      RETURN_IF_ERROR(storage::RaiseKeyFloor(transaction, row->through + 1));
      Begin(transaction, *row, Rotation::STEP_SEALING);
      break;
    case Rotation::STEP_SEALING:
      RETURN_IF_ERROR(Seal(transaction, *row));
      break;
    case Rotation::STEP_PROVING:
      RETURN_IF_ERROR(Prove(transaction, *row));
      break;
    default:
      return absl::OkStatus();
  }
  return WriteRotation(transaction, *row);
}

bool KeyRotation::Done() {
  if (next_proof_.has_value()) proof_ = *std::exchange(next_proof_, std::nullopt);
  return page_.has_value();
}

void KeyRotation::Begin(storage::Transaction& transaction, KeyRotationRow& row,
                        Rotation::Step step) const {
  row.step = step;
  row.step_us = transaction.now_us();
  row.table = options_.tables.front()->name;
  row.after.clear();
  row.seen = 0;
  row.broken.clear();
}

bool KeyRotation::Advance(KeyRotationRow& row) const {
  row.seen += page_->seen;
  row.broken.insert(page_->broken.begin(), page_->broken.end());
  if (!page_->table_ends) {
    row.after = page_->last;
    return true;
  }
  if (page_->table + 1 == options_.tables.size()) return false;
  row.table = options_.tables[page_->table + 1]->name;
  row.after.clear();
  return true;
}

absl::Status KeyRotation::Seal(storage::Transaction& transaction, KeyRotationRow& row) const {
  const storage::SealedTable& table = *options_.tables[page_->table];
  std::vector<storage::SealedAnew> boxes;
  if (table.name != options_.forgets) {
    for (const Anew& anew : page_->anew)
      boxes.push_back({anew.row, sealer_.Take(transaction, anew.row.place, anew.box)});
  }
  ASSIGN_OR_RETURN(const int64_t swapped, storage::SwapBoxes(transaction, table, boxes));
  row.sealed += swapped;
  if (!Advance(row)) Begin(transaction, row, Rotation::STEP_PROVING);
  return absl::OkStatus();
}

absl::Status KeyRotation::Prove(storage::Transaction& transaction, KeyRotationRow& row) {
  const bool at_begin = row.after.empty() && row.table == options_.tables.front()->name;
  const bool goes_on =
      proof_.through == row.through && proof_.table == row.table && proof_.after == row.after;
  if (!at_begin && !goes_on) {
    // Another hub's: what it counted is not known here.
    Begin(transaction, row, Rotation::STEP_PROVING);
    return absl::OkStatus();
  }
  if (!page_->anew.empty()) {
    Begin(transaction, row, Rotation::STEP_SEALING);
    return absl::OkStatus();
  }
  Proof proof = at_begin ? Proof{} : proof_;
  proof.boxes[row.table] += page_->seen;
  const bool more = Advance(row);
  proof.through = row.through;
  proof.table = row.table;
  proof.after = row.after;
  next_proof_ = std::move(proof);
  return more ? absl::OkStatus() : Destroy(transaction, row);
}

absl::Status KeyRotation::Destroy(storage::Transaction& transaction, KeyRotationRow& row) const {
  RETURN_IF_ERROR(storage::DestroyDataKeys(transaction, row.through, KeysIn(row.broken)).status());
  transaction.Forget();
  row.step = Rotation::STEP_DONE;
  row.step_us = transaction.now_us();
  row.table.clear();
  row.after.clear();
  row.end_us = transaction.now_us();
  Sha256 boxes;
  for (const auto& [table, count] : next_proof_->boxes) {
    boxes.AddNumber(static_cast<int64_t>(table.size())).Add(table).AddNumber(count);
  }
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_KEYS, "hub");
  event.mutable_keys()->set_step(v1::KeyStep::STEP_DESTROYED);
  event.set_count(row.through);
  event.set_digest(boxes.Finish());
  audit::Record(transaction, std::move(event));
  transaction.Announce(Topic::Keys());
  return absl::OkStatus();
}

}  // namespace switchboard::upkeep
