// error: (cannot convert|no matching function|could not convert).*SyncResponse
#include "hub/sync/sync_stream.h"

namespace switchboard {

void Show(sync::Outlet& outlet, const v1::SyncResponse& response) { outlet.Send(response); }

}  // namespace switchboard
