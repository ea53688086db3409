// The circle over a PostgreSQL server used as a queue: what a user would take instead of a hub.

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/bench/benchmarks.h"
#include "tests/bench/records.h"

namespace switchboard::bench {

namespace {

constexpr int64_t kAccountsPerCommit = 1'000;
constexpr int kFetchMax = 500;
constexpr int kIdlePollMillis = 50;
constexpr int kCore = kVendors;  // the queue of the core, behind those of the vendors

struct Deleter {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Deleter>;

// Records of a queue with their ids in the table.
struct Fetched {
  std::vector<std::string> ids;
  std::vector<std::string> payloads;
};

// One connection.
class Session {
 public:
  explicit Session(const std::string& connection_string)
      : connection_(PQconnectdb(connection_string.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) Fail();
    Run("SET client_min_messages = warning");
  }

  Result Run(const std::string& sql) { return Check(PQexec(connection_.get(), sql.c_str())); }

  // One statement with a row for each payload, prepared once for each number of rows.
  void Insert(const char* table, const std::vector<int>& vendors,
              const std::vector<std::string>& payloads) {
    const size_t rows = payloads.size();
    const std::string name = absl::StrCat(table, rows);
    if (rows != prepared_rows_) {
      std::vector<std::string> places;
      for (size_t i = 0; i < rows; ++i)
        places.push_back(absl::StrCat("($", 2 * i + 1, "::int4, $", 2 * i + 2, "::bytea)"));
      Run(absl::StrCat("DEALLOCATE ALL"));
      Check(PQprepare(connection_.get(), name.c_str(),
                      absl::StrCat("INSERT INTO ", table, " (vendor, payload) VALUES ",
                                   absl::StrJoin(places, ","))
                          .c_str(),
                      0, nullptr));
      prepared_rows_ = rows;
    }
    std::vector<uint32_t> numbers(rows);
    std::vector<const char*> values;
    std::vector<int> lengths, formats(2 * rows, 1);
    for (size_t i = 0; i < rows; ++i) {
      numbers[i] = htonl(static_cast<uint32_t>(vendors[i]));
      values.insert(values.end(), {reinterpret_cast<const char*>(&numbers[i]), payloads[i].data()});
      lengths.insert(lengths.end(), {4, static_cast<int>(payloads[i].size())});
    }
    Check(PQexecPrepared(connection_.get(), name.c_str(), static_cast<int>(2 * rows), values.data(),
                         lengths.data(), formats.data(), 1));
  }

  // Locks up to 500 records of a queue; the transaction stays open when there are any.
  Fetched Fetch(int queue) {
    Run("BEGIN");
    const std::string from = queue == kCore
                                 ? "outcome WHERE state = 0"
                                 : absl::StrCat("assignment WHERE state = 0 AND vendor = ", queue);
    const std::string sql =
        absl::StrCat("SELECT id::text::bytea, payload FROM ", from, " ORDER BY id LIMIT ",
                     kFetchMax, " FOR UPDATE SKIP LOCKED");
    const Result rows = Check(PQexecParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr,
                                           nullptr, nullptr, /*resultFormat=*/1));
    Fetched fetched;
    for (int i = 0; i < PQntuples(rows.get()); ++i) {
      fetched.ids.emplace_back(PQgetvalue(rows.get(), i, 0), PQgetlength(rows.get(), i, 0));
      fetched.payloads.emplace_back(PQgetvalue(rows.get(), i, 1), PQgetlength(rows.get(), i, 1));
    }
    if (fetched.ids.empty()) Run("ROLLBACK");
    return fetched;
  }

  void Acknowledge(int queue, const std::vector<std::string>& ids) {
    const char* table = queue == kCore ? "outcome" : "assignment";
    const std::string list = absl::StrCat("{", absl::StrJoin(ids, ","), "}");
    const char* values[] = {list.c_str()};
    Check(PQexecParams(
        connection_.get(),
        absl::StrCat("UPDATE ", table, " SET state = 1 WHERE id = ANY($1::int8[])").c_str(), 1,
        nullptr, values, nullptr, nullptr, 1));
  }

  // Until somebody notifies, or a while.
  void AwaitNews() {
    pollfd readable = {PQsocket(connection_.get()), POLLIN, 0};
    if (!TakeNotifications()) poll(&readable, 1, kIdlePollMillis);
    TakeNotifications();
  }

