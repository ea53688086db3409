#include "hub/audit/log_check.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "hub/audit/made_log.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Two chains of a hub and one of another, signed every four entries; some entries are no leaf yet.
MadeLog Log(int entries = 22) {
  MadeLog log;
  for (int i = 1; i <= entries; ++i) {
    std::vector<std::string> events;
    for (int j = 0; j <= i % 3; ++j) events.push_back(absl::StrCat("event ", i, "-", j));
    log.Append(i % 5 == 0 ? "hub-2" : i % 2 == 0 ? "hub-1.1" : "hub-1", events);
    if (i % 4 == 0) log.Sign();
  }
  return log;
}

LogReport Check(MadeLog& log, LogCheckOptions options = {}) {
  auto report = CheckLog(log, std::move(options), [](int64_t, int64_t) {});
  EXPECT_OK(report);
  return report.ok() ? *report : LogReport();
}

// With these checkpoints noted, each in a file of its number.
LogCheckOptions Noted(const MadeLog& log, const std::vector<std::string>& notes) {
  LogCheckOptions options;
  options.keys = {log.key()};
  for (const std::string& note : notes)
    options.checkpoints.push_back({absl::StrCat("file ", options.checkpoints.size()), note});
  return options;
}

std::string TextOf(const std::vector<Finding>& findings) {
  return absl::StrJoin(findings, "\n", [](std::string* text, const Finding& finding) {
    absl::StrAppend(text, finding.kind, " at ", finding.place, ": ", finding.text);
  });
}

bool Has(const LogReport& report, Finding::Kind kind, const std::string& place) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.kind == kind && finding.place == place;
  });
}

TEST(LogCheckTest, LogAsItShouldBeHasNoFinding) {
  MadeLog log = Log();
  for (const int page : {1, 3, 1000}) {
    log.page_max = page;
    int64_t told = 0;
    const auto report = CheckLog(log, Noted(log, log.notes), [&](int64_t entries, int64_t events) {
      EXPECT_GE(entries, told);
      EXPECT_GE(events, entries);
      told = entries;
    });
    ASSERT_OK(report);
    EXPECT_THAT(report->findings, IsEmpty()) << TextOf(report->findings);
    EXPECT_EQ(report->chains.size(), 3u);
    EXPECT_EQ(report->chains[0].chain_id, "hub-1");
    EXPECT_EQ(report->chains[0].head, log.chains["hub-1"].back().hash());
    EXPECT_EQ(report->entries, 22);
    EXPECT_EQ(report->events, 44);
    EXPECT_EQ(report->tree_size, 20);
    EXPECT_EQ(report->leaves, 20);
    EXPECT_EQ(report->checkpoints, 5);
    EXPECT_EQ(report->noted_checkpoints, 5);
    EXPECT_EQ(report->checkpoints_as_noted, 5);
    EXPECT_EQ(report->origin, log.origin);
  }
}

TEST(LogCheckTest, LogWithoutATreeOrWithoutAnEntryIsRead) {
  MadeLog empty;
  EXPECT_THAT(Check(empty).findings, IsEmpty());
  EXPECT_THAT(Check(empty).chains, IsEmpty());
  MadeLog log;
  log.Append("hub-1", {"a"});
  const LogReport report = Check(log);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.entries, 1);
  EXPECT_EQ(report.tree_size, 0);
  // A checkpoint of an empty log is of every log.
  EXPECT_THAT(Check(log, Noted(log, {log.NoteOf(0)})).findings, IsEmpty());
}

TEST(LogCheckTest, WhatWasAlteredIsNamed) {
  MadeLog log = Log();
  log.chains["hub-1"][4].set_events(0, "forged");
  const LogReport report = Check(log, Noted(log, log.notes));
  EXPECT_TRUE(Has(report, Finding::kBroken, "hub-1/5")) << TextOf(report.findings);
  EXPECT_EQ(report.chains[0].problem, "chain hub-1, entry 5: its events were altered");
  EXPECT_EQ(report.chains[0].entries, 4);
  EXPECT_EQ(report.chains[1].entries, 9) << "the others are read to their ends";
  EXPECT_EQ(report.checkpoints_as_noted, 2) << "those of before";
}

