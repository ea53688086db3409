#include "tests/bench/layout/layout_replay.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "tests/bench/layout/kept_tables.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {
namespace {

constexpr size_t kPiece = 125;
constexpr int64_t kGroup = 1'000;  // accounts of an import in one commit
constexpr int kPageMax = 500;
constexpr int64_t kItemsMax = 1'000;
constexpr size_t kAccountsAPermit = 20;
constexpr size_t kPermitsAnUnused = 4;  // the last of so many is given back

// Of serialized events.
constexpr size_t kPlacedBytes = 88;
constexpr size_t kDisclosedBytes = 90;
constexpr size_t kPermitBytes = 150;
constexpr size_t kOutcomeBytes = 135;
constexpr size_t kConfirmedBytes = 60;

// As large as those of records.cc.
constexpr size_t kDigestBytes = 32;
constexpr size_t kFactsBytes = 24;
constexpr size_t kOutcomeBoxBytes = 286;

constexpr int64_t kGroupUs = 75'000;
constexpr int64_t kDay = 20'759;

}  // namespace

// A commit of what `work` does, with its entry in the log and, now and then, a checkpoint.
template <typename Work>
void LayoutReplay::Group(const Connections& connections, Spent& spent, size_t event_bytes,
                         size_t events, Work&& work) {
  now_us_ += kGroupUs;
  meter_.Measure(spent.writer, [&] {
    Require(connections.lane.Begin(), "begin");
    work();
    Seal(connections.writer, ++groups_, events, event_bytes, now_us_);
    Require(connections.lane.Commit(), "commit");
    connections.lane.Housekeep(/*idle=*/false);
  });
  ++spent.commits;
}

void LayoutReplay::Begin(const Connections& connections) {
  layout_.Define(connections.lane);
  Require(connections.lane.Begin(), "begin");
  AddVendorsAndStops(connections.writer);
  Require(connections.lane.Commit(), "commit");
}

void LayoutReplay::Run(const Connections& connections, Spent& spent) {
  for (int64_t left = kRound; left > 0; left -= kGroup) {
    std::vector<BookAccount> accounts;
    for (int64_t i = 0; i < kGroup; ++i)
      accounts.push_back(MakeBookAccount(order_, accounts_++, /*version=*/0));
    ImportGroup(connections, std::move(accounts), spent);
  }
  const auto pages = ReadPages(connections, spent);
  Acknowledge(connections, pages, spent);
  std::array<std::vector<OutcomeReport>, kVendors> reports;
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    reports[vendor] = MakeReports(vendor, pages[vendor]);
    AskPermits(connections, vendor, reports[vendor], spent);
  }
  Report(connections, reports, spent);
  ReadCoreFeed(connections, spent);
}

void LayoutReplay::ImportAgain(const Connections& connections, const std::vector<int64_t>& numbers,
                               Spent& spent) {
  std::vector<BookAccount> accounts;
  for (size_t i = 0; i < numbers.size(); ++i) {
    accounts.push_back(MakeBookAccount(order_, numbers[i], /*version=*/1));
    const bool full = accounts.size() == static_cast<size_t>(kGroup) || i + 1 == numbers.size();
    if (full) ImportGroup(connections, std::exchange(accounts, {}), spent);
  }
}

void LayoutReplay::ImportGroup(const Connections& connections, std::vector<BookAccount> accounts,
                               Spent& spent) {
  Group(connections, spent, kPlacedBytes, accounts.size(), [&] {
    for (size_t from = 0; from < accounts.size(); from += kPiece)
      ImportPiece(connections, absl::MakeSpan(accounts).subspan(from, kPiece));
    layout_.EndGroup(connections.writer);
  });
}

// One unit, and what it leaves, which is done at once where there is one lane.
void LayoutReplay::ImportPiece(const Connections& connections, absl::Span<BookAccount> piece) {
  storage::Connection& writer = connections.writer;
  Require(connections.lane.Savepoint(), "savepoint");
  LookUpSource(writer);
  layout_.LookUp(writer, piece);
  LookUpStops(writer, piece);
  layout_.Put(writer, piece, now_us_);
  SetSource(writer, piece.back().number + 1);
  Require(connections.lane.ReleaseSavepoint(), "release");
  const bool known = piece.front().known;
  if (!known) TakePositions(writer, piece);
  std::array<std::vector<BookAccount*>, kVendors> of_vendors;
  for (BookAccount& account : piece) of_vendors[account.vendor].push_back(&account);
  VendorNumbers counts{};
  std::array<Tally, kVendors> tallies{};
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    counts[vendor] = static_cast<int64_t>(of_vendors[vendor].size());
    tallies[vendor].placed = known ? 0 : counts[vendor];
  }
  const VendorNumbers sequences = TakeSequences(writer, counts);
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    if (known) {
      layout_.Touch(writer, of_vendors[vendor], sequences[vendor]);
    } else {
      layout_.Place(writer, vendor, of_vendors[vendor], sequences[vendor], now_us_);
    }
  }
  AddTallies(writer, tallies);
}

