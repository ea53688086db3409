#include "hub/audit/checkpoint_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

std::string PlaceText(const LeafPlace& place) {
  return absl::StrCat(std::string(place.chain_id), "/", place.sequence, " of ",
                      UtcTextOf(place.commit_time_us));
}

// ", and so are 2 more"
std::string AndMore(int64_t more, const char* are) {
  return more == 0 ? "" : absl::StrCat(", and ", are, " ", more, " more");
}

std::string TimesText(absl::Span<const int64_t> times_us) {
  return absl::StrJoin(
      times_us, ", ", [](std::string* text, int64_t time_us) { text->append(UtcTextOf(time_us)); });
}

}  // namespace

CheckpointCheck::CheckpointCheck(std::string origin, std::vector<VerifierKey> keys)
    : origin_(std::move(origin)), keys_(std::move(keys)) {}

void CheckpointCheck::AddForged(const std::string& place, const absl::Status& why) {
  findings_.push_back({Finding::kForged, place, absl::StrCat(place, ": ", why.message())});
}

absl::StatusOr<Checkpoint> CheckpointCheck::Open(std::string_view note) const {
  ASSIGN_OR_RETURN(const Note read, ParseNote(note));
  ASSIGN_OR_RETURN(const Checkpoint told, ParseCheckpoint(read.text));
  std::vector<VerifierKey> keys = keys_;
  for (const VerifierKey& key : keys_)
    if (key.name != told.origin) keys.push_back({told.origin, key.type, key.public_key});
  return OpenCheckpoint(note, keys);
}

void CheckpointCheck::AddNoted(const std::string& source, std::string_view note) {
  ++noted_;
  auto checkpoint = Open(note);
  if (!checkpoint.ok()) return AddForged(source, checkpoint.status());
  known_.push_back({*std::move(checkpoint), source});
}

void CheckpointCheck::AddOwn(std::string_view note) {
  ++own_;
  auto checkpoint = Open(note);
  if (!checkpoint.ok()) return AddForged("a checkpoint that the log keeps", checkpoint.status());
  known_.push_back({*std::move(checkpoint), ""});
}

std::string CheckpointCheck::NameOf(const Known& known) const {
  return known.source.empty()
             ? absl::StrCat("the checkpoint of ", known.checkpoint.size, " that the log keeps")
             : absl::StrCat("the checkpoint of ", known.checkpoint.size, " (", known.source, ")");
}

void CheckpointCheck::Sort() {
  sorted_ = true;
  std::stable_sort(known_.begin(), known_.end(), [](const Known& a, const Known& b) {
    return a.checkpoint.size < b.checkpoint.size;
  });
  for (size_t i = 1; i < known_.size(); ++i) {
    const Checkpoint &a = known_[i - 1].checkpoint, &b = known_[i].checkpoint;
    if (a.size != b.size || a.root == b.root || a.origin != b.origin) continue;
    findings_.push_back({Finding::kForked,
                         known_[i].source.empty() ? known_[i - 1].source : known_[i].source,
                         absl::StrCat(NameOf(known_[i - 1]), " and ", NameOf(known_[i]),
                                      " have other roots: the key signed two logs of this name")});
  }
  // One of a log that was still empty.
  const Hash empty = CompactRange().Root();
  while (next_ < known_.size() && known_[next_].checkpoint.size == 0) Compare(empty);
}

void CheckpointCheck::Compare(const Hash& root) {
  const Known& known = known_[next_];
  if (known.checkpoint.root == root) {
    AgreedOf(known).size = size_;
    if (!known.source.empty()) ++as_noted_;
  } else {
    mismatches_.push_back({next_, AgreedOf(known), last_});
  }
  ++next_;
}

void CheckpointCheck::See(const LeafPlace& place, absl::FunctionRef<Hash()> root) {
  if (!sorted_) Sort();
  for (Agreed* agreed : {&agreed_, &own_agreed_})
    if (agreed->size == size_) agreed->next = place;
  last_ = place;
  ++size_;
  if (next_ == known_.size() || known_[next_].checkpoint.size != size_) return;
  const Hash now = root();
  while (next_ < known_.size() && known_[next_].checkpoint.size == size_) Compare(now);
}

