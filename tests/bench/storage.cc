// What the disk and SQLite give, for reading the other rows.

#include <fcntl.h>
#include <unistd.h>

#include "tests/bench/benchmarks.h"
#include "tests/bench/raw_sqlite.h"
#include "tests/bench/records.h"

namespace switchboard::bench {
namespace {

constexpr size_t kBlockBytes = 4'096;

void AppendAndSync(const std::string& path, int count, Latencies* latencies) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string block(kBlockBytes, 'x');
  for (int i = 0; i < count; ++i) {
    const int64_t begin = SteadyNanos();
    if (write(file, block.data(), block.size()) != static_cast<ssize_t>(block.size()) ||
        fdatasync(file) != 0) {
      GiveUp("cannot write " + path);
    }
    latencies->Add(SteadyNanos() - begin);
  }
  close(file);
}

void CommitOneByOne(const std::string& path, int count, Latencies* latencies) {
  RawSqlite database(path);
  const std::string payload(600, 'x');
  for (int i = 0; i < count; ++i) {
    const int64_t begin = SteadyNanos();
    database.Insert(/*outcome=*/false, AccountId(i), 0, payload);
    latencies->Add(SteadyNanos() - begin);
  }
}

}  // namespace

void RunStorage(Place& place) {
  const int count = place.quick ? 300 : 1'000;
  Row sync_p50{.name = "write 4 KiB and fdatasync", .unit = "p50 us"};
  Row sync_p99{.name = "write 4 KiB and fdatasync", .unit = "p99 us"};
  Row commit_p50{.name = "SQLite commit of one record", .unit = "p50 us"};
  Row commit_p99{.name = "SQLite commit of one record", .unit = "p99 us"};
  for (int run = 0; run < place.runs(); ++run) {
    Latencies sync, commit;
    AppendAndSync(place.folder + "/blocks", count, &sync);
    CommitOneByOne(place.folder + "/commits.db", count, &commit);
    sync_p50.ours.Add(sync.Micros(0.5));
    sync_p99.ours.Add(sync.Micros(0.99));
    commit_p50.ours.Add(commit.Micros(0.5));
    commit_p99.ours.Add(commit.Micros(0.99));
  }
  for (Row& row :
       {std::ref(sync_p50), std::ref(sync_p99), std::ref(commit_p50), std::ref(commit_p99)})
    place.rows.push_back(row);
}

}  // namespace switchboard::bench
