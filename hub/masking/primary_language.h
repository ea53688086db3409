#pragma once

#include <string>
#include <string_view>

#include "absl/strings/ascii.h"

namespace switchboard::masking {

// "zh" of "ZH-Hant-TW": a BCP 47 tag's first part, lower case.
inline std::string PrimaryLanguage(std::string_view tag) {
  std::string primary(tag.substr(0, tag.find('-')));
  absl::AsciiStrToLower(&primary);
  return primary;
}

}  // namespace switchboard::masking
