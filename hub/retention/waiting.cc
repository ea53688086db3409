#include "hub/retention/waiting.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/book/erasure.h"
#include "hub/core_feed/erasure.h"
#include "hub/deletions/erasure.h"
#include "hub/outcomes/erasure.h"
#include "hub/promises/erasure.h"
#include "hub/retention/requested.h"

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

// Up to where each has confirmed, by name.
std::map<std::string, int64_t> ConfirmedBy(const std::vector<core_feed::ReaderCursor>& readers) {
  std::map<std::string, int64_t> confirmed;
  for (const auto& reader : readers) confirmed.emplace(NameOf(reader), reader.confirmed);
  if (readers.empty()) confirmed.emplace(kAnyCore, 0);
  return confirmed;
}

// What each of the readers has not confirmed of each.
absl::Status AddReaders(storage::Connection& connection,
                        const std::vector<core_feed::ReaderCursor>& readers,
                        const std::vector<assignments::EndedAssignment>& ended, Waits& waits) {
  std::vector<std::string> ids;
  for (const auto& one : ended) ids.push_back(one.assignment_id);
  for (const auto& [name, through] : ConfirmedBy(readers)) {
    const Wait wait{Response::CAUSE_READER, name};
    ASSIGN_OR_RETURN(const auto outcomes, outcomes::WaitForCore(connection, ended, through));
    ASSIGN_OR_RETURN(const auto items, core_feed::ItemsWait(connection, ids, through));
    Add(outcomes, wait, waits);
    Add(items, wait, waits);
  }
  return absl::OkStatus();
}

// A hold may lie on an account by somebody who had it before, and not on its person.
absl::StatusOr<std::set<Wait>> HoldsOnAccounts(storage::Connection& connection,
                                               const legal_holds::Held& held,
                                               const person_requests::AgreedDeletion& deletion) {
  std::set<Wait> waits;
  if (held.empty()) return waits;
  ASSIGN_OR_RETURN(const auto accounts, book::AccountAgesOf(connection, deletion.person_id));
  for (const book::AccountAge& account : accounts) {
    if (account.update_time_us > deletion.agree_time_us) continue;
    for (std::string& hold_id : held.HoldsOn("", account.account_id))
      waits.insert({Response::CAUSE_LEGAL_HOLD, std::move(hold_id)});
  }
  return waits;
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
      if (wait.for_whom.empty())
        return absl::StrCat(count > 0 ? "refused items name"
                                      : "refused items, of which not all "
                                        "were looked at, may name",
                            " somebody else whom a legal hold keeps: ", WayOut(wait));
      return absl::StrCat("legal hold ", wait.for_whom, " is in force", work);
    case Response::CAUSE_RULES:
      return absl::StrCat("rules may count contacts", work);
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

absl::StatusOr<Waits> WaitsOfPersons(storage::Connection& reader, const legal_holds::Held& held,
                                     const std::vector<core_feed::ReaderCursor>& readers,
                                     const std::vector<std::string>& person_ids) {
  Waits waits(person_ids.size());
  for (const auto& [name, through] : ConfirmedBy(readers)) {
    ASSIGN_OR_RETURN(const auto corrections,
                     person_requests::CorrectionsWait(reader, person_ids, through));
    Add(corrections, {Response::CAUSE_READER, name}, waits);
  }
  for (size_t i = 0; i < person_ids.size(); ++i) {
    for (std::string& hold_id : held.HoldsOn(person_ids[i]))
      waits[i].insert({Response::CAUSE_LEGAL_HOLD, std::move(hold_id)});
  }
  return waits;
}

absl::StatusOr<std::vector<std::string>> WaitsFor(storage::Connection& reader, const Eraser& eraser,
                                                  const legal_holds::Held& held, absl::Time now,
                                                  const person_requests::AgreedDeletion& deletion,
                                                  int& items_left) {
  const std::string& person_id = deletion.person_id;
  std::map<Wait, int64_t> counts;
  ASSIGN_OR_RETURN(const auto work, assignments::EndedAssignmentsOf(reader, person_id));
  std::vector<assignments::EndedAssignment> left_feed;
  for (const assignments::EndedOfPerson& one : work) {
    if (one.assignment.withdraw_time_us > deletion.agree_time_us) continue;
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
  ASSIGN_OR_RETURN(const Waits of_person, WaitsOfPersons(reader, held, readers, {person_id}));
  for (const Wait& wait : of_person.front()) counts.try_emplace(wait, 1);
  ASSIGN_OR_RETURN(const auto of_accounts, HoldsOnAccounts(reader, held, deletion));
  for (const Wait& wait : of_accounts) counts.try_emplace(wait, 1);
  ASSIGN_OR_RETURN(const auto kept,
                   eraser.requested().FindStillKept(reader, held, now, deletion, items_left));
  if (kept.counted_contacts > 0) counts[{Response::CAUSE_RULES, ""}] = kept.counted_contacts;
  if (kept.held_items || kept.items_unknown)
    counts[{Response::CAUSE_LEGAL_HOLD, ""}] = kept.held_items ? 1 : 0;
  const std::vector<std::string> item = {person_requests::ItemOwner(deletion.request_id)};
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
