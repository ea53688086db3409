#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/redaction/romaji.h"

namespace switchboard::redaction {

// One spelling of a family or a given name.
struct OwnName {
  // Scripts, as far as the ends of words are told apart.
  enum class Script : uint8_t { kHan, kKana, kAlphabet, kOther };
  // What must stand beside it when the other name does not.
  enum class Needs : uint8_t {
    kNothing,
    kCapital,  // a capital inside a sentence, or a title: Will, Rose
    kTitle,    // an honorific or a title: 森, May, of which a capital says nothing
  };

  Spellings pieces = {};
  Script script = Script::kOther;
  Needs needs = Needs::kNothing;
  size_t blanks = 0;  // that may stand inside it
};

// All spellings of a name as the core has it, in its own writing or as a reading. `language`: BCP
// 47 of the person. `chinese`: whether Han is read in pinyin.
std::vector<OwnName> SpellingsOf(const std::string& name, std::string_view language, bool chinese);

}  // namespace switchboard::redaction
