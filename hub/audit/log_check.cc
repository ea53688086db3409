#include "hub/audit/log_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "hub/audit/chain_reading.h"
#include "hub/audit/checkpoint_check.h"
#include "hub/audit/heads.h"
#include "hub/audit/merkle.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

class LogCheck {
 public:
  using Progress = absl::FunctionRef<void(int64_t entries, int64_t events)>;

  LogCheck(LogSource& source, LogCheckOptions options, Progress progress)
      : source_(source),
        options_(std::move(options)),
        progress_(progress),
        heads_(std::move(options_.heads)),
        readings_(source, options_.rows),
        rows_(source, options_.memory_bytes) {}

  absl::StatusOr<LogReport> Run() {
    // The checkpoints first: what the log keeps of them is then within the tree that it tells of.
    ASSIGN_OR_RETURN(const auto own, OwnCheckpoints());
    ASSIGN_OR_RETURN(auto page, source_.Tree(0));
    report_.origin = page.origin();
    report_.tree_size = page.size();
    checkpoints_.emplace(page.origin(), std::move(options_.keys));
    for (const std::string& note : own) checkpoints_->AddOwn(note);
    for (const NotedCheckpoint& noted : options_.checkpoints)
      checkpoints_->AddNoted(noted.source, noted.note);
    RETURN_IF_ERROR(ReadTree(std::move(page)));
    RETURN_IF_ERROR(ReadTails());
    RETURN_IF_ERROR(CheckRows());
    Finish();
    return std::move(report_);
  }

 private:
  absl::StatusOr<std::vector<std::string>> OwnCheckpoints() {
    std::vector<std::string> notes;
    int64_t after_size = 0;
    while (true) {
      ASSIGN_OR_RETURN(const auto page, source_.Checkpoints(after_size));
      if (options_.keys.empty() && !page.key().empty()) {
        ASSIGN_OR_RETURN(options_.keys.emplace_back(), ParseVerifierKey(page.key()));
      }
      notes.insert(notes.end(), page.notes().begin(), page.notes().end());
      const int64_t last = page.notes().empty() ? 0 : SizeOf(*page.notes().rbegin());
      if (last <= after_size) return notes;
      after_size = last;
    }
  }

  // 0 if it cannot be read; the check says so.
  static int64_t SizeOf(const std::string& note) {
    const auto read = ParseNote(note);
    if (!read.ok()) return 0;
    const auto checkpoint = ParseCheckpoint(read->text);
    return checkpoint.ok() ? checkpoint->size : 0;
  }

  absl::StatusOr<const v1::AuditEntry*> NextOf(ChainReading& chain) {
    ASSIGN_OR_RETURN(const v1::AuditEntry* entry,
                     readings_.Next(chain, [this] { TellProgress(readings_); }));
    if (entry != nullptr) See(*entry);
    return entry;
  }

  void See(const v1::AuditEntry& entry) {
    heads_.See(entry);
    if (entry.forged()) {
      AddFinding(Finding::kForged, absl::StrCat(entry.chain_id(), "/", entry.sequence()),
                 absl::StrCat("chain ", entry.chain_id(), ", entry ", entry.sequence(),
                              ": no hub made it; somebody put it there"));
    }
    if (!options_.rows || rows_.See(entry)) return;
    const std::string place = absl::StrCat(entry.chain_id(), "/", entry.sequence());
    AddFinding(Finding::kBroken, place,
               absl::StrCat("chain ", entry.chain_id(), ", entry ", entry.sequence(),
                            ": what it says was written cannot be read"));
  }

  void TellProgress(const ChainReadings& readings) {
    int64_t entries = 0, events = 0;
    for (const auto& [chain_id, chain] : readings.chains()) {
      entries += chain.verified().entries();
      events += chain.verified().events();
    }
    progress_(entries, events);
  }

  void AddFinding(Finding::Kind kind, std::string place, std::string text) {
    report_.findings.push_back({kind, std::move(place), std::move(text)});
  }

  // Leaf by leaf as far as the tree and its entries go together.
  absl::Status ReadTree(v1::ReadAuditTreeResponse page) {
    const std::string root = page.root();
    bool goes_on = true;
    while (goes_on && tree_.size() < report_.tree_size) {
      if (page.ranges().empty()) {
        AddFinding(Finding::kTree, absl::StrCat("position ", tree_.size()),
                   absl::StrCat("the tree tells of ", report_.tree_size, " leaves, and lists ",
                                tree_.size()));
        return absl::OkStatus();
      }
      for (const auto& range : page.ranges()) {
        ASSIGN_OR_RETURN(goes_on, ReadRange(range));
        if (!goes_on || tree_.size() == report_.tree_size) break;
      }
      if (!goes_on || tree_.size() == report_.tree_size) break;
      ASSIGN_OR_RETURN(page, source_.Tree(tree_.size()));
    }
    if (goes_on && tree_.size() > 0 && tree_.Root().view() != root) {
      AddFinding(Finding::kTree, absl::StrCat("positions 0 to ", tree_.size() - 1),
                 absl::StrCat("the root that the tree keeps of ", tree_.size(),
                              " leaves is not that of the entries"));
    }
    return absl::OkStatus();
  }