TEST(LogCheckTest, EndOfAChainThatIsGoneIsNamed) {
  MadeLog log = Log();
  log.chains["hub-1.1"].resize(6);
  EXPECT_TRUE(Has(Check(log), Finding::kCut, "hub-1.1/7"));
  log.chains.erase("hub-1.1");
  EXPECT_TRUE(Has(Check(log), Finding::kCut, "hub-1.1/1"));
}

TEST(LogCheckTest, OlderDatabaseIsBehindWhatWasNoted) {
  MadeLog log = Log(), older = Log(13);
  const LogReport report = Check(older, Noted(log, {log.notes[1], log.notes[3], log.notes[4]}));
  ASSERT_EQ(report.findings.size(), 1u) << TextOf(report.findings);
  EXPECT_EQ(report.findings[0].kind, Finding::kCut);
  EXPECT_EQ(report.findings[0].place, "position 12");
  EXPECT_THAT(report.findings[0].text,
              HasSubstr("tree ends at 12 entries; the checkpoint of 20 (file 2) tells of more, and "
                        "so do 1 more"));
  EXPECT_EQ(report.checkpoints_as_noted, 1);
}

// Who has the database and the key alters an entry and makes everything fit again.
TEST(LogCheckTest, LogThatWasComputedAnewIsNotAsNoted) {
  MadeLog log = Log();
  const std::vector<std::string> notes = log.notes;
  log.chains["hub-2"][1].set_events(0, "forged");  // the tenth entry, in the tree at 11
  log.Seal("hub-2", 1);
  log.MakeTreeAnew();
  EXPECT_THAT(Check(log).findings, IsEmpty()) << "in itself it fits";
  const LogReport report = Check(log, Noted(log, notes));
  ASSERT_EQ(report.findings.size(), 4u) << TextOf(report.findings);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(report.findings[i].kind, Finding::kForked);
  const Finding& finding = report.findings[3];
  EXPECT_EQ(finding.kind, Finding::kNotAsNoted);
  EXPECT_EQ(finding.place, "positions 8 to 11");
  EXPECT_THAT(finding.text, HasSubstr("the checkpoint of 12 (file 2) is not of what stands there "
                                      "now, and neither are 2 more: altered, and computed anew, "
                                      "from position 8 (hub-1/4 of 2026-01-01 00:00:09 UTC) on"));
  EXPECT_EQ(report.checkpoints_as_noted, 2);
}

// The same by who has no key.
TEST(LogCheckTest, LogThatWasComputedAnewIsNotWhatItsOwnCheckpointsSign) {
  MadeLog log = Log();
  const std::vector<std::string> notes = log.notes;
  log.chains["hub-2"][1].set_events(0, "forged");
  log.Seal("hub-2", 1);
  log.MakeTreeAnew();
  log.notes = notes;
  const LogReport report = Check(log);
  EXPECT_TRUE(Has(report, Finding::kTree, "positions 8 to 11")) << TextOf(report.findings);
  log.notes.resize(2);
  EXPECT_THAT(Check(log).findings, IsEmpty()) << "it cannot know";
}

TEST(LogCheckTest, TwoCheckpointsOfOneSizeAreAFork) {
  MadeLog log = Log(), other = Log(19);
  other.Append("hub-1.1", {"what somebody else was shown"});
  other.Sign();
  const LogReport report = Check(log, Noted(log, {log.notes[4], other.notes[4]}));
  EXPECT_TRUE(Has(report, Finding::kForked, "file 1")) << TextOf(report.findings);
  EXPECT_EQ(report.checkpoints_as_noted, 1);
}

