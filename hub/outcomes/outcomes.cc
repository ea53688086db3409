#include "hub/outcomes/outcomes.h"

#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/base/actor.h"
#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/contracts/head_office.h"
#include "hub/outcomes/changed_fields.h"
#include "hub/outcomes/consequences.h"
#include "hub/outcomes/late_words.h"
#include "hub/outcomes/ledger_entries.h"
#include "hub/outcomes/ledger_entry.h"
#include "hub/outcomes/marks.h"
#include "hub/outcomes/named_points.h"
#include "hub/outcomes/outcome_book.h"
#include "hub/outcomes/promise_words.h"
#include "hub/outcomes/recorded_item.h"
#include "hub/outcomes/recordings.h"
#include "hub/outcomes/spoken_stops.h"
#include "hub/outcomes/sub_contractors.h"
#include "hub/outcomes/telling_ids.h"
#include "hub/outcomes/unread_contact.h"
#include "hub/permits/permit_book.h"
#include "hub/results/result_check.h"

namespace switchboard::outcomes {
namespace {

using Response = v1::ReportOutcomesResponse;

void Problem(Response::Receipt& receipt, Response::Status status, std::string_view field,
             std::string_view problem) {
  receipt.set_status(status);
  receipt.set_field(std::string(field));
  receipt.set_problem(std::string(problem));
}

}  // namespace

// One batch on its way into the database.
struct Outcomes::Batch {
  storage::Transaction& transaction;
  std::string_view vendor_id;
  const std::string actor;
  const absl::Span<const ReceivedOutcome> received;
  assignments::Changes changes;
  PromiseWords promise_words;
  AgentTimes agent_times;
  Recordings recordings;
  FormerVersions former;
  LedgerEntries ledger;
  TellingIds telling_ids;
  NamedPoints named_points;
  Response response{};

  // What was found about the batch at once, and keeps up with what it does.
  std::map<std::string, Versions, std::less<>> versions{};                    // by outcome
  std::map<std::string, assignments::Assignment, std::less<>> assignments{};  // the vendor's own
  std::map<std::string, permits::PermitRow, std::less<>> permits{};           // the vendor's own
  std::map<std::string, int64_t, std::less<>> of_today{};  // versions recorded, by assignment
  std::map<std::string, book::OpenedAccount, std::less<>> accounts{};  // those of promises
  std::shared_ptr<const results::VendorMaps> code_maps{};              // once a code was read
  std::deque<v1::Outcome> read{};                                      // with what their codes mean

  // As the version before left them.
  std::vector<StandingStop> StoodBefore(const v1::Outcome& outcome) const {
    const auto found = versions.find(outcome.outcome_id());
    if (found == versions.end() || found->second.empty()) return {};
    return found->second.rbegin()->second.stops;
  }

  permits::PermitRow* PermitOf(const v1::Outcome& outcome) {
    const auto found = permits.find(outcome.permit_id());
    return found == permits.end() ? nullptr : &found->second;
  }

