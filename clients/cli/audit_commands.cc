#include <nlohmann/json.hpp>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

constexpr int kEntriesPage = 1000;

absl::StatusOr<std::vector<std::string>> ChainIds(HubCalls& hub) {
  v1::ReadAuditRequest request;
  request.set_max_entries(1);
  ASSIGN_OR_RETURN(const auto page, hub.ReadAudit(request));
  return std::vector<std::string>(page.chain_ids().begin(), page.chain_ids().end());
}

// Visits a chain's entries in order; a status that `visit` returns ends it.
absl::Status ForEachEntry(Session& session, HubCalls& hub, const std::string& chain_id,
                          absl::FunctionRef<absl::Status(const v1::AuditEntry&)> visit) {
  v1::ReadAuditRequest request;
  request.set_chain_id(chain_id);
  request.set_max_entries(kEntriesPage);
  while (true) {
    ASSIGN_OR_RETURN(const auto page, hub.ReadAudit(request));
    if (page.entries().empty()) return absl::OkStatus();
    for (const v1::AuditEntry& entry : page.entries()) RETURN_IF_ERROR(visit(entry));
    // An entry that is not the one asked for is the verifier's to report; here it must not loop.
    const int64_t last = page.entries().rbegin()->sequence();
    if (last <= request.after()) {
      return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN",
                   absl::StrCat("chain ", chain_id, ": entries do not grow after ", last));
    }
    request.set_after(last);
    session.progress.Update(
        absl::StrCat("chain ", chain_id, ": ", WithCommas(last), " entries read"));
  }
}

std::string KindOf(const v1::AuditEvent& event) {
  return WithoutPrefix(v1::AuditEvent::Kind_Name(event.kind()), "KIND_");
}

