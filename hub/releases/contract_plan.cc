#include "hub/releases/contract_plan.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "hub/assignments/assignments.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/terms_difference.h"
#include "hub/masking/shape.h"
#include "hub/masking/specimens.h"
#include "hub/releases/contract_sides.h"

namespace switchboard::releases {
namespace {

using assignments::Assignment;
using contracts::Contracts;
using masking::Change;
using masking::FieldDifference;
using masking::ForEachDifference;
using masking::Specimen;
using Response = v1::PlanContractResponse;

constexpr int kRowsDefault = 100'000;
constexpr int kPage = 500;
// How many ids are read at once, so that a vendor's rows are seldom gone through twice.
constexpr int kIdsMax = 100'000;
constexpr char kDial[] = "permit.dial";

Response::Change Told(Change change) {
  switch (change) {
    case Change::kSame:
      return Response::CHANGE_UNSPECIFIED;
    case Change::kMore:
      return Response::CHANGE_MORE;
    case Change::kLess:
      return Response::CHANGE_LESS;
    case Change::kOtherwise:
      return Response::CHANGE_OTHERWISE;
  }
  return Response::CHANGE_UNSPECIFIED;
}

// As VendorFeed::FollowContract decides.
Response::Reach ReachOf(Change change) {
  if (change == Change::kSame) return Response::REACH_NOTHING;
  return change == Change::kMore ? Response::REACH_CHANGED_ROWS : Response::REACH_NEW_GENERATION;
}

// What the feed followed last before `at`, also when that has ended by then; null: nothing yet.
absl::StatusOr<Contracts::Compiled> LastFollowed(const ContractOutlook& outlook,
                                                 const std::string& vendor_id, absl::Time at) {
  const absl::CivilDay day = absl::ToCivilDay(at, absl::UTCTimeZone());
  ASSIGN_OR_RETURN(const auto versions, outlook.contracts.Versions(outlook.reader, vendor_id));
  int64_t last = 0;
  for (const auto& [days, release, ended_by] : versions) {
    const bool has_begun = !days.from.has_value() || *days.from <= day;
    if (has_begun) last = std::max(last, days.version);
  }
  if (last == 0) return nullptr;
  return outlook.contracts.FindVersion(outlook.reader, vendor_id, last);
}

// Of a band nothing is told: where a sum lies between ends that somebody chose, again and again, is
// what it is, and an age of so many digits is nearly one.
std::string SampleText(std::string_view text, bool in_bands) {
  if (text.empty()) return "";
  return in_bands ? "a band" : masking::ShapeOf(text);
}

bool HasPhone(const v1::Person& person) {
  return std::any_of(person.contact_points().begin(), person.contact_points().end(),
                     [](const v1::ContactPoint& point) { return !point.phone().empty(); });
}

// How many of a work type's assignments something holds of, told in tens. Exact counts of
// assignments by id, asked for by one language and another, for more of them and more, tell by
// their differences what holds of one person. So those by id go together ten by ten, and of each
// ten the sum alone is told; of the last, which are fewer, it is taken to hold. Whatever is asked
// of the same live work, answers differ by whole tens of people; and too few are never told.
class Tally {
 public:
  static constexpr int64_t kTogether = 10;

  // Of the assignment at this place of its work type, once at most. Places never fall.
  void Add(int64_t place) {
    if (place / kTogether != ten_) whole_ += std::exchange(open_, 0);
    ten_ = place / kTogether;
    ++open_;
  }
  // Of those among the first `live` that are ten with others.
  int64_t InTens(int64_t live) const { return whole_ + (ten_ < live / kTogether ? open_ : 0); }
  // Of all of them, or of up to nine fewer.
  int64_t AtMost(int64_t live) const { return InTens(live) + live % kTogether; }

