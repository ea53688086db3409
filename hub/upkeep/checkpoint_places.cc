#include "hub/upkeep/checkpoint_places.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/thread_name.h"
#include "hub/upkeep/checkpoint_folder.h"

namespace switchboard::upkeep {
namespace {

constexpr absl::Duration kLookInterval = absl::Seconds(1);
constexpr absl::Duration kPauseMin = absl::Seconds(1);
constexpr absl::Duration kPauseMax = absl::Minutes(10);

absl::Duration PauseAfter(int failures) {
  absl::Duration pause = kPauseMin;
  for (int i = 1; i < failures && pause < kPauseMax; ++i) pause *= 2;
  return std::min(pause, kPauseMax);
}

// The name of the checkpoint's file; empty for one that was made under another name than the log is
// configured to have now: the start's own entry brings the next.
std::string FileOf(const audit::KeptCheckpoint& checkpoint, const audit::LogSigner& log) {
  const auto note = audit::ParseNote(checkpoint.note);
  if (!note.ok()) return {};
  const auto read = audit::ParseCheckpoint(note->text);
  if (!read.ok()) return {};
  const std::optional<int64_t> generation = log.GenerationOf(read->origin);
  return generation.has_value() ? CheckpointFileName(*generation, checkpoint.size) : std::string();
}

}  // namespace

CheckpointPlaces::CheckpointPlaces(const Parts& parts, std::vector<CheckpointPlace> places)
    : parts_(parts), places_(std::move(places)), attempts_(places_.size()) {
  MutexLock lock(mutex_);
  for (const CheckpointPlace& place : places_)
    states_.push_back({place.name, absl::OkStatus(), absl::OkStatus()});
}

void CheckpointPlaces::Start() {
  if (!places_.empty()) thread_ = std::thread([this] { Loop(); });
}

void CheckpointPlaces::Stop() {
  {
    MutexLock lock(mutex_);
    ending_ = true;
  }
  wake_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

std::vector<CheckpointPlaces::State> CheckpointPlaces::States() const {
  MutexLock lock(mutex_);
  return states_;
}

void CheckpointPlaces::Loop() {
  NameThread("checkpoints");
  while (true) {
    {
      MutexLock lock(mutex_);
      const auto ending = [this]() SWITCHBOARD_REQUIRES(mutex_) { return ending_; };
      if (wake_.WaitFor(mutex_, kLookInterval, ending)) return;
    }
    Turn();
  }
}

void CheckpointPlaces::Turn() {
  // A database that is away is asked again with the next turn.
  const auto due = Read();
  if (!due.ok() || due->file.empty()) return;
  for (size_t number = 0; number < places_.size(); ++number) BringTo(number, *due);
}

absl::StatusOr<CheckpointPlaces::Due> CheckpointPlaces::Read() {
  Due due;
  RETURN_IF_ERROR(parts_.readers.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(auto newest, audit::NewestCheckpoint(reader));
    if (!newest.has_value()) return absl::OkStatus();
    due.file = FileOf(*newest, parts_.log);
    due.checkpoint = *std::move(newest);
    ASSIGN_OR_RETURN(auto deliveries, audit::Deliveries(reader));
    for (audit::Delivery& one : deliveries) due.deliveries[one.place] = std::move(one);
    return absl::OkStatus();
  }));
  return due;
}

void CheckpointPlaces::BringTo(size_t number, const Due& due) {
  const std::string& place = places_[number].name;
  audit::Delivery delivery;
  if (const auto found = due.deliveries.find(place); found != due.deliveries.end())
    delivery = found->second;
  delivery.place = place;
  Attempts& attempts = attempts_[number];
  const absl::Time now = parts_.true_clock.Now();
  // A time further away than the longest pause was set before the clock stepped back.
  const bool is_early = now < attempts.next && attempts.next - now <= kPauseMax;
  if (delivery.size >= due.checkpoint.size || is_early) return;
  const absl::Status delivered = Deliver(number, due);
  attempts.failures = delivered.ok() ? 0 : attempts.failures + 1;
  attempts.next = delivered.ok() ? now : now + PauseAfter(attempts.failures);
  const std::string before = std::exchange(delivery.problem, NoteLast(number, delivered));
  if (delivered.ok()) {
    delivery.size = due.checkpoint.size;
    delivery.deliver_time_us = absl::ToUnixMicros(parts_.clock.Now());
  } else if (delivery.problem == before) {
    return;
  }
  // If it cannot be noted, it is brought once more, which does no harm.
  parts_.writer
      .SubmitAndWait(storage::Urgency::kBulk,
                     [&](storage::Transaction& transaction) {
                       return audit::NoteDelivery(transaction, delivery);
                     })
      .IgnoreError();
}

absl::Status CheckpointPlaces::Deliver(size_t number, const Due& due) {
  RETURN_IF_ERROR(LookAtOnce(number));
  const absl::Status written =
      WriteCheckpointFile(places_[number].folder, due.file, due.checkpoint.note);
  if (ErrorReason(written) == "CHECKPOINT_CONFLICT") NoteConflict(number, written);
  return written;
}

// Before the first checkpoint comes there: whether another database's are there under this name.
absl::Status CheckpointPlaces::LookAtOnce(size_t number) {
  if (attempts_[number].looked_at) return absl::OkStatus();
  const std::string& folder = places_[number].folder;
  ASSIGN_OR_RETURN(const FolderContent content, ReadCheckpointFolder(folder, parts_.log));
  attempts_[number].looked_at = true;
  if (content.stranger.empty()) return absl::OkStatus();
  NoteConflict(number,
               Error(absl::StatusCode::kDataLoss, "CHECKPOINT_CONFLICT",
                     absl::StrCat(folder, "/", content.stranger,
                                  ": bears this log's name and is signed by another key: it is of "
                                  "another database, or somebody wrote it")));
  return absl::OkStatus();
}

void CheckpointPlaces::NoteConflict(size_t number, const absl::Status& conflict) {
  MutexLock lock(mutex_);
  states_[number].conflict = conflict;
}

std::string CheckpointPlaces::NoteLast(size_t number, const absl::Status& last) {
  MutexLock lock(mutex_);
  State& state = states_[number];
  state.last = last;
  return std::string(state.conflict.ok() ? last.message() : state.conflict.message());
}

}  // namespace switchboard::upkeep
