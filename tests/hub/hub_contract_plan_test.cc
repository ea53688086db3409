// What OperatorService.PlanContract says of a contract before anybody releases it, and of nobody.

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "tests/hub/hand_over_fixture.h"

namespace switchboard {
namespace {

using testing::ContractYaml;
using ::testing::ElementsAre;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::HubWorld;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::MakeRecord;
using testing::Operator;
using testing::PlanYaml;
using Response = v1::PlanContractResponse;

constexpr char kNameAndPhone[] =
    "{data_class: NAME, show: CLEAR}, {data_class: PHONE, show: PARTIAL, mask: LAST_FOUR}";

// sakura's, with this shown in both of its works. `more`: further lines.
std::string Contract(const std::string& disclosures, const std::string& languages = "[ja, en]",
                     const std::string& more = "") {
  std::string yaml =
      absl::StrCat("vendor_id: sakura\nlanguages: ", languages, "\n", more, "work_types:\n");
  for (const char* work_type : {"EARLY_COLLECTIONS", "LATE_COLLECTIONS"}) {
    absl::StrAppend(&yaml, "  - {work_type: ", work_type, ", acts: [REMIND], disclose: [",
                    disclosures, "]}\n");
  }
  return yaml;
}

v1::PlanContractRequest Of(const std::string& yaml, int samples_max = 0, int assignments_max = 0) {
  v1::PlanContractRequest request;
  request.set_yaml(yaml);
  request.set_file_name("sakura.yaml");
  request.set_samples_max(samples_max);
  request.set_assignments_max(assignments_max);
  return request;
}

absl::StatusOr<Response> Plan(HubWorld& world, const v1::PlanContractRequest& request) {
  return world.Await<Response>([&](auto done) {
    world.hub().operator_api().PlanContract(Operator("mallory"), request, done);
  });
}

std::string WordFor(v1::WorkType work_type) {
  return work_type == v1::WORK_TYPE_EARLY_COLLECTIONS ? "early" : "late";
}

// "early person.name NAME: CLEAR -> PARTIAL FAMILY_NAME, LESS of 337"
std::vector<std::string> Fields(const Response& response) {
  std::vector<std::string> fields;
  for (const Response::Field& field : response.fields()) {
    fields.push_back(
        absl::StrCat(WordFor(field.work_type()), " ", field.path(), " ",
                     v1::DataClass_Name(field.data_class()).substr(sizeof("DATA_CLASS_") - 1), ": ",
                     field.before(), " -> ", field.after(), ", ",
                     Response::Change_Name(field.change()).substr(sizeof("CHANGE_") - 1), " of ",
                     field.assignments()));
  }
  return fields;
}

std::vector<std::string> Terms(const Response& response) {
  std::vector<std::string> terms;
  for (const Response::Term& term : response.terms()) {
    terms.push_back(
        absl::StrCat(term.path(), ": ", term.before(), " -> ", term.after(), ", ",
                     Response::Change_Name(term.change()).substr(sizeof("CHANGE_") - 1)));
  }
  return terms;
}

// Of live work, or else of those who were invented.
std::vector<Response::Sample> Samples(const Response& response, bool live) {
  std::vector<Response::Sample> samples;
  for (const Response::Sample& sample : response.samples()) {
    if (sample.assignment_id().empty() != live) samples.push_back(sample);
  }
  return samples;
}

// 400 people with one account each, a hundred of them in late work, so that all go together in
// tens; some have no address for mail, no day of birth or no grade.
class HubContractPlanTest : public ::testing::Test {
 protected:
  static constexpr int kPeople = 400;

  static bool IsLate(int i) { return i % 4 == 0; }
  static bool HasMail(int i) { return i % 3 != 0; }
  static bool HasBirthDate(int i) { return i % 5 != 0; }
  static bool SpeaksEnglish(int i) { return i % 10 == 0; }
  static bool HasGrade(int i) { return i % 6 != 0; }