 private:
  int64_t whole_ = 0;
  int64_t ten_ = 0;   // the one that was added to last …
  int64_t open_ = 0;  // … and how many of it
};

// A live assignment with its records.
struct LiveRow {
  const Assignment& assignment;
  const int64_t place;  // among those of its work type
  const v1::Person& person;
  const v1::Account& account;
  const WorkSides& sides;
  BothRows rows;
};

// Counts what two contracts show otherwise.
class Planned {
 public:
  Planned(const ContractOutlook& outlook, const contracts::CompiledContract& before,
          const contracts::CompiledContract& after, int samples_max)
      : outlook_(outlook),
        before_(before),
        after_(after),
        sides_(SidesOf(before, after)),
        samples_left_(samples_max) {
    for (const auto& [work_type, sides] : sides_) lines_[work_type];
  }

  // These of the vendor's assignments. How many are live.
  absl::StatusOr<int64_t> LookAt(std::vector<std::string> ids, const std::string& vendor_id);
  // Those who were invented, in each work type whose masks are not those of one before.
  void LookAtSpecimens();

  void Describe(Response& response) const;

 private:
  using Spot = std::tuple<v1::WorkType, std::string, v1::DataClass>;  // which field

  absl::Status MaskBeside(std::vector<LiveRow>& live) const;
  void Count(const LiveRow& live);
  void Sample(const LiveRow& live);
  void LookAt(const Specimen& specimen, bool is_first, v1::WorkType work_type,
              const WorkSides& sides, bool to_show);
  void AddUnseen();
  // Whether the two texts alone tell that what was held may be held still.
  bool MayKeepAll(v1::WorkType work_type) const;
  Response::Field FieldAt(const Spot& spot, int64_t assignments) const;