  // False where the tree cannot be followed any further.
  absl::StatusOr<bool> ReadRange(const v1::ReadAuditTreeResponse::Range& range) {
    const std::string place = absl::StrCat("position ", tree_.size());
    ChainReading& chain = readings_.Of(range.chain_id());
    if (range.first_position() != tree_.size() || range.count() <= 0 ||
        range.first_sequence() != chain.next_sequence()) {
      AddFinding(Finding::kTree, place,
                 absl::StrCat(place, ": the tree goes on with ", range.count(), " leaves from ",
                              range.chain_id(), "/", range.first_sequence(), " at ",
                              range.first_position(), ", where ", range.chain_id(), "/",
                              chain.next_sequence(), " is next"));
      return false;
    }
    const int64_t end = std::min(range.first_position() + range.count(), report_.tree_size);
    while (tree_.size() < end) {
      ASSIGN_OR_RETURN(const v1::AuditEntry* entry, NextOf(chain));
      if (entry == nullptr) {
        if (chain.problem().empty()) AddMissing(chain);
        return false;
      }
      tree_.Add(*HashOf(entry->hash()));
      checkpoints_->See({chain.chain_id(), entry->sequence(), entry->commit_time_us()},
                        [this] { return tree_.Root(); });
    }
    return true;
  }

  void AddMissing(const ChainReading& chain) {
    const std::string& chain_id = chain.chain_id();
    AddFinding(Finding::kCut, absl::StrCat(chain_id, "/", chain.next_sequence()),
               absl::StrCat("chain ", chain_id, ", entry ", chain.next_sequence(), ": is leaf ",
                            tree_.size(), " of the tree, and is not there; what came ",
                            "behind it was taken away"));
  }

  // What is no leaf yet, and what follows where the tree could not be followed.
  absl::Status ReadTails() {
    return readings_.ReadToEnds([this](const v1::AuditEntry& entry) { See(entry); },
                                [this] { TellProgress(readings_); });
  }

  // What entries of a broken chain say of rows is not known.
  static bool IsBroken(const ChainReadings& readings) {
    return std::any_of(readings.chains().begin(), readings.chains().end(),
                       [](const auto& one) { return !one.second.problem().empty(); });
  }

  absl::Status CheckRows() {
    if (!options_.rows || IsBroken(readings_)) return absl::OkStatus();
    RETURN_IF_ERROR(rows_.Judge([this] { return ReadTails(); }));
    while (rows_.NextPass()) {
      ChainReadings again(source_, true);
      RETURN_IF_ERROR(ReadAgain(again));
      RETURN_IF_ERROR(rows_.Judge([&] { return ReadAgain(again); }));
    }
    if (rows_.BeginNaming()) {
      ChainReadings again(source_, true);
      RETURN_IF_ERROR(ReadAgain(again));
    }
    ASSIGN_OR_RETURN(const auto wrong, rows_.Findings());
    report_.findings.insert(report_.findings.end(), wrong.begin(), wrong.end());
    return absl::OkStatus();
  }

  absl::Status ReadAgain(ChainReadings& again) {
    RETURN_IF_ERROR(again.ReadToEnds([this](const v1::AuditEntry& entry) { rows_.See(entry); },
                                     [&] { TellProgress(again); }));
    if (!IsBroken(again)) return absl::OkStatus();
    return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                 "the log was altered while it was read; run the check again");
  }

  void Finish() {
    std::vector<Finding> broken;
    for (const auto& [chain_id, chain] : readings_.chains()) {
      const ChainVerifier& verified = chain.verified();
      report_.chains.push_back({chain_id, verified.entries(), verified.events(), verified.head(),
                                chain.commit_time_us(), chain.problem()});
      report_.entries += verified.entries();
      report_.events += verified.events();
      if (chain.problem().empty()) continue;
      broken.push_back(
          {Finding::kBroken, absl::StrCat(chain_id, "/", chain.next_sequence()), chain.problem()});
    }
    report_.findings.insert(report_.findings.begin(), broken.begin(), broken.end());
    for (const HeadCheck::Problem& problem : heads_.Problems()) {
      ++(problem.lost_by_restore ? report_.heads_lost : report_.heads_not_as_noted);
      AddFinding(problem.lost_by_restore ? Finding::kLost : Finding::kNotAsNoted, problem.place,
                 problem.text);
    }
    for (Finding& finding : checkpoints_->Findings(report_.tree_size, heads_.restore_times_us()))
      report_.findings.push_back(std::move(finding));
    report_.leaves = tree_.size();
    report_.checkpoints = checkpoints_->own();
    report_.noted_heads = static_cast<int64_t>(heads_.noted());
    report_.noted_checkpoints = checkpoints_->noted();
    report_.checkpoints_as_noted = checkpoints_->as_noted();
    report_.keys = checkpoints_->keys();
    report_.rows = rows_.report();
  }

  LogSource& source_;
  LogCheckOptions options_;
  const Progress progress_;
  HeadCheck heads_;
  std::optional<CheckpointCheck> checkpoints_;
  ChainReadings readings_;
  RowCheck rows_;
  CompactRange tree_;
  LogReport report_;
};

}  // namespace

absl::StatusOr<LogReport> CheckLog(
    LogSource& source, LogCheckOptions options,
    absl::FunctionRef<void(int64_t entries, int64_t events)> progress) {
  return LogCheck(source, std::move(options), progress).Run();
}

}  // namespace switchboard::audit
