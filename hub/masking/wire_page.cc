#include "hub/masking/wire_page.h"

#include <algorithm>
#include <utility>

#include "hub/base/ids.h"
#include "hub/masking/coarse_time.h"

namespace switchboard::masking {
namespace {

using v1::SyncResponse;

constexpr uint32_t kLengthDelimited = 2;

void AddVarint(uint64_t number, std::string* bytes) {
  for (; number >= 0x80; number >>= 7) *bytes += static_cast<char>((number & 0x7F) | 0x80);
  *bytes += static_cast<char>(number);
}

size_t VarintBytes(uint64_t number) {
  size_t bytes = 1;
  for (; number >= 0x80; number >>= 7) ++bytes;
  return bytes;
}

// A field that is a message, without the message itself.
void AddHead(int field, size_t size, std::string* bytes) {
  AddVarint(static_cast<uint64_t>(field) << 3 | kLengthDelimited, bytes);
  AddVarint(size, bytes);
}

size_t HeadBytes(int field, size_t size) {
  return VarintBytes(static_cast<uint64_t>(field) << 3 | kLengthDelimited) + VarintBytes(size);
}

template <typename Message>
void AddMessage(int field, const Message& message, std::string* bytes) {
  AddHead(field, message.ByteSizeLong(), bytes);
  message.AppendToString(bytes);
}

// What a work type that the contract does not list is granted.
const WireGuard& Nothing() {
  static const WireGuard guard(v1::Contract(), v1::WORK_TYPE_UNSPECIFIED);
  return guard;
}

// A field `changes` of a Batch that holds an Assignment, whose own bytes are its last.
std::string Assigned(const v1::Assignment& assignment, size_t* assignment_bytes) {
  const size_t size = assignment.ByteSizeLong();
  const int field = SyncResponse::Change::kAssignedFieldNumber;
  const size_t change = HeadBytes(field, size) + size;
  std::string bytes;
  bytes.reserve(HeadBytes(SyncResponse::Batch::kChangesFieldNumber, change) + change);
  AddHead(SyncResponse::Batch::kChangesFieldNumber, change, &bytes);
  AddHead(field, size, &bytes);
  const size_t begin = bytes.size();
  bytes.resize(begin + size);
  assignment.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(bytes.data()) + begin);
  *assignment_bytes = size;
  return bytes;
}

std::string Withdrawn(const SyncResponse::Change& change) {
  std::string bytes;
  AddMessage(SyncResponse::Batch::kChangesFieldNumber, change, &bytes);
  return bytes;
}

}  // namespace

ShownPage ShownPage::Heartbeat(const v1::Cursor& at, bool caught_up) {
  ShownPage page;
  page.after_ = page.through_ = at;
  page.caught_up_ = caught_up;
  return page;
}

std::string ShownPage::Serialized() const {
  size_t size = 64;
  for (const Change& change : changes_) size += change.bytes.size();
  std::string bytes;
  bytes.reserve(size);
  AddMessage(SyncResponse::Batch::kAfterFieldNumber, after_, &bytes);
  AddMessage(SyncResponse::Batch::kThroughFieldNumber, through_, &bytes);
  for (const Change& change : changes_) bytes += change.bytes;
  SyncResponse::Batch rest;
  rest.set_caught_up(caught_up_);
  rest.AppendToString(&bytes);
  return bytes;
}

SyncResponse::Batch ShownPage::Read() const {
  SyncResponse::Batch batch;
  SWITCHBOARD_ASSERT(batch.ParseFromString(Serialized()));
  return batch;
}

void ShownPage::ForEachRow(
    absl::FunctionRef<void(const std::string& assignment_id, std::string_view row)> visit) const {
  for (const Change& change : changes_) {
    if (change.row_bytes == 0) continue;
    const size_t begin = change.bytes.size() - change.row_bytes;
    visit(change.assignment_id, std::string_view(change.bytes).substr(begin));
  }
}

void ShownPage::LeaveOut(const std::vector<std::string>& assignment_ids) {
  const size_t left = std::erase_if(changes_, [&](const Change& change) {
    return change.row_bytes > 0 && std::find(assignment_ids.begin(), assignment_ids.end(),
                                             change.assignment_id) != assignment_ids.end();
  });
  skips_ = skips_ || left > 0;
}

void WirePage::AddWithdrawal(int64_t sequence, const std::string& assignment_id,
                             v1::WithdrawReason reason) {
  Row& row = rows_.emplace_back();
  row.sequence = sequence;
  row.change.mutable_withdrawn()->set_assignment_id(assignment_id);
  row.change.mutable_withdrawn()->set_reason(reason);
}