  const ContractOutlook& outlook_;
  const contracts::CompiledContract& before_;
  const contracts::CompiledContract& after_;
  const std::map<v1::WorkType, WorkSides> sides_;
  int samples_left_;
  std::map<v1::WorkType, int64_t> lines_;  // with how many live assignments
  std::map<v1::WorkType, Tally> leaving_;
  std::map<Spot, Tally> fields_;
  std::set<Spot> of_texts_;  // what the texts alone tell to look otherwise
  std::vector<Response::Sample> live_samples_;
  std::vector<Response::Sample> specimen_samples_;
};

absl::StatusOr<int64_t> Planned::LookAt(std::vector<std::string> ids,
                                        const std::string& vendor_id) {
  ASSIGN_OR_RETURN(const auto found, assignments::FindAssignments(outlook_.reader, std::move(ids)));
  std::vector<std::string> person_ids, account_ids;
  for (const auto& [id, assignment] : found) {
    person_ids.push_back(assignment.person_id);
    account_ids.push_back(assignment.account_id);
  }
  ASSIGN_OR_RETURN(const auto persons, outlook_.book.ReadPersons(outlook_.reader, person_ids));
  ASSIGN_OR_RETURN(const auto accounts, outlook_.book.ReadAccounts(outlook_.reader, account_ids));
  std::vector<LiveRow> live;
  int64_t count = 0;
  for (const auto& [id, assignment] : found) {
    if (!assignment.live || assignment.vendor_id != vendor_id) continue;
    ++count;
    const int64_t place = lines_[assignment.work_type]++;
    const auto person = persons.find(assignment.person_id);
    if (person == persons.end()) continue;
    if (!after_.Allows(assignment.work_type, person->second.person.language()))
      leaving_[assignment.work_type].Add(place);
    const auto account = accounts.find(assignment.account_id);
    const auto sides = sides_.find(assignment.work_type);
    if (account == accounts.end() || sides == sides_.end()) continue;
    const v1::Person& owner = person->second.person;
    const v1::Account& owned = account->second.account;
    // Never as of another day: ages that fill up between two days tell when somebody was born.
    live.push_back({assignment, place, owner, owned, sides->second,
                    sides->second.Mask(owner, owned, outlook_.now)});
  }
  RETURN_IF_ERROR(MaskBeside(live));
  for (const LiveRow& row : live) {
    Count(row);
    Sample(row);
  }
  return count;
}

absl::Status Planned::MaskBeside(std::vector<LiveRow>& live) const {
  std::vector<std::string> account_ids, handed_over;
  std::vector<LiveRow*> receivers;
  for (LiveRow& row : live) {
    account_ids.push_back(row.assignment.account_id);
    if (row.assignment.former_assignment_id.empty()) continue;
    handed_over.push_back(row.assignment.assignment_id);
    receivers.push_back(&row);
  }
  RETURN_IF_ERROR(outlook_.beside.ForEachPromised(
      outlook_.reader, account_ids,
      [&](size_t at, const masking::ShownPromise* promise, const masking::ShownPromise* proposed) {
        live[at].sides.MaskPromises(promise, proposed, live[at].rows);
      }));
  return outlook_.beside.ForEachHandOver(
      outlook_.reader, handed_over, [&](size_t at, const masking::ShownHandOver& hand_over) {
        receivers[at]->sides.MaskHandedOver(hand_over, receivers[at]->rows);
      });
}

void Planned::Count(const LiveRow& live) {
  const v1::WorkType work_type = live.assignment.work_type;
  // A person may have several numbers, and is one all the same.
  std::set<Spot> spots;
  ForEachDifference(live.rows.before, live.rows.after, [&](const FieldDifference& one) {
    if (!live.sides.decided_by_value().contains(one.path))
      spots.insert({work_type, std::string(one.path), one.data_class});
  });
  live.sides.ForEachDecidedByValue(live.rows, live.person, live.account,
                                   [&](std::string_view path, v1::DataClass data_class) {
                                     spots.insert({work_type, std::string(path), data_class});
                                   });
  if (live.sides.DialChange() != Change::kSame && HasPhone(live.person))
    spots.insert({work_type, kDial, v1::DATA_CLASS_PHONE});
  for (const Spot& spot : spots) fields_[spot].Add(live.place);
}

void Planned::Sample(const LiveRow& live) {
  if (samples_left_ == 0) return;
  const size_t so_far = live_samples_.size();
  ForEachDifference(live.rows.before, live.rows.after, [&](const FieldDifference& one) {
    if (live.sides.decided_by_value().contains(one.path)) return;
    Response::Sample sample;
    sample.set_assignment_id(live.assignment.assignment_id);
    sample.set_work_type(live.assignment.work_type);
    sample.set_path(std::string(one.path));
    sample.set_before(SampleText(one.before, live.sides.InBandsBefore(one.data_class)));
    sample.set_after(SampleText(one.after, live.sides.InBandsAfter(one.data_class)));
    live_samples_.push_back(std::move(sample));
  });
  if (live_samples_.size() > so_far) --samples_left_;
}

void Planned::LookAtSpecimens() {
  std::vector<const WorkSides*> shown;
  for (const auto& [work_type, sides] : sides_) {
    const bool to_show = std::none_of(shown.begin(), shown.end(),
                                      [&](const WorkSides* other) { return other->SameAs(sides); });
    if (to_show) shown.push_back(&sides);
    bool is_first = true;
    for (const Specimen& specimen : masking::Specimens()) {
      LookAt(specimen, is_first, work_type, sides, to_show);
      is_first = false;
    }
  }
  AddUnseen();
}

// The first has promised something, and was handed over.
void Planned::LookAt(const Specimen& specimen, bool is_first, v1::WorkType work_type,
                     const WorkSides& sides, bool to_show) {
  BothRows rows = sides.Mask(specimen.person, specimen.account, outlook_.now);
  if (is_first) {
    v1::Outcome::Promise agreed;
    *agreed.mutable_amount() = specimen.account.amount_due();
    *agreed.mutable_due_date() = specimen.account.due_date();
    const v1::PromiseRecord record;
    const masking::ShownPromise promise{v1::PROMISE_STANDING_OPEN, agreed, record};
    sides.MaskPromises(&promise, nullptr, rows);
    sides.MaskHandedOver({v1::HAND_OVER_REASON_ESCALATED, outlook_.now, "asks for a letter"}, rows);
  }
  ForEachDifference(rows.before, rows.after, [&](const FieldDifference& one) {
    of_texts_.insert({work_type, std::string(one.path), one.data_class});
    if (!to_show) return;
    Response::Sample sample;
    sample.set_specimen(specimen.label);
    sample.set_work_type(work_type);
    sample.set_path(std::string(one.path));
    sample.set_before(std::string(one.before));
    sample.set_after(std::string(one.after));
    specimen_samples_.push_back(std::move(sample));
  });
}

// What would look otherwise of somebody, though of nobody who was invented.
void Planned::AddUnseen() {
  for (const auto& [work_type, sides] : sides_) {
    if (sides.DialChange() != Change::kSame)
      of_texts_.insert({work_type, kDial, v1::DATA_CLASS_PHONE});
    for (const auto& [path, data_class] : sides.decided_by_value()) {
      // Parts of plans are told where somebody of ten has agreed to one.
      const bool is_part =
          path.starts_with("promise.instalments.") || path.starts_with("proposed_plan.");
      if (!is_part) of_texts_.insert({work_type, path, data_class});
    }
  }
}

bool Planned::MayKeepAll(v1::WorkType work_type) const {
  const auto& languages = before_.contract.languages();
  return before_.Terms(work_type) != nullptr &&
         std::all_of(languages.begin(), languages.end(), [&](const std::string& language) {
           return after_.Allows(work_type, language);
         });
}

Response::Field Planned::FieldAt(const Spot& spot, int64_t assignments) const {
  const auto& [work_type, path, data_class] = spot;
  const WorkSides& sides = sides_.at(work_type);
  Response::Field field;
  field.set_work_type(work_type);
  field.set_path(path);
  field.set_data_class(data_class);
  field.set_assignments(assignments);
  if (path == kDial) {
    const Change change = sides.DialChange();
    field.set_before(change == Change::kMore ? "ABSENT" : "CLEAR");
    field.set_after(change == Change::kMore ? "CLEAR" : "ABSENT");
    field.set_change(Told(change));
    return field;
  }
  field.set_before(sides.WordsBefore(data_class));
  field.set_after(sides.WordsAfter(data_class));
  field.set_change(Told(sides.ChangeOf(data_class)));
  return field;
}

void Planned::Describe(Response& response) const {
  for (const auto& [work_type, live] : lines_) {
    Response::WorkTypeLine& line = *response.add_work_types();
    line.set_work_type(work_type);
    line.set_live_assignments(live);
    const auto found = leaving_.find(work_type);
    const Tally leaving = found == leaving_.end() ? Tally() : found->second;
    line.set_leaving(MayKeepAll(work_type) ? leaving.InTens(live) : leaving.AtMost(live));
  }
  std::map<Spot, Tally> fields = fields_;
  for (const Spot& spot : of_texts_) fields.try_emplace(spot);
  for (const auto& [spot, tally] : fields) {
    const int64_t live = lines_.at(std::get<0>(spot));
    // That one of fewer than ten has such a field at all would tell of that one.
    if (!of_texts_.contains(spot) && tally.InTens(live) == 0) continue;
    *response.add_fields() = FieldAt(spot, tally.AtMost(live));
  }
  for (const Response::Sample& sample : live_samples_) *response.add_samples() = sample;
  for (const Response::Sample& sample : specimen_samples_) *response.add_samples() = sample;
}

// Goes through the vendor's live work by id.
absl::Status LookAtLive(const ContractOutlook& outlook, const std::string& vendor_id, int64_t most,
                        Planned& planned, Response& response) {
  std::string after;
  while (response.looked_at() < most) {
    // One more than is looked at tells whether these are all.
    const int64_t wanted = std::min<int64_t>(kIdsMax, most - response.looked_at());
    ASSIGN_OR_RETURN(auto ids, assignments::LiveIdsOfVendor(outlook.reader, vendor_id, after,
                                                            static_cast<int>(wanted + 1)));
    const bool are_all = std::ssize(ids) <= wanted;
    if (!are_all) ids.pop_back();
    for (size_t at = 0; at < ids.size(); at += kPage) {
      const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(at);
      const auto end = ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), at + kPage));
      ASSIGN_OR_RETURN(const int64_t live, planned.LookAt({begin, end}, vendor_id));
      response.set_looked_at(response.looked_at() + live);
    }
    if (are_all) {
      response.set_all(true);
      break;
    }
    after = ids.back();
  }
  return absl::OkStatus();
}