  // A permit is not as it was, of those that the batch names or of others.
  void Renew(permits::PermitRow permit) {
    const auto found = permits.find(permit.permit_id);
    if (found != permits.end()) found->second = std::move(permit);
  }
};

absl::StatusOr<v1::ReportOutcomesResponse> Outcomes::Report(
    storage::Transaction& transaction, std::string_view vendor_id,
    absl::Span<const ReceivedOutcome> received) const {
  const std::string actor = ActorOfVendor(vendor_id);
  Batch batch{
      transaction,
      vendor_id,
      actor,
      received,
      assignments::Changes(transaction, sealer_, ids_, actor),
      PromiseWords(transaction, book_, permits_.judge(), promises_),
      AgentTimes(transaction, sealer_, vendor_id),
      Recordings(transaction, vendor_id),
      FormerVersions(sealer_),
      LedgerEntries(transaction, vendor_id),
      TellingIds(book_),
      NamedPoints(book_, sealer_),
  };
  RETURN_IF_ERROR(Gather(batch));
  for (const ReceivedOutcome& one : received) RETURN_IF_ERROR(Take(batch, one));
  RETURN_IF_ERROR(batch.agent_times.Write());
  RETURN_IF_ERROR(batch.recordings.Write());
  RETURN_IF_ERROR(batch.ledger.Write());
  RETURN_IF_ERROR(ReviewPermits(batch));
  RETURN_IF_ERROR(SettlePromises(batch));
  for (const std::string& permit_id : batch.ledger.reopened())
    RETURN_IF_ERROR(permits_.VoidIfBarred(transaction, permit_id));
  return std::move(batch.response);
}

// Holds the persons the batch speaks of, then reads what the batch will be judged by.
absl::Status Outcomes::Gather(Batch& batch) const {
  RETURN_IF_ERROR(ReadAssignments(batch));
  std::vector<storage::Key> persons;
  for (const auto& [id, assignment] : batch.assignments)
    persons.push_back(book::PersonKey(assignment.person_id));
  RETURN_IF_ERROR(batch.transaction.Hold(persons));
  if (!batch.transaction.alone()) RETURN_IF_ERROR(ReadAssignments(batch));
  std::vector<std::string> permit_ids, outcome_ids;
  std::set<std::string> promised_on;
  std::vector<std::pair<std::string, std::string>> of_persons;
  for (const ReceivedOutcome& one : batch.received) {
    outcome_ids.push_back(one.outcome().outcome_id());
    if (!one.outcome().permit_id().empty()) permit_ids.push_back(one.outcome().permit_id());
    const auto assignment = batch.assignments.find(one.outcome().assignment_id());
    if (assignment == batch.assignments.end()) continue;
    of_persons.emplace_back(assignment->second.person_id, one.outcome().outcome_id());
    if (one.outcome().has_promise()) promised_on.insert(assignment->second.account_id);
  }
  RETURN_IF_ERROR(batch.ledger.Look(of_persons));
  ASSIGN_OR_RETURN(batch.versions,
                   OutcomeBook::FindVersions(batch.transaction, batch.vendor_id, outcome_ids));
  RETURN_IF_ERROR(
      batch.former.Read(batch.transaction, batch.vendor_id, batch.received, batch.versions));
  ASSIGN_OR_RETURN(batch.permits, permits::FindPermits(batch.transaction.connection(),
                                                       batch.vendor_id, permit_ids));
  std::set<std::string> account_ids;
  for (const auto& [id, assignment] : batch.assignments) account_ids.insert(assignment.account_id);
  ASSIGN_OR_RETURN(batch.of_today, OutcomeBook::CountOfDay(batch.transaction, account_ids,
                                                           DayNumberAt(batch.transaction.now())));
  RETURN_IF_ERROR(batch.agent_times.Look(batch.received));
  RETURN_IF_ERROR(
      batch.telling_ids.Look(batch.transaction.connection(), batch.received, batch.assignments));
  RETURN_IF_ERROR(batch.named_points.Look(batch.transaction.connection(), contracts_,
                                          batch.vendor_id, batch.received, batch.assignments));
  ASSIGN_OR_RETURN(batch.accounts, book_.ReadAccounts(batch.transaction.connection(),
                                                      {promised_on.begin(), promised_on.end()}));
  return absl::OkStatus();
}

absl::Status Outcomes::ReadAssignments(Batch& batch) const {
  std::vector<std::string> ids;
  for (const ReceivedOutcome& one : batch.received) ids.push_back(one.outcome().assignment_id());
  ASSIGN_OR_RETURN(batch.assignments,
                   assignments::FindAssignments(batch.transaction.connection(), std::move(ids)));
  std::erase_if(batch.assignments,
                [&](const auto& found) { return found.second.vendor_id != batch.vendor_id; });
  return absl::OkStatus();
}

absl::Status Outcomes::Take(Batch& batch, const ReceivedOutcome& received) const {
  const v1::Outcome& outcome = received.outcome();
  auto& receipt = *batch.response.add_receipts();
  receipt.set_outcome_id(outcome.outcome_id());
  receipt.set_version(outcome.version());
  if (KnownBefore(batch, received, receipt)) {
    if (receipt.status() != Response::STATUS_REPEATED) return Refuse(batch, received, receipt);
    const auto assignment = batch.assignments.find(outcome.assignment_id());
    if (assignment != batch.assignments.end())
      batch.promise_words.AddRepeated(outcome, assignment->second);
    return absl::OkStatus();
  }
  const auto problem = batch.telling_ids.ProblemOf(received);
  if (problem.has_value()) {
    Problem(receipt, Response::STATUS_INVALID, problem->field, problem->problem);
    return Refuse(batch, received, receipt);
  }
  ASSIGN_OR_RETURN(const auto with_cores_id,
                   batch.named_points.WithCoresId(batch.transaction.connection(), batch.former,
                                                  batch.vendor_id, received));
  const ReceivedOutcome& named = with_cores_id.has_value() ? *with_cores_id : received;
  if (outcome.vendor_code().empty()) return TakeRead(batch, named, receipt);
  ASSIGN_OR_RETURN(const auto read, ReadCode(batch, named, receipt));
  if (read.has_value()) return TakeRead(batch, *read, receipt);
  if (receipt.status() == Response::STATUS_UNMAPPED) RETURN_IF_ERROR(CountUnread(batch, outcome));
  return Refuse(batch, received, receipt);
}

// What was made under a permit counts though nobody knows what came of it, or a vendor could go on
// under caps for as long as its map lacks a code. Once for an outcome and version, and not in the
// place of what was recorded of another permit.
absl::Status Outcomes::CountUnread(Batch& batch, const v1::Outcome& outcome) const {
  const auto found = batch.assignments.find(outcome.assignment_id());
  const permits::PermitRow* permit = batch.PermitOf(outcome);
  Response::Receipt untold;
  if (permit == nullptr || found == batch.assignments.end() || !Follows(batch, outcome, untold))
    return absl::OkStatus();
  const std::string& person_id = found->second.person_id;
  const contacts::Standing before = batch.ledger.Of(person_id, outcome.outcome_id());
  const bool used_before = batch.ledger.UsedBefore(person_id, outcome);
  const bool under_another = !before.permit_id.empty() && !used_before;
  if (before.version >= outcome.version() || under_another ||
      !PermitFits(*permit, outcome, used_before))
    return absl::OkStatus();
  RecordUnread(batch.transaction, batch.actor, outcome, found->second);
  // A version that was recorded under the permit has said more of the same contact.
  if (used_before) return batch.ledger.CountAsConversation(person_id, outcome, *permit);
  return Enter(batch, AsConversation(outcome), found->second, /*contract=*/nullptr);
}

// With the result that the code map of the day of the contact has for the vendor's own code;
// nothing, and why in the receipt, where there is none, or none that goes with the rest.
absl::StatusOr<std::optional<ReceivedOutcome>> Outcomes::ReadCode(
    Batch& batch, const ReceivedOutcome& received, Response::Receipt& receipt) const {
  if (batch.code_maps == nullptr) {
    ASSIGN_OR_RETURN(batch.code_maps,
                     code_maps_.MapsOf(batch.transaction.connection(), batch.vendor_id));
  }
  const results::CompiledMap* map = batch.code_maps->MapAt(TimeOf(received.outcome().start_time()));
  const v1::Outcome::Result* result =
      map == nullptr ? nullptr : map->Find(received.outcome().vendor_code());
  if (result == nullptr) {
    Problem(receipt, Response::STATUS_UNMAPPED, "vendor_code",
            "has no meaning in the code map of the day of the contact; it is kept, and recorded "
            "once the issuer has given it one");
    return std::nullopt;
  }
  v1::Outcome& outcome = batch.read.emplace_back(received.outcome());
  *outcome.mutable_result() = *result;
  if (const auto problem = ResultProblem(outcome); problem.has_value()) {
    Problem(receipt, Response::STATUS_INVALID, problem->field, problem->problem);
    return std::nullopt;
  }
  ReceivedOutcome read = ReadAs(sealer_, batch.vendor_id, received, outcome);
  read.code_map_version = map->map().version();
  return read;
}

// One that says its result.
absl::Status Outcomes::TakeRead(Batch& batch, const ReceivedOutcome& received,
                                Response::Receipt& receipt) const {
  const v1::Outcome& outcome = received.outcome();
  const auto assignment = batch.assignments.find(outcome.assignment_id());
  // Its permits are erased with it, and say nothing of a late outcome any more.
  if (assignment != batch.assignments.end() && !FitsPermit(batch, outcome, receipt))
    return Refuse(batch, received, receipt);
  ASSIGN_OR_RETURN(const bool fits_contract, FitsContract(batch, outcome, receipt));
  if (!fits_contract) return Refuse(batch, received, receipt);
  if (assignment == batch.assignments.end()) {
    Problem(receipt, Response::STATUS_UNKNOWN_ASSIGNMENT, "assignment_id",
            "no such assignment of yours, now or ever");
    return Refuse(batch, received, receipt);
  }
  if (!FitsAccount(batch, outcome, assignment->second, receipt) ||
      !Follows(batch, outcome, receipt) || !WithinDay(batch, outcome, receipt))
    return Refuse(batch, received, receipt);
  const StopChanges changes =
      ChangesOf(batch.vendor_id, outcome, StopsOf(outcome.result(), /*only_informs=*/true),
                batch.StoodBefore(outcome));
  ASSIGN_OR_RETURN(const bool taken, StopIdTaken(batch.transaction.connection(), batch.vendor_id,
                                                 outcome, changes.anew));
  if (taken) {
    Problem(receipt, Response::STATUS_ID_REUSED, "outcome_id",
            "was used before for an outcome that is erased since; make a new one");
    return Refuse(batch, received, receipt);
  }
  receipt.set_status(Response::STATUS_RECORDED);
  return Accept(batch, received, assignment->second);
}

bool Outcomes::KnownBefore(const Batch& batch, const ReceivedOutcome& received,
                           Response::Receipt& receipt) const {
  const auto versions = batch.versions.find(received.outcome().outcome_id());
  if (versions == batch.versions.end()) return false;
  const auto version = versions->second.find(received.outcome().version());
  if (version == versions->second.end()) return false;
  if (version->second.digest == received.digest) {
    receipt.set_status(Response::STATUS_REPEATED);
  } else {
    Problem(receipt, Response::STATUS_ID_REUSED, "outcome_id",
            "was used before with other content; a correction takes the next version");
  }
  return true;
}

// A correction takes the next version, and is about the same assignment.
bool Outcomes::Follows(const Batch& batch, const v1::Outcome& outcome,
                       Response::Receipt& receipt) const {
  const auto found = batch.versions.find(outcome.outcome_id());
  const bool first = found == batch.versions.end() || found->second.empty();
  const int64_t expected = first ? 1 : found->second.rbegin()->first + 1;
  if (outcome.version() != expected) {
    Problem(receipt, Response::STATUS_VERSION_GAP, "version",
            "must follow the version recorded before");
    return false;
  }
  if (!first && found->second.rbegin()->second.assignment_id != outcome.assignment_id()) {
    Problem(receipt, Response::STATUS_INVALID, "assignment_id",
            "must be that of the version before; report other work under an id of its own");
    return false;
  }
  return true;
}

// A permit says by which channel it was, and how far such an attempt can come; one that the vendor
// does not have says nothing.
bool Outcomes::FitsPermit(Batch& batch, const v1::Outcome& outcome, Response::Receipt& receipt) {
  if (outcome.permit_id().empty()) return true;
  const permits::PermitRow* permit = batch.PermitOf(outcome);
  const auto problem = PermitProblem(
      outcome, permit == nullptr ? std::nullopt : std::optional<v1::Channel>(permit->channel));
  if (!problem.has_value()) return true;
  Problem(receipt, Response::STATUS_INVALID, problem->field, problem->problem);
  return false;
}

// What is head office's alone nobody else reports. Permits for it are not given to others.
absl::StatusOr<bool> Outcomes::FitsContract(const Batch& batch, const v1::Outcome& outcome,
                                            Response::Receipt& receipt) const {
  if (!contracts::IsHeadOfficesAlone(outcome.act())) return true;
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.FindThen(batch.transaction.connection(), batch.vendor_id,
                                       TimeOf(outcome.start_time())));
  if (contract != nullptr && contract->contract.head_office()) return true;
  Problem(receipt, Response::STATUS_INVALID, "act",
          "is head office's alone, which your contract of the day of the contact was not");
  return false;
}