TEST(LogCheckTest, WhatTheKeyDidNotSignIsForged) {
  MadeLog log = Log(), foreign('f');
  const std::string text = ParseNote(log.notes[4])->text;
  for (const std::string& note :
       {std::string("text"), log.notes[4] + "x", SignNote(text, log.origin, foreign.signer()),
        SignNote("text\n", log.origin, log.signer())}) {
    const LogReport report = Check(log, Noted(log, {note}));
    EXPECT_TRUE(Has(report, Finding::kForged, "file 0")) << note;
    EXPECT_EQ(report.checkpoints_as_noted, 0);
  }
  log.notes[2] = SignNote(text, log.origin, foreign.signer());
  EXPECT_TRUE(Has(Check(log), Finding::kForged, "a checkpoint that the log keeps"));
  log.notes[2] = "nothing";
  EXPECT_TRUE(Has(Check(log), Finding::kForged, "a checkpoint that the log keeps"));
}

// Without a key that was noted, the one that the log names is believed.
TEST(LogCheckTest, KeyThatWasNotedIsTheOneThatCounts) {
  MadeLog log = Log(), foreign('f');
  LogCheckOptions options = Noted(log, {log.notes[0]});
  options.keys.clear();
  EXPECT_THAT(Check(log, options).findings, IsEmpty());
  options.keys = {foreign.key()};
  const LogReport report = Check(log, options);
  EXPECT_TRUE(Has(report, Finding::kForged, "file 0"));
  EXPECT_EQ(report.keys.size(), 1u);
}

TEST(LogCheckTest, TreeThatIsNotOfTheEntriesIsNamed) {
  struct Case {
    const char* place;
    std::function<void(MadeLog&)> change;
  };
  const Case cases[] = {
      {"positions 0 to 19", [](MadeLog& log) { log.root[3] ^= 1; }},
      {"positions 0 to 19", [](MadeLog& log) { log.root.clear(); }},
      {"position 2", [](MadeLog& log) { log.ranges[1].set_first_position(1); }},  // overlap
      {"position 2", [](MadeLog& log) { log.ranges[1].set_first_position(3); }},  // gap
      {"position 2", [](MadeLog& log) { log.ranges[1].set_first_sequence(2); }},
      {"position 5", [](MadeLog& log) { log.ranges[1].set_chain_id("hub-2"); }},
      {"position 2", [](MadeLog& log) { log.ranges[1].set_count(0); }},
      {"position 2", [](MadeLog& log) { log.ranges.erase(log.ranges.begin() + 1); }},
      {"position 19", [](MadeLog& log) { log.ranges.pop_back(); }},
      {"positions 0 to 19",
       [](MadeLog& log) {
         std::swap(log.leaves[4], log.leaves[5]);
         log.root = log.Root().text();
       }},
  };
  for (const Case& one : cases) {
    MadeLog log = Log();
    one.change(log);
    const LogReport report = Check(log);
    EXPECT_TRUE(Has(report, Finding::kTree, one.place)) << TextOf(report.findings);
    EXPECT_EQ(report.entries, 22) << "all is read";
  }
  // Leaves are taken away from the end, and the entries stay.
  MadeLog log = Log();
  log.leaves.resize(16);
  log.root = log.Root().text();
  const LogReport report = Check(log);
  EXPECT_TRUE(Has(report, Finding::kTree, "position 16")) << TextOf(report.findings);
}

TEST(LogCheckTest, HeadsAreCheckedAsWell) {
  MadeLog log = Log();
  LogCheckOptions options;
  v1::AuditHead& head = options.heads.emplace_back();
  head.set_chain_id("hub-1");
  head.set_sequence(4);
  head.set_hash(log.chains["hub-1"][3].hash());
  EXPECT_THAT(Check(log, options).findings, IsEmpty());
  head.set_sequence(5);
  const LogReport report = Check(log, options);
  EXPECT_TRUE(Has(report, Finding::kNotAsNoted, "hub-1/5"));
  EXPECT_EQ(report.heads_not_as_noted, 1);
}

