#include "hub/api/methods.h"
#include "hub/api/operator_api.h"

namespace switchboard::api {

std::vector<Method> OperatorMethods(OperatorApi& api) {
  return {
      Row("ListVendors", api, &OperatorApi::ListVendors),
      Row("ProposeText", api, &OperatorApi::ProposeText),
      Row("ReleaseText", api, &OperatorApi::ReleaseText),
      Row("DropProposal", api, &OperatorApi::DropProposal),
      Row("ListProposals", api, &OperatorApi::ListProposals),
      Row("ListReleases", api, &OperatorApi::ListReleases),
      Row("ShowText", api, &OperatorApi::ShowText),
      Row("PlanContract", api, &OperatorApi::PlanContract),
      Row("EndContract", api, &OperatorApi::EndContract),
      Row("ListRulePacks", api, &OperatorApi::ListRulePacks),
      Row("ExplainPermits", api, &OperatorApi::ExplainPermits),
      Row("PreviewRules", api, &OperatorApi::PreviewRules),
      Row("ReplayRules", api, &OperatorApi::ReplayRules),
      Row("ReportPermits", api, &OperatorApi::ReportPermits),
      Row("ListCodeMaps", api, &OperatorApi::ListCodeMaps),
      Row("ListUnmappedCodes", api, &OperatorApi::ListUnmappedCodes),
      Row("PreviewRouting", api, &OperatorApi::PreviewRouting),
      Row("RecallAssignments", api, &OperatorApi::RecallAssignments),
      Row("DecideRecall", api, &OperatorApi::DecideRecall),
      Row("SetStop", api, &OperatorApi::SetStop),
      Row("ListAuditHeads", api, &OperatorApi::ListAuditHeads),
      Row("ListPlacements", api, &OperatorApi::ListPlacements),
      Row("ListPromises", api, &OperatorApi::ListPromises),
      Row("ListProposedPlans", api, &OperatorApi::ListProposedPlans),
      Row("DecidePlan", api, &OperatorApi::DecidePlan),
      Row("FindMissingRecordings", api, &OperatorApi::FindMissingRecordings),
      Row("CheckRecording", api, &OperatorApi::CheckRecording),
      Row("ListDisclosures", api, &OperatorApi::ListDisclosures),
      Row("ListQuarantine", api, &OperatorApi::ListQuarantine),
      Row("VouchForQuarantine", api, &OperatorApi::VouchForQuarantine),
      Row("ReadQuarantine", api, &OperatorApi::ReadQuarantine),
      Row("ReplayQuarantine", api, &OperatorApi::ReplayQuarantine),
      Row("ListCores", api, &OperatorApi::ListCores),
      Row("RetireCore", api, &OperatorApi::RetireCore),
      Row("ListConnections", api, &OperatorApi::ListConnections),
      Row("CloseConnections", api, &OperatorApi::CloseConnections),
      Row("ReadAudit", api, &OperatorApi::ReadAudit),
      Row("ReadAuditTree", api, &OperatorApi::ReadAuditTree),
      Row("DigestRows", api, &OperatorApi::DigestRows),
      Row("ListCheckpoints", api, &OperatorApi::ListCheckpoints),
      Row("ProveAudit", api, &OperatorApi::ProveAudit),
      Row("StartBackup", api, &OperatorApi::StartBackup),
      Row("GetBackup", api, &OperatorApi::GetBackup),
  };
}

}  // namespace switchboard::api
