#include "hub/reports/disclosure_record.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/shown_bits.h"
#include "hub/contacts/former_owners.h"
#include "hub/deletions/deletion_book.h"
#include "hub/deletions/passed_on.h"
#include "hub/disclosures/answers.h"
#include "hub/masking/wire_page.h"
#include "hub/reports/disclosure_lines.h"

namespace switchboard::reports {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using Lines = std::vector<v1::DisclosureLine>;

constexpr char kSelectPerson[] = "SELECT person_id FROM person WHERE person_id = $1";
// Of an account that the book does not know no work is live.
constexpr char kSelectHolders[] =
    "SELECT DISTINCT person_id FROM assignment WHERE account_id = $1 AND ended > 0";

// An answer stays below the 4 MiB that clients of gRPC take by default.
constexpr size_t kPageBytesMax = size_t{2} << 20;
// In the place of an assignment's id in a cursor: what is of none that is there.
constexpr std::string_view kRest = "-";

// Where a page begins: behind so many lines of an assignment. No id: at the beginning.
struct Place {
  std::string assignment_id;
  size_t lines = 0;
};

std::string TextOf(std::string_view assignment_id, size_t lines) {
  return absl::StrCat(absl::string_view(assignment_id.data(), assignment_id.size()), "/", lines);
}

std::optional<Place> ReadPlace(std::string_view text) {
  if (text.empty()) return Place();
  const size_t slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
  Place place{std::string(text.substr(0, slash)), 0};
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + slash + 1, end, place.lines);
  if (error != std::errc() || at != end) return std::nullopt;
  return place;
}

