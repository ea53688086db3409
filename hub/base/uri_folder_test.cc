#include "hub/base/uri_folder.h"

#include <gtest/gtest.h>

namespace switchboard {
namespace {

TEST(UriFolderTest, AFolderEndsWithOneSlash) {
  const struct {
    const char* uri;
    bool is_folder;
  } rows[] = {
      {"https://proofs.example/", true},
      {"https://proofs.example/sakura/", true},
      {"s3://proofs/2026.12/", true},
      {"https://proofs.example/.well-known/", true},
      {"", false},
      {"https://proofs.example", false},
      {"https://proofs.example/sakura", false},
      {"https://", false},
      {"https://proofs.example/sakura//", false},
      {"https://proofs.example/?under=/", false},
      {"https://proofs.example/#/", false},
      {"https://proofs.example/fuji/../", false},
      {"https://proofs.example/./", false},
      {"https://proofs.example/%2E%2e/", false},
  };
  for (const auto& row : rows) EXPECT_EQ(IsUriFolder(row.uri), row.is_folder) << row.uri;
}

TEST(UriFolderTest, WhatLeadsElsewhereLiesElsewhere) {
  const struct {
    const char* uri;
    bool lies_in;
  } rows[] = {
      {"https://proofs.example/sakura/1", true},
      {"https://proofs.example/sakura/2026/1.pdf", true},
      {"https://proofs.example/sakura/...", true},
      {"https://proofs.example/sakura/..1/.2", true},
      {"https://proofs.example/sakura/1%20of%202", true},
      {"https://proofs.example/sakura/1?page=../..", true},
      {"https://proofs.example/sakura/1#a%2eb", true},
      {"https://proofs.example/sakura/", false},  // the folder itself
      {"https://proofs.example/sakura", false},
      {"https://proofs.example/sakura-2/1", false},
      {"https://proofs.example/fuji/1", false},
      {"http://proofs.example/sakura/1", false},
      {"https://PROOFS.example/sakura/1", false},
      {"https://elsewhere.example/https://proofs.example/sakura/1", false},
      {"https://proofs.example/sakura/../fuji/1", false},
      {"https://proofs.example/sakura/2026/../../fuji/1", false},
      {"https://proofs.example/sakura/./1", false},
      {"https://proofs.example/sakura/..", false},
      {"https://proofs.example/sakura/.", false},
      {"https://proofs.example/sakura/..?page=1", false},
      {"https://proofs.example/sakura/..#1", false},
      {"https://proofs.example/sakura/%2e%2e/fuji/1", false},
      {"https://proofs.example/sakura/%2E./fuji/1", false},
      {"https://proofs.example/sakura/.%2e/fuji/1", false},
      {"https://proofs.example/sakura/1%2epdf", false},
      {"https://proofs.example/sakura/..%2Ffuji/1", false},
      {"https://proofs.example/sakura/..\\fuji\\1", false},
      {"https://proofs.example/sakura/..%5cfuji/1", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(LiesInUriFolder(row.uri, "https://proofs.example/sakura/"), row.lies_in) << row.uri;
  }
}

}  // namespace
}  // namespace switchboard
