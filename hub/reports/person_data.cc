#include "hub/reports/person_data.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/book/erasure.h"
#include "hub/masking/without_internal.h"
#include "hub/stops/stops.h"

namespace switchboard::reports {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using enum storage::Value::Kind;
using DataPage = v1::ReadPersonDataResponse;

constexpr size_t kBytesMax = size_t{2} << 20;
// Before every key.
const std::string kBegin = " ";
// Items whose boxes are opened at a time.
constexpr ptrdiff_t kItemsPage = 200;

constexpr char kSelectOutcomes[] =
    "SELECT sequence FROM rows($1) CROSS JOIN outcome WHERE account_id = c1 AND assignment_id = "
    "c2";
constexpr char kSelectItems[] =
    "SELECT sequence FROM rows($1) CROSS JOIN core_item WHERE of_assignment = c2 AND of_assignment "
    "<> ''";
constexpr char kSelectContacts[] =
    "SELECT begin_time, contact_id, collector, channel, direction FROM contact WHERE person_id = "
    "$1 ORDER BY begin_time, contact_id";
constexpr char kSelectPermits[] =
    "SELECT give_time, permit_id, vendor_id, expire_time, void_time, channel, act, party, "
    "contact_point_id FROM rows($1) CROSS JOIN permit WHERE assignment_id = c2";
// Of each call that a vendor told a recording of, the newest word.
constexpr char kSelectRecordings[] =
    "SELECT MAX(outcome.sequence) FROM rows($1) CROSS JOIN outcome JOIN recording ON "
    "recording.vendor_id = outcome.vendor_id AND recording.outcome_id = outcome.outcome_id WHERE "
    "outcome.account_id = c1 AND outcome.assignment_id = c2 AND recording.due_time IS NULL GROUP "
    "BY outcome.vendor_id, outcome.outcome_id";
// Two statements, as there are two indexes.
#define STOPS_ON                                                                                 \
  "SELECT place_time, stop_id, reason, lift_time, end_time FROM rows($1) CROSS JOIN stop WHERE " \
  "subject_kind = c1 AND subject = c2 AND "
constexpr char kSelectStops[] = STOPS_ON "lift_time IS NULL";
constexpr char kSelectLifted[] = STOPS_ON "lift_time IS NOT NULL";
#undef STOPS_ON

// In the order of the numbers, which are not below 0.
std::string KeyOf(int64_t number) { return absl::StrFormat("%020d", number); }
std::string KeyOf(int64_t time_us, std::string_view id) {
  return absl::StrCat(KeyOf(time_us), "/", std::string(id));
}

// The account and the assignment of each. Outlived by them.
storage::Rows RowsOf(const std::vector<assignments::Assignment>& work) {
  storage::Rows rows({kText, kText}, work.size());
  for (const auto& one : work) rows.Add({one.account_id, one.assignment_id});
  return rows;
}

// Which items of the feed a statement finds of this work.
absl::Status AddSequences(storage::Connection& reader, const char* sql,
                          const std::vector<assignments::Assignment>& work,
                          std::vector<int64_t>& sequences) {
  const storage::Rows rows = RowsOf(work);
  return reader.Query(sql, {rows}, [&](const Row& row) {
    sequences.push_back(row.Integer(0));
    return absl::OkStatus();
  });
}

absl::Status NoCursor() {
  return FieldInvalid({"after", "must be `next` of the page before, or empty"});
}

}  // namespace

struct PersonData::Page {
  storage::Connection& reader;
  const std::string& person_id;
  const absl::Time now;
  DataPage response{};
  size_t bytes = 0;

  bool empty() const { return response.sections().empty(); }
  // False where there is no room for it any more; the first has some, however large it is.
  bool Add(DataPage::Section section) {
    masking::RemoveInternal(section);
    const size_t size = section.ByteSizeLong();
    if (!empty() && bytes + size > kBytesMax) return false;
    bytes += size;
    *response.add_sections() = std::move(section);
    return true;
  }
};