// The version in force at `at`, or null; what becomes of the feed stands in the response then. One
// that was altered since shows nothing, and must not keep the text out that cures it.
absl::StatusOr<Contracts::Compiled> HeldAgainst(const ContractOutlook& outlook,
                                                const contracts::CompiledContract& after,
                                                absl::Time at, Response& response) {
  const std::string& vendor_id = after.contract.vendor_id();
  auto before = outlook.contracts.FindAt(outlook.reader, vendor_id, at);
  if (absl::Status usable = outlook.contracts.CheckAt(outlook.reader, vendor_id, at); !usable.ok())
    before = std::move(usable);
  const auto followed = LastFollowed(outlook, vendor_id, at);
  for (const absl::Status& status : {before.status(), followed.status()}) {
    if (status.ok()) continue;
    if (!absl::IsDataLoss(status)) return status;
    response.set_reach(Response::REACH_NEW_GENERATION);
    if (response.warnings().empty()) {
      response.add_warnings(
          absl::StrCat("it cannot be told what the vendor sees until then: ", status.message()));
    }
  }
  if (before.ok() && followed.ok()) {
    response.set_reach(*followed == nullptr ? Response::REACH_NOTHING
                                            : ReachOf(contracts::ShownChange(**followed, after)));
  }
  return before.ok() ? *before : nullptr;
}

