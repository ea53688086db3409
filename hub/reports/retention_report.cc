#include "hub/reports/retention_report.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/book/erasure.h"
#include "hub/core_feed/core_feed.h"
#include "hub/legal_holds/held.h"
#include "hub/retention/not_held.h"
#include "hub/retention/pause.h"
#include "hub/retention/swept.h"
#include "hub/retention/waiting.h"

namespace switchboard::reports {
namespace {

using Response = v1::ReportRetentionResponse;
using legal_holds::Held;
using retention::Stage;
using retention::Wait;
using storage::Row;
using Waits = std::set<Wait>;

constexpr int kPage = 500;

// Each walks an index as far as something is due, the oldest first, since counts end.
constexpr char kSelectNextInFeed[] =
    "SELECT work_type, country FROM assignment WHERE ended > 0 AND change_sequence IS NOT NULL AND "
    "(work_type, country) > ($1, $2) ORDER BY work_type, country LIMIT 1";
constexpr char kSelectInFeed[] =
    "SELECT withdraw_time, vendor_id, person_id, account_id FROM assignment WHERE ended > 0 AND "
    "change_sequence IS NOT NULL AND work_type = $1 AND country = $2 AND withdraw_time <= $3 ORDER "
    "BY withdraw_time LIMIT $4";
// In the order in which they came: behind a younger one there is nothing to be found.
constexpr char kSelectQuarantine[] =
    "SELECT quarantine_time, quarantine_id FROM quarantine WHERE quarantine_id > $1 ORDER BY "
    "quarantine_id LIMIT $2";
constexpr char kSelectDisclosures[] =
    "SELECT disclose_time, sequence FROM disclosure WHERE sequence > $1 ORDER BY sequence LIMIT $2";
// A stop in force has no place here: it is not over.
constexpr char kSelectLifted[] =
    "SELECT lift_time, subject FROM stop WHERE lift_time IS NOT NULL AND lift_time <= $1 ORDER BY "
    "lift_time LIMIT $2";
constexpr char kSelectOver[] =
    "SELECT end_time, subject FROM stop WHERE end_time IS NOT NULL AND end_time <= $1 AND "
    "(lift_time IS NULL OR lift_time > $1) ORDER BY end_time LIMIT $2";
constexpr char kSelectEvents[] =
    "SELECT event_time, (SELECT COUNT(*) FROM stop WHERE stop_id = event_id), (SELECT account_id "
    "FROM payment WHERE payment.event_id = core_event.event_id) FROM core_event WHERE event_time "
    "<= $1 ORDER BY event_time LIMIT $2";
constexpr char kSelectAnswers[] =
    "SELECT show_time, person_id FROM disclosed_answer WHERE show_time <= $1 ORDER BY show_time "
    "LIMIT $2";
constexpr char kSelectContacts[] =
    "SELECT begin_time, person_id FROM contact WHERE begin_time <= $1 ORDER BY begin_time LIMIT $2";

int64_t Until(absl::Time now, absl::Duration keep) {
  if (keep == absl::InfiniteDuration()) return std::numeric_limits<int64_t>::min();
  return absl::ToUnixMicros(now - keep);
}

// A line, as its rows come to be known.
class LineBuilder {
 public:
  LineBuilder(Response::What what, absl::Duration keep, absl::Duration day) : keep_(keep) {
    line_.set_what(what);
    absl::Duration rest;
    if (keep != absl::InfiniteDuration())
      line_.set_keep_days(static_cast<int32_t>(absl::IDivDuration(keep, day, &rest)));
  }

  v1::ReportRetentionResponse::Line& line() { return line_; }
  bool full() const { return rows_ >= kCountMax; }
  int room() const { return static_cast<int>(kCountMax - rows_); }

  // A row whose time is up, `from_us` on which it was kept; INT64_MIN: that is not known.
  void Add(int64_t from_us, const Waits& waits) {
    if (full()) return;
    ++rows_;
    if (from_us != std::numeric_limits<int64_t>::min()) since_us_ = std::min(since_us_, from_us);
    if (waits.empty()) line_.set_due(line_.due() + 1);
    for (const Wait& wait : waits) ++waiting_[wait];
  }

  Response::Line Finish() {
    for (const auto& [wait, rows] : waiting_) {
      Response::Waiting& waiting = *line_.add_waiting();
      waiting.set_cause(wait.cause);
      waiting.set_for_whom(wait.for_whom);
      waiting.set_rows(rows);
      waiting.set_way_out(retention::WayOut(wait));
    }
    if (since_us_ != std::numeric_limits<int64_t>::max()) {
      *line_.mutable_due_since() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          since_us_ + absl::ToInt64Microseconds(keep_));
    }
    return std::move(line_);
  }

