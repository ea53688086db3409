#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/hub/promise_fixture.h"

// Vendors who may hand work to one another, and head office.

namespace switchboard::testing {

inline v1::HandOverRequest HandOverTo(const std::string& vendor_id,
                                      const std::string& assignment_id,
                                      v1::HandOverReason reason = v1::HAND_OVER_REASON_ESCALATED,
                                      const std::string& note = "") {
  v1::HandOverRequest request;
  request.set_assignment_id(assignment_id);
  request.set_to_vendor_id(vendor_id);
  request.set_reason(reason);
  request.set_note(note);
  return request;
}

inline absl::Status HandOver(HubWorld& world, const std::string& vendor_id,
                             const v1::HandOverRequest& request) {
  return world
      .Await<v1::HandOverResponse>([&](auto done) {
        world.hub().vendor_api().HandOver(VendorPeer(vendor_id), request, done);
      })
      .status();
}

// sakura has of P-1, fuji A-3; the plan gives what comes to fuji. sakura may hand over
// to fuji and head office, they to sakura; ume is named by nobody.
class HandOverTest : public PromiseTest {
 protected:
  HandOverTest() {
    world_.ApplyContract({.vendor_id = "sakura", .more = "hand_over_to: [fuji, head-office]\n"});
    world_.ApplyContract({.vendor_id = "fuji", .more = "hand_over_to: [sakura]\n"});
    world_.ApplyContract({.vendor_id = "ume"});
    ApplyHeadOffice();
  }

  void ApplyHeadOffice(const std::string& acts = "[REMIND]") {
    world_.ApplyContract(
        {.vendor_id = "head-office",
         .more = "collector_kind: ISSUER\nhead_office: true\nhand_over_to: [sakura]\n",
         .acts = acts});
  }
  absl::Status HandOver(const std::string& vendor_id, const v1::HandOverRequest& request) {
    return testing::HandOver(world_, vendor_id, request);
  }
  // "1 sakura HANDED_OVER", "2 fuji": who had and who has an account, by number of placement.
  std::vector<std::string> Places(const std::string& account_id = "A-1") {
    std::vector<std::string> places;
    for (const auto& placement : world_.Placements(account_id)) {
      std::string place = absl::StrCat(placement.placement_number(), " ", placement.vendor_id());
      if (placement.has_withdraw_time()) {
        const std::string reason = v1::WithdrawReason_Name(placement.withdraw_reason());
        absl::StrAppend(&place, " ", reason.substr(sizeof("WITHDRAW_REASON_") - 1));
      }
      places.push_back(std::move(place));
    }
    return places;
  }
  std::vector<v1::AuditEvent> EventsOf(v1::AuditEvent::Kind kind) {
    std::vector<v1::AuditEvent> events;
    for (v1::AuditEvent& event : world_.AuditEvents())
      if (event.kind() == kind) events.push_back(std::move(event));
    return events;
  }
  // What the core is told of hand-overs.
  std::vector<v1::HandOver> Told() {
    std::vector<v1::HandOver> told;
    const auto read = world_.ReadCoreFeed(0);
    EXPECT_OK(read);
    if (!read.ok()) return told;
    for (const v1::CoreItem& item : read->items())
      if (item.has_hand_over()) told.push_back(item.hand_over());
    return told;
  }
};

}  // namespace switchboard::testing