const PersonData::Named PersonData::kSections[] = {
    {"person", &PersonData::AddPerson},   {"accounts", &PersonData::AddAccounts},
    {"items", &PersonData::AddItems},     {"disclosures", &PersonData::AddDisclosures},
    {"said", &PersonData::AddSaid},       {"contacts", &PersonData::AddContacts},
    {"stops", &PersonData::AddStops},     {"former", &PersonData::AddFormer},
    {"permits", &PersonData::AddPermits}, {"recordings", &PersonData::AddRecordings},
};

absl::StatusOr<DataPage> PersonData::Read(storage::Connection& reader, const std::string& person_id,
                                          std::string_view after, absl::Time now) const {
  const size_t slash = after.find('/');
  std::string_view name = after.substr(0, slash);
  std::string key(slash == std::string_view::npos ? "" : after.substr(slash + 1));
  const auto* section = std::begin(kSections);
  if (!after.empty()) {
    section = std::find_if(std::begin(kSections), std::end(kSections),
                           [&](const Named& one) { return one.name == name; });
    if (section == std::end(kSections) || slash == std::string_view::npos) return NoCursor();
  }
  Page page{reader, person_id, now};
  for (; section != std::end(kSections); ++section) {
    ASSIGN_OR_RETURN(const std::string next, (this->*section->add)(page, key));
    if (!next.empty()) {
      page.response.set_next(absl::StrCat(std::string(section->name), "/", next));
      break;
    }
    key.clear();
  }
  return std::move(page.response);
}

absl::StatusOr<std::string> PersonData::AddPerson(Page& page, const std::string&) const {
  ASSIGN_OR_RETURN(auto persons, book_.ReadPersons(page.reader, {page.person_id}));
  for (auto& [id, known] : persons) {
    DataPage::Section section;
    *section.mutable_person() = std::move(known.person);
    page.Add(std::move(section));
  }
  return "";
}

absl::StatusOr<std::string> PersonData::AddAccounts(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(const auto ages, book::AccountAgesOf(page.reader, page.person_id));
  std::vector<std::string> ids;
  for (const book::AccountAge& account : ages) ids.push_back(account.account_id);
  ASSIGN_OR_RETURN(auto accounts, book_.ReadAccounts(page.reader, ids));
  std::string last = after;
  for (auto& [id, opened] : accounts) {
    if (id <= after) continue;
    DataPage::Section section;
    *section.mutable_account() = std::move(opened.account);
    if (!page.Add(std::move(section))) return last.empty() ? kBegin : last;
    last = id;
  }
  return "";
}

absl::StatusOr<std::string> PersonData::AddItems(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(const auto work, assignments::AssignmentsOfPerson(page.reader, page.person_id));
  std::vector<int64_t> sequences;
  for (const char* sql : {kSelectOutcomes, kSelectItems})
    RETURN_IF_ERROR(AddSequences(page.reader, sql, work, sequences));
  return AddOfFeed(page, after, std::move(sequences),
                   [](v1::CoreItem& item, DataPage::Section& section) {
                     *section.mutable_item() = std::move(item);
                   });
}

absl::StatusOr<std::string> PersonData::AddOfFeed(
    Page& page, const std::string& after, std::vector<int64_t> sequences,
    absl::FunctionRef<void(v1::CoreItem&, DataPage::Section&)> fill) const {
  int64_t last = 0;
  if (!after.empty() && !absl::SimpleAtoi(after, &last)) return NoCursor();
  std::sort(sequences.begin(), sequences.end());
  auto begin = std::upper_bound(sequences.begin(), sequences.end(), last);
  while (begin != sequences.end()) {
    const auto end = begin + std::min<ptrdiff_t>(kItemsPage, sequences.end() - begin);
    ASSIGN_OR_RETURN(auto items, feed_.ReadItems(page.reader, {begin, end}));
    for (v1::CoreItem& item : items) {
      const int64_t sequence = item.sequence();
      DataPage::Section section;
      fill(item, section);
      if (!page.Add(std::move(section))) return KeyOf(last);
      last = sequence;
    }
    begin = end;
  }
  return "";
}

