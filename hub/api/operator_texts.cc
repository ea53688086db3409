#include <string>
#include <utility>

#include "hub/api/field_error.h"
#include "hub/api/file_name_check.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/base/error.h"
#include "hub/releases/contract_plan.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

constexpr int kProposalsMax = 1'000;
constexpr int kAssignmentsMax = 1'000'000;
// Whoever could look at one more each time would learn of single people.
constexpr int kAssignmentsStep = 100;
constexpr int kSamplesMax = 20;

void RequireKind(v1::TextKind kind, FieldCheck& check) {
  check.Enum(v1::TextKind_IsValid(kind), kind, "kind");
}

void CheckTextId(const std::string& text_id, FieldCheck& check) {
  if (!text_id.empty()) check.Id(text_id, "text_id");
}

absl::Status Check(const v1::ListProposalsRequest& request) {
  FieldCheck check;
  check.Require(v1::TextKind_IsValid(request.kind()), "kind",
                "must be one of the kinds that this version knows");
  CheckTextId(request.text_id(), check);
  if (!request.after().empty()) check.Id(request.after(), "after");
  CheckPage(request.max_proposals(), kProposalsMax, "max_proposals", check);
  return check.ok() ? absl::OkStatus() : FieldInvalid(*check.problem());
}

absl::Status Check(const v1::ShowTextRequest& request) {
  FieldCheck check;
  if (!request.proposal_id().empty()) {
    check.Id(request.proposal_id(), "proposal_id");
    check.Require(request.kind() == v1::TEXT_KIND_UNSPECIFIED && request.text_id().empty() &&
                      request.version() == 0,
                  "proposal_id", "must stand alone");
  } else {
    RequireKind(request.kind(), check);
    CheckTextId(request.text_id(), check);
    check.Require(request.version() >= 0, "version",
                  "must be 1 or more, or 0 for the one in force");
  }
  return check.ok() ? absl::OkStatus() : FieldInvalid(*check.problem());
}

absl::Status Check(const v1::PlanContractRequest& request) {
  RETURN_IF_ERROR(CheckFileName(request.file_name()));
  FieldCheck check;
  check.Require(request.yaml().empty() != request.proposal_id().empty(), "yaml",
                "must hold a contract, or proposal_id name a proposal of one, and not both");
  if (!request.proposal_id().empty()) check.Id(request.proposal_id(), "proposal_id");
  CheckPage(request.assignments_max(), kAssignmentsMax, "assignments_max", check);
  check.Require(request.assignments_max() % kAssignmentsStep == 0, "assignments_max",
                "must be a multiple of 100");
  CheckPage(request.samples_max(), kSamplesMax, "samples_max", check);
  return check.ok() ? absl::OkStatus() : FieldInvalid(*check.problem());
}

absl::StatusOr<releases::ReadText> ReadProposed(const v1::ProposeTextRequest& request) {
  RETURN_IF_ERROR(CheckFileName(request.file_name()));
  FieldCheck check;
  RequireKind(request.kind(), check);
  if (!check.ok()) return FieldInvalid(*check.problem());
  return releases::Read(request.kind(), request.yaml(), request.file_name());
}

// The contract that a request is about.
absl::StatusOr<releases::ReadText> ReadContract(storage::Connection& reader,
                                                const releases::Releases& releases,
                                                const v1::PlanContractRequest& request,
                                                absl::Time now) {
  if (request.proposal_id().empty())
    return releases::Read(v1::TEXT_KIND_CONTRACT, request.yaml(), request.file_name());
  ASSIGN_OR_RETURN(const auto shown, releases.ShowProposal(reader, request.proposal_id(), now));
  if (shown.proposal().kind() != v1::TEXT_KIND_CONTRACT)
    return FieldInvalid({"proposal_id", "must be the proposal of a contract"});
  return releases::Read(v1::TEXT_KIND_CONTRACT, shown.yaml(), "proposal");
}

}  // namespace

void OperatorApi::ProposeText(const identity::Peer& caller, v1::ProposeTextRequest request,
                              Done<v1::ProposeTextResponse> done) {
  auto text = ReadProposed(request);
  if (!text.ok()) return done(text.status());
  storage::SubmitFor<v1::ProposeTextResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), text = *std::move(text)](Transaction& transaction) {
        return parts_.releases.Propose(transaction, actor, text);
      },
      std::move(done));
}

