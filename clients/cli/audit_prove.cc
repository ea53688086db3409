#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/audit_chains.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "hub/audit/chain.h"
#include "hub/audit/heads.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::ordered_json;

// What leads from an entry to a head that was noted elsewhere.
struct Anchor {
  v1::AuditHead head;
  Json links = Json::array();
  std::string problem;  // empty: the head stands on the entry
};

absl::StatusOr<v1::AuditEntry> EntryAskedFor(HubCalls& hub, const AuditProveArguments& arguments) {
  if (!arguments.chain_id.empty()) RETURN_IF_ERROR(CheckChain(hub, arguments.chain_id));
  v1::ReadAuditRequest request;
  request.set_chain_id(arguments.chain_id);
  request.set_after(arguments.sequence - 1);
  request.set_max_entries(1);
  ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ReadAuditResponse>(request));
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
  return entry;
}

// The first one at the entry or behind it: whoever forged the entry may have had later ones noted.
absl::StatusOr<v1::AuditHead> HeadFor(const v1::AuditEntry& entry,
                                      const std::vector<v1::AuditHead>& noted) {
  const v1::AuditHead* head = nullptr;
  for (const v1::AuditHead& one : noted) {
    if (one.chain_id() != entry.chain_id() || one.sequence() < entry.sequence()) continue;
    if (head == nullptr || one.sequence() < head->sequence()) head = &one;
  }
  if (head != nullptr) return *head;
  return Error(absl::StatusCode::kNotFound, "HEAD_UNKNOWN",
               absl::StrCat("of chain ", entry.chain_id(), " no head is noted at entry ",
                            entry.sequence(), " or behind it"));
}

Json LinkOf(const v1::AuditEntry& entry) {
  return {{"sequence", entry.sequence()},
          {"commit_order", entry.commit_order()},
          {"commit_time_us", entry.commit_time_us()},
          {"events", entry.events_size()},
          {"events_root", Hex(entry.events_root())},
          {"written_sha256", Hex(entry.written_sha256())},
          {"hash", Hex(entry.hash())}};
}

// Walks from behind the entry, as its content hashes, to the head.
absl::StatusOr<Anchor> WalkToHead(Session& session, HubCalls& hub, const v1::AuditEntry& entry,
                                  v1::AuditHead head) {
  Anchor anchor;
  audit::HeadCheck check({head});
  check.See(entry);
  audit::ChainVerifier verifier(entry.chain_id(), entry.sequence(), audit::EntryHash(entry));
  bool reached = head.sequence() == entry.sequence();
  absl::Status status;
  if (!reached) {
    status = ForEachEntry(session, hub, entry.chain_id(), entry.sequence(),
                          [&](const v1::AuditEntry& next) -> absl::Status {
                            RETURN_IF_ERROR(verifier.Add(next));
                            check.See(next);
                            anchor.links.push_back(LinkOf(next));
                            reached = next.sequence() == head.sequence();
                            return reached ? absl::CancelledError() : absl::OkStatus();
                          });
  }
  anchor.head = std::move(head);
  if (ErrorReason(status) == "AUDIT_BROKEN") {
    anchor.problem = std::string(status.message());
    return anchor;
  }
  if (!status.ok() && !reached) return status;
  for (const auto& problem : check.Problems()) {
    anchor.problem =
        problem.text + "; if a restore took it, audit verify --expect says so: put it aside then";
  }
  return anchor;
}

void AddAnchor(const Anchor& anchor, Result& result, Json& json) {
  result.holds = result.holds && anchor.problem.empty();
  absl::StrAppend(&result.text, "  noted head  entry ", anchor.head.sequence(), ", ",
                  Hex(anchor.head.hash()), ", ", anchor.links.size(), " entries further on\n");
  result.summary =
      anchor.problem.empty()
          ? absl::StrCat(result.summary, ", on which the head noted at entry ",
                         anchor.head.sequence(), " stands")
          : absl::StrCat(result.summary, "; it does NOT lead to the noted head: ", anchor.problem);
  json["anchored"] = anchor.problem.empty();
  json["head"] = {{"sequence", anchor.head.sequence()}, {"hash", Hex(anchor.head.hash())}};
  json["links"] = anchor.links;
  json["problem"] = anchor.problem;
}

// The event, the path from it to the entry's hash, and whether they fit.
Json AddPath(const v1::AuditEntry& entry, size_t index, Result& result) {
  const std::vector<std::string> events(entry.events().begin(), entry.events().end());
  const auto proof = audit::InclusionProof(events, index);
  v1::AuditEvent event;
  result.holds =
      event.ParseFromString(events[index]) &&
      audit::VerifyInclusion(events[index], index, events.size(), proof, entry.events_root()) &&
      audit::EntryHash(entry) == entry.hash();
  Json path = Json::array();
  absl::StrAppend(&result.text, "  chain       ", Printable(entry.chain_id()), ", entry ",
                  entry.sequence(), ", event ", index, " of ", events.size(), "\n  event       ",
                  Printable(JsonOf(event)), "\n  event bytes ", Hex(events[index]), "\n");
  for (const std::string& node : proof) {
    absl::StrAppend(&result.text, "  path        ", Hex(node), "\n");
    path.push_back(Hex(node));
  }
  absl::StrAppend(&result.text, "  events root ", Hex(entry.events_root()), "\n  previous    ",
                  Hex(entry.previous_hash()), "\n  written     ", Hex(entry.written_sha256()),
                  "\n  order       ", entry.commit_order(), "\n  entry hash  ", Hex(entry.hash()),
                  "\n");
  result.summary = result.holds ? "the event is in the entry, and the entry's hash fits"
                                : "the event does NOT fit the entry's hash";
  return {{"chain_id", entry.chain_id()},
          {"sequence", entry.sequence()},
          {"commit_order", entry.commit_order()},
          {"commit_time_us", entry.commit_time_us()},
          {"event", index},
          {"events", entry.events_size()},
          {"event_bytes", Hex(events[index])},
          {"path", path},
          {"events_root", Hex(entry.events_root())},
          {"previous_hash", Hex(entry.previous_hash())},
          {"written_sha256", Hex(entry.written_sha256())},
          {"hash", Hex(entry.hash())}};
}

}  // namespace

absl::StatusOr<Result> AuditProve(Session& session, const AuditProveArguments& arguments) {
  ASSIGN_OR_RETURN(const auto noted, NotedHeads(arguments.expected));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto entry, EntryAskedFor(*hub, arguments));
  Result result;
  Json json = AddPath(entry, static_cast<size_t>(arguments.event), result);
  if (noted.empty()) {
    json["anchored"] = false;
    if (result.holds) {
      result.summary +=
          "; NOT anchored: it proves something only together with a log that verifies, or with "
          "--expect and a head noted elsewhere";
    }
  } else {
    ASSIGN_OR_RETURN(auto head, HeadFor(entry, noted));
    ASSIGN_OR_RETURN(const auto anchor, WalkToHead(session, *hub, entry, std::move(head)));
    AddAnchor(anchor, result, json);
  }
  json["holds"] = result.holds;
  result.json = Dumped(json);
  return result;
}

}  // namespace switchboard::cli
