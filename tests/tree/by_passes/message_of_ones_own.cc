// error: ToVendor.*is private
#include "hub/masking/to_vendor.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard {

masking::ToVendor<v1::SyncResponse> Show(const v1::Person& person) {
  v1::SyncResponse response;
  response.mutable_batch()->add_changes()->mutable_assigned()->mutable_person()->set_name(
      person.family_name());
  return masking::ToVendor<v1::SyncResponse>(response.SerializeAsString());
}

}  // namespace switchboard
