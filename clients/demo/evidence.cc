#include "clients/demo/evidence.h"

#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/demo/ledger.h"
#include "hub/audit/chain.h"
#include "hub/base/error.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::demo {
namespace {

int64_t Number(const std::string& cell) {
  int64_t value = 0;
  return absl::SimpleAtoi(cell, &value) ? value : 0;
}

// What outcomes make the hub stop the account at once (the third group of Disposition).
bool PlacesStop(const std::string& disposition) {
  v1::Disposition value = v1::DISPOSITION_UNSPECIFIED;
  return v1::Disposition_Parse(disposition, &value) && value >= v1::DISPOSITION_DISPUTE;
}

// "contact_point=mobile-1 number=shown" → "mobile-1".
std::string ContactPointIn(const std::string& detail) {
  for (const absl::string_view part : absl::StrSplit(detail, ' ')) {
    const std::pair<absl::string_view, absl::string_view> cells =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (cells.first == "contact_point") return std::string(cells.second);
  }
  return "";
}

// Follows the chain and keeps what is stopped at each point of it.
class AuditReader {
 public:
  AuditReader(const CoreLedger& core, AuditFacts& facts) : facts_(facts) {
    for (const PostedEvent& event : core.events) events_[event.event_id] = &event;
    for (const KeptOutcome& outcome : core.outcomes) {
      if (PlacesStop(outcome.disposition))
        stopping_outcomes_.insert(outcome.key.substr(0, outcome.key.find(' ')));
    }
  }

  void Read(const v1::AuditEvent& event) {
    ++facts_.kinds[event.kind()];
    switch (event.kind()) {
      case v1::AuditEvent::KIND_PLACED:
        facts_.placed.insert(event.assignment_id());
        break;
      case v1::AuditEvent::KIND_EVENT:
        ReadStop(event);
        break;
      case v1::AuditEvent::KIND_OUTCOME:
        ReadOutcome(event);
        break;
      case v1::AuditEvent::KIND_PERMIT_GIVEN:
        ReadPermit(event);
        break;
      default:
        break;
    }
  }

 private:
  void ReadStop(const v1::AuditEvent& event) {
    facts_.event_ids.insert(event.subject_id());
    const auto posted = events_.find(event.subject_id());
    if (posted == events_.end()) {
      // A stop that the hub placed itself, because of an outcome.
      if (!event.account_id().empty()) stopped_.insert(event.account_id());
      if (!event.person_id().empty()) stopped_.insert(event.person_id());
      return;
    }
    if (posted->second->kind == "stop-contact-point") {
      stopped_.insert(
          absl::StrCat(posted->second->account_id, " ", posted->second->contact_point_id));
    } else {
      stopped_.insert(posted->second->account_id);
    }
  }

  void ReadOutcome(const v1::AuditEvent& event) {
    facts_.outcome_ids.insert(event.subject_id());
    if (stopping_outcomes_.contains(event.subject_id())) stopped_.insert(event.account_id());
  }

  void ReadPermit(const v1::AuditEvent& event) {
    const std::string contact_point = ContactPointIn(event.detail());
    facts_.permits[event.subject_id()] = {event.account_id(), contact_point};
    if (stopped_.contains(event.account_id()) || stopped_.contains(event.person_id()) ||
        stopped_.contains(absl::StrCat(event.account_id(), " ", contact_point))) {
      ++facts_.permits_after_stop;
    }
  }

  AuditFacts& facts_;
  absl::flat_hash_map<std::string, const PostedEvent*> events_;
  absl::flat_hash_set<std::string> stopping_outcomes_;
  absl::flat_hash_set<std::string> stopped_;  // accounts (each person of the demo has one),
                                              // persons, or account and contact point
};

}  // namespace

absl::StatusOr<CoreLedger> ReadCoreLedger(const std::string& folder) {
  CoreLedger core;
  ASSIGN_OR_RETURN(const auto events, ReadLedger(folder + "/events"));
  for (const auto& line : events) {
    if (line[0] == "imported" && line.size() == 8) {
      core.import_from_ns = Number(line[1]);
      core.import_to_ns = Number(line[2]);
      core.accepted = Number(line[4]);
      core.refused = Number(line[5]);
      core.not_placed = Number(line[6]);
    } else if (line.size() == 10) {
      core.events.push_back({line[0], line[1], line[2], line[3], line[4], Number(line[5]),
                             Number(line[6]), line[7], Number(line[8]), Number(line[9])});
    }
  }
  ASSIGN_OR_RETURN(const auto outcomes, ReadLedger(folder + "/outcomes"));
  for (const auto& line : outcomes) {
    if (line.size() != 7) continue;
    core.outcomes.push_back({Number(line[0]), line[1], absl::StrCat(line[2], " ", line[3]), line[4],
                             line[5], !line[6].empty()});
  }
  return core;
}

absl::StatusOr<VendorLedger> ReadVendorLedger(const std::string& folder) {
  ASSIGN_OR_RETURN(const auto lines, ReadLedger(folder + "/ledger"));
  VendorLedger vendor;
  for (const auto& line : lines) {
    if (line[0] == "start") ++vendor.starts;
    if (line[0] == "withdrawn" && line.size() == 4)
      vendor.withdrawn_ns.emplace(line[2], Number(line[1]));
    if (line[0] == "permit" && line.size() == 6)
      vendor.permits.push_back({Number(line[1]), line[3], line[4], line[5]});
    if (line[0] == "denied" && line.size() == 6) ++vendor.denials[line[5]];
    if (line[0] == "outcome" && line.size() == 6)
      vendor.outcomes[absl::StrCat(line[1], " ", line[2])] = line[3];
  }
  return vendor;
}

AuditFacts ReadAuditFacts(HubReader& hub, const CoreLedger& core) {
  AuditFacts facts;
  AuditReader reader(core, facts);
  std::map<std::string, audit::ChainVerifier> chains;
  const absl::Status status =
      hub.ForEachAuditEntry([&](const v1::AuditEntry& entry) -> absl::Status {
        RETURN_IF_ERROR(chains[entry.chain_id()].Add(entry));
        for (const std::string& bytes : entry.events()) {
          v1::AuditEvent event;
          if (!event.ParseFromString(bytes)) {
            return Error(absl::StatusCode::kDataLoss, "AUDIT_BROKEN", "an event cannot be read");
          }
          reader.Read(event);
        }
        ++facts.entries;
        facts.events += entry.events_size();
        return absl::OkStatus();
      });
  facts.verified = status.ok() && facts.entries > 0;
  facts.problem = status.ok() ? (facts.entries > 0 ? "" : "there are no entries")
                              : std::string(status.message());
  return facts;
}

}  // namespace switchboard::demo
