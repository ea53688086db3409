#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/redaction/folded_text.h"

namespace MeCab {
class Model;
class Tagger;
}  // namespace MeCab

namespace switchboard::redaction {

// A word of Japanese as the dictionary has it: characters [begin, end) of a text.
struct JapaneseToken {
  // As far as names are told by it.
  enum class Kind : uint8_t {
    kOther,     // verbs, adjectives
    kParticle,  // particles, auxiliaries, and what stands between clauses
    kSign,      // punctuation
    kPrefix,    // お, 前
    kNoun,      // a common one
    kSuffix,    // of a noun: 市, 的
    kOfPerson,  // a suffix of a name: さん, 様
    kLoose,     // a noun that begins a clause of its own: こと, 本日, 私
    kNumeral,
    kPlace,
    kOrganization,
    kProper,  // any other proper noun
    kSurname,
    kGiven,
    kName,  // of which the dictionary does not say what part it is
  };

  size_t begin = 0;
  size_t end = 0;
  Kind kind = Kind::kOther;
  bool known = true;  // false: cut out by the scripts of its characters

  bool is_name() const {
    return kind == Kind::kSurname || kind == Kind::kGiven || kind == Kind::kName;
  }
  size_t size() const { return end - begin; }
};

// The dictionary's reading of a text: the words as they most probably stand, and which other ones
// of its names begin where.
struct JapaneseReading {
  struct Name {
    size_t begin, end;
    bool is_surname;  // else a given name
  };

  std::vector<JapaneseToken> tokens;
  std::vector<Name> names;  // by where they begin

  bool HasName(size_t begin, size_t end, bool is_surname) const;
};

// IPADIC through MeCab. Immutable; thread-safe: each thread has a lattice of its own.
class JapaneseDictionary {
 public:
  // `folder`: where IPADIC stands in UTF-8; empty: where Debian's mecab-ipadic-utf8 makes it.
  // Errors: FAILED_PRECONDITION, JAPANESE_DICTIONARY_MISSING, when it is not there or another one.
  static absl::StatusOr<std::unique_ptr<const JapaneseDictionary>> Load(const std::string& folder);
  ~JapaneseDictionary();

  // Old and variant forms of kanji are read as the usual ones. A character takes 0.3 µs.
  JapaneseReading Read(const FoldedText& text) const;

 private:
  JapaneseDictionary(std::unique_ptr<MeCab::Model> model, std::unique_ptr<MeCab::Tagger> tagger);

  void ReadPiece(std::u32string_view usual, size_t begin, JapaneseReading* reading) const;

  const std::unique_ptr<MeCab::Model> model_;
  const std::unique_ptr<MeCab::Tagger> tagger_;
};

// The form of a kanji that dictionaries and tables have, for those that family registers keep: 高
// for 髙, 辺 for 邊. What has no other is itself.
char32_t UsualKanji(char32_t character);

}  // namespace switchboard::redaction
