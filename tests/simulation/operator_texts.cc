#include <memory>
#include <variant>

#include "absl/strings/str_replace.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "tests/put_in_force.h"
#include "tests/simulation/operator_party.h"
#include "tests/simulation/scenery.h"

// Texts, which come into force by the word of two operators: one proposes, and the other one
// releases or drops, at once, much later, or in the same moment as the first one.

namespace switchboard::simulation {
namespace {

using Api = api::OperatorApi;

constexpr char kFileName[] = "text.yaml";

const identity::Peer& OtherThan(const std::string& actor) {
  return actor == kIto.Actor() ? kSato : kIto;
}

const identity::Peer& SameAs(const std::string& actor) {
  return actor == kIto.Actor() ? kIto : kSato;
}

// What an operator may hear of a proposal that was there: it is decided, or outdated; or contracts
// came into force that do not cover the plan any more.
bool IsInOrder(const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status) && !absl::IsInvalidArgument(status) &&
      !absl::IsNotFound(status))
    return true;
  const std::string reason = ErrorReason(status);
  return reason == "PROPOSAL_NOT_OPEN" || reason == "PLAN_INVALID";
}

v1::ReleaseTextRequest ReleaseOf(const v1::TextProposal& proposal) {
  v1::ReleaseTextRequest request;
  request.set_proposal_id(proposal.proposal_id());
  request.set_digest(proposal.digest());
  return request;
}

}  // namespace

absl::StatusOr<releases::ReadText> OperatorParty::Keep(v1::TextKind kind, const std::string& yaml) {
  ASSIGN_OR_RETURN(releases::ReadText text, releases::Read(kind, yaml, kFileName));
  invariants::Ledger& ledger = world_.ledger;
  if (const auto* contract = std::get_if<v1::Contract>(&text.message))
    ledger.contracts[text.digest] = *contract;
  if (const auto* pack = std::get_if<v1::RulePack>(&text.message))
    ledger.rule_packs.push_back(*pack);
  if (const auto* map = std::get_if<v1::CodeMap>(&text.message)) ledger.code_maps.push_back(*map);
  return text;
}

absl::StatusOr<std::vector<releases::ReadText>> OperatorParty::FirstTexts() {
  std::vector<releases::ReadText> texts;
  PackTerms terms;
  terms.of_number = world_.options.contacts_of_number;
  for (const std::string& yaml : PackYamls(world_.land, terms)) {
    ASSIGN_OR_RETURN(texts.emplace_back(), Keep(v1::TEXT_KIND_RULE_PACK, yaml));
    if (!world_.Planted(Mistake::kServersZone)) continue;
    const std::string spoilt = absl::StrReplaceAll(yaml, {{"zone: Asia/Tokyo}", "zone: UTC}"}});
    ASSIGN_OR_RETURN(texts.back(), releases::Read(v1::TEXT_KIND_RULE_PACK, spoilt, kFileName));
  }
  for (const char* vendor_id : kVendors) {
    ASSIGN_OR_RETURN(texts.emplace_back(),
                     Keep(v1::TEXT_KIND_CONTRACT, ContractYaml(vendor_id, ContractTerms())));
  }
  ASSIGN_OR_RETURN(texts.emplace_back(), Keep(v1::TEXT_KIND_ROUTING_PLAN, PlanYaml(0)));
  return texts;
}

absl::Status OperatorParty::SetUp() {
  ASSIGN_OR_RETURN(files_, FirstTexts());
  if (world_.options.seed % 3 == 0) {
    TakeFiles(/*begins=*/true);
    RETURN_IF_ERROR(world_.hub.WorkAll());
  } else {
    for (const releases::ReadText& text : files_) RETURN_IF_ERROR(PutInForce(text.kind, text.yaml));
  }
  world_.hub.on_start = [this] { TakeFiles(/*begins=*/false); };
  return absl::OkStatus();
}

