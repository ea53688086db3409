#include "clients/cli/audit_detail.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/audit_detail_privacy.h"
#include "clients/cli/detail_words.h"
#include "clients/cli/render.h"

namespace switchboard::cli {
namespace {

std::string Text(const v1::AuditEvent::Occurrence& occurrence) {
  DetailWords words;
  words.Add(ShortName(occurrence.what()))
      .Add(ShortName(occurrence.reason()))
      .Add("contact point", occurrence.contact_point_id())
      .Add("of", occurrence.stop_id())
      .Add("in place of", occurrence.replaces_event_id())
      .Add("under permit", occurrence.permit_id())
      .Add(ShortName(occurrence.work_type()));
  words.Add(ShortName(occurrence.channel()));
  if (occurrence.holds_work()) words.Add("work kept");
  for (const int party : occurrence.spared_parties())
    words.Add("but for", ShortName(static_cast<v1::Party>(party)));
  if (occurrence.end_us() != 0) {
    words.Add("ends", UtcText(absl::FromUnixMicros(occurrence.end_us())) + " UTC");
  }
  if (occurrence.settled_until_us() != 0) {
    words.Add("until data as of",
              UtcText(absl::FromUnixMicros(occurrence.settled_until_us())) + " UTC");
  }
  return words.Text();
}

std::string Text(const v1::AuditEvent::PermitGiven& given) {
  return absl::StrCat("contact point ", given.contact_point_id(),
                      given.number_shown() ? ", number shown" : ", number not shown",
                      ", contract v", given.contract_version());
}

std::string Text(const v1::AuditEvent::PermitRefused& refused) {
  std::vector<std::string> reasons;
  for (const int reason : refused.reasons()) {
    reasons.push_back(ShortName(static_cast<v1::Denial::Reason>(reason)));
  }
  const std::string text = absl::StrJoin(reasons, ", ");
  if (refused.rules().empty()) return text;
  return absl::StrCat(text, ": ", absl::StrJoin(refused.rules(), ", "));
}

std::string Text(const v1::AuditEvent::PromiseStep& step) {
  const bool is_new = step.former_standing() == v1::PROMISE_STANDING_UNSPECIFIED;
  return absl::StrCat(is_new ? "" : ShortName(step.former_standing()), is_new ? "" : " to ",
                      ShortName(step.standing()));
}

std::string Text(const v1::AuditEvent::PlanStep& step) {
  DetailWords words;
  words.Add(ShortName(step.verdict())).Add(ShortName(step.reason()));
  if (step.outcome_version() > 0) words.Add("version", absl::StrCat(step.outcome_version()));
  return words.Text();
}

std::string Text(const v1::AuditEvent::HandOverStep& step) {
  return DetailWords().Add(ShortName(step.reason())).Add("to", step.to_vendor_id()).Text();
}

std::string Text(const v1::AuditEvent::Refused& refused) {
  return DetailWords()
      .Add(refused.kind())
      .Add(WithoutPrefix(refused.status(), "STATUS_"))
      .Add(refused.field())
      .Text();
}

std::string Text(const v1::AuditEvent::Recall& recall) {
  return DetailWords()
      .Add(ShortName(recall.step()))
      .Add(ShortName(recall.reason()))
      .Add(ShortName(recall.objection()))
      .Text();
}

std::string Text(const v1::AuditEvent::Erased& erased) {
  DetailWords words;
  words.Add(ShortName(erased.what())).Add(ShortName(erased.work_type())).Add(erased.country());
  if (erased.permits() > 0) words.Add("with " + Counted(erased.permits(), "permit"));
  if (erased.outcomes() > 0) words.Add("with " + Counted(erased.outcomes(), "outcome"));
  if (erased.promises() > 0) words.Add("with " + Counted(erased.promises(), "promise"));
  if (erased.hand_overs() > 0) words.Add("with " + Counted(erased.hand_overs(), "hand-over"));
  return words.Text();
}

std::string Text(const v1::TextStep& step) {
  if (step.first()) return "with the files that began the database";
  DetailWords words;
  words.Add(ShortName(step.kind()))
      .Add("proposal", step.proposal_id())
      .Add("by", step.proposed_by());
  if (step.replaces_version() > 0) words.Add("after", absl::StrCat("v", step.replaces_version()));
  return words.Text();
}

std::string Text(const v1::AuditEvent::Restored& restored) {
  std::vector<std::string> heads;
  for (const v1::AuditHead& head : restored.heads())
    heads.push_back(absl::StrCat(head.chain_id(), " behind entry ", head.sequence()));
  return absl::StrJoin(heads, ", ");
}

}  // namespace

std::string DetailText(const v1::AuditEvent& event) {
  if (event.left_out() > 0) return absl::StrCat(event.left_out(), " more within a second");
  switch (event.detail_case()) {
    case v1::AuditEvent::kPlaced:
      return ShortName(event.placed().rule());
    case v1::AuditEvent::kNotPlaced:
      return ShortName(event.not_placed());
    case v1::AuditEvent::kWithdrawn:
      return ShortName(event.withdrawn());
    case v1::AuditEvent::kDisclosedContractVersion:
      return absl::StrCat("contract v", event.disclosed_contract_version());
    case v1::AuditEvent::kRejected:
      return ShortName(event.rejected());
    case v1::AuditEvent::kOccurrence:
      return Text(event.occurrence());
    case v1::AuditEvent::kPermitGiven:
      return Text(event.permit_given());
    case v1::AuditEvent::kPermitRefused:
      return Text(event.permit_refused());
    case v1::AuditEvent::kPermitVoided:
      return ShortName(event.permit_voided().cause());
    case v1::AuditEvent::kRefused:
      return Text(event.refused());
    case v1::AuditEvent::kRecall:
      return Text(event.recall());
    case v1::AuditEvent::kGeneration:
      return ShortName(event.generation());
    case v1::AuditEvent::kStarted:
      return event.started();
    case v1::AuditEvent::kErased:
      return Text(event.erased());
    case v1::AuditEvent::kContract:
      return event.contract().ended() ? "ended" : Text(event.contract().step());
    case v1::AuditEvent::kRestored:
      return Text(event.restored());
    case v1::AuditEvent::kPromise:
      return Text(event.promise());
    case v1::AuditEvent::kPlan:
      return Text(event.plan());
    case v1::AuditEvent::kHandOver:
      return Text(event.hand_over());
    case v1::AuditEvent::kRecordingMatches:
      return event.recording_matches() ? "as the vendor told" : "NOT as the vendor told";
    case v1::AuditEvent::kKeys:
      return DetailText(event.keys());
    case v1::AuditEvent::kUnmasking:
      return DetailText(event.unmasking());
    case v1::AuditEvent::kDeletion:
      return DetailText(event.deletion());
    case v1::AuditEvent::kLegalHold:
      return DetailText(event.legal_hold());
    case v1::AuditEvent::kPersonRequest:
      return DetailText(event.person_request());
    case v1::AuditEvent::kPassedOnTo:
      return "to " + event.passed_on_to();
    case v1::AuditEvent::kText:
      return Text(event.text());
    case v1::AuditEvent::DETAIL_NOT_SET:
      return {};
  }
  return {};
}

}  // namespace switchboard::cli
