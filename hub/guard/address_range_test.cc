#include "hub/guard/address_range.h"

#include "tests/testing.h"

namespace switchboard::guard {
namespace {

using ::switchboard::testing::FailsWith;

TEST(AddressRange, HoldsWhatBeginsAlike) {
  struct Case {
    const char* range;
    const char* address;
    bool held;
  };
  for (const auto& [range, address, held] : {
           Case{"192.0.2.7", "192.0.2.7", true},
           Case{"192.0.2.7", "192.0.2.8", false},
           Case{"192.0.2.0/24", "192.0.2.255", true},
           Case{"192.0.2.0/24", "192.0.3.0", false},
           Case{"192.0.2.128/25", "192.0.2.127", false},
           Case{"192.0.2.0/24", "::ffff:192.0.2.9", true},
           Case{"::ffff:192.0.2.0/120", "192.0.2.9", true},
           Case{"0.0.0.0/0", "203.0.113.9", true},
           Case{"0.0.0.0/0", "2001:db8::1", false},
           Case{"::/0", "203.0.113.9", true},
           Case{"2001:db8::/32", "2001:db8:ffff::1", true},
           Case{"2001:db8::/32", "2001:db9::1", false},
           Case{"2001:db8::/33", "2001:db8:8000::1", false},
           Case{"192.0.2.0/24", "", false},
           Case{"192.0.2.0/24", "192.0.2", false},
           Case{"192.0.2.0/24", "192.0.2.1/32", false},
       }) {
    ASSERT_OK_AND_ASSIGN(const AddressRange one, AddressRange::Parse(range));
    EXPECT_EQ(one.Holds(address), held) << range << " " << address;
  }
}

TEST(AddressRange, WhatIsNoneIsTold) {
  for (const char* text : {"", "proxy.example", "192.0.2", "192.0.2.1/", "192.0.2.1/33", "/24",
                           "192.0.2.1/24", "2001:db8::1/32", "2001:db8::/129", "192.0.2.0/-1",
                           "192.0.2.0/ 24", "192.0.2.0/24/24", "[2001:db8::]/32"}) {
    EXPECT_THAT(AddressRange::Parse(text),
                FailsWith(absl::StatusCode::kInvalidArgument, "ADDRESS_INVALID"))
        << text;
  }
}

}  // namespace
}  // namespace switchboard::guard