  HubContractPlanTest() {
    world_.ApplyContract({});  // brings rules
    PutInForce(Contract(kNameAndPhone));
    world_.ApplyPlan(PlanYaml("[{vendor_id: sakura, percent: 100}]"));
  }

  void PutInForce(const std::string& yaml) {
    ASSERT_OK(world_.PutInForce(v1::TEXT_KIND_CONTRACT, yaml));
  }

  static v1::AccountRecord Record(int i) {
    v1::AccountRecord record = MakeRecord(i, {.account_id = absl::StrCat("KONTO-", i),
                                              .person_id = absl::StrCat("KUNDE-", i),
                                              .days_past_due = IsLate(i) ? 70 : 10,
                                              .amount_due = 7'654'000 + i,
                                              .grade = "Q7XW",
                                              .language = SpeaksEnglish(i) ? "en" : "ja"});
    v1::Person& person = *record.mutable_person();
    if (!HasMail(i)) person.mutable_contact_points()->DeleteSubrange(1, 1);
    if (!HasBirthDate(i)) person.clear_birth_date();
    if (!HasGrade(i)) record.mutable_account()->clear_grade();
    return record;
  }

  void ImportPeople(int count = kPeople) {
    std::vector<v1::AccountRecord> records;
    for (int i = 1; i <= count; ++i) records.push_back(Record(i));
    ASSERT_OK(world_.Import(records));
  }

  // Of how many in early, or late, work this holds.
  template <typename Holds>
  static int CountOf(bool late, const Holds& holds, int people = kPeople) {
    int count = 0;
    for (int i = 1; i <= people; ++i) count += IsLate(i) == late && holds(i) ? 1 : 0;
    return count;
  }

  Response Planned(const v1::PlanContractRequest& request) {
    const auto response = Plan(world_, request);
    EXPECT_OK(response);
    return response.ok() ? *response : Response();
  }

