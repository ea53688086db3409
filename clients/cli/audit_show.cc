#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/audit_detail.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_name.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// Events that were asked for, as they come in.
class EventTable {
 public:
  explicit EventTable(const AuditShowArguments& arguments)
      : arguments_(arguments),
        table_({{"time (UTC)", Align::kLeft},
                {"event", Align::kLeft},
                {"kind", Align::kLeft},
                {"by", Align::kLeft},
                {"vendor", Align::kLeft},
                {"account", Align::kLeft},
                {"assignment", Align::kLeft},
                {"subject", Align::kLeft},
                {"detail", Align::kLeft, 60}}) {}

  bool Full() const { return arguments_.limit > 0 && count_ >= arguments_.limit; }

  absl::Status Add(const v1::AuditEntry& entry) {
    for (int i = 0; i < entry.events_size() && !Full(); ++i) {
      v1::AuditEvent event;
      if (!event.ParseFromString(entry.events(i))) {
        return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                     absl::StrCat("chain ", entry.chain_id(), ", entry ", entry.sequence(),
                                  ", event ", i, ": is no AuditEvent"));
      }
      if (!arguments_.kind.empty() && ShortName(event.kind()) != arguments_.kind) continue;
      if (!arguments_.account_id.empty() && event.account_id() != arguments_.account_id) continue;
      AddRow(entry, i, event);
    }
    return absl::OkStatus();
  }

  Result Finish(int64_t entries) const {
    Result result;
    result.text = table_.Render();
    result.summary =
        absl::StrCat(Counted(count_, "event"), " of ", WithCommas(entries),
                     " entries, which verify", Full() ? "; there may be more: --limit" : "");
    result.json = "[" + json_ + "]";
    return result;
  }

 private:
  void AddRow(const v1::AuditEntry& entry, int index, const v1::AuditEvent& event) {
    table_.Add({UtcText(event.time()), TextOf(EventName{entry.chain_id(), entry.sequence(), index}),
                ShortName(event.kind()), event.actor(), event.vendor_id(), event.account_id(),
                event.assignment_id(), event.subject_id(), DetailText(event)});
    absl::StrAppend(&json_, count_ == 0 ? "" : ",", "{\"chain_id\":", JsonText(entry.chain_id()),
                    ",\"sequence\":", entry.sequence(), ",\"index\":", index,
                    ",\"event\":", JsonOf(event), "}");
    ++count_;
  }

  const AuditShowArguments& arguments_;
  TextTable table_;
  int64_t count_ = 0;
  std::string json_;
};

}  // namespace

absl::StatusOr<Result> AuditShow(Session& session, const AuditShowArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  std::vector<std::string> chains = {arguments.chain_id};
  if (arguments.chain_id.empty()) {
    ASSIGN_OR_RETURN(chains, ChainIds(*hub));
  } else {
    RETURN_IF_ERROR(CheckChain(*hub, arguments.chain_id));
  }
  EventTable table(arguments);
  int64_t entries = 0;
  for (const std::string& chain : chains) {
    audit::ChainVerifier verifier;
    absl::Status status = ForEachEntry(
        session, *hub, chain, /*after=*/0, [&](const v1::AuditEntry& entry) -> absl::Status {
          RETURN_IF_ERROR(verifier.Add(entry));
          RETURN_IF_ERROR(table.Add(entry));
          return table.Full() ? absl::CancelledError() : absl::OkStatus();
        });
    if (!status.ok() && !table.Full()) return status;
    entries += verifier.entries();
    if (table.Full()) break;
  }
  return table.Finish(entries);
}

}  // namespace switchboard::cli