// Events that were asked for, as they come in.
class EventTable {
 public:
  explicit EventTable(const AuditShowArguments& arguments)
      : arguments_(arguments),
        table_({{"time (UTC)", Align::kLeft},
                {"chain", Align::kLeft},
                {"entry"},
                {"event"},
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
      if (!arguments_.kind.empty() && KindOf(event) != arguments_.kind) continue;
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
    table_.Add({UtcText(event.time()), entry.chain_id(), std::to_string(entry.sequence()),
                std::to_string(index), KindOf(event), event.actor(), event.vendor_id(),
                event.account_id(), event.assignment_id(), event.subject_id(), event.detail()});
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

absl::StatusOr<Result> AuditVerify(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto chains, ChainIds(*hub));
  TextTable table({{"chain", Align::kLeft},
                   {"entries"},
                   {"events"},
                   {"last commit (UTC)"},
                   {"head (SHA-256)", Align::kLeft},
                   {"verified", Align::kLeft}});
  nlohmann::json json = nlohmann::json::array();
  Result result;
  int64_t entries = 0;
  int64_t events = 0;
  int64_t broken = 0;
  for (const std::string& chain : chains) {
    audit::ChainVerifier verifier;
    absl::Time last = absl::InfinitePast();
    absl::Status status = ForEachEntry(session, *hub, chain, [&](const v1::AuditEntry& entry) {
      last = absl::FromUnixMicros(entry.commit_time_us());
      return verifier.Add(entry);
    });
    if (!status.ok() && ErrorReason(status) != "AUDIT_BROKEN") return status;
    entries += verifier.entries();
    events += verifier.events();
    broken += status.ok() ? 0 : 1;
    table.Add({chain, WithCommas(verifier.entries()), WithCommas(verifier.events()),
               last == absl::InfinitePast() ? "" : UtcText(last), Hex(verifier.head()),
               status.ok() ? "yes" : "NO"});
    if (!status.ok()) absl::StrAppend(&result.text, "  BROKEN  ", status.message(), "\n");
    json.push_back({{"chain_id", chain},
                    {"entries", verifier.entries()},
                    {"events", verifier.events()},
                    {"head", Hex(verifier.head())},
                    {"verified", status.ok()},
                    {"problem", std::string(status.message())}});
  }
  result.holds = broken == 0 && !chains.empty();
  result.text = table.Render() + result.text;
  const std::string counts =
      absl::StrCat(Counted(static_cast<int64_t>(chains.size()), "chain"), ", ", WithCommas(entries),
                   " entries, ", Counted(events, "event"), " recomputed: ");
  result.summary = chains.empty() ? "there is no audit chain"
                   : broken == 0  ? counts + "unaltered"
                                  : absl::StrCat(counts, broken, " BROKEN");
  result.json = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return result;
}

absl::StatusOr<Result> AuditShow(Session& session, const AuditShowArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  std::vector<std::string> chains = {arguments.chain_id};
  if (arguments.chain_id.empty()) {
    ASSIGN_OR_RETURN(chains, ChainIds(*hub));
  }
  EventTable table(arguments);
  int64_t entries = 0;
  for (const std::string& chain : chains) {
    audit::ChainVerifier verifier;
    absl::Status status =
        ForEachEntry(session, *hub, chain, [&](const v1::AuditEntry& entry) -> absl::Status {
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

absl::StatusOr<Result> AuditProve(Session& session, const AuditProveArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  v1::ReadAuditRequest request;
  request.set_chain_id(arguments.chain_id);
  request.set_after(arguments.sequence - 1);
  request.set_max_entries(1);
  ASSIGN_OR_RETURN(const auto page, hub->ReadAudit(request));
  if (page.entries().empty() || page.entries(0).sequence() != arguments.sequence) {
    return Error(absl::StatusCode::kNotFound, "ENTRY_UNKNOWN",
                 absl::StrCat("the chain has no entry ", arguments.sequence));
  }
  const v1::AuditEntry& entry = page.entries(0);
  if (arguments.event < 0 || arguments.event >= entry.events_size()) {
    return Error(
        absl::StatusCode::kNotFound, "EVENT_UNKNOWN",
        absl::StrCat("entry ", entry.sequence(), " has events 0 to ", entry.events_size() - 1));
  }
  const std::vector<std::string> events(entry.events().begin(), entry.events().end());
  const auto index = static_cast<size_t>(arguments.event);
  const auto proof = audit::InclusionProof(events, index);
  v1::AuditEvent event;
  Result result;
  result.holds =
      event.ParseFromString(events[index]) &&
      audit::VerifyInclusion(events[index], index, events.size(), proof, entry.events_root()) &&
      audit::EntryHash(entry) == entry.hash();
  nlohmann::json path = nlohmann::json::array();
  absl::StrAppend(&result.text, "  chain       ", entry.chain_id(), ", entry ", entry.sequence(),
                  ", event ", index, " of ", events.size(), "\n  event       ", JsonOf(event),
                  "\n  event bytes ", Hex(events[index]), "\n");
  for (const std::string& node : proof) {
    absl::StrAppend(&result.text, "  path        ", Hex(node), "\n");
    path.push_back(Hex(node));
  }
  absl::StrAppend(&result.text, "  events root ", Hex(entry.events_root()), "\n  previous    ",
                  Hex(entry.previous_hash()), "\n  entry hash  ", Hex(entry.hash()), "\n");
  result.summary = result.holds ? "the event is in the entry, and the entry's hash fits"
                                : "the event does NOT fit the entry's hash";
  result.json = nlohmann::json{{"chain_id", entry.chain_id()},
                               {"sequence", entry.sequence()},
                               {"commit_time_us", entry.commit_time_us()},
                               {"event", arguments.event},
                               {"events", entry.events_size()},
                               {"event_bytes", Hex(events[index])},
                               {"path", path},
                               {"events_root", Hex(entry.events_root())},
                               {"previous_hash", Hex(entry.previous_hash())},
                               {"hash", Hex(entry.hash())},
                               {"holds", result.holds}}
                    .dump();
  return result;
}

}  // namespace switchboard::cli
