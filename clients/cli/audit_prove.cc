#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"

namespace switchboard::cli {

absl::StatusOr<Result> AuditProve(Session& session, const AuditProveArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  if (!arguments.chain_id.empty()) RETURN_IF_ERROR(CheckChain(*hub, arguments.chain_id));
  v1::ReadAuditRequest request;
  request.set_chain_id(arguments.chain_id);
  request.set_after(arguments.sequence - 1);
  request.set_max_entries(1);
  ASSIGN_OR_RETURN(const auto page, hub->Ask<v1::ReadAuditResponse>(request));
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
  absl::StrAppend(&result.text, "  chain       ", Printable(entry.chain_id()), ", entry ",
                  entry.sequence(), ", event ", index, " of ", events.size(), "\n  event       ",
                  Printable(JsonOf(event)), "\n  event bytes ", Hex(events[index]), "\n");
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
