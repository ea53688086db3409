#include "tests/bench/usage.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/bench/measure.h"

namespace switchboard::bench {
namespace {

namespace fs = std::filesystem;

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string RoleOfThread(const std::string& name) {
  for (const char* own : {"lane", "executor", "guard"}) {
    if (name == own) return own;
  }
  return "grpc";
}

double SleepsOf(const std::string& folder) {
  std::ifstream file(folder + "/status");
  for (std::string line; std::getline(file, line);) {
    absl::string_view text = line;
    double sleeps = 0;
    if (absl::ConsumePrefix(&text, "voluntary_ctxt_switches:") && absl::SimpleAtod(text, &sleeps))
      return sleeps;
  }
  return 0;
}

double BytesWrittenBy(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/io"));
  for (std::string line; std::getline(file, line);) {
    absl::string_view text = line;
    double bytes = 0;
    if (absl::ConsumePrefix(&text, "write_bytes: ") && absl::SimpleAtod(text, &bytes)) return bytes;
  }
  return 0;
}

// The size of the SQLite database that a hub has open.
double DatabaseBytesOf(pid_t hub) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(absl::StrCat("/proc/", hub, "/fd"), error)) {
    const fs::path file = fs::read_symlink(entry.path(), error);
    if (file.extension() == ".db") return static_cast<double>(fs::file_size(file, error));
  }
  return 0;
}

// "cpu waited slices" in nanoseconds.
std::pair<double, double> CpuAndQueuedMicros(const std::string& folder) {
  std::istringstream text(FirstLine(folder + "/schedstat"));
  double cpu = 0, queued = 0;
  text >> cpu >> queued;
  return {cpu / 1e3, queued / 1e3};
}

// The text of a hub's metrics.
std::string FetchMetrics(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request =
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      send(connection, request.data(), request.size(), 0) < 0) {
    GiveUp("a hub's metrics do not answer");
  }
  std::string answer;
  std::array<char, 65536> bytes;
  for (ssize_t got = 0; (got = recv(connection, bytes.data(), bytes.size(), 0)) > 0;)
    answer.append(bytes.data(), static_cast<size_t>(got));
  close(connection);
  return answer;
}

// CPU that the machine spent on anybody, since it began.
double MachineMicros() {
  std::istringstream text(FirstLine("/proc/stat"));
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, disk = 0, interrupts = 0, soft = 0;
  text >> name >> user >> nice >> system >> idle >> disk >> interrupts >> soft;
  return (user + nice + system + interrupts + soft) * 1e6 /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Finish>;

// The tables that the ends of groups write, see ClosingWork and AuditLog.
constexpr char kStatements[] =
    "SELECT coalesce(sum(calls), 0), coalesce(1000 * sum(total_exec_time), 0), coalesce(1000 * "
    "sum(total_exec_time) FILTER (WHERE query ~ '(UPDATE|INSERT INTO) (vendor_counter|vendor_tally"
    "|assignment |counter |core_item|outcome |permit_budget|disclosure|audit_entry)'), 0) FROM "
    "pg_stat_statements";

}  // namespace

UsageMeter::UsageMeter(const Place& place, const Server& server)
    : place_(place), server_(server), before_(Read()) {}

UsageMeter::Reading UsageMeter::Read() const {
  Reading reading;
  ReadHubs(&reading);
  if (server_.database_pid() != 0) ReadDatabase(&reading);
  reading.generator_us = CpuSeconds(0) * 1e6;
  reading.machine_us = MachineMicros();
  reading.now_ns = SteadyNanos();
  return reading;
}

void UsageMeter::ReadHubs(Reading* reading) const {
  for (const pid_t hub : server_.hub_pids()) {
    reading->hub_bytes += BytesWrittenBy(hub);
    reading->stored_bytes += DatabaseBytesOf(hub);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(absl::StrCat("/proc/", hub, "/task"), error)) {
      const std::string folder = entry.path().string();
      const auto [cpu_us, queued_us] = CpuAndQueuedMicros(folder);
      reading->threads[{hub, std::stoi(entry.path().filename().string())}] = {
          RoleOfThread(FirstLine(folder + "/comm")), cpu_us, queued_us, SleepsOf(folder)};
    }
  }
  for (const int port : server_.metrics_ports()) {
    for (const auto line : absl::StrSplit(FetchMetrics(port), '\n')) {
      const std::pair<std::string, std::string> parts = absl::StrSplit(line, ' ');
      double value = 0;
      if (absl::SimpleAtod(parts.second, &value)) reading->metrics[parts.first] += value;
    }
  }
}