absl::Status Check(const v1::ReadDisclosuresRequest& request) {
  FieldCheck check;
  const bool of_account = !request.account_id().empty();
  if (of_account) check.CoreId(request.account_id(), "account_id");
  if (!request.person_id().empty()) check.CoreId(request.person_id(), "person_id");
  check.Require(of_account == request.person_id().empty(), "account_id",
                "must be set, or else person_id");
  if (!request.vendor_id().empty()) check.Label(request.vendor_id(), 1, 32, "vendor_id");
  check.Require(ReadPlace(request.after()).has_value(), "after", "must be `next` of a page");
  return check.problem().has_value() ? FieldInvalid(*check.problem()) : absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> Persons(storage::Connection& reader, const char* sql,
                                              const std::string& id) {
  std::set<std::string> persons;
  RETURN_IF_ERROR(reader.Query(sql, {id}, [&](const Row& row) {
    persons.emplace(row.Text(0));
    return absl::OkStatus();
  }));
  return persons;
}

// Who has an account, or had it before. Where the book does not know it any more, a former owner's
// work may be left.
absl::StatusOr<std::set<std::string>> OwnersOf(storage::Connection& reader, const book::Book& book,
                                               const std::string& account_id) {
  ASSIGN_OR_RETURN(const auto known, book.FindAccount(reader, account_id));
  if (!known.has_value()) return Persons(reader, kSelectHolders, account_id);
  std::set<std::string> owners = {known->person_id};
  ASSIGN_OR_RETURN(const auto former, contacts::FormerOwnersOf(reader, {account_id}));
  for (const auto& [account, person_id] : former) owners.insert(person_id);
  return owners;
}

// Whom a record is about.
absl::StatusOr<std::vector<std::string>> Subjects(storage::Connection& reader,
                                                  const book::Book& book,
                                                  const v1::ReadDisclosuresRequest& request) {
  if (!request.account_id().empty()) {
    ASSIGN_OR_RETURN(const auto owners, OwnersOf(reader, book, request.account_id()));
    if (owners.empty()) {
      return Error(absl::StatusCode::kNotFound, "ACCOUNT_UNKNOWN",
                   "account_id: neither the book nor any work has such an account");
    }
    return std::vector<std::string>(owners.begin(), owners.end());
  }
  std::vector<std::string> person = {request.person_id()};
  ASSIGN_OR_RETURN(const auto known, Persons(reader, kSelectPerson, request.person_id()));
  if (!known.empty()) return person;
  ASSIGN_OR_RETURN(const auto work, WorkOf(reader, person, ""));
  if (!work.empty()) return person;
  return Error(absl::StatusCode::kNotFound, "PERSON_UNKNOWN",
               "person_id: neither the book nor any work has such a person");
}

// Digests of a row as it would be shown now.
class RowsOfNow {
 public:
  struct Parts {
    const book::Book& book;
    const storage::Sealer& sealer;
    absl::Time now;
  };
  RowsOfNow(const Parts& parts, storage::Connection& reader) : parts_(parts), reader_(reader) {}

  // Whether a page that showed this shows just what the record says today. What is promised, and
  // what a hand-over said, is not looked at: of rows with these nothing is claimed.
  absl::StatusOr<bool> Has(const ShownWork& work, const contracts::CompiledContract& contract,
                           const ShownPageOf& page) {
    static const int64_t beyond =
        ShownBits({v1::SHOWN_FIELD_PROMISED_AMOUNT, v1::SHOWN_FIELD_PROMISED_DAY});
    if (work.handed_over || (page.fields & beyond) != 0) return false;
    const std::pair key(work.assignment_id, contract.version);
    auto found = digests_.find(key);
    if (found == digests_.end()) {
      ASSIGN_OR_RETURN(auto made, Make(work, contract));
      found = digests_.emplace(key, std::move(made)).first;
    }
    return found->second.contains(page.digest);
  }

 private:
  using Digests = std::set<std::string>;

  absl::StatusOr<Digests> Make(const ShownWork& work,
                               const contracts::CompiledContract& contract) const {
    Digests digests;
    const auto* terms = contract.Terms(work.work_type);
    if (terms == nullptr) return digests;
    const auto person = parts_.book.ReadPerson(reader_, work.person_id);
    const auto account = parts_.book.ReadAccount(reader_, work.account_id);
    // Erased, or altered: then nothing can be said.
    if (!person.ok() || !account.ok()) return digests;
    masking::RowFrame frame{.assignment_id = work.assignment_id, .work_type = work.work_type};
    for (const int act : terms->acts()) frame.acts.push_back(static_cast<v1::Act>(act));
    if (work.expire_time_us != 0) frame.expire_time = absl::FromUnixMicros(work.expire_time_us);
    const auto add = [&] { digests.insert(DigestOf(frame, contract, *person, *account)); };
    add();
    if (work.recall_time_us == 0) return digests;
    // It may have been shown before a recall was announced, while that was so, or objected to.
    const absl::Time final_time = absl::FromUnixMicros(work.recall_time_us);
    for (const bool objected : {false, true}) {
      frame.recall = masking::FrameRecall{work.recall_reason, final_time, objected};
      add();
    }
    return digests;
  }

  std::string DigestOf(const masking::RowFrame& frame, const contracts::CompiledContract& contract,
                       const v1::Person& person, const v1::Account& account) const {
    masking::WirePage page{v1::Cursor()};
    page.AddRow(
        1, frame, *contract.maskers.at(frame.work_type), *contract.guards.at(frame.work_type),
        {person, account, person.SerializeAsString(), account.SerializeAsString()}, parts_.now);
    std::string digest;
    std::move(page)
        .Make({kPageBytesMax, 1, 1})
        .page.ForEachRow([&](const std::string&, std::string_view row) {
          digest = disclosures::ShownDigest(parts_.sealer, row);
        });
    return digest;
  }

  const Parts parts_;
  storage::Connection& reader_;
  std::map<std::pair<std::string, int64_t>, Digests> digests_;
};

void SetTime(int64_t time_us, google::protobuf::Timestamp* (v1::DisclosureLine::*mutable_time)(),
             v1::DisclosureLine& line) {
  if (time_us != 0) *(line.*mutable_time)() = TimeUtil::MicrosecondsToTimestamp(time_us);
}

// One page's reading.
class Reading {
 public:
  Reading(storage::Connection& reader, contracts::Contracts& contracts,
          const RowsOfNow::Parts& parts)
      : reader_(reader), contracts_(contracts), of_now_(parts, reader) {}

  // What pages showed of an assignment, to whom its vendor passed it on, and what `answers` showed,
  // all by time.
  absl::StatusOr<Lines> LinesOf(const ShownWork& work, const std::vector<ShownAnswer>& answers) {
    Lines lines;
    ASSIGN_OR_RETURN(const auto orders, deletions::FindOrders(reader_, {work.deletion_order_id}));
    const auto order = orders.find(work.deletion_order_id);
    ASSIGN_OR_RETURN(const auto pages, PagesThatShowed(reader_, work));
    for (const ShownPageOf& page : pages) {
      ASSIGN_OR_RETURN(auto line, LineOf(work, page));
      lines.push_back(std::move(line));
    }
    ASSIGN_OR_RETURN(const auto passed, deletions::FindPassedOn(reader_, {work.assignment_id}));
    for (const deletions::PassedOn& one : passed) {
      v1::DisclosureLine& line = lines.emplace_back();
      line.set_kind(v1::DisclosureLine::KIND_PASSED_ON);
      line.set_shown_to(ShownTo(work));
      SetTime(one.pass_time_us, &v1::DisclosureLine::mutable_time, line);
      line.set_assignment_id(work.assignment_id);
      line.set_work_type(work.work_type);
      line.set_subject_id(one.sub_contractor_id);
    }
    for (const ShownAnswer& answer : answers) {
      if (answer.assignment_id != work.assignment_id) continue;
      ASSIGN_OR_RETURN(auto line, LineOf(work, answer));
      lines.push_back(std::move(line));
    }
    for (v1::DisclosureLine& line : lines) {
      if (order == orders.end() || line.shown_to() != ShownTo(work)) continue;
      if (!line.has_delete_by())
        SetTime(order->second.due_time_us, &v1::DisclosureLine::mutable_delete_by, line);
      SetTime(order->second.confirm_time_us, &v1::DisclosureLine::mutable_delete_time, line);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& one, const auto& other) { return one.time() < other.time(); });
    return lines;
  }

  // Answers of no work, or of work that is gone.
  absl::StatusOr<Lines> LinesOf(const std::vector<ShownAnswer>& answers,
                                const std::vector<ShownWork>& all) {
    std::set<std::string_view> there;
    for (const ShownWork& work : all) there.insert(work.assignment_id);
    Lines lines;
    for (const ShownAnswer& answer : answers) {
      if (there.contains(answer.assignment_id)) continue;
      ASSIGN_OR_RETURN(auto line, LineOf(ShownWork(), answer));
      lines.push_back(std::move(line));
    }
    return lines;
  }

  static std::string ShownTo(const ShownWork& work) {
    return absl::StrCat("vendor/", work.vendor_id);
  }

 private:
  // Null where it is not known any more.
  absl::StatusOr<contracts::Contracts::Compiled> ContractOf(const std::string& vendor_id,
                                                            int64_t version) {
    if (version == 0 || vendor_id.empty()) return contracts::Contracts::Compiled();
    auto contract = contracts_.FindVersion(reader_, vendor_id, version);
    if (absl::IsNotFound(contract.status())) return contracts::Contracts::Compiled();
    return contract;
  }

  absl::StatusOr<v1::DisclosureLine> LineOf(const ShownWork& work, const ShownPageOf& page) {
    v1::DisclosureLine line;
    line.set_kind(v1::DisclosureLine::KIND_FEED);
    line.set_shown_to(ShownTo(work));
    SetTime(page.disclose_time_us, &v1::DisclosureLine::mutable_time, line);
    line.set_assignment_id(work.assignment_id);
    line.set_work_type(work.work_type);
    line.set_contract_version(page.contract_version);
    SetTime(page.acknowledge_time_us, &v1::DisclosureLine::mutable_acknowledge_time, line);
    line.set_digest(page.digest);
    ASSIGN_OR_RETURN(const auto contract, ContractOf(work.vendor_id, page.contract_version));
    AddFields(page.fields, contract.get(), &line);
    if (contract != nullptr) {
      ASSIGN_OR_RETURN(const bool as_of_now, of_now_.Has(work, *contract, page));
      line.set_as_of_now(as_of_now);
    }
    return line;
  }

  absl::StatusOr<v1::DisclosureLine> LineOf(const ShownWork& work, const ShownAnswer& answer) {
    v1::DisclosureLine line;
    line.set_kind(answer.kind);
    line.set_shown_to(answer.shown_to);
    SetTime(answer.show_time_us, &v1::DisclosureLine::mutable_time, line);
    line.set_assignment_id(answer.assignment_id);
    line.set_work_type(work.work_type);
    line.set_contract_version(answer.contract_version);
    SetTime(answer.until_time_us, &v1::DisclosureLine::mutable_delete_by, line);
    line.set_subject_id(answer.subject_id);
    line.set_agreed_by(answer.agreed_by);
    line.set_digest(answer.digest);
    ASSIGN_OR_RETURN(const auto contract, ContractOf(work.vendor_id, answer.contract_version));
    AddFields(answer.fields, contract.get(), &line);
    return line;
  }

  storage::Connection& reader_;
  contracts::Contracts& contracts_;
  RowsOfNow of_now_;
};

