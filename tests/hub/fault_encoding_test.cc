// Two messages that mean the same are the same, however they were encoded.
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <string>
#include <vector>

#include "adapters/codes/call_code.h"
#include "google/protobuf/util/time_util.h"
#include "switchboard/v1/wire.pb.h"
#include "tests/hub/answers.h"

namespace switchboard {
namespace {

using adapters::CallCode;
using testing::AnswerOf;
using ::testing::ElementsAre;
using testing::HubWorld;
using testing::IsOk;
using testing::MakeOutcome;
using testing::MakeRecord;
using testing::Payment;
using testing::Receipts;
using testing::Statuses;

// The fields of a message one by one, each with its tag.
std::vector<std::string> FieldsOf(const std::string& bytes) {
  std::vector<std::string> fields;
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  int from = 0;
  while (const uint32_t tag = input.ReadTag()) {
    EXPECT_TRUE(google::protobuf::internal::WireFormatLite::SkipField(&input, tag));
    const int to = input.CurrentPosition();
    fields.push_back(bytes.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)));
    from = to;
  }
  return fields;
}

std::string Reversed(const std::string& bytes) {
  std::vector<std::string> fields = FieldsOf(bytes);
  EXPECT_GT(fields.size(), 1u);
  std::string reversed;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) reversed += *field;
  return reversed;
}

// Every number and every length with a byte more than it needs.
std::string Padded(const std::string& bytes) {
  std::string padded;
  for (const std::string& field : FieldsOf(bytes)) {
    // The tags of these messages are of one byte.
    size_t end = 1;
    while ((field[end] & 0x80) != 0) ++end;
    padded += field.substr(0, end);
    padded += static_cast<char>(field[end] | 0x80);
    padded += '\0';
    padded += field.substr(end + 1);
  }
  return padded;
}

std::string WithUnknownField(const std::string& bytes) { return bytes + "\xb8\x3e\x01"; }

// `default_value`: a field of the message that holds nothing, as it is written.
std::vector<std::string> OtherEncodings(const std::string& bytes,
                                        const std::string& default_value) {
  std::vector<std::string> others = {Reversed(bytes), Padded(bytes), WithUnknownField(bytes),
                                     bytes + default_value, default_value + bytes};
  for (const std::string& other : others) EXPECT_NE(other, bytes);
  return others;
}

class EncodingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.SetUpVendors({"sakura"});
    ASSERT_OK(world_.Import({MakeRecord(1)}));
    id_ = world_.Live("A-1").assignment_id();
  }
  std::vector<std::string> ImportBytes(const std::string& record) {
    v1::ImportAccountsBytes request;
    request.set_source("file");
    *request.mutable_as_of_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(world_.clock.Now()));
    request.add_records(record);
    return Receipts(world_.ImportBytes(request.SerializeAsString()));
  }
  std::string PostBytes(const std::string& event) {
    v1::ItemBytes request;
    request.add_items(event);
    return AnswerOf(world_.Await<v1::PostEventsResponse>([&](auto done) {
      world_.hub().core_api().PostEvents(testing::Core(), request.SerializeAsString(), done);
    }));
  }
  std::vector<std::string> ReportBytes(const std::string& outcome) {
    v1::ItemBytes request;
    request.add_items(outcome);
    return Statuses(world_.Await<v1::ReportOutcomesResponse>([&](auto done) {
      world_.hub().vendor_api().ReportOutcomes(testing::VendorPeer("sakura"),
                                               request.SerializeAsString(), done);
    }));
  }

  HubWorld world_;
  std::string id_;
};

TEST_F(EncodingTest, RecordIsRepeated) {
  const std::string bytes = MakeRecord(1).SerializeAsString();
  // A person with an empty address, to be merged with the other one.
  for (const auto& other : OtherEncodings(bytes, std::string("\x12\x02\x42\x00", 4))) {
    EXPECT_THAT(ImportBytes(other), ElementsAre("0:STATUS_REPEATED:"));
  }
  EXPECT_TRUE(world_.Quarantine().empty());
  auto differs = MakeRecord(1);
  differs.mutable_account()->set_grade("C");
  EXPECT_THAT(ImportBytes(Reversed(differs.SerializeAsString())),
              ElementsAre("0:STATUS_SEQUENCE_REUSED:sequence"));
}