// Without faults, and in one unit.
absl::Status OperatorParty::PutInForce(v1::TextKind kind, const std::string& yaml) {
  if (kind == v1::TEXT_KIND_CONTRACT) RETURN_IF_ERROR(Keep(kind, yaml).status());
  absl::Status status = absl::InternalError("nobody was answered");
  testing::PutInForce(world_.hub.hub(), kind, yaml, kFileName,
                      [&](const auto& answer) { status = answer.status(); });
  RETURN_IF_ERROR(world_.hub.WorkAll());
  return status;
}

void OperatorParty::TakeFiles(bool begins) {
  world_.hub.hub().writer().Submit(
      storage::Urgency::kUrgent,
      [this, begins](storage::Transaction& transaction) -> absl::Status {
        if (world_.Planted(Mistake::kOldFileReturns) && !begins) return PutFilesBack(transaction);
        ASSIGN_OR_RETURN(const bool begun, world_.hub.hub().releases().Begin(transaction, files_));
        if (begun && !begins) world_.Accuse("files came into force where texts stood");
        if (!begun && begins) world_.Accuse("files did not begin a database without texts");
        return absl::OkStatus();
      },
      [](const absl::Status&) {});
}

absl::Status OperatorParty::PutFilesBack(storage::Transaction& transaction) {
  Hub& hub = world_.hub.hub();
  for (const releases::ReadText& file : files_) {
    const auto* contract = std::get_if<v1::Contract>(&file.message);
    if (contract == nullptr) continue;
    RETURN_IF_ERROR(
        hub.contracts().Release(transaction, {"hub", "hub", ""}, *contract, file.yaml).status());
    RETURN_IF_ERROR(hub.feed().FollowContract(transaction, file.id, "hub").status());
  }
  return absl::OkStatus();
}

// What was proposed is released at once mostly; the rest waits, and may be too late by then.
void OperatorParty::Propose(v1::TextKind kind, const std::string& yaml) {
  if (alone_) return;
  if (const auto kept = Keep(kind, yaml); !kept.ok())
    return world_.Accuse("a text of the scenery's cannot be read: " + kept.status().ToString());
  v1::ProposeTextRequest request;
  request.set_kind(kind);
  request.set_yaml(yaml);
  request.set_file_name(kFileName);
  CallAlone(world_.dice.Chance(0.5) ? kIto : kSato, request, &Api::ProposeText,
            [this](const absl::StatusOr<v1::ProposeTextResponse>& response) {
              if (!IsInOrder(response.status()))
                world_.Accuse("who proposed heard " + response.status().ToString());
              if (!response.ok() || !response->has_proposal()) return;
              if (world_.dice.Chance(0.7)) Decide(response->proposal());
            });
}

void OperatorParty::LookAtProposals() {
  v1::ListProposalsRequest request;
  request.set_decided_too(world_.dice.Chance(0.3));
  world_.hub.hub().operator_api().ListProposals(
      kSato, request, [this](const absl::StatusOr<v1::ListProposalsResponse>& list) {
        if (alone_ || !list.ok() || list->proposals().empty()) return;
        Decide(list->proposals(world_.dice.Below(list->proposals_size())));
      });
}

void OperatorParty::Decide(const v1::TextProposal& proposal) {
  // Whoever looks at a plant's world looks at what comes of releases.
  switch (IsPlain(world_.options) ? world_.dice.Below(10) : 9) {
    case 0:
      return Drop(proposal);
    case 1:
      return ReleaseWrongly(proposal);
    case 2:
      return DecideAtOnce(proposal);
    default:
      return Release(proposal);
  }
}

// The vendor may have a contract again from now on.
void OperatorParty::ForgetEnd(const v1::TextProposal& proposal) {
  if (proposal.kind() == v1::TEXT_KIND_CONTRACT) Forget(NameOfEnd(proposal.text_id()));
}

