#include "hub/storage/postgres_connection.h"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/postgres_rows.h"
#include "hub/storage/postgres_value.h"

namespace switchboard::storage {
namespace {

// After so long without an answer we look who is the primary.
constexpr int kSilenceMilliseconds = 5'000;

constexpr char kBegin[] = "BEGIN";
constexpr char kCommit[] = "COMMIT";
constexpr char kRollback[] = "ROLLBACK";
constexpr char kSavepoint[] = "SAVEPOINT unit";
constexpr char kRelease[] = "RELEASE SAVEPOINT unit";
constexpr char kRollbackTo[] = "ROLLBACK TO SAVEPOINT unit";
// A time limit would end the wait for a synchronous standby with success, before the commit is
// anywhere but here.
constexpr char kNoTimeLimit[] = "SET LOCAL statement_timeout = 0";

constexpr char kSetUp[] =
    "SET client_encoding = 'UTF8'; SET timezone = 'UTC'; SET statement_timeout = '30s'; "
    "SET lock_timeout = '2s'; SET idle_in_transaction_session_timeout = '60s'; "
    "SET default_transaction_isolation = 'read committed'; "
    // Whatever the server's own standard is: an answer is given only for what is on disk.
    "SET synchronous_commit = 'on'";
// A commit that waits for its standby is under way as well. The second takes a number of its own.
constexpr char kUnderWay[] =
    "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT), "
    "CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";
// Nobody waits for who took the one before. It never goes back, with a server that takes over
// neither: what is logged of it is ahead of what was given.
constexpr char kNextInOrder[] = "SELECT nextval('commit_order')";
constexpr char kReadOnly[] = "SET default_transaction_read_only = on";
// A commit that waited for a synchronous standby when its session ended, or when the server died
// and was started again, is seen by everybody and may be on this server only. What a hub finds
// there it takes as done, and answers by. Whatever stands in the log before this is on the standby
// once this is.
constexpr char kAwaitStandby[] =
    "BEGIN; SET LOCAL statement_timeout = 0; "
    "SELECT pg_logical_emit_message(true, 'switchboard', ''); COMMIT";

}  // namespace

PostgresConnection::~PostgresConnection() = default;

absl::Status PostgresConnection::Lost() {
  // libpq's own text may name the statement's values; its kind is enough.
  connection_.reset();
  statements_.clear();
  deferred_.clear();
  sent_.clear();
  held_.clear();
  return absl::UnavailableError("the connection to the database was lost");
}

absl::Status PostgresConnection::Connect() {
  Lost().IgnoreError();
  ASSIGN_OR_RETURN(connection_, OpenPostgresSession(options_.url, options_.name));
  reached_ = true;
  line_ = LineOf(connection_.get());
  options_.latest->Meet(line_);
  if (options_.latest->HasReplaced(line_)) return Lost();
  // A server that takes nothing any more may not hold us either.
  if (PQsetnonblocking(connection_.get(), 1) != 0) return Lost();
  for (const char* command : {kSetUp, options_.read_only ? kReadOnly : kAwaitStandby}) {
    const Result result = Run(command);
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) continue;
    if (result == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) return Lost();
    connection_.reset();
    return ProblemOf(result.get()).status;
  }
  if (PQenterPipelineMode(connection_.get()) != 1) return Lost();
  return absl::OkStatus();
}

// False when the server is silent and the URL leads to one that has taken its place.
bool PostgresConnection::AwaitResult() const {
  while (true) {
    const int unsent = PQflush(connection_.get());
    if (PQisBusy(connection_.get()) == 0) return true;
    const int wanted = POLLIN | (unsent == 1 ? POLLOUT : 0);
    pollfd socket = {PQsocket(connection_.get()), static_cast<short>(wanted), 0};
    const int ready = poll(&socket, 1, kSilenceMilliseconds);
    if (ready == 0 && IsReplaced()) return false;
    // What is wrong with it the result says.
    if (ready > 0 && PQconsumeInput(connection_.get()) != 1) return true;
  }
}

bool PostgresConnection::IsReplaced() const {
  if (line_.timeline.empty()) return false;
  if (options_.latest->HasReplaced(line_)) return true;
  const auto session = OpenPostgresSession(options_.url, options_.name);
  if (session.ok()) options_.latest->Meet(LineOf(session->get()));
  return options_.latest->HasReplaced(line_);
}

// The last result of several commands; null when nobody answers any more.
PostgresConnection::Result PostgresConnection::Run(const char* commands) const {
  if (PQsendQuery(connection_.get(), commands) != 1) return nullptr;
  Result last;
  while (true) {
    if (!AwaitResult()) return nullptr;
    Result result(PQgetResult(connection_.get()));
    if (result == nullptr) return last;
    last = std::move(result);
  }
}

