// error: .*RowFrame.* has no non-static data member named .*person
#include "hub/masking/wire_page.h"

namespace switchboard {

void Show(masking::WirePage& page, const v1::Person& person) {
  page.AddFrame(1, masking::RowFrame{.assignment_id = "a", .person = person});
}

}  // namespace switchboard
