#include "hub/masking/without_internal.h"

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>

#include "switchboard/v1/privacy.pb.h"
#include "switchboard/v1/privacy_keeping.pb.h"
#include "tests/testing.h"

namespace switchboard::masking {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsInternal(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::data_class) == v1::DATA_CLASS_INTERNAL;
}

// Sets every field of a message, and of all that it holds, as deep as `left`; of a oneof the last.
// Texts say "planted" where they are internal.
void Fill(Message& message, int left) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const bool many = field->is_repeated();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (left == 0) continue;
      Fill(many ? *reflection.AddMessage(&message, field)
                : *reflection.MutableMessage(&message, field),
           left - 1);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const std::string text = IsInternal(*field) ? "planted" : "kept";
      many ? reflection.AddString(&message, field, text)
           : reflection.SetString(&message, field, text);
    }
  }
}

TEST(WithoutInternal, NoFieldOfItIsLeftInAnything) {
  const auto* sections = v1::ReadPersonDataResponse::Section::descriptor()->oneof_decl(0);
  std::set<std::string> planted;
  for (int i = 0; i < sections->field_count(); ++i) {
    v1::ReadPersonDataResponse page;
    v1::ReadPersonDataResponse::Section& section = *page.add_sections();
    Fill(*section.GetReflection()->MutableMessage(&section, sections->field(i)), 6);
    if (page.SerializeAsString().find("planted") != std::string::npos)
      planted.insert(sections->field(i)->name());
    RemoveInternal(page);
    EXPECT_EQ(page.SerializeAsString().find("planted"), std::string::npos)
        << sections->field(i)->name();
    EXPECT_EQ(section.section_case(), sections->field(i)->number());
  }
  // The test has something to look for.
  EXPECT_TRUE(planted.contains("person"));
  EXPECT_TRUE(planted.contains("account"));
}

TEST(WithoutInternal, WhatIsNotInternalStays) {
  v1::Account account;
  account.set_account_id("A-1");
  account.set_internal_reason("score 17, watch list");
  RemoveInternal(account);
  EXPECT_EQ(account.account_id(), "A-1");
  EXPECT_EQ(account.internal_reason(), "");
}

TEST(WithoutInternal, NeitherIsWhatThisVersionDoesNotKnow) {
  v1::Account account;
  account.set_account_id("A-1");
  account.GetReflection()->MutableUnknownFields(&account)->AddLengthDelimited(900, "planted");
  v1::ReadPersonDataResponse page;
  *page.add_sections()->mutable_account() = account;
  RemoveInternal(page);
  EXPECT_EQ(page.SerializeAsString().find("planted"), std::string::npos);
  EXPECT_EQ(page.sections(0).account().account_id(), "A-1");
}

}  // namespace
}  // namespace switchboard::masking