WirePage::Row& WirePage::Add(int64_t sequence, const RowFrame& frame) {
  Row& row = rows_.emplace_back();
  row.sequence = sequence;
  row.guard = &Nothing();
  v1::Assignment& assigned = *row.change.mutable_assigned();
  assigned.set_assignment_id(frame.assignment_id);
  assigned.set_work_type(frame.work_type);
  for (const v1::Act act : frame.acts) assigned.add_acts(act);
  if (frame.expire_time.has_value())
    *assigned.mutable_expire_time() = CoarseTime(*frame.expire_time);
  if (frame.recall.has_value()) {
    v1::PendingRecall& recall = *assigned.mutable_pending_recall();
    recall.set_reason(frame.recall->reason);
    *recall.mutable_final_time() = CoarseTime(frame.recall->final_time);
    recall.set_objected(frame.recall->objected);
  }
  return row;
}

void WirePage::AddFrame(int64_t sequence, const RowFrame& frame) { Add(sequence, frame); }

size_t WirePage::AddRow(int64_t sequence, const RowFrame& frame, const Masker& masker,
                        const WireGuard& guard, OpenedRecord record, absl::Time now) {
  Row& row = Add(sequence, frame);
  masker.Mask(record.person, record.account, now, row.change.mutable_assigned());
  row.masker = &masker;
  row.guard = &guard;
  row.person_bytes = std::move(record.person_bytes);
  row.account_bytes = std::move(record.account_bytes);
  return rows_.size() - 1;
}

void WirePage::ShowPromises(size_t place, const ShownPromise* promise,
                            const ShownPromise* proposed) {
  Row& row = rows_[place];
  row.masker->MaskPromises(promise, proposed, row.change.mutable_assigned());
}

void WirePage::ShowHandOver(size_t place, const ShownHandOver& hand_over) {
  Row& row = rows_[place];
  row.masker->MaskHandedOver(hand_over, row.change.mutable_assigned());
}

WirePage::Made WirePage::Make(const PageEnd& end) && {
  Made made;
  using Kept = ShownPage::Change;
  std::vector<Kept> kept;
  size_t bytes = 0;
  bool whole = true;
  for (Row& row : rows_) {
    if (row.guard == nullptr) {
      kept.push_back({row.change.withdrawn().assignment_id(), Withdrawn(row.change), 0});
    } else {
      v1::Assignment& assigned = *row.change.mutable_assigned();
      size_t size = 0;
      std::string change = Assigned(assigned, &size);
      const auto finding = row.guard->Check(std::string_view(change).substr(change.size() - size),
                                            {row.person_bytes, row.account_bytes});
      if (finding.has_value()) {
        shown_.through_.set_sequence(row.sequence);
        made.withheld.push_back({*finding, assigned.assignment_id(), std::move(assigned)});
        continue;
      }
      kept.push_back({assigned.assignment_id(), std::move(change), size});
    }
    bytes += kept.back().bytes.size();
    if (bytes > end.bytes_max && kept.size() > 1) {
      kept.pop_back();
      whole = false;
      break;
    }
    shown_.through_.set_sequence(row.sequence);
  }
  if (whole && rows_.size() < static_cast<size_t>(end.rows_max)) {
    shown_.caught_up_ = true;
    shown_.through_.set_sequence(std::max(shown_.after_.sequence(), end.newest));
  }
  std::sort(kept.begin(), kept.end(), [](const Kept& one, const Kept& other) {
    return RandomOrder()(one.assignment_id, other.assignment_id);
  });
  shown_.skips_ = !made.withheld.empty();
  shown_.changes_ = std::move(kept);
  made.page = std::move(shown_);
  return made;
}

ToVendor<SyncResponse> StreamMessage::Of(const ShownPage& page) {
  const std::string batch = page.Serialized();
  std::string bytes;
  bytes.reserve(HeadBytes(SyncResponse::kBatchFieldNumber, batch.size()) + batch.size());
  AddHead(SyncResponse::kBatchFieldNumber, batch.size(), &bytes);
  bytes += batch;
  return ToVendor<SyncResponse>(std::move(bytes));
}

ToVendor<SyncResponse> StreamMessage::Of(SyncResponse::Opened opened) {
  SyncResponse response;
  *response.mutable_opened() = std::move(opened);
  return ToVendor<SyncResponse>(response.SerializeAsString());
}

ToVendor<SyncResponse> StreamMessage::Of(SyncResponse::WithdrawnNow withdrawn) {
  SyncResponse response;
  *response.mutable_withdrawn_now() = std::move(withdrawn);
  return ToVendor<SyncResponse>(response.SerializeAsString());
}

}  // namespace switchboard::masking