// A restore begins another log, by another name; what the old one went on with is gone.
bool CheckpointCheck::IsLost(const Known& known, Times restores) const {
  return !restores.empty() && known.checkpoint.origin != origin_;
}

void CheckpointCheck::AddMismatches(bool own, Times restores,
                                    std::vector<Finding>& findings) const {
  const Mismatch* first = nullptr;
  int64_t more = 0;
  for (const Mismatch& one : mismatches_) {
    const Known& known = known_[one.known];
    if (known.source.empty() != own || (!own && IsLost(known, restores))) continue;
    if (first == nullptr) {
      first = &one;
    } else {
      ++more;
    }
  }
  if (first == nullptr) return;
  const Known& known = known_[first->known];
  const int64_t last = known.checkpoint.size - 1;
  std::string text =
      absl::StrCat(NameOf(known), " is not of what stands there now", AndMore(more, "neither are"));
  if (last < 0) {
    text += ": it tells of an empty log with entries";
  } else {
    absl::StrAppend(&text, ": altered, and computed anew, from position ", first->before.size, " (",
                    PlaceText(first->before.next), ") on, or behind it up to ", last, " (",
                    PlaceText(first->last), ")");
  }
  if (known.checkpoint.origin != origin_)
    absl::StrAppend(&text, "; it is of the log ", known.checkpoint.origin, ", this one is ",
                    origin_);
  findings.push_back({own ? Finding::kTree : Finding::kNotAsNoted,
                      absl::StrCat("positions ", first->before.size, " to ", last),
                      std::move(text)});
}

void CheckpointCheck::AddCut(bool own, int64_t tree_size, Times restores,
                             std::vector<Finding>& findings) const {
  const Known* largest = nullptr;
  int64_t more = -1;
  for (size_t i = next_; i < known_.size(); ++i) {
    const Known& known = known_[i];
    if (known.source.empty() != own || (!own && IsLost(known, restores)) ||
        known.checkpoint.size <= tree_size)
      continue;
    largest = &known;
    ++more;
  }
  if (largest == nullptr) return;
  findings.push_back({own ? Finding::kTree : Finding::kCut, absl::StrCat("position ", tree_size),
                      absl::StrCat("the log's tree ends at ", tree_size, " entries; ",
                                   NameOf(*largest), " tells of more", AndMore(more, "so do"),
                                   ": an older database was put back, or its end was taken away")});
}

void CheckpointCheck::AddLost(int64_t tree_size, Times restores,
                              std::vector<Finding>& findings) const {
  std::vector<const Known*> lost;
  for (const Mismatch& one : mismatches_) lost.push_back(&known_[one.known]);
  for (size_t i = next_; i < known_.size(); ++i)
    if (known_[i].checkpoint.size > tree_size) lost.push_back(&known_[i]);
  std::erase_if(
      lost, [&](const Known* known) { return known->source.empty() || !IsLost(*known, restores); });
  if (lost.empty()) return;
  const Known& first = *lost.front();
  findings.push_back(
      {Finding::kLost, first.source,
       absl::StrCat(NameOf(first), AndMore(static_cast<int64_t>(lost.size()) - 1, "with it"),
                    ": of the log ", first.checkpoint.origin, ", which is called ", origin_,
                    " since a restore; restored at ", TimesText(restores))});
}

std::vector<Finding> CheckpointCheck::Findings(int64_t tree_size, Times restores) {
  if (!sorted_) Sort();
  std::vector<Finding> findings = findings_;
  for (const bool own : {false, true}) {
    AddMismatches(own, restores, findings);
    AddCut(own, tree_size, restores, findings);
  }
  AddLost(tree_size, restores, findings);
  return findings;
}

}  // namespace switchboard::audit