// Ready for the next command: connected, and what was deferred is on its way. A transaction whose
// connection was lost takes nothing more: on a new connection it would run outside of any.
absl::Status PostgresConnection::GetReady() {
  if (connection_ != nullptr && options_.latest->HasReplaced(line_)) Lost().IgnoreError();
  if (connection_ == nullptr) {
    if (in_transaction_) return Lost();
    RETURN_IF_ERROR(Connect());
  }
  for (const char* command : std::exchange(deferred_, {})) {
    if (!Send(command, {}, /*wanted=*/false)) return Lost();
  }
  return absl::OkStatus();
}

// False when the connection is gone. Prepares what is run for the first time on the way.
bool PostgresConnection::Send(const char* sql, Parameters parameters, bool wanted) {
  const PostgresParameters encoded(parameters);
  auto [found, added] = statements_.try_emplace(sql);
  if (added) {
    // Never a name again: what failed to be prepared may be prepared all the same.
    found->second = absl::StrCat("s", ++statements_made_);
    const auto read = read_.find(sql);
    const std::string_view text = read == read_.end() ? std::string_view(sql) : read->second.text;
    if (PQsendPrepare(connection_.get(), found->second.c_str(),
                      WithArrays(text, parameters).c_str(), encoded.size(), encoded.types()) != 1) {
      return false;
    }
    sent_.push_back({sql, true, false});
  }
  sent_.push_back({sql, false, wanted});
  return PQsendQueryPrepared(connection_.get(), found->second.c_str(), encoded.size(),
                             encoded.values(), encoded.lengths(), encoded.formats(),
                             /*resultFormat=*/1) == 1;
}

// The results of what was sent and is wanted, or the first error among all.
absl::StatusOr<PostgresConnection::Results> PostgresConnection::Collect() {
  if (PQpipelineSync(connection_.get()) != 1) return Lost();
  Results wanted;
  std::optional<absl::Status> first_error;
  size_t position = 0;
  // Each result is followed by one null; two in a row say that nothing more will come.
  for (int nulls = 0; nulls < 2;) {
    if (!AwaitResult()) return Lost();
    Result result(PQgetResult(connection_.get()));
    nulls = result == nullptr ? nulls + 1 : 0;
    if (result == nullptr) continue;
    const ExecStatusType kind = PQresultStatus(result.get());
    if (kind == PGRES_PIPELINE_SYNC) {
      sent_.clear();
      if (options_.latest->HasReplaced(line_)) return Lost();
      if (first_error.has_value()) return *first_error;
      return wanted;
    }
    if (position >= sent_.size()) break;
    const Sent& sent = sent_[position++];
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) {
      if (sent.wanted) wanted.push_back(std::move(result));
      continue;
    }
    // What comes behind an error is not done: neither run nor prepared.
    if (sent.prepares) statements_.erase(sent.sql);
    if (first_error.has_value()) continue;
    const PostgresProblem problem = ProblemOf(result.get());
    first_error = problem.status;
    if (problem.connection_ends) {
      Lost().IgnoreError();
      return *first_error;
    }
  }
  return Lost();
}

absl::StatusOr<PostgresConnection::Results> PostgresConnection::RunOne(const char* sql,
                                                                       Parameters parameters) {
  ASSIGN_OR_RETURN(const WriteStatement* read, ReadOnce(sql));
  RETURN_IF_ERROR(GetReady());
  if (!Send(sql, parameters, /*wanted=*/true)) return Lost();
  auto results = Collect();
  if (results.ok() && read->table != nullptr && !options_.read_only)
    RETURN_IF_ERROR(NoteWrites(*read, parameters, results->front().get()));
  return results;
}

// What the statement writes, and by which text it tells.
absl::StatusOr<const WriteStatement*> PostgresConnection::ReadOnce(const char* sql) {
  const auto found = read_.find(sql);
  if (found != read_.end()) return &found->second;
  ASSIGN_OR_RETURN(WriteStatement read, ReadWriteStatement(sql));
  return &read_.emplace(sql, std::move(read)).first->second;
}

