#include "clients/demo/evidence/leak_scan.h"

#include <functional>
#include <set>
#include <string>

#include "clients/demo/parties/ledger.h"
#include "hub/contracts/contract_check.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "tests/testing.h"

namespace switchboard::demo {
namespace {

using ::switchboard::testing::ReadFile;
using ::switchboard::testing::TemporaryFolder;
using Placement = v1::ListPlacementsResponse::Placement;

// One late account, placed with one vendor; what it was fed is written to a real tap.
class LeakScanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto population = Population::Load({"clients/demo/data", "", 1, 300});
    ASSERT_OK(population);
    population_ = std::make_unique<Population>(*std::move(population));
    record_ = population_->Record(0);
    other_ = population_->Record(1);
  }

  void UseVendor(const std::string& vendor) {
    const std::string file = "clients/demo/contracts/" + vendor + ".yaml";
    auto contract = contracts::ParseContract(ReadFile(file), file);
    ASSERT_OK(contract);
    contract_ = *std::move(contract);
    Placement placement;
    placement.set_assignment_id("assignment-1");
    placement.set_vendor_id(vendor);
    placement.set_account_id(record_.account().account_id());
    placement.set_work_type(contract_.work_types(0).work_type());
    placements_ = {placement};
  }

  // What the contract in use allows, written down by hand.
  v1::Assignment Masked() const {
    const v1::Person& person = record_.person();
    const v1::Account& account = record_.account();
    v1::Assignment assignment;
    assignment.set_assignment_id("assignment-1");
    assignment.set_work_type(contract_.work_types(0).work_type());
    v1::MaskedPerson& shown = *assignment.mutable_person();
    v1::MaskedAccount& shown_account = *assignment.mutable_account();
    shown.set_language(person.language());
    shown_account.set_product(account.product());
    for (const auto& point : person.contact_points()) {
      v1::MaskedContactPoint& masked = *shown.add_contact_points();
      masked.set_contact_point_id(point.contact_point_id());
      masked.set_kind(point.kind());
    }
    if (contract_.vendor_id() == "bright") {
      shown.set_birth_date("20-29");
      return assignment;
    }
    shown.set_person_token("9J4XK2M0P7");
    shown.set_name(person.family_name());
    shown.mutable_address()->set_country(person.address().country());
    shown.mutable_address()->set_region(person.address().region());
    shown_account.set_bucket("M2");
    if (contract_.vendor_id() == "jade") {
      shown_account.mutable_amount_due_band()->set_below_minor_units(500'000);
      return assignment;
    }
    shown.set_name(person.family_name() + person.given_name());
    shown.set_birth_date(std::to_string(person.birth_date().year()));
    *shown_account.mutable_amount_due() = account.amount_due();
    if (contract_.vendor_id() == "sakura") return assignment;
    *shown.mutable_address() = person.address();
    shown.mutable_contact_points(0)->set_value(person.contact_points(0).phone());
    shown_account.set_card_number("************" + account.card_number().substr(12));
    return assignment;
  }

  LeakScanResult Scan(const std::function<void(TapFile&)>& feed) const {
    const TemporaryFolder folder;
    auto tap = TapFile::Open(folder / "received");
    EXPECT_OK(tap);
    feed(**tap);
    return ScanForLeaks({population_.get(), &contract_, &placements_, &permits_},
                        ReadFile(folder / "received"));
  }

  LeakScanResult ScanAssignment(const v1::Assignment& assignment) const {
    v1::SyncResponse response;
    *response.mutable_batch()->add_changes()->mutable_assigned() = assignment;
    return Scan([&](TapFile& tap) { tap.Write("Sync", response.SerializeAsString()); });
  }

  LeakScanResult ScanBytes(std::string_view method, std::string_view bytes) const {
    return Scan([&](TapFile& tap) { tap.Write(method, bytes); });
  }

  std::unique_ptr<Population> population_;
  v1::AccountRecord record_, other_;
  v1::Contract contract_;
  std::vector<Placement> placements_;
  absl::flat_hash_map<std::string, PermitSubject> permits_;
};

TEST_F(LeakScanTest, FindsNothingInWhatTheContractAllows) {
  for (const char* vendor : {"head-office", "sakura", "jade", "bright"}) {
    UseVendor(vendor);
    const LeakScanResult result = ScanAssignment(Masked());
    EXPECT_EQ(result.raw_values_found, 0)
        << vendor << " " << ::testing::PrintToString(result.examples);
    EXPECT_EQ(result.assignments_read, 1);
    EXPECT_GT(result.values_searched, 300 * 5);
    EXPECT_EQ(result.samples.at("assignment-1").SerializeAsString(), Masked().SerializeAsString());
  }
}

TEST_F(LeakScanTest, FindsAValueOfEveryFieldClassThatIsPlanted) {
  struct Case {
    const char* field;
    std::function<void(v1::Assignment&)> plant;
  };
  const v1::Person& person = record_.person();
  const v1::Account& account = record_.account();
  auto name = [](v1::Assignment& a) -> std::string& { return *a.mutable_person()->mutable_name(); };
  const std::vector<Case> cases = {
      {"family name", [&](auto& a) { name(a) = person.family_name(); }},
      {"given name", [&](auto& a) { name(a) = "x" + person.given_name(); }},
      {"whole name", [&](auto& a) { name(a) = person.family_name() + " " + person.given_name(); }},
      {"given name reading",
       [&](auto& a) { a.mutable_person()->set_name_reading(person.given_name_reading()); }},
      {"birth date",
       [&](auto& a) {
         a.mutable_person()->set_birth_date(std::to_string(person.birth_date().year()) +
                                            (person.birth_date().month() < 10 ? "-0" : "-") +
                                            std::to_string(person.birth_date().month()) +
                                            (person.birth_date().day() < 10 ? "-0" : "-") +
                                            std::to_string(person.birth_date().day()));
       }},
      {"street",
       [&](auto& a) {
         a.mutable_person()->mutable_address()->set_street(person.address().street());
       }},
      {"district",
       [&](auto& a) {
         a.mutable_person()->mutable_address()->set_district(person.address().district());
       }},
      {"phone",
       [&](auto& a) {
         a.mutable_person()->mutable_contact_points(0)->set_value(person.contact_points(0).phone());
       }},
      {"e-mail",
       [&](auto& a) {
         a.mutable_person()->mutable_contact_points(2)->set_value(person.contact_points(2).email());
       }},
      {"card number",
       [&](auto& a) { a.mutable_account()->set_card_number(account.card_number()); }},
      {"person id", [&](auto& a) { a.mutable_person()->set_person_token(account.person_id()); }},
      {"account id",
       [&](auto& a) { a.mutable_account()->set_account_token(account.account_id()); }},
      {"internal reason",
       [&](auto& a) { a.mutable_account()->set_product(account.internal_reason()); }},
      {"amount",
       [&](auto& a) { *a.mutable_account()->mutable_amount_due() = account.amount_due(); }},
      {"amount", [&](auto& a) { *a.mutable_account()->mutable_balance() = account.balance(); }},
      {"credit",
       [&](auto& a) { *a.mutable_account()->mutable_credit_limit() = account.credit_limit(); }},
      {"credit", [&](auto& a) { a.mutable_account()->set_grade(account.grade()); }},
      {"days past due",
       [&](auto& a) { a.mutable_account()->set_days_past_due(account.days_past_due()); }},
      {"days past due",
       [&](auto& a) { *a.mutable_account()->mutable_due_date() = account.due_date(); }},
      {"bucket", [&](auto& a) { a.mutable_account()->set_bucket("M2"); }},
      {"promised amount", [&](auto& a) { a.mutable_promise()->mutable_amount(); }},
      {"promised amount band",
       [&](auto& a) { a.mutable_proposed_plan()->add_instalments()->mutable_amount_band(); }},
      {"day promised",
       [&](auto& a) { a.mutable_promise()->add_instalments()->mutable_due_date(); }},
      {"note of who handed it over", [&](auto& a) { a.mutable_handed_over()->set_note("x"); }},
  };
  UseVendor("bright");
  for (const Case& c : cases) {
    v1::Assignment assignment = Masked();
    while (assignment.person().contact_points_size() < 3)
      assignment.mutable_person()->add_contact_points();
    assignment.mutable_person()->mutable_contact_points(2)->set_kind(v1::CONTACT_KIND_EMAIL);
    c.plant(assignment);
    const LeakScanResult result = ScanAssignment(assignment);
    EXPECT_GE(result.raw_values_found, 1) << c.field;
    EXPECT_TRUE(result.by_field.contains(c.field))
        << c.field << " " << ::testing::PrintToString(result.by_field);
  }
}

TEST_F(LeakScanTest, FindsValuesOfOthersInAnyMessageAndInAFrameCutShort) {
  UseVendor("head-office");  // sees its own phones, but not those of accounts it does not hold
  const std::string phone = other_.person().contact_points(0).phone();
  EXPECT_EQ(ScanBytes("ReportOutcomes", "field x: " + phone).raw_values_found, 1);
  EXPECT_EQ(ScanBytes("Sync", "not a message " + other_.account().card_number()).raw_values_found,
            1);
  EXPECT_EQ(ScanBytes(other_.person().person_id(), "").raw_values_found, 1);
  EXPECT_EQ(ScanBytes("Sync", record_.person().contact_points(0).phone()).raw_values_found, 0);

  const TemporaryFolder folder;
  ASSERT_OK_AND_ASSIGN(const auto tap, TapFile::Open(folder / "received"));
  tap->Write("ReportOutcomes", phone + std::string(100, 'x'));
  const std::string whole = ReadFile(folder / "received");
  const LeakScanResult cut = ScanForLeaks({population_.get(), &contract_, &placements_, &permits_},
                                          std::string_view(whole).substr(0, whole.size() - 50));
  EXPECT_EQ(cut.raw_values_found, 1);
  EXPECT_EQ(cut.frames, 0);
}

TEST_F(LeakScanTest, LetsAPermitCarryTheNumberItIsForAndNoOther) {
  UseVendor("jade");
  permits_["permit-1"] = {record_.account().account_id(), "mobile-1"};
  v1::RequestPermitResponse response;
  response.mutable_permit()->set_permit_id("permit-1");
  response.mutable_permit()->set_dial(record_.person().contact_points(0).phone());
  EXPECT_EQ(ScanBytes("RequestPermit", response.SerializeAsString()).raw_values_found, 0);
  EXPECT_EQ(ScanBytes("Sync", response.SerializeAsString()).raw_values_found, 1);

  response.mutable_permit()->set_dial(record_.person().contact_points(1).phone());
  EXPECT_EQ(ScanBytes("RequestPermit", response.SerializeAsString()).raw_values_found, 1)
      << "home phone";
  response.mutable_permit()->set_dial(other_.person().contact_points(0).phone());
  EXPECT_EQ(ScanBytes("RequestPermit", response.SerializeAsString()).raw_values_found, 1)
      << "somebody else";
  response.mutable_permit()->set_permit_id("permit-2");
  response.mutable_permit()->set_dial(record_.person().contact_points(0).phone());
  EXPECT_EQ(ScanBytes("RequestPermit", response.SerializeAsString()).raw_values_found, 1)
      << "unknown permit";

  UseVendor("sakura");  // dials through the trunk
  response.mutable_permit()->set_permit_id("permit-1");
  EXPECT_EQ(ScanBytes("RequestPermit", response.SerializeAsString()).raw_values_found, 1)
      << "trunk";
}

// A product or a grade that no list names would be withheld.
TEST_F(LeakScanTest, TheContractsNameEveryProductAndGrade) {
  std::set<std::string> products, grades;
  for (int64_t i = 0; i < population_->size(); ++i) {
    products.insert(population_->Record(i).account().product());
    grades.insert(population_->Record(i).account().grade());
  }
  for (const std::string vendor : {"sakura", "jade", "bright", "head-office"}) {
    const std::string file = "clients/demo/contracts/" + vendor + ".yaml";
    UseVendor(vendor);
    EXPECT_THAT(contracts::ContractWarnings(contract_, ReadFile(file), file), ::testing::IsEmpty());
    for (const auto& terms : contract_.work_types()) {
      for (const auto& disclosure : terms.disclose()) {
        if (disclosure.values().empty()) continue;
        const bool product = disclosure.data_class() == v1::DATA_CLASS_PRODUCT;
        EXPECT_THAT(product ? products : grades,
                    ::testing::Each(::testing::AnyOfArray(disclosure.values())))
            << vendor;
      }
    }
  }
}

TEST_F(LeakScanTest, SearchesTheBytesOfAnAssignmentThatWasNeverPlacedThere) {
  UseVendor("head-office");
  v1::Assignment assignment = Masked();
  EXPECT_EQ(ScanAssignment(assignment).raw_values_found, 0);
  placements_[0].set_vendor_id("jade");
  EXPECT_GE(ScanAssignment(assignment).by_field.at("phone"), 1);
}

}  // namespace
}  // namespace switchboard::demo
