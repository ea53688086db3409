#include "tests/hub/answers.h"

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/contacts/contact_book.h"

namespace switchboard::testing {
namespace {

google::protobuf::Timestamp TimestampOf(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

std::string WithoutPrefix(const std::string& name, const std::string& prefix) {
  EXPECT_TRUE(name.starts_with(prefix)) << name;
  return name.substr(prefix.size());
}

}  // namespace

std::vector<std::string> Receipts(const absl::StatusOr<v1::ImportAccountsResponse>& response) {
  using Import = v1::ImportAccountsResponse;
  std::vector<std::string> receipts;
  EXPECT_OK(response);
  if (!response.ok()) return receipts;
  for (const auto& receipt : response->receipts()) {
    const std::string why =
        receipt.status() == Import::STATUS_NOT_PLACED
            ? WithoutPrefix(v1::NotPlacedReason_Name(receipt.not_placed_reason()),
                            "NOT_PLACED_REASON_")
            : receipt.field();
    receipts.push_back(std::to_string(receipt.index()) + ":" +
                       Import::Status_Name(receipt.status()) + ":" + why);
  }
  return receipts;
}

std::string AnswerOf(const absl::StatusOr<v1::RequestPermitResponse>& answer) {
  if (!answer.ok()) return ErrorReason(answer.status());
  if (answer->has_permit()) return "permit";
  std::string reasons;
  for (int reason : answer->denial().all_reasons()) {
    const std::string name = v1::Denial::Reason_Name(static_cast<v1::Denial::Reason>(reason));
    reasons += (reasons.empty() ? "" : " ") + WithoutPrefix(name, "REASON_");
  }
  return reasons;
}

std::string AnswerOf(const absl::StatusOr<v1::PostEventsResponse>& answer) {
  EXPECT_OK(answer);
  if (!answer.ok()) return "";
  EXPECT_EQ(answer->receipts_size(), 1);
  const auto& receipt = answer->receipts(0);
  return WithoutPrefix(v1::PostEventsResponse::Status_Name(receipt.status()), "STATUS_") + " " +
         std::to_string(receipt.withdrawn_assignments()) + " " +
         std::to_string(receipt.voided_permits());
}

std::vector<std::string> Statuses(const absl::StatusOr<v1::ReportOutcomesResponse>& response) {
  std::vector<std::string> statuses;
  EXPECT_OK(response);
  if (!response.ok()) return statuses;
  for (const auto& receipt : response->receipts()) {
    statuses.push_back(
        WithoutPrefix(v1::ReportOutcomesResponse::Status_Name(receipt.status()), "STATUS_"));
  }
  return statuses;
}

std::vector<std::string> OutcomesRead(HubWorld& world, int64_t after) {
  std::vector<std::string> lines;
  const auto response = world.ReadCoreFeed(after);
  EXPECT_OK(response);
  if (!response.ok()) return lines;
  for (const v1::CoreItem& item : response->items()) {
    if (!item.has_outcome()) continue;
    const v1::Outcome& outcome = item.outcome().outcome();
    std::string line = std::to_string(item.sequence()) + " " + outcome.outcome_id() + " v" +
                       std::to_string(outcome.version()) + ":";
    for (int mark : item.outcome().marks()) {
      const auto one = static_cast<v1::RecordedOutcome::Mark>(mark);
      line += " " + WithoutPrefix(v1::RecordedOutcome::Mark_Name(one), "MARK_");
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> CausesOfVoids(HubWorld& world) {
  std::vector<std::string> causes;
  for (const v1::AuditEvent& event : world.AuditEvents()) {
    if (event.kind() != v1::AuditEvent::KIND_PERMIT_VOIDED) continue;
    causes.push_back(v1::AuditEvent::PermitVoided::Cause_Name(event.permit_voided().cause()));
  }
  return causes;
}

std::map<std::string, int64_t> CountsWithoutPermit(HubWorld& world) {
  std::map<std::string, int64_t> counts;
  EXPECT_OK(world.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(counts, contacts::CountWithoutPermit(reader, "", 0, INT64_MAX));
    return absl::OkStatus();
  }));
  return counts;
}

v1::Outcome At(v1::Outcome outcome, absl::Time start) {
  *outcome.mutable_start_time() = TimestampOf(start);
  *outcome.mutable_end_time() = TimestampOf(start + absl::Seconds(1));
  return outcome;
}

v1::AccountRecord WithMobile(v1::AccountRecord record, const std::string& phone) {
  for (auto& point : *record.mutable_person()->mutable_contact_points()) {
    if (point.contact_point_id() == "mobile") point.set_phone(phone);
  }
  return record;
}

v1::AccountRecord AsOf(v1::AccountRecord record, absl::Time time) {
  *record.mutable_as_of_time() = TimestampOf(time);
  return record;
}

}  // namespace switchboard::testing
