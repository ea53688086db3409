#include "hub/base/ed25519.h"

#include "absl/strings/escaping.h"
#include "tests/testing.h"

namespace switchboard {
namespace {

std::string Bytes(const char* hex) { return absl::HexStringToBytes(hex); }

// RFC 8032 section 7.1, tests 1 to 3.
TEST(Ed25519Test, SignsAsThePublishedVectors) {
  const struct {
    const char *seed, *public_key, *message, *signature;
  } rows[] = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9"
       "b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "1"
       "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "d"
       "c6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.public_key);
    const Ed25519Signer signer((Secret(Bytes(row.seed))));
    EXPECT_EQ(signer.public_key(), Bytes(row.public_key));
    EXPECT_EQ(signer.Sign(Bytes(row.message)), Bytes(row.signature));
    EXPECT_TRUE(VerifyEd25519(Bytes(row.public_key), Bytes(row.message), Bytes(row.signature)));
  }
}

TEST(Ed25519Test, OneChangedBitFails) {
  const Ed25519Signer signer((Secret(std::string(kEd25519KeyBytes, 's'))));
  const std::string message = "a message";
  const std::string signature = signer.Sign(message);
  ASSERT_TRUE(VerifyEd25519(signer.public_key(), message, signature));
  for (size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    std::string changed = signature;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(VerifyEd25519(signer.public_key(), message, changed)) << bit;
  }
  for (size_t bit = 0; bit < 8 * message.size(); ++bit) {
    std::string changed = message;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(VerifyEd25519(signer.public_key(), changed, signature)) << bit;
  }
  for (size_t bit = 0; bit < 8 * kEd25519KeyBytes; ++bit) {
    std::string changed = signer.public_key();
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(VerifyEd25519(changed, message, signature)) << bit;
  }
}

TEST(Ed25519Test, WhatIsNoKeyOrSignatureVerifiesNothing) {
  const Ed25519Signer signer((Secret(std::string(kEd25519KeyBytes, 's'))));
  const std::string signature = signer.Sign("text");
  EXPECT_FALSE(VerifyEd25519("", "text", signature));
  EXPECT_FALSE(VerifyEd25519(signer.public_key() + "x", "text", signature));
  EXPECT_FALSE(VerifyEd25519(signer.public_key().substr(1), "text", signature));
  EXPECT_FALSE(VerifyEd25519(signer.public_key(), "text", ""));
  EXPECT_FALSE(VerifyEd25519(signer.public_key(), "text", signature + "x"));
  EXPECT_FALSE(VerifyEd25519(signer.public_key(), "text", signature.substr(1)));
}

}  // namespace
}  // namespace switchboard