void AddTerms(const v1::Contract& before, const v1::Contract& after, Response& response) {
  for (const contracts::TermDifference& one : contracts::TermsBetween(before, after)) {
    Response::Term& term = *response.add_terms();
    term.set_path(one.path);
    term.set_before(one.before);
    term.set_after(one.after);
    term.set_change(Told(one.change));
  }
}

}  // namespace

absl::StatusOr<Response> PlanContract(const ContractOutlook& outlook, const v1::Contract& contract,
                                      const v1::PlanContractRequest& request) {
  const std::string& vendor_id = contract.vendor_id();
  absl::Time at = outlook.now;
  if (contract.has_effective_from()) {
    const auto first_day = CivilDayOf(contract.effective_from());
    at = std::max(at, absl::FromCivil(first_day, absl::UTCTimeZone()));
  }
  Response response;
  response.set_vendor_id(vendor_id);
  *response.mutable_first_day() = DateOf(absl::ToCivilDay(at, absl::UTCTimeZone()));
  if (contract.has_effective_to()) *response.mutable_last_day_out() = contract.effective_to();
  const Contracts::Compiled after = outlook.contracts.CompileFor(contract);
  ASSIGN_OR_RETURN(Contracts::Compiled before, HeldAgainst(outlook, *after, at, response));
  if (before == nullptr) {
    // One that lists no work shows nothing.
    v1::Contract none;
    none.set_vendor_id(vendor_id);
    before = outlook.contracts.CompileFor(std::move(none));
  }
  response.set_against_version(before->version);
  Planned planned(outlook, *before, *after, request.samples_max());
  const int most = request.assignments_max() == 0 ? kRowsDefault : request.assignments_max();
  RETURN_IF_ERROR(LookAtLive(outlook, vendor_id, most, planned, response));
  planned.LookAtSpecimens();
  planned.Describe(response);
  AddTerms(before->contract, contract, response);
  return response;
}

}  // namespace switchboard::releases
