#include "hub/api/methods.h"
#include "hub/api/operator_api.h"

namespace switchboard::api {

std::vector<Method> OperatorMethods(OperatorApi& api) {
  return {
      Row("ListVendors", api, &OperatorApi::ListVendors),
      Row("ApplyContract", api, &OperatorApi::ApplyContract),
      Row("ShowContract", api, &OperatorApi::ShowContract),
      Row("EndContract", api, &OperatorApi::EndContract),
      Row("ApplyRoutingPlan", api, &OperatorApi::ApplyRoutingPlan),
      Row("ShowRoutingPlan", api, &OperatorApi::ShowRoutingPlan),
      Row("ApplyRulePack", api, &OperatorApi::ApplyRulePack),
      Row("ListRulePacks", api, &OperatorApi::ListRulePacks),
      Row("ShowRulePack", api, &OperatorApi::ShowRulePack),
      Row("ExplainPermits", api, &OperatorApi::ExplainPermits),
      Row("PreviewRules", api, &OperatorApi::PreviewRules),
      Row("ReplayRules", api, &OperatorApi::ReplayRules),
      Row("ReportPermits", api, &OperatorApi::ReportPermits),
      Row("ApplyCodeMap", api, &OperatorApi::ApplyCodeMap),
      Row("ListCodeMaps", api, &OperatorApi::ListCodeMaps),
      Row("ShowCodeMap", api, &OperatorApi::ShowCodeMap),
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
      Row("ListCheckpoints", api, &OperatorApi::ListCheckpoints),
      Row("ProveAudit", api, &OperatorApi::ProveAudit),
      Row("StartBackup", api, &OperatorApi::StartBackup),
      Row("GetBackup", api, &OperatorApi::GetBackup),
  };
}

}  // namespace switchboard::api