void OperatorApi::ReleaseText(const identity::Peer& caller, v1::ReleaseTextRequest request,
                              Done<v1::ReleaseTextResponse> done) {
  FieldCheck check;
  check.Id(request.proposal_id(), "proposal_id");
  check.Require(request.digest().size() == kSha256Bytes, "digest", "must be 32 bytes");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  storage::SubmitFor<v1::ReleaseTextResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), request = std::move(request)](Transaction& transaction) {
        return parts_.releases.Release(transaction, actor, request.proposal_id(), request.digest());
      },
      std::move(done));
}

void OperatorApi::DropProposal(const identity::Peer& caller, v1::DropProposalRequest request,
                               Done<v1::DropProposalResponse> done) {
  FieldCheck check;
  check.Id(request.proposal_id(), "proposal_id");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  storage::SubmitFor<v1::DropProposalResponse>(
      parts_.writer, Urgency::kUrgent, caller.Actor(),
      [this, actor = caller.Actor(), id = request.proposal_id()](
          Transaction& transaction) -> absl::StatusOr<v1::DropProposalResponse> {
        v1::DropProposalResponse response;
        ASSIGN_OR_RETURN(const bool changed, parts_.releases.Drop(transaction, actor, id));
        response.set_changed(changed);
        return response;
      },
      std::move(done));
}

void OperatorApi::ListProposals(const identity::Peer& caller, v1::ListProposalsRequest request,
                                Done<v1::ListProposalsResponse> done) {
  if (absl::Status checked = Check(request); !checked.ok()) return done(checked);
  ReadFor<v1::ListProposalsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListProposalsResponse> {
        const releases::ProposalFilter filter = {request.kind(), request.text_id(),
                                                 request.decided_too(), request.after()};
        ASSIGN_OR_RETURN(auto proposals,
                         parts_.releases.List(reader, filter, parts_.clock.Now(),
                                              PageOf(request.max_proposals(), kProposalsMax)));
        v1::ListProposalsResponse response;
        for (v1::TextProposal& one : proposals) *response.add_proposals() = std::move(one);
        return response;
      },
      std::move(done));
}

void OperatorApi::ListReleases(const identity::Peer& caller, v1::ListReleasesRequest request,
                               Done<v1::ListReleasesResponse> done) {
  FieldCheck check;
  RequireKind(request.kind(), check);
  CheckTextId(request.text_id(), check);
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ListReleasesResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::ListReleasesResponse> {
        ASSIGN_OR_RETURN(
            auto history,
            parts_.releases.History(reader, request.kind(), request.text_id(), parts_.clock.Now()));
        v1::ListReleasesResponse response;
        for (v1::TextRelease& one : history) *response.add_releases() = std::move(one);
        return response;
      },
      std::move(done));
}

void OperatorApi::ShowText(const identity::Peer& caller, v1::ShowTextRequest request,
                           Done<v1::ShowTextResponse> done) {
  if (absl::Status checked = Check(request); !checked.ok()) return done(checked);
  ReadFor<v1::ShowTextResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        const absl::Time now = parts_.clock.Now();
        if (!request.proposal_id().empty())
          return parts_.releases.ShowProposal(reader, request.proposal_id(), now);
        return parts_.releases.Show(reader, request.kind(), request.text_id(), request.version(),
                                    now);
      },
      std::move(done));
}

void OperatorApi::PlanContract(const identity::Peer& caller, v1::PlanContractRequest request,
                               Done<v1::PlanContractResponse> done) {
  if (absl::Status checked = Check(request); !checked.ok()) return done(checked);
  ReadFor<v1::PlanContractResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](
          storage::Connection& reader) -> absl::StatusOr<v1::PlanContractResponse> {
        const absl::Time now = parts_.clock.Now();
        ASSIGN_OR_RETURN(const releases::ReadText text,
                         ReadContract(reader, parts_.releases, request, now));
        ASSIGN_OR_RETURN(auto response,
                         releases::PlanContract(
                             {reader, parts_.book, parts_.contracts, parts_.feed.beside(), now},
                             std::get<v1::Contract>(text.message), request));
        response.set_digest(text.digest);
        ASSIGN_OR_RETURN(const auto warnings, parts_.releases.Warnings(reader, text, now));
        for (const std::string& one : warnings) response.add_warnings(one);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
