#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/redaction/folded_text.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// A text to be tagged, and in which languages. More than one may be asked of a text in several
// scripts, or when it is not known which one it is in: then each tagger reads the runs that are in
// its script.
struct Passage {
  const FoldedText& text;
  bool japanese = false;  // kana, or Han and a person whose language or country writes so
  bool chinese = false;   // Han without kana
  bool english = false;   // Latin letters, and no language that is written in them but English
  std::string_view country = {};  // of the person, ISO 3166-1 alpha-2; empty when not known
};

// Finds names and addresses of people whom the hub does not know, in one language. Immutable once
// loaded; thread-safe.
class Tagger {
 public:
  virtual ~Tagger() = default;

  // Adds what it finds. Asked of every text; one in another language is left alone. Numbers and the
  // person's own data are among the marks already.
  virtual void Tag(const Passage& passage, Marks* marks) const = 0;

  // Whether every word of `typed` is one that names nobody, so that there is nothing to look for,
  // neither of strangers nor of the person: one pass over a text of ASCII with less than three
  // digits and without "@".
  virtual bool KnowsEveryWordOf(std::string_view /*typed*/) const { return false; }
};

// All taggers, in the order in which they are asked; tagger.cc lists them. `japanese_dictionary`: a
// folder of MeCab's dictionary in UTF-8; empty: Debian's. Errors: FAILED_PRECONDITION when it
// cannot be read.
absl::StatusOr<std::vector<std::unique_ptr<const Tagger>>> LoadTaggers(
    const std::string& japanese_dictionary);

}  // namespace switchboard::redaction