std::array<FeedPage, kVendors> LayoutReplay::ReadPages(const Connections& connections,
                                                       Spent& spent) {
  std::array<FeedPage, kVendors> pages;
  meter_.Measure(spent.reader, [&] {
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      const VendorState state = ReadVendor(connections.reader, vendor);
      pages[vendor] =
          layout_.ReadPage(connections.reader, vendor, feed_read_[vendor], state.newest, kPageMax);
    }
  });
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    if (pages[vendor].shown.size() != kPageMax) GiveUp("a page is not full");
    feed_read_[vendor] = pages[vendor].through;
    pages_sum_ += pages[vendor].sum;
  }
  Group(connections, spent, kDisclosedBytes, kVendors, [&] {
    for (int vendor = 0; vendor < kVendors; ++vendor) ReadVendor(connections.writer, vendor);
    const int64_t sequence = TakeNumbers(connections.writer, "disclosure", kVendors);
    for (int vendor = 0; vendor < kVendors; ++vendor)
      layout_.Disclose(connections.writer, sequence + vendor + 1, vendor, pages[vendor], now_us_);
  });
  return pages;
}

void LayoutReplay::Acknowledge(const Connections& connections,
                               const std::array<FeedPage, kVendors>& pages, Spent& spent) {
  Group(connections, spent, kDisclosedBytes, kVendors, [&] {
    for (int vendor = 0; vendor < kVendors; ++vendor)
      bench::Acknowledge(connections.writer, vendor, pages[vendor].through);
  });
}

std::vector<OutcomeReport> LayoutReplay::MakeReports(int vendor, const FeedPage& page) {
  std::vector<OutcomeReport> reports;
  for (const Handle& shown : page.shown) {
    const auto seed = static_cast<uint64_t>(++outcomes_);
    reports.push_back({.assignment = shown,
                       .outcome_id = absl::StrFormat("outcome-%d-%012d", vendor, outcomes_),
                       .digest = Noise(seed, kDigestBytes),
                       .facts = Noise(seed + 1, kFactsBytes),
                       .box = Noise(seed + 2, kOutcomeBoxBytes)});
    // A vendor knows what it was told, which is the number only where the id is made of it.
    if (!shown.id.empty()) reports.back().assignment.number = 0;
  }
  return reports;
}

// For every kAccountsAPermit'th, all in one group, each a unit. Most are named by the outcome.
void LayoutReplay::AskPermits(const Connections& connections, int vendor,
                              std::vector<OutcomeReport>& reports, Spent& spent) {
  std::vector<PermitRequest> requests;
  for (size_t i = 0; i < reports.size(); i += kAccountsAPermit) {
    ++permits_;
    requests.push_back({.assignment = reports[i].assignment,
                        .request_id = absl::StrFormat("request-%d-%012d", vendor, permits_),
                        .number_digest = IdText('D', permits_),
                        .new_id_text = IdText('R', permits_),
                        .new_id_bytes = IdBytes('R', permits_)});
  }
  const BookAccount anybody = MakeBookAccount(order_, accounts_ - 1, /*version=*/0);
  const auto given = static_cast<int64_t>(requests.size());
  Group(connections, spent, kPermitBytes, requests.size(), [&] {
    for (size_t i = 0; i < requests.size(); ++i) {
      Require(connections.lane.Savepoint(), "savepoint");
      LookUpStopsAndBudget(connections.writer, vendor, anybody, requests[i].number_digest);
      const Handle permit = layout_.GivePermit(connections.writer, vendor, requests[i], now_us_);
      OutcomeReport& report = reports[i * kAccountsAPermit];
      report.has_permit = (i + 1) % kPermitsAnUnused != 0;
      if (report.has_permit) report.permit = permit;
      if (!report.has_permit) layout_.ReleasePermit(connections.writer, vendor, permit);
      Require(connections.lane.ReleaseSavepoint(), "release");
    }
    std::array<Tally, kVendors> tallies{};
    tallies[vendor].permits_given = given;
    AddTallies(connections.writer, tallies);
    AddToBudget(connections.writer, vendor, given);
  });
}

// All reports of a round in one group, in pieces; rows are numbered at its end.
void LayoutReplay::Report(const Connections& connections,
                          std::array<std::vector<OutcomeReport>, kVendors>& reports, Spent& spent) {
  storage::Connection& writer = connections.writer;
  Group(connections, spent, kOutcomeBytes, static_cast<size_t>(kRound), [&] {
    std::array<Tally, kVendors> tallies{};
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      const auto own = absl::MakeSpan(reports[vendor]);
      for (size_t from = 0; from < own.size(); from += kPiece) {
        Require(connections.lane.Savepoint(), "savepoint");
        layout_.LookUp(writer, vendor, own.subspan(from, kPiece), kDay);
        Require(connections.lane.ReleaseSavepoint(), "release");
      }
      tallies[vendor].outcomes = static_cast<int64_t>(own.size());
    }
    AddTallies(writer, tallies);
    int64_t sequence = TakeNumbers(writer, "core_item", kRound);
    for (int vendor = 0; vendor < kVendors; ++vendor) {
      InsertItems(writer, reports[vendor], sequence, now_us_);
      layout_.Insert(writer, vendor, reports[vendor], sequence, kDay);
      sequence += static_cast<int64_t>(reports[vendor].size());
    }
  });
}

void LayoutReplay::ReadCoreFeed(const Connections& connections, Spent& spent) {
  const int64_t newest = core_read_ + kRound;
  meter_.Measure(spent.reader, [&] {
    while (core_read_ < newest) core_read_ = ReadItems(connections.reader, core_read_, kItemsMax);
  });
  Group(connections, spent, kConfirmedBytes, 1,
        [&] { Confirm(connections.writer, core_read_, now_us_); });
}

}  // namespace switchboard::bench