 private:
  bool TakeNotifications() {
    bool any = false;
    PQconsumeInput(connection_.get());
    while (PGnotify* notification = PQnotifies(connection_.get())) {
      PQfreemem(notification);
      any = true;
    }
    return any;
  }
  Result Check(PGresult* raw) {
    Result result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) Fail();
    return result;
  }
  [[noreturn]] void Fail() {
    GiveUp(absl::StrCat("postgres: ", PQerrorMessage(connection_.get())));
  }

  std::unique_ptr<PGconn, Deleter> connection_;
  size_t prepared_rows_ = 0;
};

void MakeTables(const std::string& connection_string) {
  Session session(connection_string);
  session.Run("DROP TABLE IF EXISTS assignment; DROP TABLE IF EXISTS outcome");
  for (const char* table : {"assignment", "outcome"}) {
    session.Run(absl::StrCat("CREATE TABLE ", table,
                             " (id bigserial PRIMARY KEY, vendor int NOT NULL, state int NOT NULL "
                             "DEFAULT 0, payload bytea NOT NULL)"));
  }
  session.Run(
      "CREATE INDEX ON assignment (vendor, id) WHERE state = 0;"
      "CREATE INDEX ON outcome (id) WHERE state = 0");
  session.Run("CHECKPOINT");
}

void PublishAccounts(Session& session, int64_t count) {
  v1::AccountRecord record;
  for (int64_t i = 0; i < count;) {
    std::vector<int> vendors;
    std::vector<std::string> payloads;
    for (int64_t k = 0; k < kAccountsPerCommit && i < count; ++k, ++i) {
      FillAccount(i, &record);
      vendors.push_back(static_cast<int>(i % kVendors));
      payloads.push_back(record.SerializeAsString());
    }
    session.Run("BEGIN");
    session.Insert("assignment", vendors, payloads);
    session.Run("NOTIFY q0; NOTIFY q1; NOTIFY q2; NOTIFY q3; COMMIT");
  }
}

// Acks and outcomes in one transaction, which no vendor outside the database could do.
void WorkAsVendor(Session& session, int vendor, int64_t count) {
  session.Run(absl::StrCat("LISTEN q", vendor));
  v1::AccountRecord record;
  v1::Outcome outcome;
  for (int64_t done = 0; done < count;) {
    const Fetched fetched = session.Fetch(vendor);
    if (fetched.ids.empty()) {
      session.AwaitNews();
      continue;
    }
    std::vector<std::string> payloads;
    for (const std::string& payload : fetched.payloads) {
      if (!record.ParseFromString(payload)) GiveUp("postgres: a record cannot be parsed");
      FillOutcome(vendor, done++, record.account().account_id(), &outcome);
      payloads.push_back(outcome.SerializeAsString());
    }
    session.Insert("outcome", std::vector<int>(payloads.size(), vendor), payloads);
    session.Acknowledge(vendor, fetched.ids);
    session.Run("NOTIFY q4; COMMIT");
  }
}

void ReadAsCore(Session& session, int64_t count) {
  session.Run("LISTEN q4");
  v1::Outcome outcome;
  for (int64_t done = 0; done < count;) {
    const Fetched fetched = session.Fetch(kCore);
    if (fetched.ids.empty()) {
      session.AwaitNews();
      continue;
    }
    for (const std::string& payload : fetched.payloads) {
      if (!outcome.ParseFromString(payload)) GiveUp("postgres: an outcome cannot be parsed");
    }
    session.Acknowledge(kCore, fetched.ids);
    session.Run("COMMIT");
    done += static_cast<int64_t>(fetched.ids.size());
  }
}

}  // namespace

std::optional<Cost> PostgresCircle(const Place& place, int64_t count) {
  if (place.postgres.empty()) return std::nullopt;
  MakeTables(place.postgres);
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < kVendors + 2; ++i)
    sessions.push_back(std::make_unique<Session>(place.postgres));
  const Meter meter({place.postgres_pid});
  std::vector<std::thread> threads;
  threads.emplace_back([&] { PublishAccounts(*sessions[0], count); });
  threads.emplace_back([&] { ReadAsCore(*sessions[1], count); });
  for (int vendor = 0; vendor < kVendors; ++vendor) {
    threads.emplace_back(
        [&, vendor] { WorkAsVendor(*sessions[2 + vendor], vendor, count / kVendors); });
  }
  for (std::thread& thread : threads) thread.join();
  // The sessions are still open: their backends' CPU counts.
  return meter.Stop();
}

}  // namespace switchboard::bench
