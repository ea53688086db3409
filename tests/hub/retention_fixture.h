#pragma once

// A hub that forgets, its vendors, and what is left of what it had.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard::testing {

inline constexpr auto kPlaced = v1::NOT_PLACED_REASON_UNSPECIFIED;

inline constexpr char kRetentionClasses[] =
    "classes: [{countries: [JP], keep_days: 20}, {keep_days: 10}]\n"
    "accounts_keep_days: 30\nquarantine_keep_days: 40\n";

inline HubOptions RetentionOptions(const char* settings) {
  retention::Settings read;
  EXPECT_OK(ReadYaml(settings, "retention.yaml", &read));
  EXPECT_FALSE(retention::CheckSettings(read).has_value());
  HubOptions options = HubWorld::Options();
  options.retention = retention::Policy(read);
  return options;
}

// An account of somebody in `country`.
inline v1::AccountRecord AccountIn(int64_t sequence, const std::string& account_id,
                                   const std::string& person_id,
                                   const std::string& country = "JP") {
  auto record = MakeRecord(sequence, {.account_id = account_id, .person_id = person_id});
  record.mutable_person()->mutable_address()->set_country(country);
  return record;
}

class HubRetentionTest : public ::testing::Test {
 protected:
  explicit HubRetentionTest(const char* settings = kRetentionClasses,
                            std::vector<std::string> vendors = {"sakura", "fuji", "ume"})
      : world_(RetentionOptions(settings)), vendors_(std::move(vendors)) {}
  void SetUp() override { world_.SetUpVendors(vendors_); }

  void Run(const storage::Writer::Unit& unit) {
    absl::Status result = absl::InternalError("not run");
    world_.hub().writer().Submit(storage::Urgency::kUrgent, unit,
                                 [&](const absl::Status& status) { result = status; });
    world_.Settle();
    EXPECT_OK(result);
  }
  // Every vendor stores what it is sent, so that withdrawals leave the feed.
  void Store() {
    for (const std::string& vendor_id : vendors_) {
      const int64_t newest = world_.Vendor(vendor_id).newest_sequence();
      Run([&](storage::Transaction& transaction) -> absl::Status {
        v1::Cursor& cursor = cursors_[vendor_id];
        ASSIGN_OR_RETURN(const auto opened,
                         world_.hub().feed().Open(transaction, vendor_id, cursor));
        cursor = opened.cursor;
        cursor.set_sequence(newest);
        return world_.hub().feed().Acknowledge(transaction, vendor_id, opened.session, cursor, {});
      });
    }
  }
  // The same, and nobody waits for its word that it has deleted what it was shown of work that has
  // ended.
  void Acknowledge() {
    Store();
    CloseOrders();
    Tick(5);  // to the end of a sweep that is under way
  }
  void CloseOrders() {
    Run([](storage::Transaction& transaction) {
      return transaction
          .Execute("UPDATE assignment SET deletion_order_id = 'none' WHERE ended > 0", {})
          .status();
    });
  }
  void Tick(int seconds) {
    for (int second = 0; second < seconds; ++second) {
      world_.clock.Advance(absl::Seconds(1));
      world_.hub().Tick();
      world_.Settle();
    }
  }
  // Time passes and a whole sweep is made.
  void Pass(int days) {
    world_.clock.Advance(days * absl::Hours(24) + absl::Hours(1));
    CloseOrders();
    Tick(30);
  }
  int64_t Count(const char* sql) {
    int64_t count = -1;
    EXPECT_OK(world_.hub().readers().Run([&](storage::Connection& reader) {
      return reader.Query(sql, {}, [&](const storage::Row& row) {
        count = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return count;
  }
  int64_t Assignments() { return Count("SELECT COUNT(*) FROM assignment"); }
  int64_t Accounts() { return Count("SELECT COUNT(*) FROM account"); }
  int64_t Persons() { return Count("SELECT COUNT(*) FROM person"); }
  // "assignment A-1", "account A-1", "person P-1", "stop 1" … of everything erased so far, in
  // order. Verifies the chain.
  std::vector<std::string> Erased() {
    std::vector<std::string> lines;
    for (const auto& event : world_.AuditEvents()) {
      if (event.kind() != v1::AuditEvent::KIND_ERASED) continue;
      const std::string name = v1::AuditEvent::Erased::What_Name(event.erased().what());
      const std::string what = absl::AsciiStrToLower(name.substr(name.find('_') + 1));
      const std::string& id = event.account_id().empty() ? event.person_id() : event.account_id();
      lines.push_back(what + " " + (id.empty() ? std::to_string(event.count()) : id));
    }
    return lines;
  }
  v1::ReportOutcomesResponse::Status Report(const std::string& vendor_id,
                                            const v1::Outcome& outcome) {
    const auto response = world_.Report(vendor_id, {outcome});
    EXPECT_OK(response);
    return response.ok() ? response->receipts(0).status()
                         : v1::ReportOutcomesResponse::STATUS_UNSPECIFIED;
  }
  // Why the only record was not placed; kPlaced when it was.
  v1::NotPlacedReason Import(const v1::AccountRecord& record) {
    const auto response = world_.Import({record});
    EXPECT_OK(response);
    if (!response.ok() || response->receipts().empty()) return kPlaced;
    EXPECT_EQ(response->receipts(0).status(), v1::ImportAccountsResponse::STATUS_NOT_PLACED);
    return response->receipts(0).not_placed_reason();
  }

  HubWorld world_;
  const std::vector<std::string> vendors_;
  std::map<std::string, v1::Cursor> cursors_;
};

}  // namespace switchboard::testing
