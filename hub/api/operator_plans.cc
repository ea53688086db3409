#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/own_data.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"
#include "hub/base/shown_bits.h"
#include "hub/disclosures/answers.h"
#include "hub/permits/promise_hold.h"
#include "hub/promises/plan_check.h"
#include "hub/redaction/clean_text.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Transaction;
using storage::Urgency;

constexpr int kPlansMax = 100;
constexpr size_t kNoteBytesMax = 500;

void CheckKey(const v1::ProposedPlanKey& key, const std::string& path, FieldCheck& check) {
  check.CoreId(key.account_id(), path + "account_id");
  check.Label(key.vendor_id(), 1, 32, path + "vendor_id");
  check.Id(key.outcome_id(), path + "outcome_id");
}

promises::PromiseKey KeyOf(const v1::ProposedPlanKey& key) {
  return {key.account_id(), key.vendor_id(), key.outcome_id()};
}

v1::ListProposedPlansResponse::Line LineOf(const promises::PromiseRow& row) {
  const v1::Outcome::Promise& proposed = row.record.promise();
  v1::ListProposedPlansResponse::Line line;
  line.mutable_key()->set_account_id(row.key.account_id);
  line.mutable_key()->set_vendor_id(row.key.vendor_id);
  line.mutable_key()->set_outcome_id(row.key.outcome_id);
  line.set_outcome_version(static_cast<int32_t>(row.version));
  *line.mutable_take_time() = TimeUtil::MicrosecondsToTimestamp(row.take_time_us);
  line.set_agent_level(proposed.plan().agent_level());
  *line.mutable_beyond() = row.record.beyond();
  *line.mutable_amount() = proposed.amount();
  *line.mutable_instalments() = proposed.plan().instalments();
  *line.mutable_waivers() = proposed.plan().waivers();
  *line.mutable_proofs() = proposed.plan().proofs();
  return line;
}

// Each plan by the person whose it is.
absl::Status NoteShown(Transaction& transaction, const OperatorApi::Parts& parts,
                       const std::string& actor, const std::vector<promises::PromiseRow>& rows) {
  std::vector<std::string> ids;
  for (const promises::PromiseRow& row : rows) ids.push_back(row.assignment_id);
  ASSIGN_OR_RETURN(const auto found,
                   assignments::FindAssignments(transaction.connection(), std::move(ids)));
  std::vector<disclosures::Answer> answers;
  for (const promises::PromiseRow& row : rows) {
    const auto work = found.find(row.assignment_id);
    if (work == found.end()) continue;
    answers.push_back(
        {.kind = v1::DisclosureLine::KIND_PLAN,
         .shown_to = actor,
         .person_id = work->second.person_id,
         .account_id = row.key.account_id,
         .assignment_id = row.assignment_id,
         .subject_id = row.key.outcome_id,
         .fields = ShownBits({v1::SHOWN_FIELD_PROMISED_AMOUNT, v1::SHOWN_FIELD_PROMISED_DAY}),
         .shown = LineOf(row).SerializeAsString()});
  }
  return disclosures::Answers(parts.sealer, parts.ids).Write(transaction, answers);
}

std::optional<FieldProblem> Check(const v1::ListProposedPlansRequest& request) {
  FieldCheck check;
  if (request.has_after()) CheckKey(request.after(), "after.", check);
  CheckPage(request.max_plans(), kPlansMax, "max_plans", check);
  if (request.has_key()) {
    CheckKey(request.key(), "key.", check);
    check.Require(!request.has_after(), "after", "goes through all plans; leave it out beside key");
    check.Require(request.max_plans() == 0, "max_plans", "is of a page; leave it out beside key");
  }
  return check.problem();
}

// Terms that head office sets, with the instalments of their schedule.
void AdmitTerms(const v1::DecidePlanRequest& request, absl::Time now, v1::Outcome::Promise& agreed,
                FieldCheck& check) {
  const bool changes = request.verdict() == v1::PlanDecision::VERDICT_CHANGED;
  check.Require(changes == request.has_plan(), "plan", "goes with CHANGED, and with that alone");
  check.Require(changes == request.has_amount(), "amount",
                "goes with CHANGED, and with that alone");
  if (!check.ok() || !changes) return;
  const v1::PaymentPlan& plan = request.plan();
  check.Require(plan.agent_level().empty(), "plan.agent_level", "is the vendor's to say");
  check.Require(plan.proofs().empty(), "plan.proofs", "are the vendor's to name");
  check.ReportedAmount(request.amount(), 1, "amount");
  *agreed.mutable_amount() = request.amount();
  *agreed.mutable_plan() = plan;
  if (plan.instalments_size() > 0)
    *agreed.mutable_due_date() = plan.instalments(plan.instalments_size() - 1).due_date();
  promises::AdmitPlan(agreed, "", absl::ToCivilDay(now, absl::UTCTimeZone()), check);
}

// One, or a page of them.
absl::StatusOr<std::vector<promises::PromiseRow>> PlansAskedFor(
    storage::Connection& connection, const promises::Promises& promises,
    const v1::ListProposedPlansRequest& request) {
  if (!request.has_key()) {
    const int limit = request.max_plans() == 0 ? kPlansMax : request.max_plans();
    return promises.Pending(connection, KeyOf(request.after()), limit);
  }
  std::vector<promises::PromiseRow> plans;
  ASSIGN_OR_RETURN(auto plan, promises.FindPending(connection, KeyOf(request.key())));
  if (plan.has_value()) plans.push_back(*std::move(plan));
  return plans;
}

