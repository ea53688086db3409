#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "hub/base/error.h"

namespace switchboard::cli {

absl::StatusOr<Result> RecallAnnounce(Session& session, const RecallArguments& arguments) {
  v1::RecallAssignmentsRequest request;
  request.set_reason(arguments.reason);
  for (const std::string& id : arguments.assignment_ids) request.add_assignment_ids(id);
  request.set_vendor_id(arguments.vendor_id);
  request.set_place_again(arguments.place_again);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::RecallAssignmentsResponse>(request));
  Result result;
  result.holds = response.unknown_ids().empty();
  for (const std::string& id : response.unknown_ids()) {
    absl::StrAppend(&result.text, "  no live assignment: ", Printable(id), "\n");
  }
  result.summary = absl::StrCat(Counted(response.announced(), "recall"), " announced, ",
                                response.pending_before(), " pending before, ",
                                response.unknown_ids_size(), " unknown");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> RecallDecide(Session& session, const std::string& assignment_id,
                                    bool cancel) {
  v1::DecideRecallRequest request;
  request.set_assignment_id(assignment_id);
  request.set_decision(cancel ? v1::DecideRecallRequest::DECISION_CANCEL
                              : v1::DecideRecallRequest::DECISION_FINAL);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  RETURN_IF_ERROR(hub->Ask<v1::DecideRecallResponse>(request).status());
  Result result;
  result.summary = cancel ? "the recall is cancelled; the vendor keeps " + assignment_id
                          : assignment_id + " is withdrawn";
  result.json = absl::StrCat("{\"assignment_id\":", JsonText(assignment_id),
                             ",\"decision\":", JsonText(cancel ? "CANCEL" : "FINAL"), "}");
  return result;
}

}  // namespace switchboard::cli