absl::Status PostgresConnection::NoteWrites(const WriteStatement& statement, Parameters parameters,
                                            const PGresult* result) {
  if (!statement.sources.empty()) {
    VisitInserted(statement, parameters,
                  [&](const Row& row) { row_writes_.Put(*statement.table, row); });
    return absl::OkStatus();
  }
  const int first = PQnfields(result) - static_cast<int>(statement.returned.size());
  SWITCHBOARD_ASSERT(first >= 0);
  return VisitRows(result, [&](const Row& row) {
    const ReturnedRow written(statement, row, first);
    if (statement.gone) {
      row_writes_.PutGone(*statement.table, written);
    } else {
      row_writes_.Put(*statement.table, written);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<int64_t> PostgresConnection::NextInOrder() {
  int64_t number = 0;
  RETURN_IF_ERROR(Query(kNextInOrder, {}, [&](const Row& row) {
    number = row.Integer(0);
    return absl::OkStatus();
  }));
  return number;
}

absl::StatusOr<int64_t> PostgresConnection::Execute(const char* sql, Parameters parameters) {
  if (OverNoRows(parameters)) return 0;
  ASSIGN_OR_RETURN(const Results results, RunOne(sql, parameters));
  return ChangedBy(results.front().get());
}

absl::Status PostgresConnection::Query(const char* sql, Parameters parameters, Visitor visit) {
  if (OverNoRows(parameters)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Results results, RunOne(sql, parameters));
  return VisitRows(results.front().get(), visit);
}

absl::StatusOr<UnderWay> PostgresConnection::LookUnderWay() {
  UnderWay under_way;
  RETURN_IF_ERROR(Query(kUnderWay, {}, [&](const Row& row) {
    under_way = {row.Integer(0), row.Integer(1)};
    return absl::OkStatus();
  }));
  return under_way;
}

absl::Status PostgresConnection::Define(const std::string& statement) {
  for (const std::string& text : DefinitionsFor(statement)) {
    RETURN_IF_ERROR(GetReady());
    sent_.push_back({nullptr, /*prepares=*/false, /*wanted=*/true});
    if (PQsendQueryParams(connection_.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          1) != 1) {
      return Lost();
    }
    RETURN_IF_ERROR(Collect().status());
  }
  return absl::OkStatus();
}

bool PostgresConnection::Housekeep(bool /*idle*/) {
  return watches_tables_ && usable() && statistics_.Keep(*this);
}

absl::Status PostgresConnection::Begin() {
  if (connection_ == nullptr) RETURN_IF_ERROR(Connect());
  deferred_.push_back(kBegin);
  row_writes_.Clear();
  in_transaction_ = true;
  held_.clear();
  if (wanted_at_begin_.empty()) return absl::OkStatus();
  const absl::Status status = LockAll(wanted_at_begin_, Waiting::kAllowed);
  if (!status.ok()) Rollback().IgnoreError();
  return status;
}

absl::Status PostgresConnection::Commit() {
  deferred_.push_back(kNoTimeLimit);
  const absl::Status ready = GetReady();
  const bool sent = ready.ok() && Send(kCommit, {}, /*wanted=*/true);
  // Over, whatever comes: in doubt it is asked about outside of it.
  in_transaction_ = false;
  held_.clear();
  RETURN_IF_ERROR(ready);
  const auto results = sent ? Collect() : absl::StatusOr<Results>(Lost());
  if (!results.ok()) {
    // Without a connection nobody knows whether the server got and did it.
    return connection_ == nullptr ? absl::UnknownError(results.status().message())
                                  : results.status();
  }
  // The server answers a commit of a transaction that failed before with a rollback.
  if (std::strcmp(PQcmdStatus(results->front().get()), "COMMIT") != 0)
    return absl::InternalError("the transaction ended early");
  wanted_at_begin_.clear();
  return absl::OkStatus();
}

absl::Status PostgresConnection::Rollback() {
  const bool began = InTransaction() && (deferred_.empty() || deferred_.front() != kBegin);
  in_transaction_ = false;
  held_.clear();
  deferred_.clear();
  // What never reached the server needs no end.
  return began ? RunOne(kRollback, {}).status() : absl::OkStatus();
}

absl::Status PostgresConnection::Savepoint() {
  held_by_unit_.clear();
  unit_begins_ = row_writes_.mark();
  deferred_.push_back(kSavepoint);
  return absl::OkStatus();
}

absl::Status PostgresConnection::ReleaseSavepoint() {
  // A unit that asked the engine nothing leaves nothing to send.
  if (!deferred_.empty() && deferred_.back() == kSavepoint) {
    deferred_.pop_back();
  } else {
    deferred_.push_back(kRelease);
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::RollbackToSavepoint() {
  if (!deferred_.empty() && deferred_.back() == kSavepoint) {
    deferred_.pop_back();
    return absl::OkStatus();
  }
  // The server lets go of what was locked since.
  const auto of_unit = [this](const Key& key) {
    return std::find(held_by_unit_.begin(), held_by_unit_.end(), key) != held_by_unit_.end();
  };
  held_.erase(std::remove_if(held_.begin(), held_.end(), of_unit), held_.end());
  RETURN_IF_ERROR(RunOne(kRollbackTo, {}).status());
  row_writes_.DropTo(unit_begins_);
  deferred_.push_back(kRelease);
  return absl::OkStatus();
}

}  // namespace switchboard::storage
