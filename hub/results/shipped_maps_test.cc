// The maps that are shipped for diallers, in adapters/codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "hub/results/code_map_check.h"
#include "hub/results/compiled_map.h"
#include "hub/results/result_check.h"

namespace switchboard::results {
namespace {

using Result = v1::Outcome::Result;

CompiledMap Shipped(const std::string& name) {
  std::ifstream file(std::string(SWITCHBOARD_CODES) + "/" + name + ".yaml");
  const std::string yaml((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  auto map = ParseCodeMap(yaml, name);
  EXPECT_TRUE(map.ok()) << map.status();
  return CompiledMap(map.ok() ? *std::move(map) : v1::CodeMap());
}

// "ANSWERED PERSON SALE", with the flags behind.
std::string TextOf(const Result* result) {
  if (result == nullptr) return "nothing";
  std::string text = v1::Connection_Name(result->connection()).substr(11) + " " +
                     v1::Reached_Name(result->reached()).substr(8) + " " +
                     v1::Disposition_Name(result->disposition()).substr(12);
  if (result->stop_wanted()) text += " stop_wanted";
  if (result->disputed()) text += " disputed";
  if (result->fraud_suspected()) text += " fraud_suspected";
  return text;
}

struct Row {
  const char* code;
  const char* means;
};

void Expect(const CompiledMap& map, int codes, std::initializer_list<Row> rows) {
  EXPECT_EQ(map.map().declared_codes_size(), codes);
  for (const std::string& code : map.map().declared_codes())
    EXPECT_NE(map.Find(code), nullptr) << code;
  for (const Row& row : rows) EXPECT_EQ(TextOf(map.Find(row.code)), row.means) << row.code;
}

TEST(ShippedMapsTest, Vicidial) {
  Expect(Shipped("vicidial"), 79,
         {{"NEW", "NOT_PLACED NOBODY NONE"},
          {"DNCL", "NOT_PLACED NOBODY NONE"},
          {"AB", "NOT_CONNECTED NOBODY BUSY"},
          {"ADC", "NOT_CONNECTED NOBODY DISCONNECTED"},
          {"NA", "RANG_OUT NOBODY NONE"},
          {"CPDUK", "RANG_OUT NOBODY NONE"},
          {"A", "MACHINE NOBODY NONE"},
          {"AL", "MACHINE NOBODY MESSAGE_LEFT"},
          {"DROP", "ANSWERED PERSON HUNG_UP"},
          {"SALE", "ANSWERED PERSON SALE"},
          {"CALLBK", "ANSWERED PERSON CALL_BACK"},
          {"CBHOLD", "ANSWERED PERSON CALL_BACK"},
          {"NI", "ANSWERED PERSON NOT_INTERESTED"},
          {"DNC", "ANSWERED PERSON CEASE_CONTACT stop_wanted"},
          {"QVMAIL", "MACHINE NOBODY MESSAGE_LEFT"},
          {"WHAT", "nothing"}});
}

TEST(ShippedMapsTest, Genesys) {
  const CompiledMap map = Shipped("genesys");
  Expect(map, 39,
         {{"ININ-OUTBOUND-PREVIEW-SKIPPED", "NOT_PLACED NOBODY NONE"},
          {"ININ-OUTBOUND-ON-DO-NOT-CALL-LIST", "NOT_PLACED NOBODY NONE"},
          {"ININ-OUTBOUND-SIT-CALLABLE", "NOT_CONNECTED NOBODY BUSY"},
          {"ININ-OUTBOUND-SIT-UNCALLABLE", "NOT_CONNECTED NOBODY DISCONNECTED"},
          {"ININ-OUTBOUND-NO-ANSWER", "RANG_OUT NOBODY NONE"},
          {"ININ-OUTBOUND-MACHINE", "MACHINE NOBODY NONE"},
          {"ININ-OUTBOUND-DISCONNECT", "ANSWERED PERSON HUNG_UP"},
          {"ININ-WRAP-UP-TIMEOUT", "ANSWERED PERSON RIGHT_PARTY"}});
  // What is skipped was never a contact, and takes no permit.
  for (const std::string& code : map.map().declared_codes()) {
    if (absl::EndsWith(code, "-SKIPPED")) {
      EXPECT_FALSE(IsContact(*map.Find(code))) << code;
    }
  }
}

TEST(ShippedMapsTest, Latitude) {
  Expect(Shipped("latitude"), 40,
         {{"KPTP", "NOT_PLACED NOBODY NONE"},
          {"lb", "NOT_CONNECTED NOBODY BUSY"},
          {"99", "NOT_CONNECTED NOBODY DISCONNECTED"},
          {"na", "RANG_OUT NOBODY NONE"},
          {"amnm", "MACHINE NOBODY NONE"},
          {"am", "MACHINE NOBODY MESSAGE_LEFT"},
          {"LM", "ANSWERED THIRD MESSAGE_LEFT"},
          {"wn", "ANSWERED THIRD WRONG_NUMBER"},
          {"WPC", "ANSWERED THIRD NONE"},
          {"DEC", "ANSWERED THIRD DECEASED"},
          {"dh", "ANSWERED PERSON HUNG_UP"},
          {"pp", "ANSWERED PERSON PROMISE_TO_PAY"},
          {"cd", "ANSWERED PERSON CEASE_CONTACT stop_wanted"},
          {"DISP", "ANSWERED PERSON DISPUTE disputed"},
          {"FRD", "ANSWERED PERSON FRAUD fraud_suspected"},
          {"ATTY", "ANSWERED PERSON ATTORNEY"}});
}

// A code says what came of a call that was made, so that each goes with one.
TEST(ShippedMapsTest, EachGoesWithCalls) {
  for (const char* name : {"vicidial", "genesys", "latitude"}) {
    const CompiledMap map = Shipped(name);
    for (const std::string& code : map.map().declared_codes()) {
      EXPECT_FALSE(
          ChannelProblem(*map.Find(code), v1::CHANNEL_PHONE, v1::DIRECTION_OUT).has_value())
          << name << " " << code;
    }
  }
}

}  // namespace
}  // namespace switchboard::results