// Adds lines from behind `skip` of them; false once the page is full, with `next` set.
bool AddLines(Lines lines, std::string_view assignment_id, size_t skip, size_t& bytes,
              v1::ReadDisclosuresResponse& response) {
  for (size_t i = skip; i < lines.size(); ++i) {
    bytes += lines[i].ByteSizeLong();
    if (bytes > kPageBytesMax && !response.lines().empty()) {
      response.set_next(TextOf(assignment_id, i));
      return false;
    }
    *response.add_lines() = std::move(lines[i]);
  }
  return true;
}

}  // namespace

absl::StatusOr<v1::ReadDisclosuresResponse> DisclosureRecord::Read(
    storage::Connection& reader, const v1::ReadDisclosuresRequest& request) const {
  RETURN_IF_ERROR(Check(request));
  const Place begin = *ReadPlace(request.after());
  ASSIGN_OR_RETURN(const auto persons, Subjects(reader, book_, request));
  ASSIGN_OR_RETURN(const auto all, WorkOf(reader, persons, request.account_id()));
  ASSIGN_OR_RETURN(auto answers, AnswersAbout(reader, persons, request.account_id()));
  if (!request.vendor_id().empty()) {
    std::erase_if(answers, [&](const ShownAnswer& answer) {
      return answer.shown_to != absl::StrCat("vendor/", request.vendor_id());
    });
  }
  Reading reading(reader, contracts_, {book_, sealer_, clock_.Now()});
  v1::ReadDisclosuresResponse response;
  size_t bytes = 0;
  for (const ShownWork& work : all) {
    if (begin.assignment_id == kRest || work.assignment_id < begin.assignment_id) continue;
    if (!request.vendor_id().empty() && work.vendor_id != request.vendor_id()) continue;
    ASSIGN_OR_RETURN(auto lines, reading.LinesOf(work, answers));
    const size_t skip = work.assignment_id == begin.assignment_id ? begin.lines : 0;
    if (!AddLines(std::move(lines), work.assignment_id, skip, bytes, response)) return response;
  }
  ASSIGN_OR_RETURN(auto rest, reading.LinesOf(answers, all));
  AddLines(std::move(rest), kRest, begin.assignment_id == kRest ? begin.lines : 0, bytes, response);
  return response;
}

}  // namespace switchboard::reports