  HubWorld world_;
};

TEST_F(HubContractPlanTest, CountsWhoseFieldsWouldLookOtherwise) {
  ImportPeople();
  const std::string yaml = Contract(
      "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}, {data_class: PHONE, show: PARTIAL, "
      "mask: LAST_FOUR}, {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}, {data_class: "
      "BIRTH_DATE, show: BAND}",
      "[ja]");
  const Response response = Planned(Of(yaml));
  const auto everybody = [](int) { return true; };
  const std::string mail = " person.contact_points.value EMAIL: ABSENT -> PARTIAL DOMAIN, MORE of ";
  const std::string name = " person.name NAME: CLEAR -> PARTIAL FAMILY_NAME, LESS of ";
  const std::string birth = " person.birth_date BIRTH_DATE: ABSENT -> BAND, MORE of ";
  EXPECT_THAT(Fields(response),
              ElementsAre(absl::StrCat("early", birth, CountOf(false, HasBirthDate)),
                          absl::StrCat("early", mail, CountOf(false, HasMail)),
                          absl::StrCat("early", name, CountOf(false, everybody)),
                          absl::StrCat("late", birth, CountOf(true, HasBirthDate)),
                          absl::StrCat("late", mail, CountOf(true, HasMail)),
                          absl::StrCat("late", name, CountOf(true, everybody))));
  ASSERT_EQ(response.work_types_size(), 2);
  for (const bool late : {false, true}) {
    const auto& line = response.work_types(late ? 1 : 0);
    EXPECT_EQ(line.work_type(),
              late ? v1::WORK_TYPE_LATE_COLLECTIONS : v1::WORK_TYPE_EARLY_COLLECTIONS);
    EXPECT_EQ(line.live_assignments(), CountOf(late, everybody));
    EXPECT_EQ(line.leaving(), CountOf(late, SpeaksEnglish));
  }
  EXPECT_THAT(Terms(response), ElementsAre("languages: ja, en -> ja, LESS"));
  EXPECT_EQ(response.looked_at(), kPeople);
  EXPECT_TRUE(response.all());
  EXPECT_EQ(response.reach(), Response::REACH_NEW_GENERATION);
  EXPECT_EQ(response.against_version(), 2);
  EXPECT_EQ(response.vendor_id(), "sakura");
  EXPECT_EQ(response.digest(), Sha256Of(yaml));
  EXPECT_EQ(response.first_day().year(), 2026);
  EXPECT_EQ(response.first_day().month(), 1);
  EXPECT_EQ(response.first_day().day(), 1);
  EXPECT_FALSE(response.has_last_day_out());
  EXPECT_THAT(response.warnings(), IsEmpty());
}

TEST_F(HubContractPlanTest, ChangesNothing) {
  ImportPeople(20);
  const size_t events = world_.AuditEvents().size();
  const std::string vendor = world_.Vendor("sakura").SerializeAsString();
  for (const char* disclosures : {"", kNameAndPhone, "{data_class: ADDRESS, show: CLEAR}"})
    Planned(Of(Contract(disclosures), 20));
  EXPECT_EQ(world_.AuditEvents().size(), events);
  EXPECT_EQ(world_.Vendor("sakura").SerializeAsString(), vendor);
  const auto proposals = world_.Await<v1::ListProposalsResponse>([&](auto done) {
    v1::ListProposalsRequest request;
    request.set_text_id("sakura");
    world_.hub().operator_api().ListProposals(Operator(), request, done);
  });
  ASSERT_OK(proposals);
  EXPECT_THAT(proposals->proposals(), IsEmpty());
}

TEST_F(HubContractPlanTest, LooksAtSomeWhereThereAreMany) {
  ImportPeople(200);
  const std::string yaml = Contract("{data_class: NAME, show: CLEAR}");
  const Response some = Planned(Of(yaml, 0, 100));
  EXPECT_EQ(some.looked_at(), 100);
  EXPECT_FALSE(some.all());
  EXPECT_EQ(some.work_types(0).live_assignments() + some.work_types(1).live_assignments(), 100);
  for (const int most : {200, 300}) {
    const Response all = Planned(Of(yaml, 0, most));
    EXPECT_EQ(all.looked_at(), 200);
    EXPECT_TRUE(all.all());
  }
  // What one more would change is told of nobody.
  for (const int most : {1, 99, 101, 150}) {
    EXPECT_THAT(Plan(world_, Of(yaml, 0, most)),
                FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << most;
  }
}

// Nobody of the eight speaks English, and some have no address for mail.
TEST_F(HubContractPlanTest, OfFewerThanTenNothingIsCounted) {
  ImportPeople(8);
  const std::string mail =
      absl::StrCat(kNameAndPhone, ", {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}");
  for (const char* languages : {"[ja]", "[en]"}) {
    const Response response = Planned(Of(Contract(mail, languages)));
    EXPECT_THAT(
        Fields(response),
        ElementsAre("early person.contact_points.value EMAIL: ABSENT -> PARTIAL DOMAIN, MORE of 6",
                    "late person.contact_points.value EMAIL: ABSENT -> PARTIAL DOMAIN, MORE of 2"));
    ASSERT_EQ(response.work_types_size(), 2);
    EXPECT_EQ(response.work_types(0).leaving(), 6) << languages;
    EXPECT_EQ(response.work_types(1).leaving(), 2) << languages;
  }
  // The two texts alone tell that nobody leaves.
  const Response response = Planned(Of(Contract(mail, "[ja, en, ko]")));
  ASSERT_EQ(response.work_types_size(), 2);
  EXPECT_EQ(response.work_types(0).leaving(), 0);
  EXPECT_EQ(response.work_types(1).leaving(), 0);
}

// Day after day, or band beside band, a birthday would be found.
TEST_F(HubContractPlanTest, WhenSomebodyWasBornIsNotTold) {
  ImportPeople(40);
  const auto shown = [](const std::string& way, const std::string& day) {
    return Contract(absl::StrCat(kNameAndPhone, ", {data_class: BIRTH_DATE, ", way, "}"),
                    "[ja, en]", absl::StrCat("effective_from: ", day, "\n"));
  };
  constexpr const char* kDays[] = {"2026-02-01", "2030-05-01", "2030-05-03", "2090-01-01"};
  for (const char* day : kDays) {
    std::set<std::string> bands;
    for (const auto& sample : Samples(Planned(Of(shown("show: BAND", day), 20)), true))
      bands.insert(absl::StrCat(sample.path(), " ", sample.before(), " -> ", sample.after()));
    EXPECT_THAT(bands, ElementsAre("person.birth_date  -> a band")) << day;
  }
  PutInForce(Contract(absl::StrCat(kNameAndPhone, ", {data_class: BIRTH_DATE, show: BAND}")));
  for (const char* day : kDays) {
    const Response response = Planned(Of(shown("show: PARTIAL, mask: BIRTHDAY_HIDDEN", day), 20));
    const std::string birth =
        " person.birth_date BIRTH_DATE: BAND -> PARTIAL BIRTHDAY_HIDDEN, OTHERWISE of ";
    EXPECT_THAT(Fields(response),
                ElementsAre(absl::StrCat("early", birth, CountOf(false, HasBirthDate, 40)),
                            absl::StrCat("late", birth, CountOf(true, HasBirthDate, 40))))
        << day;
    EXPECT_THAT(Samples(response, true), IsEmpty()) << day;
  }
}

// A text that was altered in the database shows nothing, and keeps out none that cures it.
TEST_F(HubContractPlanTest, AgainstATextThatWasAlteredThereIsNone) {
  ImportPeople(3);
  absl::Status altered = absl::InternalError("not run");
  const std::string looser = Contract("{data_class: NAME, show: CLEAR}");
  world_.hub().writer().Submit(
      storage::Urgency::kUrgent,
      [&](storage::Transaction& transaction) {
        return transaction.Execute("UPDATE contract SET yaml = $1", {looser}).status();
      },
      [&](const absl::Status& status) { altered = status; });
  world_.Settle();
  ASSERT_OK(altered);
  world_.Crash();
  const Response response = Planned(Of(Contract(kNameAndPhone)));
  EXPECT_EQ(response.against_version(), 0);
  EXPECT_EQ(response.reach(), Response::REACH_NEW_GENERATION);
  EXPECT_EQ(response.fields_size(), 4) << "as beside none";
  EXPECT_THAT(response.warnings(),
              ::testing::Contains(HasSubstr("it cannot be told what the vendor sees until then")));
}

TEST_F(HubContractPlanTest, ShowsLiveWorkByItsShapeAndInventedPeopleAsTheyAre) {
  ImportPeople(3);
  const Response response = Planned(
      Of(Contract("{data_class: NAME, show: CLEAR}, {data_class: PHONE, show: CLEAR}, {data_class: "
                  "EMAIL, show: PARTIAL, mask: DOMAIN}"),
         2));
  EXPECT_EQ(response.reach(), Response::REACH_CHANGED_ROWS);
  std::map<std::string, std::vector<std::string>> live;
  for (const Response::Sample& sample : Samples(response, true))
    live[sample.assignment_id()].push_back(
        absl::StrCat(sample.path(), " ", sample.before(), " -> ", sample.after()));
  ASSERT_EQ(live.size(), 2u);
  const std::string phone =
      "person.contact_points.value *******9999 -> +999999999999";  // of both numbers
  for (const auto& [id, fields] : live) {
    EXPECT_THAT(fields, ::testing::IsSupersetOf(
                            {std::string("person.contact_points.value *******9999 -> +99999999999"),
                             phone}));
  }
  std::set<std::string> labels, invented;
  for (const Response::Sample& sample : Samples(response, false)) {
    labels.insert(sample.specimen());
    invented.insert(absl::StrCat(sample.specimen(), ": ", sample.path(), " ", sample.before(),
                                 " -> ", sample.after()));
    EXPECT_EQ(sample.work_type(), v1::WORK_TYPE_EARLY_COLLECTIONS) << "late work shows the same";
  }
  EXPECT_GE(labels.size(), 12u);
  EXPECT_TRUE(invented.contains("ja JP: person.contact_points.value *******0101 -> +819000000101"));
  EXPECT_TRUE(invented.contains("ja JP: person.contact_points.value  -> ***@mail.example"));
  EXPECT_THAT(Samples(Planned(Of(Contract("{data_class: NAME, show: CLEAR}"))), true), IsEmpty());
}

// What an operator would do who wants to see people without a second operator.
TEST_F(HubContractPlanTest, TellsNothingOfAnybody) {
  ImportPeople(40);
  constexpr const char* kHarvests[] = {
      "{data_class: NAME, show: CLEAR}, {data_class: KANA, show: CLEAR}, {data_class: PHONE, show: "
      "CLEAR}, {data_class: EMAIL, show: CLEAR}, {data_class: ADDRESS, show: CLEAR}, {data_class: "
      "BIRTH_DATE, show: CLEAR}, {data_class: AMOUNT, show: CLEAR}, {data_class: CREDIT, show: "
      "CLEAR}, {data_class: PRODUCT, show: CLEAR}, {data_class: DELINQUENCY, show: CLEAR}, "
      "{data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR}, {data_class: FREE_TEXT, "
      "show: CLEAR}",
      "",
      "{data_class: NAME, show: PARTIAL, mask: INITIALS}, {data_class: ADDRESS, show: PARTIAL, "
      "mask: DISTRICT}, {data_class: EMAIL, show: PARTIAL, mask: DOMAIN}, {data_class: AMOUNT, "
      "show: BAND, band_ends: [1000, 2000000]}, {data_class: PHONE, show: PARTIAL, "
      "mask: AREA}",
  };
  for (const char* harvest : kHarvests) {
    const Response response = Planned(Of(Contract(harvest), 20));
    // What the operator wrote comes back in words.
    Response told = response;
    for (Response::Field& field : *told.mutable_fields()) field.clear_after();
    const std::string bytes = told.SerializeAsString();
    for (const char* raw : {"山田",      "太郎",      "ヤマダ",   "タロウ",      "9012345678",
                            "312345678", "taro",      "yamada",   "example.com", "150-0043",
                            "渋谷",      "道玄坂",    "さくら荘", "1980-05-02",  "765400",
                            "987654",    "gold-card", "Q7XW",     "411111",      "************1111",
                            "KUNDE",     "KONTO",     "watch"})
      EXPECT_EQ(bytes.find(raw), std::string::npos) << raw;
  }
}

// What is said of live work.
std::tuple<std::vector<std::string>, std::vector<std::string>> SaidOfLive(Response response) {
  std::vector<std::string> samples;
  for (const Response::Sample& sample : Samples(response, true))
    samples.push_back(sample.SerializeAsString());
  for (Response::Field& field : *response.mutable_fields()) field.clear_after();
  return {Fields(response), samples};
}

// By guess after guess each value could be found.
TEST_F(HubContractPlanTest, AGuessIsNotAnswered) {
  ImportPeople(40);
  const auto said = [&](const std::string& disclosures) {
    return SaidOfLive(Planned(Of(Contract(disclosures), 20)));
  };
  EXPECT_EQ(said("{data_class: PRODUCT, show: CLEAR, values: [gold-card]}"),
            said("{data_class: PRODUCT, show: CLEAR, values: [lead-card]}"));
  EXPECT_EQ(said("{data_class: CREDIT, show: CLEAR, values: [Q7XW]}"),
            said("{data_class: CREDIT, show: CLEAR, values: [A]}"));
  EXPECT_EQ(said("{data_class: AMOUNT, show: BAND, band_ends: [1000]}"),
            said("{data_class: AMOUNT, show: BAND, band_ends: [9000000]}"));
  PutInForce(Contract(absl::StrCat(kNameAndPhone,
                                   ", {data_class: AMOUNT, show: BAND, band_ends: "
                                   "[1000]}, {data_class: CREDIT, show: CLEAR, values: "
                                   "[A]}, {data_class: PRODUCT, show: CLEAR, "
                                   "values: [tin-card]}")));
  EXPECT_EQ(said("{data_class: AMOUNT, show: BAND, band_ends: [500, 1000]}"),
            said("{data_class: AMOUNT, show: BAND, band_ends: [1000, 9000000]}"));
  EXPECT_EQ(said("{data_class: PRODUCT, show: CLEAR, values: [gold-card, tin-card]}"),
            said("{data_class: PRODUCT, show: CLEAR, values: [lead-card, tin-card]}"));
  // All who have one are counted.
  const Response response = Planned(Of(Contract(
      absl::StrCat(kNameAndPhone,
                   ", {data_class: AMOUNT, show: BAND, band_ends: [500, 1000]}, {data_class: "
                   "CREDIT, show: CLEAR, values: [A, Q7XW]}, {data_class: "
                   "PRODUCT, show: CLEAR, values: [gold-card, tin-card]}"))));
  const auto everybody = [](int) { return true; };
  std::vector<std::string> counted;
  for (const bool late : {false, true}) {
    const std::string work = late ? "late" : "early";
    const std::string bands = " AMOUNT: BAND 1000 -> BAND 500 1000, MORE of ";
    counted.push_back(
        absl::StrCat(work, " account.amount_due", bands, CountOf(late, everybody, 40)));
    counted.push_back(absl::StrCat(work, " account.balance", bands, CountOf(late, everybody, 40)));
    counted.push_back(absl::StrCat(work, " account.grade CREDIT: CLEAR A -> CLEAR A Q7XW, MORE of ",
                                   CountOf(late, HasGrade, 40)));
    counted.push_back(
        absl::StrCat(work, " account.product PRODUCT: CLEAR tin-card -> CLEAR gold-card tin-card, ",
                     "MORE of ", CountOf(late, everybody, 40)));
    counted.push_back(absl::StrCat(work, " promise.amount", bands, 0));
  }
  EXPECT_EQ(Fields(response), counted);
}

TEST_F(HubContractPlanTest, TellsWhoLearnsNumbers) {
  ImportPeople(40);
  const Response response =
      Planned(Of(Contract(kNameAndPhone, "[ja, en]", "permits: {dial: NUMBER}\n")));
  const auto everybody = [](int) { return true; };
  EXPECT_THAT(Fields(response),
              ElementsAre(absl::StrCat("early permit.dial PHONE: ABSENT -> CLEAR, MORE of ",
                                       CountOf(false, everybody, 40)),
                          absl::StrCat("late permit.dial PHONE: ABSENT -> CLEAR, MORE of ",
                                       CountOf(true, everybody, 40))));
  EXPECT_EQ(response.reach(), Response::REACH_NOTHING) << "no row looks otherwise";
  ASSERT_EQ(response.terms_size(), 1);
  EXPECT_EQ(response.terms(0).path(), "permits.dial");
  EXPECT_EQ(response.terms(0).change(), Response::CHANGE_MORE);
}

TEST_F(HubContractPlanTest, AWorkTypeThatIsLostIsSeenNoMoreAndLeaves) {
  ImportPeople(8);
  std::string yaml = Contract(kNameAndPhone);
  yaml.resize(yaml.find("  - {work_type: LATE_COLLECTIONS"));
  const Response response = Planned(Of(yaml));
  EXPECT_THAT(
      Fields(response),
      ElementsAre("late person.contact_points.value PHONE: PARTIAL LAST_FOUR -> ABSENT, LESS of 2",
                  "late person.name NAME: CLEAR -> ABSENT, LESS of 2"));
  ASSERT_EQ(response.work_types_size(), 2);
  EXPECT_EQ(response.work_types(0).leaving(), 0);
  EXPECT_EQ(response.work_types(1).leaving(), 2);
  EXPECT_EQ(response.reach(), Response::REACH_NEW_GENERATION);
  // The routing plan gives it late work.
  ASSERT_EQ(response.warnings_size(), 1);
  EXPECT_THAT(response.warnings(0), HasSubstr("segments[1]"));
}

TEST_F(HubContractPlanTest, AVendorWithoutAContractHasNothingToLose) {
  std::string yaml = Contract(kNameAndPhone);
  yaml.replace(yaml.find("sakura"), sizeof("sakura") - 1, "momiji");
  const Response response = Planned(Of(yaml));
  EXPECT_EQ(response.against_version(), 0);
  EXPECT_EQ(response.reach(), Response::REACH_NOTHING);
  EXPECT_EQ(response.looked_at(), 0);
  EXPECT_TRUE(response.all());
  EXPECT_THAT(
      Fields(response),
      ElementsAre("early person.contact_points.value PHONE: ABSENT -> PARTIAL LAST_FOUR, MORE of 0",
                  "early person.name NAME: ABSENT -> CLEAR, MORE of 0",
                  "late person.contact_points.value PHONE: ABSENT -> PARTIAL LAST_FOUR, MORE of 0",
                  "late person.name NAME: ABSENT -> CLEAR, MORE of 0"));
  EXPECT_GT(response.terms_size(), 0);
}

TEST_F(HubContractPlanTest, IsHeldAgainstWhatIsInForceOnItsFirstDay) {
  PutInForce(Contract("{data_class: NAME, show: PARTIAL, mask: INITIALS}", "[ja, en]",
                      "effective_from: 2027-04-01\n"));
  const auto against = [&](const std::string& more) {
    return Planned(Of(Contract(kNameAndPhone, "[ja, en]", more)));
  };
  const Response now = against("");
  EXPECT_EQ(now.against_version(), 2);
  EXPECT_THAT(Fields(now), IsEmpty());
  EXPECT_EQ(now.reach(), Response::REACH_NOTHING);
  ASSERT_EQ(now.warnings_size(), 1);
  EXPECT_THAT(now.warnings(0),
              HasSubstr("version 3, which is to begin on 2027-04-01, would never begin"));
  const Response later = against("effective_from: 2027-05-01\neffective_to: 2027-06-01\n");
  EXPECT_EQ(later.against_version(), 3);
  EXPECT_EQ(later.first_day().month(), 5);
  EXPECT_EQ(later.last_day_out().month(), 6);
  EXPECT_EQ(later.fields_size(), 4);
  EXPECT_EQ(later.reach(), Response::REACH_CHANGED_ROWS);
  EXPECT_THAT(later.warnings(), IsEmpty());
  const Response over = against("effective_to: 2025-12-31\n");
  ASSERT_GE(over.warnings_size(), 1);
  EXPECT_THAT(over.warnings(0), HasSubstr("its days are over"));
}

// The feed of a vendor whose contract has ended goes on from what it showed last.
TEST_F(HubContractPlanTest, AfterAnEndTheReachIsOfWhatWasShownLast) {
  v1::EndContractRequest end;
  end.set_vendor_id("sakura");
  ASSERT_OK(world_.Await<v1::EndContractResponse>(
      [&](auto done) { world_.hub().operator_api().EndContract(Operator(), end, done); }));
  const Response same = Planned(Of(Contract(kNameAndPhone)));
  EXPECT_EQ(same.against_version(), 0);
  EXPECT_EQ(same.reach(), Response::REACH_NOTHING);
  EXPECT_EQ(Planned(Of(Contract("{data_class: NAME, show: CLEAR}"))).reach(),
            Response::REACH_NEW_GENERATION);
  EXPECT_EQ(Planned(Of(Contract(absl::StrCat(kNameAndPhone, ", {data_class: KANA, show: CLEAR}"))))
                .reach(),
            Response::REACH_CHANGED_ROWS);
}

TEST_F(HubContractPlanTest, ReadsAProposalOrAText) {
  const std::string yaml = Contract("{data_class: NAME, show: CLEAR}");
  v1::ProposeTextRequest propose;
  propose.set_kind(v1::TEXT_KIND_CONTRACT);
  propose.set_yaml(yaml);
  propose.set_file_name("sakura.yaml");
  const auto proposed = world_.Await<v1::ProposeTextResponse>(
      [&](auto done) { world_.hub().operator_api().ProposeText(Operator(), propose, done); });
  ASSERT_OK(proposed);
  v1::PlanContractRequest request;
  request.set_proposal_id(proposed->proposal().proposal_id());
  const Response of_proposal = Planned(request);
  EXPECT_EQ(of_proposal.SerializeAsString(), Planned(Of(yaml)).SerializeAsString());
  EXPECT_EQ(of_proposal.digest(), Sha256Of(yaml));
  request.set_yaml(yaml);
  EXPECT_THAT(Plan(world_, request),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Plan(world_, {}), FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Plan(world_, Of(yaml, 21)),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Plan(world_, Of(yaml, 0, 1'000'001)),
              FailsWith(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Plan(world_, Of("vendor_id: sakura\n")),
              FailsWith(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID"));
  request.clear_yaml();
  request.set_proposal_id("01JDZZZZZZZZZZZZZZZZZZZZZZ");
  EXPECT_THAT(Plan(world_, request), FailsWith(absl::StatusCode::kNotFound, "PROPOSAL_UNKNOWN"));
}

// Rows show more than a person and an account.
class HubContractPlanBesideTest : public testing::HandOverTest {};

TEST_F(HubContractPlanBesideTest, PromisesAndHandOversAreRowsToo) {
  EXPECT_EQ(Report(testing::Promised("o-1", id_, 5'000, 3, Now())), "RECORDED");
  // Fields count so few in one; samples are of one assignment each.
  const auto early = [&](const std::string& yaml) {
    const auto response = Plan(world_, Of(yaml, 20));
    EXPECT_OK(response);
    std::map<std::string, int64_t> fields;
    if (!response.ok()) return std::pair(fields, Response());
    for (const auto& sample : Samples(*response, true)) {
      if (sample.work_type() == v1::WORK_TYPE_EARLY_COLLECTIONS) ++fields[sample.path()];
    }
    return std::pair(fields, *response);
  };
  const std::string hands = "hand_over_to: [fuji, head-office]\n";
  auto [fields, response] = early(
      ContractYaml({.vendor_id = "sakura", .more = hands, .shown = {"AMOUNT", "DELINQUENCY"}}));
  EXPECT_EQ(fields["promise.amount"], 1);
  EXPECT_EQ(fields["promise.due_date"], 1);
  EXPECT_EQ(fields["account.amount_due"], 2);
  EXPECT_EQ(fields["account.bucket"], 2);
  EXPECT_EQ(fields["account.due_date"], 0) << "the core told none";
  ASSERT_OK(HandOver("sakura", testing::HandOverTo("fuji", id_, v1::HAND_OVER_REASON_ESCALATED,
                                                   "wants a letter")));
  std::tie(fields, response) = early(ContractYaml(
      {.vendor_id = "fuji", .more = "hand_over_to: [sakura]\n", .shown = {"FREE_TEXT"}}));
  EXPECT_THAT(fields, ElementsAre(::testing::Pair("handed_over.note", 1)));
  const auto samples = Samples(response, true);
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].after(), "aaaaa a aaaaaa");
}

}  // namespace
}  // namespace switchboard
