#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hub/storage/database.h"
#include "tests/bench/layout/layout.h"
#include "tests/bench/layout/thread_meter.h"
#include "tests/bench/records.h"

namespace switchboard::bench {

// The database work of the circle over one layout, in the hub's units and groups, on one thread:
// what a hub does besides is left out, but for putting together what statements take.
class LayoutReplay {
 public:
  // `lane` begins and ends groups; statements go through `writer` and `reader`, which may be other
  // connections to the same.
  struct Connections {
    storage::WriterConnection& lane;
    storage::Connection& writer;
    storage::Connection& reader;
  };
  struct Spent {
    ThreadWork writer{};
    ThreadWork reader{};
    int64_t commits = 0;
  };

  LayoutReplay(Layout& layout, IdOrder order, const ThreadMeter& meter)
      : layout_(layout), order_(order), meter_(meter) {}

  // Makes tables and what is in them before the first account.
  void Begin(const Connections& connections);

  // Accounts in one round of Run.
  static constexpr int64_t kRound = 2'000;

  // The next kRound accounts through the whole circle: in, out, acknowledged, asked permits for,
  // reported on, read by the core and confirmed.
  void Run(const Connections& connections, Spent& spent);
  // Accounts with these numbers come in again with other content; a multiple of a piece.
  void ImportAgain(const Connections& connections, const std::vector<int64_t>& numbers,
                   Spent& spent);

  int64_t accounts() const { return accounts_; }
  int64_t now_us() const { return now_us_; }
  uint64_t pages_sum() const { return pages_sum_; }

 private:
  template <typename Work>
  void Group(const Connections& connections, Spent& spent, size_t event_bytes, size_t events,
             Work&& work);
  void ImportGroup(const Connections& connections, std::vector<BookAccount> accounts, Spent& spent);
  void ImportPiece(const Connections& connections, absl::Span<BookAccount> piece);
  std::array<FeedPage, kVendors> ReadPages(const Connections& connections, Spent& spent);
  void Acknowledge(const Connections& connections, const std::array<FeedPage, kVendors>& pages,
                   Spent& spent);
  std::vector<OutcomeReport> MakeReports(int vendor, const FeedPage& page);
  void AskPermits(const Connections& connections, int vendor, std::vector<OutcomeReport>& reports,
                  Spent& spent);
  void Report(const Connections& connections,
              std::array<std::vector<OutcomeReport>, kVendors>& reports, Spent& spent);
  void ReadCoreFeed(const Connections& connections, Spent& spent);

  Layout& layout_;
  const IdOrder order_;
  const ThreadMeter& meter_;
  int64_t accounts_ = 0;
  int64_t now_us_ = 1'793'610'000'000'000;
  int64_t groups_ = 0;
  int64_t permits_ = 0;
  int64_t outcomes_ = 0;
  int64_t core_read_ = 0;
  std::array<int64_t, kVendors> feed_read_{};
  uint64_t pages_sum_ = 0;
};

}  // namespace switchboard::bench
