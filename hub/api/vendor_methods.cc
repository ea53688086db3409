#include "hub/api/methods.h"
#include "hub/api/vendor_api.h"

namespace switchboard::api {

std::vector<Method> VendorMethods(VendorApi& api) {
  return {
      Row("Sync", api, &VendorApi::OpenStream),
      Row("ReportOutcomes", api, &VendorApi::ReportOutcomes),
      Row("RequestPermit", api, &VendorApi::RequestPermit),
      Row("RequestPermits", api, &VendorApi::OpenPermits),
      Row("PlanContacts", api, &VendorApi::PlanContacts),
      Row("ReleasePermit", api, &VendorApi::ReleasePermit),
      Row("ObjectToRecall", api, &VendorApi::ObjectToRecall),
      Row("HandOver", api, &VendorApi::HandOver),
      Row("ListMissingRecordings", api, &VendorApi::ListMissingRecordings),
      Row("RequestUnmasking", api, &VendorApi::RequestUnmasking),
      Row("ListDeletionOrders", api, &VendorApi::ListDeletionOrders),
      Row("ConfirmDeletion", api, &VendorApi::ConfirmDeletion),
      Row("PassOn", api, &VendorApi::PassOn),
  };
}

}  // namespace switchboard::api
