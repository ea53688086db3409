// error: changes_.*is private
#include "hub/masking/wire_page.h"

namespace switchboard {

void Show(masking::ShownPage& page, const v1::SyncResponse::Change& change) {
  page.changes_.push_back(change.SerializeAsString());
}

}  // namespace switchboard
