#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/disclosures/answers.h"
#include "tests/open_sealer.h"
#include "tests/simulation/evidence.h"

// What privacy officers can read of a run.

namespace switchboard::simulation {
namespace {

const identity::Peer kAuditor = {identity::Peer::Role::kOperator, "auditor"};

using Api = api::PrivacyApi;

// Asks and waits, which here means running the hub's tasks.
template <typename Response, typename Method, typename Request>
absl::StatusOr<Response> Ask(World& world, Method method, Request request) {
  absl::StatusOr<Response> answer = absl::InternalError("no answer");
  (world.hub.hub().privacy_api().*method)(
      kAuditor, std::move(request), [&](absl::StatusOr<Response> got) { answer = std::move(got); });
  world.hub.executor().RunAll();
  return answer;
}

absl::Status ReadDeletionOrders(World& world) {
  using Response = v1::FindDeletionOrdersResponse;
  v1::FindDeletionOrdersRequest request;
  while (true) {
    ASSIGN_OR_RETURN(const auto page, (Ask<Response>(world, &Api::FindDeletionOrders, request)));
    if (page.lines().empty()) return absl::OkStatus();
    for (const auto& line : page.lines()) {
      v1::FindDeletionOrdersRequest alone;
      alone.set_order_id(line.deletion_order().order_id());
      ASSIGN_OR_RETURN(const auto whole, (Ask<Response>(world, &Api::FindDeletionOrders, alone)));
      for (const auto& one : whole.lines()) world.ledger.deletion_orders.push_back(one);
      request.set_after(line.deletion_order().order_id());
    }
  }
}

absl::Status ReadDisclosureLines(World& world, const std::string& person_id) {
  using Response = v1::ReadDisclosuresResponse;
  v1::ReadDisclosuresRequest request;
  request.set_person_id(person_id);
  while (true) {
    const auto page = Ask<Response>(world, &Api::ReadDisclosures, request);
    if (absl::IsNotFound(page.status())) return absl::OkStatus();
    RETURN_IF_ERROR(page.status());
    for (const auto& line : page->lines()) world.ledger.disclosure_lines.push_back(line);
    if (page->next().empty()) return absl::OkStatus();
    request.set_after(page->next());
  }
}

// By the keys of the database, as the hub makes them.
absl::Status DigestWhatWasShown(World& world) {
  world.hub.Corrupt([&world](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const auto sealer, testing::OpenSealer(absl::StrCat(world.folder, "/key"),
                                                            transaction.connection(),
                                                            world.party_ids, transaction.now_us()));
    std::vector<std::string>& digests = world.ledger.shown_digests;
    digests.clear();
    for (const auto& [vendor_id, row] : world.ledger.shown)
      digests.push_back(disclosures::ShownDigest(*sealer, row.SerializeAsString()));
    // Nothing of it stays.
    return absl::CancelledError("looked only");
  });
  RETURN_IF_ERROR(world.hub.WorkAll());
  if (world.ledger.shown_digests.size() == world.ledger.shown.size()) return absl::OkStatus();
  return absl::InternalError("what vendors were shown could not be digested");
}

}  // namespace

absl::Status GatherPrivacyEvidence(World& world) {
  RETURN_IF_ERROR(ReadDeletionOrders(world));
  for (int person = 0; person < world.options.persons; ++person)
    RETURN_IF_ERROR(ReadDisclosureLines(world, PersonId(person)));
  return DigestWhatWasShown(world);
}

}  // namespace switchboard::simulation
