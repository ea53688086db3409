// One record through mask and seal, beside the parsing and serializing that any hub would do.

#include <functional>
#include <memory>

#include "hub/contracts/contract_check.h"
#include "hub/masking/masker.h"
#include "hub/storage/schema.h"
#include "hub/storage/sealer.h"
#include "hub/storage/sqlite.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/records.h"
#include "tests/open_sealer.h"

namespace switchboard::bench {
namespace {

constexpr int64_t kDistinct = 1'000;

struct Sealing {
  std::unique_ptr<storage::SqliteDatabase> database;
  std::unique_ptr<storage::WriterConnection> connection;
  std::unique_ptr<storage::Sealer> sealer;
};

Sealing OpenSealer(const Place& place, IdMint& ids) {
  Sealing sealing;
  auto database = storage::SqliteDatabase::Open(place.folder + "/seals.db");
  Require(database.status(), "database");
  sealing.database = *std::move(database);
  auto connection = sealing.database->OpenWriter();
  Require(connection.status(), "database");
  sealing.connection = *std::move(connection);
  Require(storage::Migrate(*sealing.connection, 1), "schema");
  auto sealer = testing::OpenSealer(place.folder + "/seals.key", *sealing.connection, ids, 1);
  Require(sealer.status(), "sealer");
  sealing.sealer = *std::move(sealer);
  return sealing;
}

// CPU microseconds of one call of `work`, which gets the number of a record.
double Micros(int64_t rounds, const std::function<void(int64_t)>& work) {
  for (int64_t i = 0; i < kDistinct; ++i) work(i);
  const double begin = CpuSeconds(0);
  for (int64_t i = 0; i < rounds; ++i) work(i % kDistinct);
  return (CpuSeconds(0) - begin) * 1e6 / static_cast<double>(rounds);
}

struct Records {
  std::vector<v1::AccountRecord> records;
  std::vector<std::string> bytes, people, accounts;
};

Records Prepare() {
  Records prepared;
  for (int64_t i = 0; i < kDistinct; ++i) {
    v1::AccountRecord record;
    FillAccount(i, &record);
    prepared.bytes.push_back(record.SerializeAsString());
    prepared.people.push_back(record.person().SerializeAsString());
    prepared.accounts.push_back(record.account().SerializeAsString());
    prepared.records.push_back(std::move(record));
  }
  return prepared;
}

}  // namespace

void RunMasking(Place& place) {
  const int64_t rounds = place.quick ? 50'000 : 200'000;
  IdMint ids(place.clock);
  const Sealing sealing = OpenSealer(place, ids);
  storage::Sealer& sealer = *sealing.sealer;
  auto contract = contracts::ParseContract(ContractYaml(0), "contract");
  Require(contract.status(), "contract");
  const masking::Masker masker(*contract, v1::WORK_TYPE_EARLY_COLLECTIONS, std::string(32, 'k'));
  const absl::Time now = absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
  const Records prepared = Prepare();
  const std::string lane = "bench";
  storage::Transaction transaction(*sealing.connection, place.clock, lane);
  const storage::BoxPlace of_person = storage::BoxPlace("person", "box").Key("P-0000000001");
  const storage::BoxPlace of_account = storage::BoxPlace("account", "box").Key("A-0000000001");
  std::vector<std::string> boxes;
  for (const std::string& person : prepared.people)
    boxes.push_back(sealer.Seal(transaction, of_person, person));

  const char* const kParse = "parse and serialize the same record";
  Row sum{.name = "mask and seal a record",
          .unit = "CPU us",
          .baseline_name = kParse,
          .goal = "ours <= 3 us (P8)"};
  Row mask{.name = "  mask (a new message)", .unit = "CPU us"};
  Row seal{.name = "  seal person and account", .unit = "CPU us"};
  Row open{.name = "  open the box of a person", .unit = "CPU us"};
  Row digest{.name = "  keyed digest of a record", .unit = "CPU us"};
  v1::AccountRecord parsed;
  std::string out;
  for (int run = 0; run < place.runs(); ++run) {
    sum.baseline.Add(Micros(rounds, [&](int64_t i) {
      parsed.ParseFromString(prepared.bytes[i]);
      parsed.SerializeToString(&out);
    }));
    mask.ours.Add(Micros(rounds, [&](int64_t i) {
      v1::Assignment assignment;
      masker.Mask(prepared.records[i].person(), prepared.records[i].account(), now, &assignment);
    }));
    seal.ours.Add(Micros(rounds, [&](int64_t i) {
      out = sealer.Seal(transaction, of_person, prepared.people[i]);
      out = sealer.Seal(transaction, of_account, prepared.accounts[i]);
    }));
    open.ours.Add(Micros(rounds, [&](int64_t i) {
      Require(sealer.Open(of_person, boxes[i], *sealing.connection).status(), "a box");
    }));
    digest.ours.Add(Micros(rounds, [&](int64_t i) { out = sealer.Digest(prepared.bytes[i]); }));
    sum.ours.Add(mask.ours.values.back() + seal.ours.values.back());
  }
  for (Row& row : {std::ref(sum), std::ref(mask), std::ref(seal), std::ref(open), std::ref(digest)})
    place.rows.push_back(row);
}

}  // namespace switchboard::bench
