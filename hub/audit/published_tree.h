#pragma once

// For the tests of this folder: the leaves and roots that Certificate Transparency publishes with
// its reference code for RFC 6962.

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "hub/audit/merkle.h"

namespace switchboard::audit {

inline std::string Bytes(const char* hex) { return absl::HexStringToBytes(hex); }

inline std::vector<std::string> PublishedLeaves(size_t count) {
  const std::vector<std::string> all = {
      "",
      Bytes("00"),
      Bytes("10"),
      Bytes("2021"),
      Bytes("3031"),
      Bytes("40414243"),
      Bytes("5051525354555657"),
      Bytes("606162636465666768696a6b6c6d6e6f"),
  };
  return {all.begin(), all.begin() + static_cast<int64_t>(count)};
}

// By the number of leaves.
inline constexpr const char* kPublishedRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

}  // namespace switchboard::audit
