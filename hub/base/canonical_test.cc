#include "hub/base/canonical.h"

#include <functional>

#include "gtest/gtest.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard {
namespace {

v1::AccountRecord Record() {
  v1::AccountRecord record;
  record.set_sequence(7);
  record.mutable_person()->set_person_id("P-1");
  record.mutable_person()->mutable_address()->set_city("Osaka");
  for (const char* id : {"mobile-1", "home-1"})
    record.mutable_person()->add_contact_points()->set_contact_point_id(id);
  record.mutable_account()->mutable_balance()->set_minor_units(5);
  return record;
}

void AddUnknown(google::protobuf::Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(999, 1);
}

TEST(CanonicalBytesTest, WhatThisVersionDoesNotKnowIsDroppedWhereverItIs) {
  const std::string plain = Record().SerializeAsString();
  const struct {
    const char* name;
    std::function<google::protobuf::Message*(v1::AccountRecord&)> place;
  } cases[] = {
      {"record", [](auto& record) { return &record; }},
      {"person", [](auto& record) { return record.mutable_person(); }},
      {"address", [](auto& record) { return record.mutable_person()->mutable_address(); }},
      {"last point",
       [](auto& record) { return record.mutable_person()->mutable_contact_points(1); }},
      {"money", [](auto& record) { return record.mutable_account()->mutable_balance(); }},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    v1::AccountRecord record = Record();
    AddUnknown(*one.place(record));
    EXPECT_NE(record.SerializeAsString(), plain);
    EXPECT_EQ(CanonicalBytes(record), plain);
    EXPECT_EQ(record.SerializeAsString(), plain);
  }
}

TEST(CanonicalBytesTest, OfAnEmptyMessageIsNothing) {
  v1::AccountRecord record;
  EXPECT_EQ(CanonicalBytes(record), "");
}

}  // namespace
}  // namespace switchboard
