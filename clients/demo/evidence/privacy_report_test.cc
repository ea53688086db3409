#include "clients/demo/evidence/privacy_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "clients/text_table.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

RunResult WithAll() {
  RunResult result;
  result.vendors.resize(1);
  result.vendors[0].vendor_id = "sakura";
  result.vendors[0].deletions = {7, 1'234, 5, 0, 2, 0, 5};
  const std::string wide = "三重県伊賀市愛田三重県伊賀市愛田三重県伊賀市愛田";
  result.views = Views{"sakura", "WORK_TYPE_LATE_COLLECTIONS", "a", {}};
  result.views->fields = {{"city", wide, {wide, wide, wide, ""}}};
  TighteningResult& tightening = result.tightening.emplace();
  tightening.vendor_id = "sakura";
  tightening.contract_version = 2;
  tightening.plan =
      "  feed  begins a new generation\n\n  field        seen\n\n"
      "  Live work by its shape, letters as \"a\"\n\n  zh-Hant TW  name\n\n"
      "contract sakura: 0 fields seen more, 4 less\n";
  tightening.history = "contract sakura: 2 versions, 1 in force\n";
  tightening.seconds = 0.42;
  tightening.rows_again = 2'041;
  tightening.bytes = 123'456'789;
  tightening.values_searched = 12'345;
  tightening.rows_compared = 12'345;
  tightening.work_type = "WORK_TYPE_LATE_COLLECTIONS";
  tightening.row = {{"city", wide, {wide, ""}}, {"e-mail", "a@example.jp", {"", ""}}};
  DeletionShown& order = result.deletion.emplace();
  order.order_id = "01JD0000000000000000000000";
  order.vendor_id = "sakura";
  order.cause = "CAUSE_ENDED";
  order.count = 12;
  order.digest = std::string(64, 'd');
  order.signed_by = "spiffe://issuer.example/vendor/sakura";
  order.serial = "4711";
  return result;
}

TEST(PrivacyReport, SaysWhatBecameLessAndWhatWasDeleted) {
  const RunResult result = WithAll();
  EXPECT_THAT(RenderViews(result), AllOf(HasSubstr("…"), HasSubstr("─\n")));
  EXPECT_THAT(RenderTightening(result),
              AllOf(HasSubstr("version 2 of sakura's"), HasSubstr("0.42 s (2,041 rows)"),
                    HasSubstr("own person: 0 found"),
                    HasSubstr("  $ switchboard contract plan sakura-tightened.yaml --samples 0\n"
                              "    feed  begins a new generation\n    field        seen\n"
                              "  contract sakura: 0 fields seen more, 4 less\n"
                              "  $ switchboard contract history sakura\n"
                              "  contract sakura: 2 versions"),
                    ::testing::Not(HasSubstr("e-mail"))));
  EXPECT_THAT(RenderDeletions(result),
              AllOf(ContainsRegex("sakura +7 +1,234 +5 +0 +2 +0 +5\n"), HasSubstr("4711"),
                    HasSubstr("verified without the hub")));
}

TEST(PrivacyReport, SaysWhereAWordDoesNotStand) {
  RunResult result = WithAll();
  result.deletion->problem = "another than the vendor signed it";
  EXPECT_THAT(RenderDeletions(result), HasSubstr("does NOT stand: another than the vendor"));
}

TEST(PrivacyReport, FitsAScreen) {
  const RunResult result = WithAll();
  const std::string all = RenderViews(result) + RenderTightening(result) + RenderDeletions(result);
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(all, '\n')))
    EXPECT_LE(DisplayWidth(line), 100u) << line;
}

TEST(PrivacyReport, IsEmptyWhereNothingOfItWas) {
  const RunResult result;
  EXPECT_EQ(RenderViews(result) + RenderTightening(result) + RenderDeletions(result), "");
  nlohmann::json json;
  AddPrivacy(result, &json);
  EXPECT_TRUE(json["tightening"].is_null());
}

TEST(PrivacyReport, JsonSaysTheSame) {
  nlohmann::json json;
  AddPrivacy(WithAll(), &json);
  EXPECT_EQ(json["tightening"]["rows_again"], 2'041);
  EXPECT_EQ(json["tightening"]["history"], "contract sakura: 2 versions, 1 in force\n");
  EXPECT_TRUE(json["views"]["fields"][0]["shown"][3].is_null());
  EXPECT_EQ(json["deletion_orders"]["sakura"]["open"], 2);
  EXPECT_EQ(json["deletion_shown"]["verified"], true);
}

}  // namespace
}  // namespace switchboard::demo
