#include "hub/api/methods.h"
#include "hub/api/privacy_api.h"

namespace switchboard::api {

std::vector<Method> PrivacyMethods(PrivacyApi& api) {
  return {
      Row("ReadDisclosures", api, &PrivacyApi::ReadDisclosures),
      Row("FindUnmaskings", api, &PrivacyApi::FindUnmaskings),
      Row("DecideUnmasking", api, &PrivacyApi::DecideUnmasking),
      Row("FindDeletionOrders", api, &PrivacyApi::FindDeletionOrders),
      Row("WaiveDeletionOrder", api, &PrivacyApi::WaiveDeletionOrder),
      Row("ReportVendors", api, &PrivacyApi::ReportVendors),
      Row("PlaceLegalHold", api, &PrivacyApi::PlaceLegalHold),
      Row("EndLegalHold", api, &PrivacyApi::EndLegalHold),
      Row("ListLegalHolds", api, &PrivacyApi::ListLegalHolds),
      Row("ReportRetention", api, &PrivacyApi::ReportRetention),
      Row("ResumeRetention", api, &PrivacyApi::ResumeRetention),
      Row("RetireVendor", api, &PrivacyApi::RetireVendor),
      Row("FindPersons", api, &PrivacyApi::FindPersons),
      Row("OpenPersonRequest", api, &PrivacyApi::OpenPersonRequest),
      Row("DecidePersonRequest", api, &PrivacyApi::DecidePersonRequest),
      Row("ListPersonRequests", api, &PrivacyApi::ListPersonRequests),
      Row("ReadPersonData", api, &PrivacyApi::ReadPersonData),
      Row("ListKeys", api, &PrivacyApi::ListKeys),
      Row("RotateKeys", api, &PrivacyApi::RotateKeys),
  };
}

}  // namespace switchboard::api
