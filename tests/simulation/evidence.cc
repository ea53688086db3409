#include "tests/simulation/evidence.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::simulation {
namespace {

constexpr int kPage = 1'000;
constexpr char kSelectSession[] =
    "SELECT v.session, v.generation, c.newest_sequence, v.acknowledged_sequence FROM vendor v JOIN "
    "vendor_counter c ON c.vendor_id = v.vendor_id WHERE v."
    "vendor_id = $1";
constexpr char kSelectSources[] =
    "SELECT actor, source, through FROM import_source ORDER BY actor, source";

const identity::Peer kAuditor = {identity::Peer::Role::kOperator, "auditor"};

// Asks and waits, which here means running the hub's tasks.
template <typename Response, typename Method, typename Request>
absl::StatusOr<Response> Ask(World& world, Method method, Request request) {
  absl::StatusOr<Response> answer = absl::InternalError("no answer");
  (world.hub.hub().operator_api().*method)(
      kAuditor, std::move(request), [&](absl::StatusOr<Response> got) { answer = std::move(got); });
  world.hub.executor().RunAll();
  return answer;
}

using Api = api::OperatorApi;

absl::Status ReadPlacements(World& world) {
  v1::ListPlacementsRequest request;
  while (true) {
    ASSIGN_OR_RETURN(const auto page,
                     (Ask<v1::ListPlacementsResponse>(world, &Api::ListPlacements, request)));
    for (const auto& placement : page.placements()) world.ledger.placements.push_back(placement);
    if (page.placements_size() < kPage) return absl::OkStatus();
    request.set_after(page.placements(page.placements_size() - 1).assignment_id());
  }
}

absl::Status ReadDisclosures(World& world) {
  v1::ListDisclosuresRequest request;
  while (true) {
    ASSIGN_OR_RETURN(const auto page,
                     (Ask<v1::ListDisclosuresResponse>(world, &Api::ListDisclosures, request)));
    for (const auto& disclosure : page.disclosures())
      world.ledger.disclosures.push_back(disclosure);
    if (page.disclosures_size() < kPage) return absl::OkStatus();
    request.set_after(page.next());
  }
}

absl::Status ReadQuarantine(World& world) {
  v1::ListQuarantineRequest request;
  while (true) {
    ASSIGN_OR_RETURN(const auto page,
                     (Ask<v1::ListQuarantineResponse>(world, &Api::ListQuarantine, request)));
    for (const auto& item : page.items()) world.ledger.quarantine.push_back(item);
    for (const auto& rest : page.rest()) world.ledger.quarantine_rest.push_back(rest);
    if (page.items_size() < kPage) return absl::OkStatus();
    request.set_after(page.items(page.items_size() - 1).quarantine_id());
  }
}

absl::Status ReadReleases(World& world) {
  for (int kind = v1::TextKind_MIN + 1; kind <= v1::TextKind_MAX; ++kind) {
    v1::ListReleasesRequest request;
    request.set_kind(static_cast<v1::TextKind>(kind));
    ASSIGN_OR_RETURN(const auto list,
                     (Ask<v1::ListReleasesResponse>(world, &Api::ListReleases, request)));
    for (const auto& release : list.releases()) world.ledger.releases.push_back(release);
  }
  return absl::OkStatus();
}

absl::Status ReadAudit(World& world) {
  v1::ReadAuditRequest request;
  request.set_max_entries(kPage);
  while (true) {
    ASSIGN_OR_RETURN(const auto page,
                     (Ask<v1::ReadAuditResponse>(world, &Api::ReadAudit, request)));
    for (const auto& entry : page.entries()) world.ledger.audit.push_back(entry);
    if (page.entries().empty()) return absl::OkStatus();
    request.set_after(page.entries(page.entries_size() - 1).sequence());
  }
}

}  // namespace

absl::Status GatherEvidence(World& world) {
  RETURN_IF_ERROR(ReadPlacements(world));
  RETURN_IF_ERROR(ReadDisclosures(world));
  RETURN_IF_ERROR(ReadQuarantine(world));
  RETURN_IF_ERROR(ReadReleases(world));
  RETURN_IF_ERROR(ReadAudit(world));
  return world.hub.hub().readers().Run([&](storage::Connection& reader) {
    return reader.Query(kSelectSources, {}, [&](const storage::Row& row) {
      world.ledger.through_afterwards[absl::StrCat(std::string(row.Text(0)), " ",
                                                   std::string(row.Text(1)))] = row.Integer(2);
      return absl::OkStatus();
    });
  });
}

absl::Status ReadAllowed(World& world) {
  return world.hub.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
    for (const char* vendor_id : kVendors) {
      invariants::Allowed& allowed = world.ledger.allowed[vendor_id];
      ASSIGN_OR_RETURN(const auto compiled,
                       world.hub.hub().contracts().FindAt(reader, vendor_id, world.clock.Now()));
      if (compiled == nullptr) continue;
      const v1::Contract& contract = compiled->contract;
      for (const auto& terms : contract.work_types()) allowed.work_types.insert(terms.work_type());
      allowed.languages = {contract.languages().begin(), contract.languages().end()};
    }
    return absl::OkStatus();
  });
}

absl::Status ReadFeedOfHub(World& world, invariants::Feed& feed) {
  return world.hub.hub().readers().Run([&](storage::Connection& reader) -> absl::Status {
    int64_t session = 0;
    v1::Cursor beginning;
    RETURN_IF_ERROR(reader.Query(kSelectSession, {feed.vendor_id}, [&](const storage::Row& row) {
      session = row.Integer(0);
      beginning.set_generation(std::string(row.Text(1)));
      feed.newest = row.Integer(2);
      feed.acknowledged = row.Integer(3);
      return absl::OkStatus();
    }));
    const auto page = world.hub.hub().feed().ReadPage(reader, feed.vendor_id, session, beginning,
                                                      1'000'000, world.clock.Now());
    // Without a contract nobody is shown anything.
    feed.cut_off = absl::IsPermissionDenied(page.status());
    if (feed.cut_off) return absl::OkStatus();
    RETURN_IF_ERROR(page.status());
    const v1::SyncResponse::Batch batch = page->shown.Read();
    for (const auto& change : batch.changes()) {
      if (!change.has_assigned()) continue;
      feed.live[change.assigned().assignment_id()] = change.assigned().SerializeAsString();
    }
    return absl::OkStatus();
  });
}

}  // namespace switchboard::simulation
