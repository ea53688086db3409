// What two vendors learn who put their rows of the same people side by side.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "hub/base/proto_time.h"
#include "tests/hub/fake_stream.h"

namespace switchboard {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::HubWorld;
using testing::MakeRecord;
using testing::OpenStream;
using testing::Operator;

// The early account of each person goes to sakura, the late one to ume.
constexpr char kPlan[] = R"(plan_id: plan-1
seed: 42
segments:
  - name: early
    work_type: EARLY_COLLECTIONS
    when: {days_past_due: {min: 1, max: 60}}
    shares: [{vendor_id: sakura, percent: 100}]
  - name: late
    work_type: LATE_COLLECTIONS
    when: {days_past_due: {min: 61}}
    shares: [{vendor_id: ume, percent: 100}]
)";
constexpr int kPeople = 240;  // whose rows come on one page
constexpr size_t kTelling = 6;
constexpr absl::Duration kTerm = absl::Hours(24);

// Texts of a row that could tell one person from others, apart from the values of contact points,
// which both contracts show alike.
void AddTexts(const Message& message, std::set<std::string>& texts) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->full_name() == "switchboard.v1.MaskedContactPoint.value") continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        AddTexts(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field),
                 texts);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        const std::string text = field->is_repeated()
                                     ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field);
        if (text.size() >= kTelling) texts.insert(text);
      }
    }
  }
}

// Spearman's: 1 in the same order, -1 in the opposite one, about 0 where one tells nothing of the
// other. Both hold the same.
double RankCorrelation(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  std::map<std::string, double> ranks;
  for (size_t i = 0; i < other.size(); ++i) ranks[other[i]] = static_cast<double>(i);
  double squares = 0;
  for (size_t i = 0; i < one.size(); ++i) {
    const double apart = static_cast<double>(i) - ranks.at(one[i]);
    squares += apart * apart;
  }
  const double n = static_cast<double>(one.size());
  return 1 - 6 * squares / (n * (n * n - 1));
}

class HubUnjoinableTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* vendor : {"sakura", "ume"}) {
      world_.ApplyContract(
          {.vendor_id = vendor, .name_show = "show: ABSENT", .work_terms = "    term: 1d\n"});
    }
    world_.ApplyPlan(kPlan);
  }

  // Two accounts of each of these people.
  void Import(int first, int count, int64_t amount_due = 12'000) {
    std::vector<v1::AccountRecord> records;
    for (int person = first; person < first + count; ++person) {
      const std::string number = absl::StrCat(1'000 + person);
      for (const int days_past_due : {10, 90}) {
        records.push_back(
            MakeRecord(++sequence_, {.account_id = absl::StrCat("A-", days_past_due, "-", number),
                                     .person_id = absl::StrCat("P-", number),
                                     .days_past_due = days_past_due,
                                     .amount_due = amount_due}));
      }
    }
    ASSERT_OK(world_.Import(records));
  }
  // Rows that came to a vendor since it was asked for the last time, as they came.
  std::vector<v1::Assignment> RowsOf(const std::string& vendor_id) {
    OpenStream stream(world_, /*window=*/500, cursors_[vendor_id], vendor_id);
    EXPECT_TRUE(stream.outlet.caught_up());
    cursors_[vendor_id] = stream.outlet.Ack().ack().cursor();
    std::vector<v1::Assignment> rows;
    for (const std::string& id : stream.outlet.told()) rows.push_back(stream.outlet.row(id));
    return rows;
  }
  std::map<std::string, v1::ListPlacementsResponse::Placement> PlacementsById() {
    std::map<std::string, v1::ListPlacementsResponse::Placement> placements;
    for (auto& placement : world_.Placements())
      placements[placement.assignment_id()] = std::move(placement);
    return placements;
  }
  // Whose rows of a vendor came, one after the other.
  std::vector<std::string> PeopleOf(const std::string& vendor_id) {
    const auto placements = PlacementsById();
    std::vector<std::string> people;
    for (const v1::Assignment& row : RowsOf(vendor_id))
      people.push_back(placements.at(row.assignment_id()).person_id());
    return people;
  }

  // In the order of the core's file.
  static std::vector<std::string> PeopleInFile() {
    std::vector<std::string> people;
    for (int person = 0; person < kPeople; ++person)
      people.push_back(absl::StrCat("P-", 1'000 + person));
    return people;
  }
  void ExpectNothingOfTheirOrder() {
    const std::vector<std::string> sakura = PeopleOf("sakura"), ume = PeopleOf("ume");
    ASSERT_EQ(sakura.size(), size_t{kPeople}) << "each row once";
    ASSERT_EQ(ume.size(), size_t{kPeople});
    EXPECT_LT(std::abs(RankCorrelation(sakura, ume)), 0.2);
    EXPECT_LT(std::abs(RankCorrelation(sakura, PeopleInFile())), 0.2);
    EXPECT_LT(std::abs(RankCorrelation(ume, PeopleInFile())), 0.2);
  }

  HubWorld world_;
  int64_t sequence_ = 0;
  std::map<std::string, v1::Cursor> cursors_;  // by vendor
};

TEST_F(HubUnjoinableTest, NoTextOfOneVendorsRowsStandsInTheOthers) {
  Import(0, kPeople);
  std::set<std::string> sakura, ume;
  for (const v1::Assignment& row : RowsOf("sakura")) AddTexts(row, sakura);
  for (const v1::Assignment& row : RowsOf("ume")) AddTexts(row, ume);
  // The row's own id, tokens of person and account, and of three contact points.
  EXPECT_EQ(sakura.size(), size_t{6} * kPeople);
  EXPECT_EQ(ume.size(), size_t{6} * kPeople);
  for (const std::string& text : sakura) EXPECT_FALSE(ume.contains(text)) << text;
}

TEST_F(HubUnjoinableTest, TheOrderOfOneVendorsRowsSaysNothingOfTheOthers) {
  Import(0, kPeople);
  ExpectNothingOfTheirOrder();
  Import(0, kPeople, /*amount_due=*/13'000);  // all are shown anew
  ExpectNothingOfTheirOrder();
}

// When the work ends was the same to the microsecond at both, and so was when a recall does.
TEST_F(HubUnjoinableTest, TimesTellTheHourAlone) {
  for (int person = 0; person < 20; ++person) {
    Import(person, 1);
    world_.clock.Advance(absl::Minutes(7));
  }
  v1::RecallAssignmentsRequest recall;
  recall.set_reason(v1::RECALL_REASON_NO_EFFORT);
  for (const auto& [id, placement] : PlacementsById()) recall.add_assignment_ids(id);
  ASSERT_OK(world_.Await<v1::RecallAssignmentsResponse>(
      [&](auto done) { world_.hub().operator_api().RecallAssignments(Operator(), recall, done); }));
  const auto placements = PlacementsById();
  for (const char* vendor : {"sakura", "ume"}) {
    std::set<int64_t> ends;
    for (const v1::Assignment& row : RowsOf(vendor)) {
      const auto& placed = placements.at(row.assignment_id());
      const auto expect_hour_of = [](const auto& shown, absl::Time exact) {
        EXPECT_EQ(shown.nanos(), 0);
        EXPECT_EQ(shown.seconds() % 3'600, 0);
        EXPECT_LE(TimeOf(shown), exact);
        EXPECT_LT(exact - TimeOf(shown), absl::Hours(1));
      };
      expect_hour_of(row.expire_time(), TimeOf(placed.place_time()) + kTerm);
      expect_hour_of(row.pending_recall().final_time(),
                     TimeOf(placed.pending_recall().final_time()));
      ends.insert(row.expire_time().seconds());
    }
    EXPECT_LE(ends.size(), 4u) << "hours of 20 people who came in 140 minutes";
  }
}

}  // namespace
}  // namespace switchboard
