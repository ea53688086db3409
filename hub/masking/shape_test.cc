#include "hub/masking/shape.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::masking {
namespace {

std::string JsonOf(const google::protobuf::Message& message) {
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(ShapeOf(message), &json).ok());
  return json;
}

bool Holds(const std::string& json, const std::string& part) {
  return json.find(part) != std::string::npos;
}

TEST(ShapeTest, ShowsTheShapeOfWhatIsPersonalAndNothingElse) {
  v1::AccountRecord record;
  record.set_sequence(7);
  v1::Person& person = *record.mutable_person();
  person.set_person_id("P-1");
  person.set_family_name("山田");
  person.set_given_name("Taro-2\u0007");
  person.mutable_birth_date()->set_year(1980);
  auto& point = *person.add_contact_points();
  point.set_contact_point_id("mobile-1");
  point.set_kind(v1::CONTACT_KIND_MOBILE);
  point.set_phone("+819012345678");
  record.mutable_account()->mutable_balance()->set_currency_code("JPY");
  record.mutable_account()->mutable_balance()->set_minor_units(-41'500);
  const std::string json = JsonOf(record);
  for (const char* raw : {"山田", "Taro", "90123", "P-1", "1980", "41500", "JPY"})
    EXPECT_FALSE(Holds(json, raw)) << raw << " in " << json;
  for (const char* shown :
       {"\"sequence\":\"7\"", "\"字字\"", "\"aaaa-9\uFFFD\"", "\"+999999999999\"", "\"9999\"",
        "\"-99999\"", "\"mobile-1\"", "CONTACT_KIND_MOBILE"})
    EXPECT_TRUE(Holds(json, shown)) << shown << " in " << json;
}

TEST(ShapeTest, LongTextsAreCutAndImpossibleTimesSayNothing) {
  v1::Outcome outcome;
  outcome.set_outcome_id("o-1");
  outcome.set_note(std::string(1'000, 'x'));
  outcome.mutable_start_time()->set_seconds(std::numeric_limits<int64_t>::max());
  const std::string json = JsonOf(outcome);
  EXPECT_TRUE(Holds(json, "\"o-1\""));
  EXPECT_TRUE(Holds(json, std::string(100, 'a') + "…"));
  EXPECT_FALSE(Holds(json, std::string(101, 'a')));
  EXPECT_TRUE(Holds(json, "no time"));
}

// It was refused for what it says: the text that should say nothing is shown by its shape too.
TEST(ShapeTest, TextsThatShouldSayNothingAreShownWhenTheyDo) {
  const auto outcome = [](const char* id) {
    v1::Outcome one;
    one.set_outcome_id(id);
    return JsonOf(one);
  };
  const struct {
    const char* id;
    const char* shown;
  } rows[] = {
      {"20261127-093000-09012345678-all", "99999999-999999-99999999999-aaa"},
      {"819012345678", "999999999999"},
      {"4111-1111-1111-1111", "9999-9999-9999-9999"},
      {"00000000-0000-0000-0000-819012345678", "99999999-9999-9999-9999-999999999999"},
      {"taro@example.jp", "aaaa@aaaaaaa.aa"},
      {"０９０１２３４５６７８", "99999999999"},
      {"20261127-093000-0001", "20261127-093000-0001"},
      {"550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
  };
  for (const auto& row : rows)
    EXPECT_TRUE(Holds(outcome(row.id), "\"" + std::string(row.shown) + "\"")) << outcome(row.id);
  const auto point = [](const char* id) {
    v1::AccountRecord record;
    record.mutable_person()->set_family_name("Yamada");
    auto& number = *record.mutable_person()->add_contact_points();
    number.set_contact_point_id(id);
    number.set_phone("+819012345678");
    record.mutable_person()->add_contact_points()->set_email("taro.yamada@example.jp");
    return JsonOf(record);
  };
  for (const char* id : {"819012345678", "m-345678", "taro-yamada", "yamada-mobile"})
    EXPECT_FALSE(Holds(point(id), id)) << id;
  for (const char* id : {"mobile-1", "mail-20261127"}) EXPECT_TRUE(Holds(point(id), id)) << id;
}

// What is too large to be held against all else in it says nothing of itself.
TEST(ShapeTest, PersonsAndIdsThatAreTooLargeAreShownByTheirShape) {
  v1::AccountRecord record;
  v1::Person& person = *record.mutable_person();
  auto& point = *person.add_contact_points();
  point.set_contact_point_id("mobile-" + std::string(60, 'x'));
  person.add_contact_points()->set_contact_point_id("home-1");
  EXPECT_FALSE(Holds(JsonOf(record), "mobile"));
  EXPECT_TRUE(Holds(JsonOf(record), "home-1"));
  for (int i = 0; i < 100'000; ++i) {
    auto& more = *person.add_contact_points();
    more.set_contact_point_id("m-123456");
    more.set_phone("+819087654321");
  }
  const std::string json = JsonOf(record);
  for (const char* raw : {"home-1", "m-123456", "+8190"}) EXPECT_FALSE(Holds(json, raw)) << raw;
  EXPECT_TRUE(Holds(json, "a-999999"));
}

TEST(ShapeTest, ABatchOfEventsIsAList) {
  v1::PostEventsRequest request;
  request.add_events()->set_event_id("e-1");
  request.add_events()->mutable_payment()->set_account_id("A-77");
  const std::string json = JsonOf(request);
  EXPECT_TRUE(Holds(json, "\"e-1\""));
  EXPECT_FALSE(Holds(json, "A-77"));
}

TEST(ShapeTest, ATextAlone) {
  EXPECT_EQ(ShapeOf("山田 Taro, +81-90"), "字字 aaaa, +99-99");
  EXPECT_EQ(ShapeOf("東京都渋谷区神南1-19-11"), "字字字字字字字字9-99-99");
  EXPECT_EQ(ShapeOf(""), "");
  EXPECT_EQ(ShapeOf("\xFF"), "\uFFFD");
  EXPECT_EQ(ShapeOf(std::string(101, '7')), std::string(100, '9') + "…");
}

// A code is shown without anybody's word; what is none may say whose it is.
TEST(ShapeTest, CodesAreShownAsTheyAreAndOtherTextsByTheirShape) {
  v1::Person person;
  person.set_family_name("山田");
  person.set_given_name("Hanako");
  person.add_contact_points()->set_email("blue.heron@example.jp");
  const struct {
    const char* code;
    const char* shown;
  } rows[] = {
      {"LAW", "LAW"},
      {"amnm", "amnm"},
      {"P2P.1_a:b", "P2P.1_a:b"},
      {"ININ-OUTBOUND-AUTOMATIC-TIME-ZONE-BLOCKED-SKIPPED",
       "ININ-OUTBOUND-AUTOMATIC-TIME-ZONE-BLOCKED-SKIPPED"},
      {"Promise to pay", "aaaaaaa aa aaa"},
      {"090-1234-5678", "999-9999-9999"},
      {"4111111111111111", "9999999999999999"},
      {"a@b.example", "a@a.aaaaaaa"},
      {"Hanako", "aaaaaa"},
      {"spoke-to-HANAKO", "aaaaa-aa-aaaaaa"},
      {"blue.heron", "aaaa.aaaaa"},
      {"", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(ShownCode(row.code, person), row.shown) << row.code;
  EXPECT_EQ(ShownCode("Hanako", v1::Person()), "Hanako") << "whose name it is must be known";
}

}  // namespace
}  // namespace switchboard::masking