// A promise is about the debt, and so in its currency.
bool Outcomes::FitsAccount(const Batch& batch, const v1::Outcome& outcome,
                           const assignments::Assignment& assignment, Response::Receipt& receipt) {
  const auto account = batch.accounts.find(assignment.account_id);
  if (!outcome.has_promise() || account == batch.accounts.end()) return true;
  if (outcome.promise().amount().currency_code() ==
      account->second.account.amount_due().currency_code()) {
    return true;
  }
  Problem(receipt, Response::STATUS_INVALID, "promise.amount.currency_code",
          "must be that of the account");
  return false;
}

// What ends contact has as much room again: a day that is full of calls does not keep a lawyer's
// letter out.
bool Outcomes::WithinDay(const Batch& batch, const v1::Outcome& outcome,
                         Response::Receipt& receipt) const {
  const auto taken = batch.of_today.find(outcome.assignment_id());
  const int64_t most = EndsContact(outcome.result()) ? 2 * quota_.of_assignment_day_max
                                                     : quota_.of_assignment_day_max;
  if (taken == batch.of_today.end() || taken->second < most) return true;
  Problem(receipt, Response::STATUS_DAY_FULL, "assignment_id",
          absl::StrCat("has as many outcomes as one day may have, ", most,
                       "; the hub's operator knows the limit"));
  return false;
}