void OperatorParty::TakeRelease(const v1::TextProposal& proposal,
                                const absl::StatusOr<v1::ReleaseTextResponse>& response) {
  if (!IsInOrder(response.status()))
    world_.Accuse("who released heard " + response.status().ToString());
  if (!response.ok() || !response->changed()) return;
  if (proposal.state() != v1::TextProposal::STATE_OPEN)
    world_.Accuse("a proposal was released that waited no longer");
  if (response->release().digest() != proposal.digest())
    world_.Accuse("another text was released than was looked at");
  if (proposal.kind() == v1::TEXT_KIND_CONTRACT) ended_.erase(proposal.text_id());
}

void OperatorParty::Release(const v1::TextProposal& proposal) {
  ForgetEnd(proposal);
  const bool one_word = world_.Planted(Mistake::kOneWordReleases);
  CallAlone(one_word ? SameAs(proposal.proposed_by()) : OtherThan(proposal.proposed_by()),
            ReleaseOf(proposal), &Api::ReleaseText,
            [this, proposal](const absl::StatusOr<v1::ReleaseTextResponse>& response) {
              TakeRelease(proposal, response);
            });
}

// By who proposed it, or by the digest of another text.
void OperatorParty::ReleaseWrongly(const v1::TextProposal& proposal) {
  const bool alone = world_.dice.Chance(0.5);
  v1::ReleaseTextRequest request = ReleaseOf(proposal);
  if (!alone) request.set_digest(Sha256Of("another text"));
  CallAlone(
      alone ? SameAs(proposal.proposed_by()) : OtherThan(proposal.proposed_by()), request,
      &Api::ReleaseText, [this, alone](const absl::StatusOr<v1::ReleaseTextResponse>& response) {
        const std::string reason = ErrorReason(response.status());
        const bool refused = reason == "PROPOSAL_NOT_OPEN" ||
                             reason == (alone ? "TWO_OPERATORS_NEEDED" : "PROPOSAL_CHANGED");
        if (response.ok() || (!refused && !IsInOrder(response.status())))
          world_.Accuse("a release that must be refused heard " + response.status().ToString());
      });
}

void OperatorParty::Drop(const v1::TextProposal& proposal) {
  v1::DropProposalRequest request;
  request.set_proposal_id(proposal.proposal_id());
  CallAlone(world_.dice.Chance(0.5) ? kIto : kSato, request, &Api::DropProposal,
            [this](const absl::StatusOr<v1::DropProposalResponse>& response) {
              if (!IsInOrder(response.status()))
                world_.Accuse("who dropped a proposal heard " + response.status().ToString());
            });
}

// One releases and the other one drops: the second of them is too late.
void OperatorParty::DecideAtOnce(const v1::TextProposal& proposal) {
  ForgetEnd(proposal);
  const v1::ReleaseTextRequest release = ReleaseOf(proposal);
  auto at_hub = [this, release, by = proposal.proposed_by()](const Network::Answer& answer) {
    Api& hub = world_.hub.hub().operator_api();
    auto decided = std::make_shared<int>(0);
    const auto count = [this, decided](bool changed) {
      if (changed && ++*decided > 1) world_.Accuse("a proposal was both released and dropped");
    };
    const auto drop = [&] {
      v1::DropProposalRequest request;
      request.set_proposal_id(release.proposal_id());
      hub.DropProposal(SameAs(by), request,
                       [count](const absl::StatusOr<v1::DropProposalResponse>& response) {
                         count(response.ok() && response->changed());
                       });
    };
    const bool drops_first = world_.dice.Chance(0.5);
    if (drops_first) drop();
    hub.ReleaseText(OtherThan(by), release,
                    [count, answer](const absl::StatusOr<v1::ReleaseTextResponse>& response) {
                      count(response.ok() && response->changed());
                      AsBytes<v1::ReleaseTextResponse>(answer)(response);
                    });
    if (!drops_first) drop();
  };
  SendAlone(at_hub, [this, proposal](const absl::StatusOr<std::string>& answer) {
    TakeRelease(proposal, FromBytes<v1::ReleaseTextResponse>(answer));
  });
}

}  // namespace switchboard::simulation
