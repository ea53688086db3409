// Takes again what was refused.

#include <map>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// How many items the hub takes again in one call.
constexpr int kRetriesMax = 100;

constexpr char kStatus[] = "STATUS_";
constexpr char kNotKept[] = "CONTENT_NOT_KEPT";

// Items that the hub takes again, in their order, as many at once as it takes.
class Retry {
 public:
  // Both outlive it.
  Retry(Session& session, HubCalls& hub) : session_(session), hub_(hub) {}

  // Of an item that was named only its id is known.
  absl::Status Add(const v1::ListQuarantineResponse::Item& item) {
    if (item.content_not_kept()) {
      v1::ReplayQuarantineResponse::Receipt receipt;
      receipt.set_quarantine_id(item.quarantine_id());
      receipt.set_status(kNotKept);
      Note(receipt);
      return absl::OkStatus();
    }
    request_.add_quarantine_ids(item.quarantine_id());
    return request_.quarantine_ids_size() == kRetriesMax ? Send() : absl::OkStatus();
  }

  // Items that were only counted: nothing is there to be taken.
  void AddCounted(int64_t count) { counted_ += count; }

  // What was added and not sent yet.
  absl::Status Send() {
    if (request_.quarantine_ids().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto response, hub_.Ask<v1::ReplayQuarantineResponse>(request_));
    request_.Clear();
    for (const auto& receipt : response.receipts()) Note(receipt);
    session_.progress.Update(
        absl::StrCat(Counted(taken_, "item"), " taken, ", Waiting(), " refused again"));
    return absl::OkStatus();
  }

  // `each`: a line for each item, and not for each reason.
  Result Finish(bool each) const {
    Result result;
    result.holds = Waiting() == 0;
    result.text = each ? Lines() : Reasons();
    result.summary = absl::StrCat(taken_, " of ", Counted(receipts_.receipts_size(), "item"),
                                  " taken and out of quarantine");
    if (Waiting() > 0) absl::StrAppend(&result.summary, "; ", Waiting(), " still waiting there");
    if (counted_ > 0) {
      absl::StrAppend(&result.summary, "; ", Counted(counted_, "more item"),
                      " beyond a party's share, only counted: their sender must send them again");
    }
    result.json = JsonOf(receipts_);
    return result;
  }

 private:
  void Note(const v1::ReplayQuarantineResponse::Receipt& receipt) {
    *receipts_.add_receipts() = receipt;
    if (receipt.taken()) {
      ++taken_;
    } else {
      ++reasons_[{receipt.status(), receipt.field()}];
    }
  }

  int64_t Waiting() const { return receipts_.receipts_size() - taken_; }

  std::string Lines() const {
    TextTable table({{"id", Align::kLeft},
                     {"taken", Align::kLeft},
                     {"status", Align::kLeft},
                     {"field", Align::kLeft}});
    for (const auto& receipt : receipts_.receipts()) {
      table.Add({receipt.quarantine_id(), receipt.taken() ? "yes" : "NO",
                 WithoutPrefix(receipt.status(), kStatus), receipt.field()});
    }
    return table.Render();
  }

  std::string Reasons() const {
    if (reasons_.empty()) return {};
    TextTable table({{"still waiting"}, {"status", Align::kLeft}, {"field", Align::kLeft}});
    for (const auto& [reason, count] : reasons_)
      table.Add({WithCommas(count), WithoutPrefix(reason.first, kStatus), reason.second});
    return table.Render();
  }

  Session& session_;
  HubCalls& hub_;
  v1::ReplayQuarantineRequest request_;
  v1::ReplayQuarantineResponse receipts_;
  int64_t taken_ = 0;
  int64_t counted_ = 0;
  std::map<std::pair<std::string, std::string>, int64_t> reasons_;  // by status and field
};

// Of an item, or of items that were only counted.
template <typename Kept>
bool IsAsked(const Kept& kept, const RetryArguments& arguments) {
  const bool sent_by_it =
      arguments.vendor_id.empty() || kept.actor() == "vendor/" + arguments.vendor_id;
  return sent_by_it && (arguments.status.empty() ||
                        WithoutPrefix(kept.status(), kStatus) ==
                            WithoutPrefix(absl::AsciiStrToUpper(arguments.status), kStatus));
}

// All that lies there, the oldest first, as the arguments narrow it down.
absl::Status RetryAll(HubCalls& hub, const RetryArguments& arguments, Retry& retry) {
  v1::ListQuarantineRequest request;
  v1::ListQuarantineResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub.Ask<v1::ListQuarantineResponse>(request));
    for (const auto& item : page.items()) {
      request.set_after(item.quarantine_id());
      if (IsAsked(item, arguments)) RETURN_IF_ERROR(retry.Add(item));
    }
    for (const auto& rest : page.rest()) {
      if (IsAsked(rest, arguments)) retry.AddCounted(rest.count());
    }
  } while (page.items_size() > 0);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Result> QuarantineRetry(Session& session, const RetryArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  Retry retry(session, *hub);
  if (arguments.ids.empty()) {
    RETURN_IF_ERROR(RetryAll(*hub, arguments, retry));
  } else {
    for (const std::string& id : arguments.ids) {
      v1::ListQuarantineResponse::Item item;
      item.set_quarantine_id(id);
      RETURN_IF_ERROR(retry.Add(item));
    }
  }
  RETURN_IF_ERROR(retry.Send());
  return retry.Finish(/*each=*/!arguments.ids.empty());
}

}  // namespace switchboard::cli