absl::Status Outcomes::Refuse(Batch& batch, const ReceivedOutcome& received,
                              Response::Receipt& receipt) const {
  audit::Refused refused;
  refused.actor = batch.actor;
  refused.kind = "outcome";
  refused.status = Response::Status_Name(receipt.status());
  refused.field = receipt.field();
  refused.bytes = received.bytes;
  refused.card_removed = received.card_removed;
  ASSIGN_OR_RETURN(const bool kept, quarantine_.Put(batch.transaction, refused));
  receipt.set_not_kept(!kept);
  if (!kept && receipt.status() == Response::STATUS_UNMAPPED) {
    receipt.set_problem(
        "has no meaning in the code map of the day of the contact, and your share of the "
        "quarantine is used up, so that it is not kept: send it again once the issuer has given "
        "it one");
  }
  return absl::OkStatus();
}

absl::Status Outcomes::Accept(Batch& batch, const ReceivedOutcome& received,
                              const assignments::Assignment& found) const {
  const v1::Outcome& outcome = received.outcome();
  // Consequences may read the batch's assignments anew.
  const assignments::Assignment assignment = found;
  std::vector<StandingStop> stops;
  ASSIGN_OR_RETURN(const v1::RecordedOutcome recorded, Judge(batch, received, assignment, stops));
  batch.versions[outcome.outcome_id()][outcome.version()] = {received.digest,
                                                             assignment.assignment_id, stops};
  ++batch.of_today[assignment.assignment_id];
  ++assignments::VendorCounter::Of(batch.transaction, batch.vendor_id).outcomes;
  auto number = core_feed::CoreFeedBook::Append(
      batch.transaction, ItemOf(batch.transaction, sealer_, batch.vendor_id, received, recorded));
  OutcomeBook::Write(batch.transaction,
                     {std::string(batch.vendor_id), outcome.outcome_id(), outcome.version(),
                      assignment.assignment_id, assignment.account_id,
                      DayNumberAt(batch.transaction.now()), received.digest, std::move(stops)},
                     std::move(number));
  return absl::OkStatus();
}

