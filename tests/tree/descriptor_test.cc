// Walks every message of switchboard.v1: what can hold personal data says which class it is (I4). A
// field added without a class fails here before it can reach a log, a vendor or a mask.

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "hub/masking/silent_messages.h"
#include "switchboard/v1/code_map.pb.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/privacy.pb.h"
#include "switchboard/v1/redaction.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "switchboard/v1/rule_cases.pb.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "switchboard/v1/script.pb.h"
#include "switchboard/v1/vendor_service.pb.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard {
namespace {

namespace pb = ::google::protobuf;

// Messages that are a value: the field that holds one says what it is, as for a string.
constexpr std::string_view kValueMessages[] = {"switchboard.v1.Date", "switchboard.v1.Money",
                                               "switchboard.v1.Address",
                                               "switchboard.v1.AmountBand"};

bool NeedsClass(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_BOOL:
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return false;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE: {
      const std::string& name = field.message_type()->full_name();
      return std::find(std::begin(kValueMessages), std::end(kValueMessages), name) !=
             std::end(kValueMessages);
    }
    default:
      return true;  // text, bytes and numbers
  }
}

void Walk(const pb::Descriptor& message, std::vector<std::string>* without) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    if (NeedsClass(field) &&
        field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_UNSPECIFIED) {
      without->push_back(field.full_name());
    }
  }
  for (int i = 0; i < message.nested_type_count(); ++i) Walk(*message.nested_type(i), without);
}

// Full names of the fields of `file` that need a class and have none.
std::vector<std::string> FieldsWithoutClass(const pb::FileDescriptor& file) {
  std::vector<std::string> without;
  for (int i = 0; i < file.message_type_count(); ++i) Walk(*file.message_type(i), &without);
  return without;
}

// `file` and all it imports, of our package only.
void CollectFiles(const pb::FileDescriptor& file, std::set<const pb::FileDescriptor*>* files) {
  if (file.package() != "switchboard.v1" || !files->insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) CollectFiles(*file.dependency(i), files);
}

std::set<const pb::FileDescriptor*> AllFiles() {
  std::set<const pb::FileDescriptor*> files;
  for (const pb::Descriptor* message :
       {v1::ImportAccountsRequest::descriptor(), v1::SyncRequest::descriptor(),
        v1::ListVendorsRequest::descriptor(), v1::Contract::descriptor(),
        v1::RoutingPlan::descriptor(), v1::Config::descriptor(), v1::ItemBytes::descriptor(),
        v1::RulePack::descriptor(), v1::RuleCases::descriptor(), v1::CodeMap::descriptor(),
        v1::Script::descriptor()}) {
    CollectFiles(*message->file(), &files);
  }
  // A file without a message of its own.
  CollectFiles(*pb::DescriptorPool::generated_pool()
                    ->FindServiceByName("switchboard.v1.PrivacyService")
                    ->file(),
               &files);
  return files;
}

TEST(DescriptorTest, EveryFieldThatCanBePersonalHasAClass) {
  int messages = 0;
  for (const pb::FileDescriptor* file : AllFiles()) {
    EXPECT_THAT(FieldsWithoutClass(*file), ::testing::IsEmpty()) << file->name();
    messages += file->message_type_count();
  }
  EXPECT_GT(messages, 50);  // the walk really went through the protocol
}

// Every proto of the folder is reached, so that a new file cannot stay outside.
TEST(DescriptorTest, EveryFileOfThePackageIsWalked) {
  std::set<std::string> walked;
  for (const pb::FileDescriptor* file : AllFiles()) walked.insert(file->name());
  std::set<std::string> on_disk;
  for (const auto& entry : std::filesystem::directory_iterator("protos/switchboard/v1")) {
    on_disk.insert("switchboard/v1/" + entry.path().filename().string());
  }
  EXPECT_EQ(walked, on_disk);
}

// What the vendor is shown holds no message of the core's.
TEST(DescriptorTest, NothingAVendorReceivesHoldsTheCoresOwnRecords) {
  std::set<const pb::Descriptor*> seen;
  std::vector<const pb::Descriptor*> open = {v1::SyncResponse::descriptor(),
                                             v1::ReportOutcomesResponse::descriptor(),
                                             v1::RequestPermitResponse::descriptor(),
                                             v1::ReleasePermitResponse::descriptor(),
                                             v1::ObjectToRecallResponse::descriptor(),
                                             v1::HandOverResponse::descriptor(),
                                             v1::ListMissingRecordingsResponse::descriptor(),
                                             v1::RequestUnmaskingResponse::descriptor(),
                                             v1::ListDeletionOrdersResponse::descriptor(),
                                             v1::ConfirmDeletionResponse::descriptor(),
                                             v1::PassOnResponse::descriptor()};
  while (!open.empty()) {
    const pb::Descriptor* message = open.back();
    open.pop_back();
    if (!seen.insert(message).second) continue;
    EXPECT_NE(message, v1::Person::descriptor());
    EXPECT_NE(message, v1::Account::descriptor());
    EXPECT_NE(message, v1::ContactPoint::descriptor());
    EXPECT_NE(message, v1::HiddenText::descriptor());
    for (int i = 0; i < message->field_count(); ++i) {
      const pb::FieldDescriptor& field = *message->field(i);
      EXPECT_NE(field.options().GetExtension(v1::data_class), v1::DATA_CLASS_INTERNAL)
          << field.full_name();
      EXPECT_NE(field.options().GetExtension(v1::data_class), v1::DATA_CLASS_REFERENCE)
          << field.full_name();
      if (field.message_type() != nullptr) open.push_back(field.message_type());
    }
  }
  EXPECT_TRUE(seen.count(v1::MaskedPerson::descriptor()) == 1);
}

