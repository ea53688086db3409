// What is kept, what waits, and how that ends.

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Report = v1::ReportRetentionResponse;

// Where counts end.
constexpr int64_t kCountMax = 100'000;

// "ASSIGNMENTS LATE_COLLECTIONS JP".
std::string WhatText(const Report::Line& line) {
  std::string text = ShortName(line.what());
  if (line.work_type() != v1::WORK_TYPE_UNSPECIFIED)
    absl::StrAppend(&text, " ", ShortName(line.work_type()));
  if (!line.country().empty()) absl::StrAppend(&text, " ", line.country());
  return text;
}

std::string CountText(int64_t count) {
  return count >= kCountMax ? absl::StrCat(WithCommas(kCountMax), " or more") : WithCommas(count);
}

std::string KeptText(const Report::Line& line) {
  return line.keep_days() == 0 ? "for ever" : Counted(line.keep_days(), "day");
}

// "READER core/main".
std::string CauseText(const Report::Waiting& waiting) {
  const std::string cause = ShortName(waiting.cause());
  return waiting.for_whom().empty() ? cause : absl::StrCat(cause, " ", waiting.for_whom());
}

// One row for what is due, and one for each thing that something waits for.
void Add(const Report::Line& line, TextTable& table) {
  const std::string since = line.has_due_since() ? UtcText(line.due_since()) : "";
  table.Add({WhatText(line), KeptText(line), CountText(line.due()), "", "", since, ""});
  for (const Report::Waiting& waiting : line.waiting()) {
    table.Add({WhatText(line), "", "", CountText(waiting.rows()), CauseText(waiting), since,
               waiting.way_out()});
  }
}

// Whether somebody is to be asked for it. A hold was ordered, and what a rule may count or what
// other rows need goes in its time: that is how it should be, however long.
bool IsOwed(const Report::Waiting& waiting) {
  return waiting.cause() != Report::CAUSE_LEGAL_HOLD && waiting.cause() != Report::CAUSE_RULES &&
         waiting.cause() != Report::CAUSE_OTHER_ROWS;
}

bool HasWaited(const Report::Line& line, absl::Time now, int64_t max_wait_days) {
  return std::any_of(line.waiting().begin(), line.waiting().end(), &IsOwed) &&
         line.has_due_since() && now - TimeOf(line.due_since()) > max_wait_days * absl::Hours(24);
}

}  // namespace

absl::StatusOr<Result> RetentionShow(Session& session, const RetentionShowArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ReportRetentionResponse>(v1::ReportRetentionRequest()));
  TextTable table({{"what", Align::kLeft},
                   {"kept", Align::kLeft},
                   {"due"},
                   {"waits"},
                   {"for", Align::kLeft},
                   {"since (UTC)", Align::kLeft},
                   {"way out", Align::kLeft}});
  int64_t due = 0;
  int64_t late = 0;
  for (const Report::Line& line : response.lines()) {
    Add(line, table);
    due += line.due();
    late += HasWaited(line, session.clock.Now(), arguments.max_wait_days) ? 1 : 0;
  }
  Result result;
  result.text = table.Render();
  result.holds = late == 0;
  result.summary = absl::StrCat(
      Counted(due, "row"), " due, ",
      late == 0
          ? absl::StrCat("nothing has waited longer than ", Counted(arguments.max_wait_days, "day"))
          : absl::StrCat(Counted(late, "line"), " with rows that wait for longer than ",
                         Counted(arguments.max_wait_days, "day")),
      response.has_sweep_time() ? "; last sweep " + UtcText(response.sweep_time()) + " UTC"
                                : "; no sweep has ended yet",
      response.paused() ? "; PAUSED since the database was restored: switchboard retention resume"
                        : "");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RetentionResume(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response,
                   hub->Ask<v1::ResumeRetentionResponse>(v1::ResumeRetentionRequest()));
  Result result;
  result.summary = "retention goes on with its next sweep";
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> VendorRetire(Session& session, const VendorRetireArguments& arguments) {
  v1::RetireVendorRequest request;
  request.set_vendor_id(arguments.vendor_id);
  request.set_reason(arguments.reason);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::RetireVendorResponse>(request));
  Result result;
  result.summary = absl::StrCat("nothing waits for ", arguments.vendor_id,
                                " any longer: ", Counted(response.unacknowledged(), "withdrawal"),
                                " never acknowledged, ", Counted(response.waived_orders(), "order"),
                                " to delete waived");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
