#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "switchboard/v1/person.pb.h"
#include "tests/redaction_report/types.h"

namespace switchboard::redaction_report {

// What stands in a text, in code points [begin, end).
struct LabelledSpan {
  size_t begin = 0;
  size_t end = 0;
  Type type = v1::TextMark::KIND_UNSPECIFIED;
};

struct LabelledText {
  std::string text{};
  std::string language{};  // BCP 47; empty: not said
  std::vector<LabelledSpan> spans{};
  std::optional<v1::Person> person{};  // of whom it is about
};

// A file of the folder.
struct LabelledFile {
  enum class Role {
    kLabelled,
    kCards,    // every text is a card number, bare or in a sentence, and must be found
    kNoCards,  // none may be found
    kTexts,    // without labels: only marks are counted
  };

  std::string name{};  // without its folder
  Role role = Role::kLabelled;
  std::vector<LabelledText> texts{};
  std::map<std::string, size_t> labels_not_looked_for{};  // how many of each
};

// Reads all labelled files of a folder and of those in it, by name:
// - *.jsonl: a line an object {"text", "spans": [{"start", "end", "label", "value"}]}, positions in
//   code points; optional are "lang" or "language", the spans' values, and "person", a v1.Person as
//   JSON. Parts of an address that touch, or are two signs apart, are one.
// - *.csv by the columns of their first line: pan, format and text (cards); number and luhn_ok (no
//   cards where it is 0); e164 and text (phones); kind, number and expected (identity numbers, of
//   which companies' and broken ones are none); narrative (texts without labels). Others are passed
//   over.
// Either may end in ".gz". Errors: INVALID_ARGUMENT with file and line.
absl::StatusOr<std::vector<LabelledFile>> ReadFolder(const std::string& folder);

// UTF-8 as code points; a byte that is no UTF-8 is U+FFFD.
std::u32string CodePoints(std::string_view text);

}  // namespace switchboard::redaction_report