// What leaves without the guard on the wire, as far as descriptors know it.
template <typename... Messages>
std::set<const pb::Descriptor*> Silent() {
  static_assert((masking::kIsSilent<Messages> && ...));
  return {Messages::descriptor()...};
}

std::set<const pb::Descriptor*> SilentMessages() {
  return Silent<v1::ReportOutcomesResponse, v1::ReleasePermitResponse, v1::ObjectToRecallResponse,
                v1::HandOverResponse, v1::ListMissingRecordingsResponse,
                v1::ListDeletionOrdersResponse, v1::ConfirmDeletionResponse, v1::PassOnResponse>();
}

void ExpectNothingPersonalIn(const pb::Descriptor& message, int depth) {
  ASSERT_LT(depth, 10);
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const auto data_class = field.options().GetExtension(v1::data_class);
    EXPECT_TRUE(data_class == v1::DATA_CLASS_UNSPECIFIED ||
                data_class == v1::DATA_CLASS_NOT_PERSONAL)
        << field.full_name();
    if (field.message_type() != nullptr) ExpectNothingPersonalIn(*field.message_type(), depth + 1);
  }
}

TEST(DescriptorTest, InWhatLeavesForVendorsUnguardedNothingPersonalFits) {
  for (const pb::Descriptor* message : SilentMessages()) ExpectNothingPersonalIn(*message, 0);
  ExpectNothingPersonalIn(*v1::SyncResponse::Opened::descriptor(), 0);
  ExpectNothingPersonalIn(*v1::SyncResponse::WithdrawnNow::descriptor(), 0);
}

TEST(DescriptorTest, EveryAnswerToAVendorIsSilentOrHasAMaker) {
  const std::set<const pb::Descriptor*> made = {
      v1::SyncResponse::descriptor(), v1::RequestPermitResponse::descriptor(),
      v1::RequestPermitsResponse::descriptor(), v1::PlanContactsResponse::descriptor(),
      v1::RequestUnmaskingResponse::descriptor()};
  const pb::ServiceDescriptor& service =
      *v1::ReportOutcomesRequest::descriptor()->file()->service(0);
  EXPECT_EQ(service.name(), "VendorService");
  for (int i = 0; i < service.method_count(); ++i) {
    const pb::Descriptor* answer = service.method(i)->output_type();
    EXPECT_EQ(SilentMessages().count(answer) + made.count(answer), 1u) << answer->full_name();
  }
}

// The walk itself: a file made here, with one mistake of each kind.
TEST(DescriptorTest, TheWalkNoticesAFieldWithoutClass) {
  pb::FileDescriptorProto file;
  file.set_name("switchboard/v1/mistakes.proto");
  file.set_package("switchboard.v1");
  file.set_syntax("proto3");
  file.add_dependency("switchboard/v1/values.proto");
  pb::DescriptorProto& outer = *file.add_message_type();
  outer.set_name("Outer");
  pb::DescriptorProto& inner = *outer.add_nested_type();
  inner.set_name("Inner");
  int number = 0;
  const auto add = [&number](pb::DescriptorProto* to, const char* name,
                             pb::FieldDescriptorProto::Type type, v1::DataClass data_class,
                             const char* type_name = "") {
    pb::FieldDescriptorProto& field = *to->add_field();
    field.set_name(name);
    field.set_number(++number);
    field.set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
    field.set_type(type);
    if (*type_name != '\0') field.set_type_name(type_name);
    if (data_class != v1::DATA_CLASS_UNSPECIFIED) {
      field.mutable_options()->SetExtension(v1::data_class, data_class);
    }
  };
  using Type = pb::FieldDescriptorProto;
  add(&outer, "text", Type::TYPE_STRING, v1::DATA_CLASS_UNSPECIFIED);
  add(&outer, "raw", Type::TYPE_BYTES, v1::DATA_CLASS_UNSPECIFIED);
  add(&outer, "number", Type::TYPE_INT64, v1::DATA_CLASS_UNSPECIFIED);
  add(&outer, "day", Type::TYPE_MESSAGE, v1::DATA_CLASS_UNSPECIFIED, ".switchboard.v1.Date");
  add(&outer, "sum", Type::TYPE_MESSAGE, v1::DATA_CLASS_UNSPECIFIED, ".switchboard.v1.Money");
  add(&outer, "good_text", Type::TYPE_STRING, v1::DATA_CLASS_NAME);
  add(&outer, "good_day", Type::TYPE_MESSAGE, v1::DATA_CLASS_BIRTH_DATE, ".switchboard.v1.Date");
  add(&outer, "flag", Type::TYPE_BOOL, v1::DATA_CLASS_UNSPECIFIED);
  add(&outer, "nested", Type::TYPE_MESSAGE, v1::DATA_CLASS_UNSPECIFIED,
      ".switchboard.v1.Outer.Inner");
  add(&inner, "deep", Type::TYPE_STRING, v1::DATA_CLASS_UNSPECIFIED);

  pb::DescriptorPool pool(pb::DescriptorPool::generated_pool());
  const pb::FileDescriptor* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  EXPECT_THAT(
      FieldsWithoutClass(*built),
      ::testing::ElementsAre("switchboard.v1.Outer.text", "switchboard.v1.Outer.raw",
                             "switchboard.v1.Outer.number", "switchboard.v1.Outer.day",
                             "switchboard.v1.Outer.sum", "switchboard.v1.Outer.Inner.deep"));
}

}  // namespace
}  // namespace switchboard