// What the hub adds to an outcome, and what the outcome sets off. Also uses the permit it names,
// and gives back the one of the version before.
absl::StatusOr<v1::RecordedOutcome> Outcomes::Judge(Batch& batch, const ReceivedOutcome& received,
                                                    const assignments::Assignment& assignment,
                                                    std::vector<StandingStop>& stops) const {
  const v1::Outcome& outcome = received.outcome();
  storage::Connection& connection = batch.transaction.connection();
  OutcomeFacts facts{.assignment = assignment,
                     .card_removed = received.card_removed,
                     .now = batch.transaction.now()};
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.FindThen(connection, batch.vendor_id, TimeOf(outcome.start_time())));
  facts.had_contract = contract != nullptr;
  const auto account = batch.accounts.find(assignment.account_id);
  if (outcome.has_promise() && account != batch.accounts.end()) {
    facts.account = &account->second.account;
    facts.account_is_newer =
        absl::FromUnixMicros(account->second.as_of_us) > TimeOf(outcome.start_time());
  }
  permits::PermitRow* permit = batch.PermitOf(outcome);
  facts.permit = permit;
  facts.contract = contract == nullptr ? nullptr : &contract->contract;
  facts.channel = permit == nullptr ? ChannelOf(outcome) : permit->channel;
  facts.agent = batch.agent_times.Take(outcome, TakesAgentsTime(outcome, facts.channel));
  batch.recordings.Take(outcome, facts.channel, facts.contract);
  facts.used_before = batch.ledger.UsedBefore(assignment.person_id, outcome);
  ASSIGN_OR_RETURN(facts.foreign_sub_contractor,
                   TakeSubContractor(batch.transaction, outcome, facts));
  auto marks = MarksOf(outcome, facts);
  // A permit says that the contact was in its time, as it does for a stop.
  const bool had_work = assignment.live || (permit != nullptr && BeganInItsTime(*permit, outcome));
  batch.promise_words.Add(outcome, assignment, contract.get(),
                          facts.account_is_newer ? nullptr : facts.account,
                          had_work ? absl::InfiniteFuture() : EndOfContacts(assignment));
  RETURN_IF_ERROR(Enter(batch, outcome, assignment, contract.get()));
  ASSIGN_OR_RETURN(const Consequences consequences,
                   SetOff(batch, outcome, assignment, contract.get(), marks));
  // Behind what its stops do: those that it takes back are not in the way.
  ASSIGN_OR_RETURN(auto given_back, batch.ledger.GiveUsesBack(permits_));
  for (permits::PermitRow& row : given_back) batch.Renew(std::move(row));
  stops = consequences.standing;
  v1::RecordedOutcome recorded;
  recorded.set_code_map_version(received.code_map_version);
  recorded.set_vendor_id(std::string(batch.vendor_id));
  recorded.set_account_id(assignment.account_id);
  recorded.set_work_type(assignment.work_type);
  recorded.mutable_marks()->Assign(marks.begin(), marks.end());
  *recorded.mutable_note_marks() = received.note_marks;
  recorded.mutable_placed_stop_ids()->Assign(consequences.placed.begin(),
                                             consequences.placed.end());
  recorded.mutable_lifted_stop_ids()->Assign(consequences.lifted.begin(),
                                             consequences.lifted.end());
  recorded.mutable_lift_asked_stop_ids()->Assign(consequences.lift_asked.begin(),
                                                 consequences.lift_asked.end());
  ASSIGN_OR_RETURN(const auto changed, batch.former.Take(connection, outcome));
  recorded.mutable_changed_fields()->Assign(changed.begin(), changed.end());
  return recorded;
}

