// error: no matching function for call to .*SilentAnswer::Of
#include "hub/masking/silent_messages.h"

namespace switchboard {

masking::ToVendor<v1::SyncResponse> Show(const v1::SyncResponse& response) {
  return masking::SilentAnswer::Of(response);
}

}  // namespace switchboard
