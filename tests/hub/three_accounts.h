#pragma once

#include <string>

#include "tests/hub/answers.h"

namespace switchboard::testing {

// Three vendors; account of P-1, and A-3 of P-3.
class ThreeAccountsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura", "fuji", "ume"});
    ASSERT_OK(world_.Import({MakeRecord(1), MakeRecord(2, {.account_id = "A-2"}),
                             MakeRecord(3, {.account_id = "A-3", .person_id = "P-3"})}));
    placed_ = world_.Live("A-1");
    vendor_ = placed_.vendor_id();
  }

  // For the account's live assignment.
  std::string Ask(const std::string& request_id, const std::string& point = "mobile",
                  const std::string& account_id = "A-1") {
    const auto live = world_.Live(account_id);
    return AnswerOf(world_.Ask(live.vendor_id(), request_id, live.assignment_id(), point));
  }
  std::string Post(const v1::CoreEvent& event) { return AnswerOf(world_.Post({event})); }
  absl::Status Release(const std::string& vendor_id, const std::string& permit_id) {
    v1::ReleasePermitRequest request;
    request.set_permit_id(permit_id);
    return world_
        .Await<v1::ReleasePermitResponse>([&](auto done) {
          world_.hub().vendor_api().ReleasePermit(VendorPeer(vendor_id), request, done);
        })
        .status();
  }
  // A vendor other than that of A-1.
  std::string AnotherVendor() const { return vendor_ == "fuji" ? "ume" : "fuji"; }

  HubWorld world_;
  v1::ListPlacementsResponse::Placement placed_;  // of A-1
  std::string vendor_;                            // of A-1
};

}  // namespace switchboard::testing