// The record goes by pages itself: each is one of these, for nobody else knows where it goes on.
absl::StatusOr<std::string> PersonData::AddDisclosures(Page& page, const std::string& after) const {
  if (!page.empty()) return kBegin;
  v1::ReadDisclosuresRequest request;
  request.set_person_id(page.person_id);
  if (after != kBegin) request.set_after(after);
  auto read = disclosures_.Read(page.reader, request);
  if (absl::IsNotFound(read.status())) return "";
  RETURN_IF_ERROR(read.status());
  for (v1::DisclosureLine& line : *read->mutable_lines()) {
    DataPage::Section section;
    *section.mutable_disclosure() = std::move(line);
    // A page of the record has room on one of these, but for the few bytes around each line.
    masking::RemoveInternal(section);
    page.bytes += section.ByteSizeLong();
    *page.response.add_sections() = std::move(section);
  }
  return read->next();
}

absl::StatusOr<std::string> PersonData::AddSaid(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(auto words, book_.WordsSince(page.reader, page.person_id,
                                                std::numeric_limits<int64_t>::min()));
  std::string last = after.empty() ? kBegin : after;
  for (book::Word& word : words) {
    std::string key = KeyOf(word.say_time_us, word.event_id);
    if (key <= after) continue;
    DataPage::Section section;
    section.mutable_said()->set_event_id(word.event_id);
    *section.mutable_said()->mutable_said() = std::move(word.said);
    if (!page.Add(std::move(section))) return last;
    last = std::move(key);
  }
  return "";
}

absl::StatusOr<std::string> PersonData::AddContacts(Page& page, const std::string& after) const {
  std::string last = after.empty() ? kBegin : after;
  bool full = false;
  RETURN_IF_ERROR(page.reader.Query(kSelectContacts, {page.person_id}, [&](const Row& row) {
    std::string key = KeyOf(row.Integer(0), row.Text(1));
    if (full || key <= after) return absl::OkStatus();
    DataPage::Section section;
    auto& contact = *section.mutable_contact();
    *contact.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(0));
    contact.set_collector(std::string(row.Text(2)));
    contact.set_channel(static_cast<v1::Channel>(row.Integer(3)));
    contact.set_direction(static_cast<v1::Direction>(row.Integer(4)));
    full = !page.Add(std::move(section));
    if (!full) last = std::move(key);
    return absl::OkStatus();
  }));
  return full ? last : "";
}

absl::StatusOr<std::string> PersonData::AddFormer(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(
      auto past, book_.ReadPast(page.reader, page.person_id, std::numeric_limits<int64_t>::min()));
  std::string last = after.empty() ? kBegin : after;
  for (book::PastPerson& known : past) {
    std::string key = KeyOf(known.until_us);
    if (key <= after) continue;
    DataPage::Section section;
    *section.mutable_former() = std::move(known.person);
    if (!page.Add(std::move(section))) return last;
    last = std::move(key);
  }
  return "";
}

absl::StatusOr<std::string> PersonData::AddPermits(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(const auto work, assignments::AssignmentsOfPerson(page.reader, page.person_id));
  const storage::Rows rows = RowsOf(work);
  std::map<std::string, DataPage::GivenPermit> found;
  RETURN_IF_ERROR(page.reader.Query(kSelectPermits, {rows}, [&](const Row& row) {
    DataPage::GivenPermit& permit = found[KeyOf(row.Integer(0), row.Text(1))];
    *permit.mutable_give_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(0));
    permit.set_vendor_id(std::string(row.Text(2)));
    const int64_t end = row.IsNull(4) ? row.Integer(3) : std::min(row.Integer(3), row.Integer(4));
    *permit.mutable_expire_time() = TimeUtil::MicrosecondsToTimestamp(end);
    permit.set_channel(static_cast<v1::Channel>(row.Integer(5)));
    permit.set_act(static_cast<v1::Act>(row.Integer(6)));
    permit.set_party(static_cast<v1::Party>(row.Integer(7)));
    permit.set_contact_point_id(std::string(row.Text(8)));
    return absl::OkStatus();
  }));
  std::string last = after.empty() ? kBegin : after;
  for (auto& [key, permit] : found) {
    if (key <= after) continue;
    DataPage::Section section;
    *section.mutable_permit() = std::move(permit);
    if (!page.Add(std::move(section))) return last;
    last = key;
  }
  return "";
}

