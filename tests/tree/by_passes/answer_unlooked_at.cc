// error: static assertion failed
#include "hub/api/methods.h"

namespace switchboard::api {

class VendorApi {
 public:
  void RequestPermit(const identity::Peer& caller, v1::RequestPermitRequest request,
                     Done<v1::RequestPermitResponse> done);
};

Method RowOf(VendorApi& api) { return Row("RequestPermit", api, &VendorApi::RequestPermit); }

}  // namespace switchboard::api
