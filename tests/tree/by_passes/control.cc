// compiles
#include "hub/masking/silent_messages.h"
#include "hub/masking/wire_page.h"
#include "hub/sync/sync_stream.h"

namespace switchboard {

void Show(sync::Outlet& outlet, masking::WirePage page, const masking::Masker& masker,
          const masking::WireGuard& guard, const v1::Person& person, const v1::Account& account) {
  page.AddRow(1, {.assignment_id = "a"}, masker, guard, {person, account, "", ""}, absl::Time());
  auto made = std::move(page).Make({.bytes_max = 1, .rows_max = 1, .newest = 1});
  outlet.Send(masking::StreamMessage::Of(made.page));
}

masking::ToVendor<v1::HandOverResponse> Answer() {
  return masking::SilentAnswer::Of(v1::HandOverResponse());
}

}  // namespace switchboard