// What its stops do, and what there is to be said of that.
absl::StatusOr<Consequences> Outcomes::SetOff(Batch& batch, const v1::Outcome& outcome,
                                              const assignments::Assignment& assignment,
                                              const contracts::CompiledContract* contract,
                                              std::vector<v1::RecordedOutcome::Mark>& marks) const {
  using Recorded = v1::RecordedOutcome;
  const permits::PermitRow* permit = batch.PermitOf(outcome);
  const bool only_informs = contract != nullptr && contract->OnlyInforms(assignment.work_type);
  Speaking speaking{assignment,
                    outcome,
                    permit,
                    batch.named_points.Find(outcome),
                    ChangesOf(batch.vendor_id, outcome, StopsOf(outcome.result(), only_informs),
                              batch.StoodBefore(outcome)),
                    {}};
  StopChanges& changes = speaking.changes;
  if (changes.kept.empty() && changes.anew.empty() && changes.gone.empty()) return Consequences();
  if (!changes.gone.empty()) {
    ASSIGN_OR_RETURN(speaking.confirmed, ConfirmedAmong(batch, outcome, changes.gone));
  }
  bool waits = false;
  if (!changes.anew.empty()) {
    ASSIGN_OR_RETURN(waits, StopWaits(batch, outcome, assignment, permit));
  }
  if (waits) changes.anew.clear();
  // They void open permits, end assignments, and must see what this batch did before.
  RETURN_IF_ERROR(batch.ledger.WriteUses());
  ASSIGN_OR_RETURN(Consequences consequences,
                   ApplyConsequences(batch.transaction, batch.changes, book_, speaking));
  RETURN_IF_ERROR(LookAgain(batch));
  if (!consequences.lift_asked.empty()) marks.push_back(Recorded::MARK_ASKS_TO_LIFT);
  if (waits) marks.push_back(Recorded::MARK_STOP_WAITS);
  if (consequences.number_unknown) marks.push_back(Recorded::MARK_STOP_WITHOUT_NUMBER);
  if (!consequences.lifted.empty()) marks.push_back(Recorded::MARK_LIFTS_STOP);
  return consequences;
}

