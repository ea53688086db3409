#include "hub/audit/log_check.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "hub/audit/chain.h"
#include "hub/audit/checkpoint_check.h"
#include "hub/audit/heads.h"
#include "hub/audit/merkle.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

constexpr int kEntriesPage = 1000;

// A chain as it is read, page by page, and verified.
class ChainReading {
 public:
  using OnPage = absl::FunctionRef<void(const v1::ReadAuditResponse&)>;

  explicit ChainReading(const std::string& chain_id) { chain_.chain_id = chain_id; }

  // The next entry, if it verifies; it stands until the next call. Null where the chain ends, or
  // does not go on as it should: see `chain`.
  absl::StatusOr<const v1::AuditEntry*> Next(LogSource& source, OnPage on_page) {
    if (is_over_) return nullptr;
    if (at_ == page_.entries_size()) RETURN_IF_ERROR(ReadPage(source, on_page));
    if (at_ == page_.entries_size()) {
      is_over_ = true;
      return nullptr;
    }
    const v1::AuditEntry& entry = page_.entries(at_++);
    chain_.commit_time_us = entry.commit_time_us();
    const absl::Status fits = verifier_.Add(entry);
    if (!fits.ok()) {
      chain_.problem = std::string(fits.message());
      is_over_ = true;
      return nullptr;
    }
    chain_.entries = verifier_.entries();
    chain_.events = verifier_.events();
    return &entry;
  }

  int64_t next_sequence() const { return verifier_.last() + 1; }
  LogReport::Chain chain() const {
    LogReport::Chain chain = chain_;
    chain.head = verifier_.head();
    return chain;
  }
  const LogReport::Chain& so_far() const { return chain_; }

 private:
  absl::Status ReadPage(LogSource& source, OnPage on_page) {
    v1::ReadAuditRequest request;
    request.set_chain_id(chain_.chain_id);
    request.set_after(verifier_.last());
    request.set_max_entries(kEntriesPage);
    request.set_stored(true);
    auto page = source.Entries(request);
    at_ = 0;
    if (ErrorReason(page.status()) == "CHAIN_UNKNOWN") {
      // One that the tree names and that is gone: it ends before it began.
      page_.Clear();
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(page.status());
    page_ = *std::move(page);
    on_page(page_);
    return absl::OkStatus();
  }

  LogReport::Chain chain_;
  ChainVerifier verifier_;
  v1::ReadAuditResponse page_;
  int at_ = 0;  // of page_
  bool is_over_ = false;
};

class LogCheck {
 public:
  using Progress = absl::FunctionRef<void(int64_t entries, int64_t events)>;

  LogCheck(LogSource& source, LogCheckOptions options, Progress progress)
      : source_(source),
        options_(std::move(options)),
        progress_(progress),
        heads_(std::move(options_.heads)) {}

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

  ChainReading& ChainOf(const std::string& chain_id) {
    return chains_.try_emplace(chain_id, chain_id).first->second;
  }

  absl::StatusOr<const v1::AuditEntry*> NextOf(ChainReading& chain) {
    ASSIGN_OR_RETURN(const v1::AuditEntry* entry,
                     chain.Next(source_, [this](const v1::ReadAuditResponse& page) {
                       for (const std::string& chain_id : page.chain_ids()) ChainOf(chain_id);
                       TellProgress();
                     }));
    if (entry != nullptr) heads_.See(*entry);
    return entry;
  }

  void TellProgress() {
    int64_t entries = 0, events = 0;
    for (const auto& [chain_id, chain] : chains_) {
      entries += chain.so_far().entries;
      events += chain.so_far().events;
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
    ChainReading& chain = ChainOf(range.chain_id());
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
        if (chain.so_far().problem.empty()) AddMissing(chain);
        return false;
      }
      tree_.Add(*HashOf(entry->hash()));
      checkpoints_->See({chain.so_far().chain_id, entry->sequence(), entry->commit_time_us()},
                        [this] { return tree_.Root(); });
    }
    return true;
  }

  void AddMissing(const ChainReading& chain) {
    const std::string& chain_id = chain.so_far().chain_id;
    AddFinding(Finding::kCut, absl::StrCat(chain_id, "/", chain.next_sequence()),
               absl::StrCat("chain ", chain_id, ", entry ", chain.next_sequence(), ": is leaf ",
                            tree_.size(), " of the tree, and is not there; what came ",
                            "behind it was taken away"));
  }

  // What is no leaf yet, and what follows where the tree could not be followed.
  absl::Status ReadTails() {
    v1::ReadAuditRequest request;
    request.set_max_entries(1);
    request.set_stored(true);
    ASSIGN_OR_RETURN(const auto page, source_.Entries(request));
    for (const std::string& chain_id : page.chain_ids()) ChainOf(chain_id);
    // A chain that appears meanwhile may come before this one: those there were are enough.
    for (auto& [chain_id, chain] : chains_) {
      while (true) {
        ASSIGN_OR_RETURN(const v1::AuditEntry* entry, NextOf(chain));
        if (entry == nullptr) break;
      }
    }
    return absl::OkStatus();
  }

  void Finish() {
    std::vector<Finding> broken;
    for (const auto& [chain_id, chain] : chains_) {
      const LogReport::Chain& read = report_.chains.emplace_back(chain.chain());
      report_.entries += read.entries;
      report_.events += read.events;
      if (read.problem.empty()) continue;
      broken.push_back(
          {Finding::kBroken, absl::StrCat(chain_id, "/", chain.next_sequence()), read.problem});
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
  }

  LogSource& source_;
  LogCheckOptions options_;
  const Progress progress_;
  HeadCheck heads_;
  std::optional<CheckpointCheck> checkpoints_;
  std::map<std::string, ChainReading> chains_;
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