// Which backend serves whom, the hub says in the name of its sessions.
void UsageMeter::ReadDatabase(Reading* reading) const {
  const std::unique_ptr<PGconn, Finish> session(PQconnectdb(place_.postgres.c_str()));
  const Result names(PQexec(session.get(), "SELECT pid, application_name FROM pg_stat_activity"));
  std::map<pid_t, std::string> roles;
  for (int i = 0; i < PQntuples(names.get()); ++i) {
    const std::string name = PQgetvalue(names.get(), i, 1);
    if (name.ends_with(" writer")) roles[std::stoi(PQgetvalue(names.get(), i, 0))] = "writer";
    if (name.ends_with(" reader")) roles[std::stoi(PQgetvalue(names.get(), i, 0))] = "reader";
  }
  const Result log(
      PQexec(session.get(), "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"));
  if (PQntuples(log.get()) == 1) reading->log_bytes = std::stod(PQgetvalue(log.get(), 0, 0));
  const Result sizes(PQexec(session.get(), "SELECT sum(pg_database_size(oid)) FROM pg_database"));
  if (PQntuples(sizes.get()) == 1) reading->stored_bytes = std::stod(PQgetvalue(sizes.get(), 0, 0));
  const Result statements(PQexec(session.get(), kStatements));
  if (PQntuples(statements.get()) == 1) {
    reading->statements = std::stod(PQgetvalue(statements.get(), 0, 0));
    reading->statement_us = std::stod(PQgetvalue(statements.get(), 0, 1));
    reading->closing_us = std::stod(PQgetvalue(statements.get(), 0, 2));
  }
  const pid_t own = PQbackendPID(session.get());
  for (const auto& [pid, seconds] : CpuSecondsOfTrees({server_.database_pid()})) {
    if (pid == own) continue;
    const std::string folder = absl::StrCat("/proc/", pid);
    const auto [cpu_us, queued_us] = CpuAndQueuedMicros(folder);
    const auto role = roles.find(pid);
    reading->threads[{pid, pid}] = {role == roles.end() ? "database" : role->second, cpu_us,
                                    queued_us, SleepsOf(folder)};
  }
}

Usage UsageMeter::Stop() const {
  Reading now = Read();
  Usage usage;
  usage.seconds = static_cast<double>(now.now_ns - before_.now_ns) * 1e-9;
  for (const auto& [id, thread] : now.threads) {
    const auto found = before_.threads.find(id);
    const Thread before = found == before_.threads.end() ? Thread() : found->second;
    usage.cpu_us[thread.role] += thread.cpu_us - before.cpu_us;
    usage.queued_us[thread.role] += thread.queued_us - before.queued_us;
    usage.sleeps[thread.role] += thread.sleeps - before.sleeps;
  }
  usage.cpu_us["generator"] = now.generator_us - before_.generator_us;
  double ours_us = 0;
  for (const auto& [role, micros] : usage.cpu_us) ours_us += micros;
  usage.others_cores = (now.machine_us - before_.machine_us - ours_us) / (usage.seconds * 1e6);
  const auto grown = [&](const char* name) {
    const auto found = before_.metrics.find(name);
    return now.metrics[name] - (found == before_.metrics.end() ? 0 : found->second);
  };
  usage.groups = grown("switchboard_commit_groups_total");
  usage.units = grown("switchboard_commit_units_total");
  usage.group_us = grown("switchboard_commit_seconds_sum") * 1e6;
  usage.hub_bytes = now.hub_bytes - before_.hub_bytes;
  usage.stored_bytes = now.stored_bytes - before_.stored_bytes;
  usage.log_bytes = now.log_bytes - before_.log_bytes;
  usage.statements = now.statements - before_.statements;
  usage.statement_us = now.statement_us - before_.statement_us;
  usage.closing_us = now.closing_us - before_.closing_us;
  return usage;
}

}  // namespace switchboard::bench