// The decision, once the request is right.
std::optional<FieldProblem> Admit(v1::DecidePlanRequest& request, absl::Time now,
                                  promises::Decision& decision) {
  FieldCheck check;
  CheckKey(request.key(), "key.", check);
  check.Require(request.outcome_version() >= 1, "outcome_version", "must be 1 or more");
  check.Enum(v1::PlanDecision::Verdict_IsValid(request.verdict()), request.verdict(), "verdict");
  check.Require(v1::PlanDecision::Reason_IsValid(request.reason()), "reason",
                "must be one of the reasons that this version knows");
  const bool refuses = request.verdict() == v1::PlanDecision::VERDICT_REFUSED;
  check.Require(!refuses || request.reason() != v1::PlanDecision::REASON_UNSPECIFIED, "reason",
                "must be set with REFUSED");
  check.Paragraphs(request.mutable_note(), 0, kNoteBytesMax, "note");
  AdmitTerms(request, now, decision.agreed, check);
  decision.key = KeyOf(request.key());
  decision.version = request.outcome_version();
  decision.said.set_verdict(request.verdict());
  decision.said.set_reason(request.reason());
  return check.problem();
}

// By what is known of whom the plan is about, while it waits; a repeat is one by its digest.
absl::Status CleanNote(storage::Connection& connection, const OperatorApi::Parts& parts,
                       const std::string& note, promises::Decision& decision) {
  std::vector<assignments::Assignment> work;
  ASSIGN_OR_RETURN(const auto plan, parts.promises.FindPending(connection, decision.key));
  if (plan.has_value()) {
    ASSIGN_OR_RETURN(auto found, assignments::FindAssignment(connection, plan->assignment_id));
    if (found.has_value()) work.push_back(*std::move(found));
  }
  ASSIGN_OR_RETURN(const auto own, assignments::ReadOwnData(connection, parts.book, work));
  const redaction::CleanText clean =
      parts.cleaner.Clean(note, own.empty() ? nullptr : &own.begin()->second, "");
  decision.said.set_note(clean.text());
  clean.MarksTo(decision.said.mutable_note_marks());
  decision.hidden = clean.hidden();
  decision.note_digest = parts.sealer.Digest(note);
  return absl::OkStatus();
}

}  // namespace

void OperatorApi::ListProposedPlans(const identity::Peer& caller,
                                    v1::ListProposedPlansRequest request,
                                    Done<v1::ListProposedPlansResponse> done) {
  if (const auto problem = Check(request)) return done(FieldInvalid(*problem));
  storage::SubmitFor<v1::ListProposedPlansResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](
          Transaction& transaction) -> absl::StatusOr<v1::ListProposedPlansResponse> {
        v1::ListProposedPlansResponse response;
        ASSIGN_OR_RETURN(const auto rows,
                         PlansAskedFor(transaction.connection(), parts_.promises, request));
        RETURN_IF_ERROR(NoteShown(transaction, parts_, actor, rows));
        for (const promises::PromiseRow& row : rows) {
          *response.add_plans() = LineOf(row);
          v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PLAN_SHOWN, actor);
          event.set_vendor_id(row.key.vendor_id);
          event.set_account_id(row.key.account_id);
          event.set_assignment_id(row.assignment_id);
          event.set_subject_id(row.key.outcome_id);
          audit::Record(transaction, std::move(event));
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::DecidePlan(const identity::Peer& caller, v1::DecidePlanRequest request,
                             Done<v1::DecidePlanResponse> done) {
  promises::Decision decision;
  if (const auto problem = Admit(request, parts_.clock.Now(), decision))
    return done(FieldInvalid(*problem));
  if (request.note().empty()) return WriteDecision(caller, std::move(decision), std::move(done));
  const bool posted = parts_.reports.Post(
      caller.Actor(), [this, caller, note = request.note(), decision = std::move(decision), done] {
        promises::Decision cleaned = decision;
        const absl::Status status = parts_.readers.Run(
            [&](storage::Connection& reader) { return CleanNote(reader, parts_, note, cleaned); });
        if (!status.ok()) return done(status);
        WriteDecision(caller, std::move(cleaned), done);
      });
  if (!posted) done(OverloadedError("too many of your reports are waiting", absl::Seconds(1)));
}

void OperatorApi::WriteDecision(const identity::Peer& caller, promises::Decision decision,
                                Done<v1::DecidePlanResponse> done) {
  storage::SubmitFor<v1::DecidePlanResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), decision = std::move(decision)](
          Transaction& transaction) -> absl::StatusOr<v1::DecidePlanResponse> {
        ASSIGN_OR_RETURN(const promises::Decided decided,
                         parts_.promises.Decide(transaction, actor, decision));
        if (decided.changed) {
          RETURN_IF_ERROR(
              permits::FollowPromises(transaction, actor, parts_.book, {decision.key.account_id}));
        }
        v1::DecidePlanResponse response;
        response.set_changed(decided.changed);
        response.set_standing(decided.standing);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
