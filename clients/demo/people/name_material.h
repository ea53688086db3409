#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace switchboard::demo {

struct NamePart {
  std::string name;
  std::string reading;  // kana for Japanese, pinyin for Chinese; empty for English
};

struct NameList {
  std::vector<NamePart> family;
  std::vector<NamePart> given_male;
  std::vector<NamePart> given_female;
};

struct Town {
  std::string postal_code;  // empty in China
  std::string region;
  std::string city;
  std::string district;  // empty in the United States
  std::string street;    // in the United States only
};

// What identities are made of: the files of clients/demo/data. Immutable after Load.
struct NameMaterial {
  NameList japanese;
  NameList chinese_traditional;
  NameList chinese_simplified;
  NameList english;
  std::vector<Town> japan;
  std::vector<Town> china;
  std::vector<Town> united_states;
  std::vector<std::string> american_area_codes;

  // `folder` is clients/demo/data. Errors: those of CsvReader.
  static absl::StatusOr<NameMaterial> Load(const std::string& folder);
};

}  // namespace switchboard::demo