 private:
  const absl::Duration keep_;
  Response::Line line_;
  int64_t rows_ = 0;
  int64_t since_us_ = std::numeric_limits<int64_t>::max();
  std::map<Wait, int64_t> waiting_;
};

// What all lines are made of.
struct Report {
  storage::Connection& reader;
  const retention::Eraser& eraser;
  storage::Sealer& sealer;
  const absl::Time now;
  const Held held;
  const std::vector<core_feed::ReaderCursor> readers;
  const absl::Duration day;

  const retention::Policy& policy() const { return eraser.policy(); }
  Waits HoldsOn(std::string_view person_id, std::string_view account_id) const {
    Waits waits;
    for (std::string& id : held.HoldsOn(person_id, account_id))
      waits.insert({Response::CAUSE_LEGAL_HOLD, std::move(id)});
    return waits;
  }
};

// Ended work that its vendor has yet to acknowledge: a sweep does not meet it.
absl::Status AddInFeed(const Report& report, const assignments::EndedKind& kind, int64_t until_us,
                       LineBuilder& line) {
  return report.reader.Query(
      kSelectInFeed, {static_cast<int64_t>(kind.work_type), kind.country, until_us, line.room()},
      [&](const Row& row) {
        Waits waits = report.HoldsOn(row.Text(2), row.Text(3));
        waits.insert(
            {Response::CAUSE_ACKNOWLEDGEMENT, absl::StrCat("vendor/", std::string(row.Text(1)))});
        line.Add(row.Integer(0), waits);
        return absl::OkStatus();
      });
}

absl::Status AddEnded(const Report& report, const assignments::EndedKind& kind, int64_t until_us,
                      LineBuilder& line) {
  assignments::EndedAssignment after;
  after.withdraw_time_us = std::numeric_limits<int64_t>::min();
  while (!line.full()) {
    ASSIGN_OR_RETURN(const auto page,
                     assignments::EndedAssignments(report.reader, kind, until_us, after, kPage));
    ASSIGN_OR_RETURN(const auto waits,
                     retention::WaitsOf(report.reader, report.held, report.readers, page));
    for (size_t i = 0; i < page.size(); ++i) line.Add(page[i].withdraw_time_us, waits[i]);
    if (page.size() < size_t{kPage}) break;
    after = page.back();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<assignments::EndedKind>> NextKindInFeed(
    storage::Connection& reader, const assignments::EndedKind& after) {
  std::optional<assignments::EndedKind> next;
  RETURN_IF_ERROR(
      reader.Query(kSelectNextInFeed, {static_cast<int64_t>(after.work_type), after.country},
                   [&](const Row& row) {
                     next = assignments::EndedKind{static_cast<v1::WorkType>(row.Integer(0)),
                                                   std::string(row.Text(1))};
                     return absl::OkStatus();
                   }));
  return next;
}

// Of which there is ended work, in the feed or out of it.
absl::StatusOr<std::set<std::pair<v1::WorkType, std::string>>> EndedKinds(
    storage::Connection& reader) {
  std::set<std::pair<v1::WorkType, std::string>> kinds;
  for (const auto& next_of : {&assignments::NextEndedKind, &NextKindInFeed}) {
    std::optional<assignments::EndedKind> kind = assignments::EndedKind();
    while (true) {
      ASSIGN_OR_RETURN(kind, next_of(reader, *kind));
      if (!kind.has_value()) break;
      kinds.emplace(kind->work_type, kind->country);
    }
  }
  return kinds;
}

absl::Status AddAssignments(const Report& report, Response& response) {
  ASSIGN_OR_RETURN(const auto kinds, EndedKinds(report.reader));
  for (const auto& [work_type, country] : kinds) {
    const assignments::EndedKind kind{work_type, country};
    const absl::Duration keep = report.policy().KeepOf(work_type, country);
    LineBuilder line(Response::WHAT_ASSIGNMENTS, keep, report.day);
    line.line().set_work_type(work_type);
    line.line().set_country(country);
    if (keep != absl::InfiniteDuration()) {
      const int64_t until_us = Until(report.now, keep);
      RETURN_IF_ERROR(AddEnded(report, kind, until_us, line));
      RETURN_IF_ERROR(AddInFeed(report, kind, until_us, line));
    }
    *response.add_lines() = line.Finish();
  }
  return absl::OkStatus();
}

absl::Status AddAccounts(const Report& report, Response& response) {
  const absl::Duration keep = report.policy().AccountsKeep();
  LineBuilder line(Response::WHAT_ACCOUNTS, keep, report.day);
  const int64_t until_us = Until(report.now, keep);
  std::string after;
  while (keep != absl::InfiniteDuration() && !line.full()) {
    ASSIGN_OR_RETURN(const auto page, book::AccountsAfter(report.reader, after, kPage));
    std::vector<book::AccountAge> old;
    std::vector<assignments::Holder> holders;
    for (const book::AccountAge& account : page) {
      if (account.update_time_us > until_us) continue;
      old.push_back(account);
      holders.push_back({account.person_id, account.account_id});
    }
    ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(report.reader, holders));
    for (size_t i = 0; i < old.size(); ++i) {
      Waits waits = report.HoldsOn(old[i].person_id, old[i].account_id);
      if (have[i]) waits.insert({Response::CAUSE_OTHER_ROWS, ""});
      line.Add(old[i].update_time_us, waits);
    }
    if (page.size() < size_t{kPage}) break;
    after = page.back().account_id;
  }
  *response.add_lines() = line.Finish();
  return absl::OkStatus();
}

// A person goes with the last account, and has no time of its own.
absl::Status AddPersons(const Report& report, Response& response) {
  const absl::Duration keep = report.policy().AccountsKeep();
  LineBuilder line(Response::WHAT_PERSONS, keep, report.day);
  std::string after;
  while (keep != absl::InfiniteDuration() && !line.full()) {
    ASSIGN_OR_RETURN(const auto page, book::PersonsAfter(report.reader, after, kPage));
    std::vector<assignments::Holder> holders;
    for (const std::string& person_id : page.without_accounts) holders.push_back({person_id, ""});
    ASSIGN_OR_RETURN(const auto have, assignments::HaveAssignments(report.reader, holders));
    ASSIGN_OR_RETURN(auto waits, retention::WaitsOfPersons(report.reader, report.held,
                                                           report.readers, page.without_accounts));
    for (size_t i = 0; i < waits.size(); ++i) {
      if (have[i]) waits[i].insert({Response::CAUSE_OTHER_ROWS, ""});
      line.Add(std::numeric_limits<int64_t>::min(), waits[i]);
    }
    if (page.last_id.empty()) break;
    after = page.last_id;
  }
  *response.add_lines() = line.Finish();
  return absl::OkStatus();
}

// Adds to the line of a stage rows that go by their time alone. `waits_of`: what a row waits for
// besides. Where rules may count what the classes would let go, that waits for them.
absl::Status AddRows(const Report& report, Stage stage, const char* sql,
                     const std::function<Waits(const Row&)>& waits_of, LineBuilder& line) {
  const absl::Duration by_class = report.policy().LongestKeep();
  if (by_class == absl::InfiniteDuration() || line.full()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const absl::Duration keep, report.eraser.KeepOf(report.reader, stage));
  const int64_t counted_us = Until(report.now, keep);
  return report.reader.Query(sql, {Until(report.now, by_class), line.room()}, [&](const Row& row) {
    Waits waits = waits_of(row);
    if (row.Integer(0) > counted_us) waits.insert({Response::CAUSE_RULES, ""});
    line.Add(row.Integer(0), waits);
    return absl::OkStatus();
  });
}

// What is held names its holds only once it is opened, or names nobody: then it waits for any.
Waits AnyHold() { return Waits{{Response::CAUSE_LEGAL_HOLD, ""}}; }

absl::Status AddQuarantine(const Report& report, Response& response) {
  const absl::Duration keep = report.policy().QuarantineKeep();
  LineBuilder line(Response::WHAT_QUARANTINE, keep, report.day);
  const int64_t until_us = Until(report.now, keep);
  std::string after;
  bool last = keep == absl::InfiniteDuration();
  while (!last && !line.full()) {
    std::vector<std::pair<int64_t, std::string>> page;  // time and id
    std::vector<std::string> ids;
    size_t rows = 0;
    RETURN_IF_ERROR(report.reader.Query(kSelectQuarantine, {after, kPage}, [&](const Row& row) {
      ++rows;
      last = last || row.Integer(0) > until_us;
      if (last) return absl::OkStatus();
      page.emplace_back(row.Integer(0), row.Text(1));
      ids.emplace_back(row.Text(1));
      return absl::OkStatus();
    }));
    ASSIGN_OR_RETURN(const auto others,
                     retention::ItemsNotHeld(report.reader, report.sealer, report.held, ids));
    const std::set<std::string> free(others.begin(), others.end());
    for (const auto& [time_us, id] : page)
      line.Add(time_us, free.contains(id) ? Waits() : AnyHold());
    last = last || rows < size_t{kPage};
    if (!last) after = ids.back();
  }
  *response.add_lines() = line.Finish();
  return absl::OkStatus();
}

// Pages name many: they stay for any hold.
absl::Status AddPages(const Report& report, LineBuilder& line) {
  ASSIGN_OR_RETURN(
      const int64_t held_us,
      retention::PagesNotHeld(report.reader, report.held, std::numeric_limits<int64_t>::max()));
  const absl::Duration keep = report.policy().LongestKeep();
  const int64_t until_us = Until(report.now, keep);
  int64_t after = 0;
  bool last = keep == absl::InfiniteDuration();
  while (!last && !line.full()) {
    size_t rows = 0;
    RETURN_IF_ERROR(report.reader.Query(kSelectDisclosures, {after, kPage}, [&](const Row& row) {
      ++rows;
      after = row.Integer(1);
      last = last || row.Integer(0) > until_us;
      if (!last) line.Add(row.Integer(0), row.Integer(0) > held_us ? AnyHold() : Waits());
      return absl::OkStatus();
    }));
    last = last || rows < size_t{kPage};
  }
  return absl::OkStatus();
}

absl::Status AddRest(const Report& report, Response& response) {
  const absl::Duration keep = report.policy().LongestKeep();
  const auto of_person = [&](const Row& row) { return report.HoldsOn(row.Text(1), ""); };
  // "P-1", "C-1", "P-1/c1".
  const auto of_subject = [&](const Row& row) {
    const std::string subject(row.Text(1));
    return report.HoldsOn(subject.substr(0, subject.find('/')), subject);
  };
  // A payment stays with its account.
  const auto of_event = [&](const Row& row) {
    Waits waits = row.IsNull(2) ? Waits() : report.HoldsOn("", row.Text(2));
    if (row.Integer(1) > 0) waits.insert({Response::CAUSE_OTHER_ROWS, ""});
    return waits;
  };
  RETURN_IF_ERROR(AddQuarantine(report, response));
  LineBuilder stops(Response::WHAT_STOPS, keep, report.day);
  RETURN_IF_ERROR(AddRows(report, Stage::kStops, kSelectLifted, of_subject, stops));
  RETURN_IF_ERROR(AddRows(report, Stage::kStops, kSelectOver, of_subject, stops));
  *response.add_lines() = stops.Finish();
  LineBuilder events(Response::WHAT_EVENTS, keep, report.day);
  RETURN_IF_ERROR(AddRows(report, Stage::kEvents, kSelectEvents, of_event, events));
  *response.add_lines() = events.Finish();
  LineBuilder disclosures(Response::WHAT_DISCLOSURES, keep, report.day);
  RETURN_IF_ERROR(AddPages(report, disclosures));
  RETURN_IF_ERROR(AddRows(report, Stage::kAnswers, kSelectAnswers, of_person, disclosures));
  *response.add_lines() = disclosures.Finish();
  LineBuilder contacts(Response::WHAT_CONTACTS, keep, report.day);
  RETURN_IF_ERROR(AddRows(report, Stage::kContacts, kSelectContacts, of_person, contacts));
  *response.add_lines() = contacts.Finish();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Response> ReportRetention(storage::Connection& reader,
                                         const retention::Eraser& eraser, storage::Sealer& sealer,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(Held held, Held::Read(reader));
  ASSIGN_OR_RETURN(auto readers, core_feed::ReaderCursors(reader));
  const Report report{reader,
                      eraser,
                      sealer,
                      now,
                      std::move(held),
                      std::move(readers),
                      eraser.policy().SweepInterval() * 24};
  Response response;
  RETURN_IF_ERROR(AddAssignments(report, response));
  RETURN_IF_ERROR(AddAccounts(report, response));
  RETURN_IF_ERROR(AddPersons(report, response));
  RETURN_IF_ERROR(AddRest(report, response));
  ASSIGN_OR_RETURN(const bool paused, retention::Paused(reader));
  response.set_paused(paused);
  ASSIGN_OR_RETURN(const auto swept, retention::Swept(reader));
  if (swept.has_value()) {
    *response.mutable_sweep_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*swept));
  }
  return response;
}

}  // namespace switchboard::reports