// Blanks at the ends, and the other Unicode form of the same letters.
TEST_F(EncodingTest, RecordThatWasOnlyTypedOtherwiseIsRepeated) {
  auto record = MakeRecord(1);
  record.mutable_person()->set_family_name(" 山田 ");
  record.mutable_person()->set_given_name("太郎\xe3\x80\x80");
  EXPECT_THAT(ImportBytes(record.SerializeAsString()), ElementsAre("0:STATUS_REPEATED:"));
  auto composed = MakeRecord(5, {.account_id = "A-5", .person_id = "P-5"});
  composed.mutable_person()->set_family_name_reading("ヤマダ");
  ASSERT_OK(world_.Import({composed}));
  composed.mutable_person()->set_family_name_reading("ヤマタ\xe3\x82\x99");
  EXPECT_THAT(ImportBytes(composed.SerializeAsString()), ElementsAre("0:STATUS_REPEATED:"));
}

TEST_F(EncodingTest, EventIsRepeated) {
  const std::string bytes = Payment("e-1", "A-1").SerializeAsString();
  EXPECT_EQ(PostBytes(bytes), "ACCEPTED 1 0");
  // A payment with an empty amount, to be merged with the other one.
  for (const auto& other : OtherEncodings(bytes, std::string("\x12\x02\x12\x00", 4))) {
    EXPECT_EQ(PostBytes(other), "REPEATED 0 0");
  }
  EXPECT_EQ(PostBytes(bytes + bytes), "REPEATED 0 0");  // the last of each field counts
  EXPECT_TRUE(world_.Quarantine().empty());
  EXPECT_EQ(PostBytes(Reversed(Payment("e-1", "A-2").SerializeAsString())), "ID_REUSED 0 0");
}

TEST_F(EncodingTest, OutcomeIsRepeated) {
  const v1::Outcome outcome = MakeOutcome("o-1", id_);
  const std::string bytes = outcome.SerializeAsString();
  EXPECT_THAT(ReportBytes(bytes), ElementsAre("RECORDED"));
  for (const auto& other : OtherEncodings(bytes, std::string("\x52\x00", 2))) {
    EXPECT_THAT(ReportBytes(other), ElementsAre("REPEATED"));
  }
  EXPECT_THAT(ReportBytes(bytes + bytes), ElementsAre("REPEATED"));
  EXPECT_TRUE(world_.Quarantine().empty());
  const auto differs = MakeOutcome("o-1", id_, CallCode::kBusy);
  EXPECT_THAT(ReportBytes(Reversed(differs.SerializeAsString())), ElementsAre("ID_REUSED"));
}

// Book::Seal digests sequence, person and account, and leaves out as of when: a field that comes to
// the record must come to the digest.
TEST(RecordDigestTest, KnowsEveryFieldOfTheRecord) {
  EXPECT_EQ(v1::AccountRecord::descriptor()->field_count(), 4);
}

// What came in an odd encoding reaches the core as what it means.
TEST_F(EncodingTest, OddlyEncodedOutcomeIsReadPlainly) {
  const v1::Outcome outcome = MakeOutcome("o-1", id_);
  EXPECT_THAT(ReportBytes(WithUnknownField(Padded(Reversed(outcome.SerializeAsString())))),
              ElementsAre("RECORDED"));
  ASSERT_OK_AND_ASSIGN(const auto read, world_.ReadCoreFeed(0));
  ASSERT_EQ(read.items_size(), 1);
  EXPECT_EQ(read.items(0).outcome().outcome().SerializeAsString(), outcome.SerializeAsString());
}

}  // namespace
}  // namespace switchboard
