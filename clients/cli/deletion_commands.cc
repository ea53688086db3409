// Orders to delete what vendors were shown, and the vendors' signed words on them.

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "hub/identity/statement_signature.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Line = v1::FindDeletionOrdersResponse::Line;

// "OPEN, overdue", "CONFIRMED 2026-11-30 09:00:00", "WAIVED by operator/ito".
std::string StateText(const Line& line) {
  std::string text = ShortName(line.deletion_order().state());
  if (line.overdue()) text += ", overdue";
  if (line.has_confirm_time()) text += " " + UtcText(line.confirm_time());
  if (!line.waived_by().empty()) text += " by " + line.waived_by();
  return text;
}

std::string OrderText(const Line& line) {
  const v1::DeletionOrder& order = line.deletion_order();
  std::string text =
      absl::StrCat("  vendor        ", line.vendor_id(), "\n  cause         ",
                   ShortName(order.cause()), "\n  opened (UTC)  ", UtcText(order.open_time()),
                   "\n  due (UTC)     ", UtcText(order.due_time()), "\n  digest        ",
                   Hex(order.digest()), "\n  state (UTC)   ", StateText(line), "\n");
  if (!line.waive_reason().empty())
    absl::StrAppend(&text, "  reason        ", line.waive_reason(), "\n");
  return text;
}

// What the vendor said, and what is wrong with that; empty: nothing.
struct Word {
  std::string text;
  std::string problem;
};

Word Verify(const Line& line) {
  const v1::ConfirmDeletionRequest& confirmation = line.confirmation();
  const v1::DeletionOrder& order = line.deletion_order();
  v1::DeletionStatement statement;
  if (!statement.ParseFromString(confirmation.statement()))
    return {"", "what was signed is no statement"};
  Word word;
  absl::StrAppend(&word.text, "  deleted (UTC) ", UtcText(statement.delete_time()), "\n");
  if (!statement.sub_contractor_ids().empty()) {
    absl::StrAppend(&word.text, "  also at       ",
                    absl::StrJoin(statement.sub_contractor_ids(), ", "), "\n");
  }
  const auto signer = identity::SignerOf(
      {confirmation.statement(),
       confirmation.signature(),
       {confirmation.certificates().begin(), confirmation.certificates().end()}});
  if (!signer.ok()) {
    word.problem = std::string(signer.status().message());
    return word;
  }
  const auto names = identity::UriNames(signer->chain().front().get());
  absl::StrAppend(&word.text, "  signed by     ", absl::StrJoin(names, " "), "\n  serial        ",
                  signer->serial(), "\n");
  const bool same = statement.order_id() == order.order_id() &&
                    statement.vendor_id() == line.vendor_id() &&
                    statement.count() == order.count() && statement.digest() == order.digest();
  if (!same) word.problem = "the statement is about something else than the order";
  return word;
}

absl::StatusOr<Line> FindOrder(HubCalls& hub, const std::string& order_id) {
  v1::FindDeletionOrdersRequest request;
  request.set_order_id(order_id);
  ASSIGN_OR_RETURN(const auto response, hub.Ask<v1::FindDeletionOrdersResponse>(request));
  if (response.lines().empty()) return absl::InternalError("the hub answered without the order");
  return response.lines(0);
}

}  // namespace

absl::StatusOr<Result> DeletionList(Session& session, const DeletionListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"order", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"cause", Align::kLeft},
                   {"count"},
                   {"opened (UTC)", Align::kLeft},
                   {"due (UTC)", Align::kLeft},
                   {"state (UTC)", Align::kLeft}});
  Listing listing(session, arguments.listed, "order");
  v1::FindDeletionOrdersRequest request;
  request.set_vendor_id(arguments.listed.id);
  request.set_open_only(arguments.open);
  request.set_overdue_only(arguments.overdue);
  v1::FindDeletionOrdersResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::FindDeletionOrdersResponse>(request));
    for (const Line& line : page.lines()) {
      if (listing.Full()) break;
      const v1::DeletionOrder& order = line.deletion_order();
      request.set_after(order.order_id());
      listing.Add(line);
      table.Add({order.order_id(), line.vendor_id(), ShortName(order.cause()),
                 WithCommas(order.count()), UtcText(order.open_time()), UtcText(order.due_time()),
                 StateText(line)});
    }
  } while (page.lines_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

absl::StatusOr<Result> DeletionShow(Session& session, const std::string& order_id) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const Line line, FindOrder(*hub, order_id));
  Result result;
  result.text = OrderText(line);
  result.summary =
      absl::StrCat("order ", order_id, ": ", Counted(line.deletion_order().count(), "assignment"));
  if (line.has_confirmation()) {
    const Word word = Verify(line);
    result.text += word.text;
    result.holds = word.problem.empty();
    result.summary += result.holds ? "; its vendor's signature stands"
                                   : "; its vendor's word does NOT stand: " + word.problem;
  } else {
    result.summary += "; nobody has confirmed it";
  }
  for (const std::string& id : line.assignment_ids()) absl::StrAppend(&result.text, "  ", id, "\n");
  result.json = JsonOf(line);
  return result;
}

absl::StatusOr<Result> DeletionWaive(Session& session, const DeletionWaiveArguments& arguments) {
  v1::WaiveDeletionOrderRequest request;
  request.set_order_id(arguments.order_id);
  request.set_reason(arguments.reason);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::WaiveDeletionOrderResponse>(request));
  Result result;
  result.summary = absl::StrCat("order ", arguments.order_id, " is waived");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