// A restored log goes on by another name from where its backup ended.
TEST(LogCheckTest, WhatARestoreLostIsToldApart) {
  MadeLog log = Log();
  const std::vector<std::string> notes = log.notes;
  MadeLog restored = Log(13);
  v1::AuditEvent event;
  event.set_kind(v1::AuditEvent::KIND_RESTORED);
  event.mutable_restored();
  restored.Append("hub-1", {event.SerializeAsString()});
  restored.origin += "/2";
  restored.Sign();
  LogReport report = Check(restored, Noted(log, notes));
  ASSERT_EQ(report.findings.size(), 1u) << TextOf(report.findings);
  EXPECT_EQ(report.findings[0].kind, Finding::kLost);
  EXPECT_THAT(report.findings[0].text,
              HasSubstr("the checkpoint of 16 (file 3), and with it 1 more: of the log "
                        "issuer.example/switchboard, which is called issuer.example/switchboard/2 "
                        "since a restore; restored at 2026-01-01 00:00:14 UTC"));
  EXPECT_EQ(report.checkpoints_as_noted, 3) << "those that the backup has";
  // What was noted since is explained by no restore.
  restored.Append("hub-1", {"more"});
  const std::string since = restored.Sign();
  restored.chains["hub-1"].pop_back();
  restored.ranges.pop_back();
  restored.notes.pop_back();
  restored.MakeTreeAnew();
  report = Check(restored, Noted(restored, {since}));
  EXPECT_TRUE(Has(report, Finding::kCut, "position 14")) << TextOf(report.findings);
}

// Each bit of each row of a log's, in turn, with its last checkpoint noted.
TEST(LogCheckTest, OneChangedBitAnywhereIsFound) {
  MadeLog good = Log(8);
  const std::vector<std::string> notes = std::move(good.notes);
  const LogCheckOptions options = Noted(good, {notes.back()});
  int64_t tried = 0;
  const auto expect_found = [&](MadeLog& log, const std::string& where) {
    ++tried;
    const auto report = CheckLog(log, options, [](int64_t, int64_t) {});
    ASSERT_OK(report);
    EXPECT_FALSE(report->findings.empty()) << where;
  };
  const auto each_bit = [&](const std::string& text, const std::string& where,
                            const std::function<void(MadeLog&, const std::string&)>& put) {
    for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
      MadeLog log = good;
      std::string changed = text;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
      put(log, changed);
      expect_found(log, absl::StrCat(where, ", bit ", bit));
    }
  };
  for (const auto& [chain_id, chain] : good.chains) {
    for (size_t i = 0; i < chain.size(); ++i) {
      const std::string where = absl::StrCat(chain_id, "/", i + 1);
      const auto at = [&, id = chain_id](MadeLog& log) -> v1::AuditEntry& {
        return log.chains[id][i];
      };
      each_bit(chain[i].hash(), where + " hash",
               [&](MadeLog& log, const std::string& text) { at(log).set_hash(text); });
      each_bit(chain[i].events_root(), where + " root",
               [&](MadeLog& log, const std::string& text) { at(log).set_events_root(text); });
      for (int j = 0; j < chain[i].events_size(); ++j) {
        each_bit(chain[i].events(j), where + " event",
                 [&](MadeLog& log, const std::string& text) { at(log).set_events(j, text); });
      }
      for (int bit = 0; bit < 63; ++bit) {
        MadeLog log = good;
        at(log).set_commit_time_us(at(log).commit_time_us() ^ int64_t{1} << bit);
        expect_found(log, where + " time");
        log = good;
        at(log).set_sequence(at(log).sequence() ^ int64_t{1} << bit);
        expect_found(log, where + " sequence");
      }
    }
  }
  each_bit(good.root, "root", [](MadeLog& log, const std::string& text) { log.root = text; });
  each_bit(notes[0], "note", [](MadeLog& log, const std::string& text) { log.notes = {text}; });
  EXPECT_GT(tried, 5'000);
}

