#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/redaction/clean_text.h"
#include "tests/redaction_report/labelled_file.h"

namespace switchboard::redaction_report {

// What became of the spans of a type, and of the marks of it.
struct Score {
  size_t labelled = 0;
  size_t found = 0;    // every letter and digit lies in marks of the type
  size_t hidden = 0;   // … in marks of any type
  size_t touched = 0;  // a mark of the type lies on some of it
  size_t marks = 0;
  size_t right = 0;     // marks on a span of their type
  size_t personal = 0;  // marks on a span of any type

  void Add(const Score& other);
  double Recall() const { return Part(found, labelled); }
  double Hidden() const { return Part(hidden, labelled); }
  double Precision() const { return Part(right, marks); }
  double PrecisionAny() const { return Part(personal, marks); }

 private:
  // 1 of nothing.
  static double Part(size_t some, size_t all) {
    return all == 0 ? 1 : static_cast<double>(some) / static_cast<double>(all);
  }
};
using Scores = std::array<Score, kTypes>;

// Marks as spans of what was typed, in code points. REQUIRES: `clean` was made of it.
std::vector<LabelledSpan> MarkedSpans(std::string_view typed, const redaction::CleanText& clean);

// A miss or a mark that is none, for a reader.
struct Odd {
  Type type;
  bool missed;  // else: marked, and nothing of its type there
  std::string what;
};

// Counts the marks of one text. `odds`: told of what is not as labelled; may be null.
void ScoreText(const LabelledText& text, const std::vector<LabelledSpan>& marks, Scores* scores,
               std::vector<Odd>* odds);

// The scores of a file by language, and of its texts all together how long they took.
struct FileScore {
  std::map<std::string, std::pair<size_t, Scores>> languages{};  // with how many texts
  double seconds = 0;

  Scores All() const;
};

// Cleans all texts of a file. `show`: how many odd ones a type are printed.
FileScore ScoreFile(const redaction::Cleaner& cleaner, const LabelledFile& file, size_t show);

}  // namespace switchboard::redaction_report
