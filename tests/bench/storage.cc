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

// What a log does to its file once that has its length: the wait for the disk without the CPU of
// asking for it.
void OverwriteAndSync(const std::string& path, size_t bytes, int count, Latencies* waits) {
  constexpr size_t kFileBytes = 16 * 1024 * 1024;
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
  const std::string block(bytes, 'x');
  const auto write_at = [&](size_t offset) {
    if (pwrite(file, block.data(), bytes, static_cast<off_t>(offset)) !=
            static_cast<ssize_t>(bytes) ||
        fdatasync(file) != 0) {
      GiveUp("cannot write " + path);
    }
  };
  for (size_t offset = 0; offset < kFileBytes; offset += bytes) {
    if (pwrite(file, block.data(), bytes, static_cast<off_t>(offset)) < 0)
      GiveUp("cannot write " + path);
  }
  fsync(file);
  for (int i = 0; i < count; ++i) {
    const double cpu_before = CpuSeconds(0);
    const int64_t begin = SteadyNanos();
    write_at(static_cast<size_t>(i) * bytes % kFileBytes);
    const auto cpu_ns = static_cast<int64_t>((CpuSeconds(0) - cpu_before) * 1e9);
    waits->Add(std::max<int64_t>(0, SteadyNanos() - begin - cpu_ns));
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
  Row page_wait{.name = "write 4 KiB over others and fdatasync, waiting", .unit = "p50 us"};
  Row block_wait{.name = "write 1 MiB over others and fdatasync, waiting", .unit = "p50 us"};
  for (int run = 0; run < place.runs(); ++run) {
    Latencies pages, blocks;
    OverwriteAndSync(place.folder + "/pages", 4'096, count, &pages);
    OverwriteAndSync(place.folder + "/large", 1'048'576, count / 5, &blocks);
    page_wait.ours.Add(pages.Micros(0.5));
    block_wait.ours.Add(blocks.Micros(0.5));
    Latencies sync, commit;
    AppendAndSync(place.folder + "/blocks", count, &sync);
    CommitOneByOne(place.folder + "/commits.db", count, &commit);
    sync_p50.ours.Add(sync.Micros(0.5));
    sync_p99.ours.Add(sync.Micros(0.99));
    commit_p50.ours.Add(commit.Micros(0.5));
    commit_p99.ours.Add(commit.Micros(0.99));
  }
  for (Row& row : {std::ref(sync_p50), std::ref(sync_p99), std::ref(commit_p50),
                   std::ref(commit_p99), std::ref(page_wait), std::ref(block_wait)})
    place.rows.push_back(row);
}

}  // namespace switchboard::bench