// What somebody with the database alone may do to the rows of the log.
void Tamper(MadeLog& log, std::mt19937_64& random, std::string& what) {
  const auto below = [&](size_t end) { return static_cast<size_t>(random() % end); };
  auto chain = std::next(log.chains.begin(), static_cast<int64_t>(below(log.chains.size())));
  auto& entries = chain->second;
  const size_t at = below(entries.size());
  what = absl::StrCat(chain->first, "/", at + 1, " ");
  // Which of the tails is a leaf yet, the tree tells; what is none may be taken away unseen.
  const size_t leaves = [&] {
    int64_t count = 0;
    for (const auto& range : log.ranges)
      count += range.chain_id() == chain->first ? range.count() : 0;
    return static_cast<size_t>(count);
  }();
  switch (random() % 7) {
    case 0:
      what += "event altered";
      entries[at].set_events(0, "forged");
      return;
    case 1:
      what += "taken out";
      if (at >= leaves) return Tamper(log, random, what);
      entries.erase(entries.begin() + static_cast<int64_t>(at));
      return;
    case 2:
      what += "cut here";
      if (at >= leaves) return Tamper(log, random, what);
      entries.resize(at);
      return;
    case 3:
      what += "in the place of the next";
      if (at + 1 >= entries.size()) return Tamper(log, random, what);
      entries[at + 1] = entries[at];
      entries[at + 1].set_sequence(entries[at].sequence() + 1);
      return;
    case 4:
      what += "swapped with the next";
      if (at + 1 >= entries.size()) return Tamper(log, random, what);
      std::swap(entries[at], entries[at + 1]);
      entries[at].set_sequence(static_cast<int64_t>(at) + 1);
      entries[at + 1].set_sequence(static_cast<int64_t>(at) + 2);
      return;
    case 5: {
      what += "older version replayed";
      const std::string event = entries[at].events(0);
      entries[at].set_events(0, "older");
      log.Seal(chain->first, at);
      entries[at].set_events(0, event);
      return;
    }
    default:
      what += "computed anew from here, with the tree";
      if (at >= leaves) return Tamper(log, random, what);
      entries[at].set_events(0, "forged");
      log.Seal(chain->first, at);
      log.MakeTreeAnew();
  }
}

TEST(LogCheckTest, FiveHundredRandomChangesAreFound) {
  const MadeLog good = Log(47);
  const LogCheckOptions options = Noted(good, good.notes);
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    MadeLog log = good;
    std::mt19937_64 random(seed);
    std::string what;
    Tamper(log, random, what);
    const auto report = CheckLog(log, options, [](int64_t, int64_t) {});
    ASSERT_OK(report);
    EXPECT_FALSE(report->findings.empty()) << "seed " << seed << ": " << what;
    for (const Finding& finding : report->findings) EXPECT_NE(finding.place, "");
  }
}

TEST(LogCheckTest, ErrorsOfTheSourceAreItsOwn) {
  class Failing final : public LogSource {
   public:
    absl::StatusOr<v1::ReadAuditTreeResponse> Tree(int64_t after) override {
      return left-- > 0 ? log.Tree(after) : absl::UnavailableError("tree");
    }
    absl::StatusOr<v1::ReadAuditResponse> Entries(const v1::ReadAuditRequest& request) override {
      return left-- > 0 ? log.Entries(request) : absl::UnavailableError("entries");
    }
    absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(int64_t after_size) override {
      return left-- > 0 ? log.Checkpoints(after_size) : absl::UnavailableError("checkpoints");
    }
    absl::StatusOr<v1::DigestRowsResponse> Rows(const v1::DigestRowsRequest& request) override {
      return left-- > 0 ? log.Rows(request) : absl::UnavailableError("rows");
    }
    MadeLog log = Log();
    int left = 0;
  };
  for (int calls = 0; calls < 12; ++calls) {
    Failing source;
    source.left = calls;
    EXPECT_THAT(CheckLog(source, {}, [](int64_t, int64_t) {}),
                FailsWith(absl::StatusCode::kUnavailable, ""))
        << calls;
  }
}

}  // namespace
}  // namespace switchboard::audit