// Those that stand by a version which a core has confirmed.
absl::StatusOr<std::set<std::string>> Outcomes::ConfirmedAmong(
    const Batch& batch, const v1::Outcome& outcome, const std::vector<StandingStop>& stood) {
  // Whoever is just confirming knows them before they are lifted, or not at all.
  const storage::Key confirming = book::ConfirmingKey(book::Sharing::kShared);
  RETURN_IF_ERROR(batch.transaction.Hold({&confirming, 1}));
  ASSIGN_OR_RETURN(const int64_t through,
                   core_feed::ConfirmedByAny(batch.transaction.connection()));
  const Versions& versions = batch.versions.find(outcome.outcome_id())->second;
  std::set<std::string> confirmed;
  for (const StandingStop& stop : stood) {
    const auto version = versions.find(VersionOf(stop.stop_id));
    const int64_t sequence = version == versions.end() ? 0 : version->second.sequence;
    if (sequence > 0 && sequence <= through) confirmed.insert(stop.stop_id);
  }
  return confirmed;
}

absl::Status Outcomes::Enter(Batch& batch, const v1::Outcome& outcome,
                             const assignments::Assignment& assignment,
                             const contracts::CompiledContract* contract) const {
  const std::string& person_id = assignment.person_id;
  if (!ConcernsLedger(outcome, batch.ledger.Of(person_id, outcome.outcome_id())))
    return absl::OkStatus();
  EntryFacts facts{batch.vendor_id, assignment, batch.PermitOf(outcome)};
  facts.permitted = facts.permit != nullptr && results::IsContact(outcome.result()) &&
                    PermitFits(*facts.permit, outcome, batch.ledger.UsedBefore(person_id, outcome));
  facts.collector_kind = facts.permit != nullptr ? facts.permit->collector_kind
                         : contract != nullptr   ? contract->CollectorKind()
                                                 : v1::COLLECTOR_KIND_AGENCY;
  facts.now = batch.transaction.now();
  const v1::ContactPoint* point = batch.named_points.Find(outcome);
  if (facts.permit == nullptr && point != nullptr) {
    facts.contact_kind = point->kind();
    facts.number_digest = book_.NumberDigest(*point);
  }
  const bool reserved =
      facts.permitted && outcome.version() == 1 && KeepsRoom(*facts.permit, facts.now);
  batch.ledger.Enter(outcome, EntryOf(outcome, facts), batch.PermitOf(outcome), reserved);
  return absl::OkStatus();
}

// Whether an outcome that ends contact places no stop for now.
absl::StatusOr<bool> Outcomes::StopWaits(Batch& batch, const v1::Outcome& outcome,
                                         const assignments::Assignment& assignment,
                                         const permits::PermitRow* permit) const {
  if (assignment.live) return false;
  // A permit says that the contact was in its time, also a day's plan that the vendor works on from
  // a file.
  const bool permitted = permit != nullptr && BeganInItsTime(*permit, outcome);
  if (!permitted && !LiesInPlacement(outcome, assignment)) {
    RETURN_IF_ERROR(KeepLateWordWaiting(batch.transaction, batch.vendor_id));
    return true;
  }
  ASSIGN_OR_RETURN(const bool within,
                   TakeLateWord(batch.transaction, batch.vendor_id, quota_.late_words_day_max));
  return !within;
}

// An open permit has kept room for what was made under it, and for nothing else.
absl::Status Outcomes::ReviewPermits(const Batch& batch) const {
  std::set<std::array<std::string, 3>> reviewed;
  for (const contacts::ContactRow& made : batch.ledger.unreserved()) {
    if (!reviewed.insert({made.person_id, made.account_id, made.number_digest}).second) continue;
    RETURN_IF_ERROR(permits_.ReviewAfter(batch.transaction, made).status());
  }
  return absl::OkStatus();
}

absl::Status Outcomes::SettlePromises(Batch& batch) {
  ASSIGN_OR_RETURN(const auto not_binding, batch.promise_words.Settle(batch.actor));
  if (not_binding.empty()) return absl::OkStatus();
  for (Response::Receipt& receipt : *batch.response.mutable_receipts()) {
    const bool taken = receipt.status() == Response::STATUS_RECORDED ||
                       receipt.status() == Response::STATUS_REPEATED;
    receipt.set_promise_not_binding(taken && not_binding.contains(receipt.outcome_id()));
  }
  return absl::OkStatus();
}

absl::Status Outcomes::LookAgain(Batch& batch) const {
  RETURN_IF_ERROR(ReadAssignments(batch));
  std::vector<std::string> permit_ids;
  for (const auto& [id, permit] : batch.permits) permit_ids.push_back(id);
  ASSIGN_OR_RETURN(batch.permits, permits::FindPermits(batch.transaction.connection(),
                                                       batch.vendor_id, permit_ids));
  return absl::OkStatus();
}

}  // namespace switchboard::outcomes