// The table has of a recording what it is checked by; what was told of it lies in the feed.
absl::StatusOr<std::string> PersonData::AddRecordings(Page& page, const std::string& after) const {
  ASSIGN_OR_RETURN(const auto work, assignments::AssignmentsOfPerson(page.reader, page.person_id));
  std::vector<int64_t> sequences;
  RETURN_IF_ERROR(AddSequences(page.reader, kSelectRecordings, work, sequences));
  return AddOfFeed(
      page, after, std::move(sequences), [](v1::CoreItem& item, DataPage::Section& section) {
        v1::RecordedOutcome& reported = *item.mutable_outcome();
        DataPage::ToldRecording& told = *section.mutable_recording();
        told.set_vendor_id(reported.vendor_id());
        told.set_outcome_id(reported.outcome().outcome_id());
        told.mutable_recording()->Swap(reported.mutable_outcome()->mutable_recording());
      });
}

// On the person, on accounts and channels of theirs, and on ways to reach them that are known.
absl::StatusOr<std::string> PersonData::AddStops(Page& page, const std::string& after) const {
  using stops::StopSubject;
  std::vector<StopSubject> subjects = {StopSubject::Person(page.person_id)};
  ASSIGN_OR_RETURN(const auto ages, book::AccountAgesOf(page.reader, page.person_id));
  for (const book::AccountAge& account : ages)
    subjects.push_back(StopSubject::Account(account.account_id));
  for (int channel = v1::Channel_MIN; channel <= v1::Channel_MAX; ++channel) {
    if (v1::Channel_IsValid(channel))
      subjects.push_back(StopSubject::Channel(page.person_id, static_cast<v1::Channel>(channel)));
  }
  ASSIGN_OR_RETURN(const auto persons, book_.ReadPersons(page.reader, {page.person_id}));
  for (const auto& [id, known] : persons) {
    for (const v1::ContactPoint& point : known.person.contact_points()) {
      subjects.push_back(StopSubject::ContactPoint(id, point.contact_point_id()));
      subjects.push_back(StopSubject::NumberOfPerson(id, book_.NumberDigest(point)));
    }
  }
  storage::Rows rows({kInteger, kText}, subjects.size());
  for (const StopSubject& subject : subjects)
    rows.Add({static_cast<int64_t>(subject.kind), subject.id});
  // One that lies on several of these is one stop.
  std::map<std::string, DataPage::Stop> found;
  const auto add = [&](const Row& row) {
    DataPage::Stop& stop = found[KeyOf(row.Integer(0), row.Text(1))];
    stop.set_reason(static_cast<v1::StopReason>(row.Integer(2)));
    *stop.mutable_place_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(0));
    const bool over = !row.IsNull(4) && row.Integer(4) <= absl::ToUnixMicros(page.now);
    if (!row.IsNull(3)) {
      *stop.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(3));
    } else if (over) {
      *stop.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(4));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(page.reader.Query(kSelectStops, {rows}, add));
  RETURN_IF_ERROR(page.reader.Query(kSelectLifted, {rows}, add));
  std::string last = after.empty() ? kBegin : after;
  for (auto& [key, stop] : found) {
    if (key <= after) continue;
    DataPage::Section section;
    *section.mutable_stop() = std::move(stop);
    if (!page.Add(std::move(section))) return last;
    last = key;
  }
  return "";
}

}  // namespace switchboard::reports
