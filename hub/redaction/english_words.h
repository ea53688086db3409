#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "hub/redaction/english_weights.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// A word, a number or a sign of a text in Latin letters: characters [begin, end) of it.
struct EnglishWord {
  // What it may be, as the dictionary says; several at once.
  enum Bit : uint8_t {
    kGiven = 1,   // the given name of a person
    kFamily = 2,  // a family name
    kPlain = 4,   // a word in small letters
    kPlace = 8,
    kStreet = 16,  // the kind of one: "street", "ave"
    kTitle = 32,   // "mr", "attorney"
    kDay = 64,     // of the week, or a month
    kQuiet = 128,  // names nobody, not even where a sentence begins
  };
  enum class Case : uint8_t { kSmall, kCapital, kCapitals, kMixed, kNone };

  size_t begin = 0;
  size_t end = 0;                           // without "'s"
  uint32_t hash = 0;                        // of its loose dress
  uint32_t head = 0, tail2 = 0, tail3 = 0;  // of its first three letters, its last two and three
  uint32_t shape = 0;                       // of what its letters are, runs cut short
  uint8_t bits = 0;
  uint8_t letters = 0;
  Case letter_case = Case::kNone;
  bool possessive = false;  // "'s" stands behind it
  bool on_new_line = false;
};

uint32_t HashOfWord(std::u32string_view loose);

// Words of a text in order, signs among them, blanks left out. What is marked as a number or an
// address of e-mail is one word; postal codes and names are read.
std::vector<EnglishWord> EnglishWordsOf(const Marks& marks, const EnglishWeights& weights);

// What the dictionary says of a word; 0 for one that it does not know. `hash`: of its loose dress.
uint8_t BitsOfWord(uint32_t hash, const EnglishWeights& weights);

}  // namespace switchboard::redaction
