#include "hub/guard/proxy_header.h"

#include "tests/testing.h"

namespace switchboard::guard {
namespace {

using ::switchboard::testing::FailsWith;

const std::string kSigned("\r\n\r\n\0\r\nQUIT\n", 12);

std::string Header(uint8_t command, uint8_t family, const std::string& rest) {
  std::string header = kSigned;
  header += static_cast<char>(command);
  header += static_cast<char>(family);
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size());
  return header + rest;
}

const std::string kV4("\xc0\x00\x02\x07\x7f\x00\x00\x01\x1f\x90\x20\xfb", 12);
const std::string kV6 = std::string("\x20\x01\x0d\xb8", 4) + std::string(11, '\0') + '\x09' +
                        std::string(16, '\1') + "\x1f\x90\x20\xfb";
const std::string kMapped = std::string(10, '\0') + "\xff\xff" + kV4.substr(0, 4) +
                            std::string(16, '\1') + "\x1f\x90\x20\xfb";

TEST(ProxyHeader, TellsTheTrueAddress) {
  const std::pair<std::string, std::string> cases[] = {
      {Header(0x21, 0x11, kV4), "192.0.2.7"},
      {Header(0x21, 0x11, kV4 + "more that clouds add"), "192.0.2.7"},
      {Header(0x21, 0x21, kV6), "2001:db8::9"},
      {Header(0x21, 0x21, kMapped), "192.0.2.7"},
      {Header(0x20, 0x00, ""), ""},
      {Header(0x20, 0x11, kV4), ""},
      {Header(0x21, 0x00, ""), ""},
      {Header(0x21, 0x31, std::string(216, 'u')), ""},
  };
  for (const auto& [bytes, address] : cases) {
    for (size_t size = 0; size < bytes.size(); ++size) {
      const auto early = ParseProxyHeader(bytes.substr(0, size));
      ASSERT_OK(early) << size;
      EXPECT_FALSE(early->has_value()) << size;
    }
    ASSERT_OK_AND_ASSIGN(const auto header, ParseProxyHeader(bytes + "\x16\x03\x01"));
    ASSERT_TRUE(header.has_value());
    EXPECT_EQ(header->bytes, bytes.size());
    EXPECT_EQ(header->address, address);
  }
}

TEST(ProxyHeader, WhatIsNoneIsRefusedAtTheFirstWrongByte) {
  const std::string cases[] = {
      "\x16\x03\x01",
      "PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n",
      kSigned.substr(0, 11) + "\r",
      Header(0x11, 0x11, kV4),
      Header(0x22, 0x11, kV4),
      Header(0x21, 0x11, kV4.substr(0, 11)),
      Header(0x21, 0x21, kV6.substr(0, 35)),
      Header(0x21, 0x11, std::string(521, 'x')),
      Header(0x20, 0x00, std::string(521, 'x')).substr(0, 16),
  };
  for (const std::string& bytes : cases) {
    EXPECT_THAT(ParseProxyHeader(bytes),
                FailsWith(absl::StatusCode::kInvalidArgument, "PROXY_HEADER_INVALID"))
        << bytes.size();
  }
}

}  // namespace
}  // namespace switchboard::guard
