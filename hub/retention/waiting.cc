#include "hub/retention/waiting.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/book/erasure.h"
#include "hub/core_feed/erasure.h"
#include "hub/deletions/erasure.h"
#include "hub/outcomes/erasure.h"
#include "hub/person_requests/person_requests.h"
#include "hub/promises/erasure.h"

namespace switchboard::retention {
namespace {

using Response = v1::ReportRetentionResponse;
using Waits = std::vector<std::set<Wait>>;

constexpr char kVendor[] = "vendor/";
// Where nobody has read: everything waits for the first one.
constexpr char kAnyCore[] = "core";

std::string NameOf(const core_feed::ReaderCursor& reader) {
  return reader.reader.empty() ? reader.core : absl::StrCat(reader.core, "/", reader.reader);
}

// "core/main", "core/main/audit".
std::string WayOutOfReader(const std::string& name) {
  if (name == kAnyCore) return "a core reads its feed and confirms it";
  const size_t reader = name.find('/', name.find('/') + 1);
  if (reader == std::string::npos) return "switchboard core retire " + name;
  return absl::StrCat("switchboard core retire ", name.substr(0, reader), " --reader ",
                      name.substr(reader + 1));
}

std::string VendorOf(const Wait& wait) { return wait.for_whom.substr(sizeof(kVendor) - 1); }

void Add(const std::vector<bool>& flags, const Wait& wait, Waits& waits) {
  for (size_t i = 0; i < flags.size(); ++i)
    if (flags[i]) waits[i].insert(wait);
}

// What `read` by each of the readers says of each, as far as they have confirmed.
absl::Status AddReaders(storage::Connection& connection,
                        const std::vector<core_feed::ReaderCursor>& readers,
                        const std::vector<assignments::EndedAssignment>& ended, Waits& waits) {
  std::map<std::string, int64_t> confirmed;
  for (const auto& reader : readers) confirmed.emplace(NameOf(reader), reader.confirmed);
  if (readers.empty()) confirmed.emplace(kAnyCore, 0);
  std::vector<std::string> ids;
  for (const auto& one : ended) ids.push_back(one.assignment_id);
  for (const auto& [name, through] : confirmed) {
    const Wait wait{Response::CAUSE_READER, name};
    ASSIGN_OR_RETURN(const auto outcomes, outcomes::WaitForCore(connection, ended, through));
    ASSIGN_OR_RETURN(const auto items, core_feed::ItemsWait(connection, ids, through));
    Add(outcomes, wait, waits);
    Add(items, wait, waits);
  }
  return absl::OkStatus();
}

// What one thing holds up, how much of it, and what ends that.
std::string SentenceOf(const Wait& wait, int64_t count) {
  const std::string work = absl::StrCat(" (", count, "): ", WayOut(wait));
  switch (wait.cause) {
    case Response::CAUSE_READER:
      return absl::StrCat(wait.for_whom, " has not confirmed what it was told", work);
    case Response::CAUSE_ACKNOWLEDGEMENT:
      return absl::StrCat(wait.for_whom, " has not acknowledged the end of work", work);
    case Response::CAUSE_DELETION:
      return absl::StrCat(wait.for_whom, " has not confirmed that it deleted", work);
    case Response::CAUSE_PROMISE:
      return absl::StrCat("a promise is open, or a plan waits for head office", work);
    case Response::CAUSE_LEGAL_HOLD:
      return absl::StrCat("legal hold ", wait.for_whom, " is in force", work);
    default:
      return absl::StrCat("other rows are left", work);
  }
}

}  // namespace

std::string WayOut(const Wait& wait) {
  switch (wait.cause) {
    case Response::CAUSE_READER:
      return WayOutOfReader(wait.for_whom);
    case Response::CAUSE_ACKNOWLEDGEMENT:
      return absl::StrCat("switchboard vendor retire ", VendorOf(wait), " --reason TEXT");
    case Response::CAUSE_DELETION:
      return absl::StrCat("switchboard deletion list --open --vendor ", VendorOf(wait));
    case Response::CAUSE_PROMISE:
      return "its time, or switchboard plans list";
    case Response::CAUSE_LEGAL_HOLD:
      return wait.for_whom.empty() ? "switchboard legal-hold list"
                                   : "switchboard legal-hold end " + wait.for_whom;
    case Response::CAUSE_OTHER_ROWS:
      return "they go first, when their own time is up";
    default:
      return "the longest time over which a rule counts";
  }
}

absl::StatusOr<Waits> WaitsOf(storage::Connection& reader, const legal_holds::Held& held,
                              const std::vector<core_feed::ReaderCursor>& readers,
                              const std::vector<assignments::EndedAssignment>& ended) {
  Waits waits(ended.size());
  if (ended.empty()) return waits;
  RETURN_IF_ERROR(AddReaders(reader, readers, ended, waits));
  ASSIGN_OR_RETURN(const auto promised, promises::HaveOpenPromises(reader, ended));
  Add(promised, {Response::CAUSE_PROMISE, ""}, waits);
  ASSIGN_OR_RETURN(const auto closed, deletions::AllClosed(reader, ended));
  for (size_t i = 0; i < ended.size(); ++i) {
    if (!closed[i]) waits[i].insert({Response::CAUSE_DELETION, kVendor + ended[i].vendor_id});
    for (std::string& hold_id : held.HoldsOn(ended[i].person_id, ended[i].account_id))
      waits[i].insert({Response::CAUSE_LEGAL_HOLD, std::move(hold_id)});
  }
  return waits;
}

absl::StatusOr<std::vector<std::string>> WaitsFor(storage::Connection& reader,
                                                  const legal_holds::Held& held,
                                                  std::string_view request_id,
                                                  std::string_view person_id,
                                                  int64_t agree_time_us) {
  std::map<Wait, int64_t> counts;
  ASSIGN_OR_RETURN(const auto work, assignments::EndedAssignmentsOf(reader, person_id));
  std::vector<assignments::EndedAssignment> left_feed;
  for (const assignments::EndedOfPerson& one : work) {
    if (one.assignment.withdraw_time_us > agree_time_us) continue;
    if (one.in_feed) {
      ++counts[{Response::CAUSE_ACKNOWLEDGEMENT, kVendor + one.assignment.vendor_id}];
    } else {
      left_feed.push_back(one.assignment);
    }
  }
  ASSIGN_OR_RETURN(const auto readers, core_feed::ReaderCursors(reader));
  ASSIGN_OR_RETURN(const Waits waits, WaitsOf(reader, held, readers, left_feed));
  for (const std::set<Wait>& of_one : waits)
    for (const Wait& wait : of_one) ++counts[wait];
  for (std::string& hold_id : held.HoldsOn(person_id, ""))
    counts.try_emplace({Response::CAUSE_LEGAL_HOLD, std::move(hold_id)}, 1);
  const std::vector<std::string> item = {person_requests::ItemOwner(request_id)};
  for (const auto& cursor : readers) {
    ASSIGN_OR_RETURN(const auto waiting, core_feed::ItemsWait(reader, item, cursor.confirmed));
    if (waiting[0]) counts.try_emplace({Response::CAUSE_READER, NameOf(cursor)}, 1);
  }
  if (readers.empty()) counts.try_emplace({Response::CAUSE_READER, kAnyCore}, 1);
  std::vector<std::string> sentences;
  for (const auto& [wait, count] : counts) sentences.push_back(SentenceOf(wait, count));
  return sentences;
}

}  // namespace switchboard::retention
