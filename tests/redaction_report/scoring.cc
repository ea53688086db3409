#include "tests/redaction_report/scoring.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <span>

#include "hub/redaction/folded_text.h"
#include "hub/redaction/own_data.h"

namespace switchboard::redaction_report {
namespace {

using Values = google::protobuf::RepeatedPtrField<v1::HiddenText::Value>;

constexpr size_t kCodeBytesMin = 3;

// What was typed may be longer than what is kept of it: of a card the digits alone, of its code
// nothing.
bool IsKeptWhole(const v1::HiddenText::Value& value) {
  return value.mark().kind() != v1::TextMark::KIND_CARD &&
         value.mark().kind() != v1::TextMark::KIND_CARD_CODE &&
         value.text().find('*') == std::string::npos;
}

// Lays what was typed beside what is left of it.
class Alignment {
 public:
  Alignment(std::string_view typed, const redaction::CleanText& clean)
      : typed_(typed), clean_(clean), values_(clean.hidden().values()) {}

  // Bytes [begin, end) of each mark in what was typed; empty when they do not fit.
  std::vector<std::pair<size_t, size_t>> Places() {
    places_.clear();
    const auto first = Literal(0);
    if (!typed_.starts_with(first) || !Fits(0, first.size())) places_.clear();
    return places_;
  }

 private:
  // What stands before mark `number`, and behind the one before it.
  std::string_view Literal(int number) const {
    const std::string_view text = clean_.text();
    const auto begin =
        number == 0 ? size_t{0} : static_cast<size_t>(values_[number - 1].mark().end());
    const auto end = number == values_.size() ? text.size()
                                              : static_cast<size_t>(values_[number].mark().begin());
    return text.substr(begin, end - begin);
  }

  // Whether the marks from `number` on can stand for what was typed from `byte` on.
  bool Fits(int number, size_t byte) {
    if (number == values_.size()) return byte == typed_.size();
    const v1::HiddenText::Value& value = values_[number];
    const std::string_view behind = Literal(number + 1);
    const bool whole = IsKeptWhole(value);
    const size_t least = value.text().empty() ? kCodeBytesMin : value.text().size();
    for (size_t end = byte + least; end <= typed_.size(); ++end) {
      if (whole && end > byte + least) break;
      if (!typed_.substr(end).starts_with(behind)) continue;
      places_.resize(static_cast<size_t>(number));
      places_.emplace_back(byte, end);
      if (Fits(number + 1, end + behind.size())) return true;
    }
    return false;
  }

  const std::string_view typed_;
  const redaction::CleanText& clean_;
  const Values& values_;
  std::vector<std::pair<size_t, size_t>> places_;
};

bool Tells(char32_t c) {
  return (U_MASK(u_charType(static_cast<UChar32>(c))) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool Overlap(const LabelledSpan& a, const LabelledSpan& b) {
  return a.begin < b.end && b.begin < a.end;
}

std::string Around(const std::u32string& characters, const LabelledSpan& span) {
  constexpr size_t kBeside = 20;
  const size_t begin = span.begin - std::min(span.begin, kBeside);
  std::u32string shown = characters.substr(begin, span.begin - begin) + U"<<" +
                         characters.substr(span.begin, span.end - span.begin) + U">>" +
                         characters.substr(span.end, kBeside);
  std::replace(shown.begin(), shown.end(), U'\n', U' ');
  return redaction::Utf8Of(shown);
}

void ScoreLabel(const std::u32string& characters, const std::vector<LabelledSpan>& marks,
                const LabelledSpan& span, Score* score, std::vector<Odd>* odds) {
  bool found = true, hidden = true, touched = false;
  for (size_t i = span.begin; i < span.end; ++i) {
    if (!Tells(characters[i])) continue;
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](const LabelledSpan& one) {
      return one.begin <= i && i < one.end;
    });
    const bool answered = mark != marks.end() && Answers(mark->type, span.type);
    hidden = hidden && mark != marks.end();
    found = found && answered;
    touched = touched || answered;
  }
  ++score->labelled;
  score->found += found;
  score->hidden += hidden;
  score->touched += touched;
  if (!found && odds != nullptr) odds->push_back({span.type, true, Around(characters, span)});
}

}  // namespace

void Score::Add(const Score& other) {
  labelled += other.labelled;
  found += other.found;
  hidden += other.hidden;
  touched += other.touched;
  marks += other.marks;
  right += other.right;
  personal += other.personal;
}

std::vector<LabelledSpan> MarkedSpans(std::string_view typed, const redaction::CleanText& clean) {
  std::vector<LabelledSpan> spans;
  const auto places = Alignment(typed, clean).Places();
  for (size_t i = 0; i < places.size(); ++i) {
    const auto [begin, end] = places[i];
    spans.push_back({CodePoints(typed.substr(0, begin)).size(),
                     CodePoints(typed.substr(0, end)).size(),
                     clean.hidden().values(static_cast<int>(i)).mark().kind()});
  }
  return spans;
}

void ScoreText(const LabelledText& text, const std::vector<LabelledSpan>& marks, Scores* scores,
               std::vector<Odd>* odds) {
  const std::u32string characters = CodePoints(text.text);
  for (const LabelledSpan& span : text.spans) {
    ScoreLabel(characters, marks, span, &scores->at(static_cast<size_t>(span.type)), odds);
  }
  for (const LabelledSpan& mark : marks) {
    bool right = false, personal = false;
    for (const LabelledSpan& span : text.spans) {
      if (!Overlap(mark, span)) continue;
      personal = true;
      right = right || Answers(mark.type, span.type);
    }
    Score& score = scores->at(static_cast<size_t>(mark.type));
    ++score.marks;
    score.right += right;
    score.personal += personal;
    if (!right && odds != nullptr) odds->push_back({mark.type, false, Around(characters, mark)});
  }
}

Scores FileScore::All() const {
  Scores all;
  for (const auto& [language, scores] : languages) {
    for (size_t i = 0; i < all.size(); ++i) all[i].Add(scores.second[i]);
  }
  return all;
}

FileScore ScoreFile(const redaction::Cleaner& cleaner, const LabelledFile& file, size_t show) {
  FileScore score;
  std::map<std::pair<Type, bool>, size_t> shown;
  for (const LabelledText& text : file.texts) {
    std::optional<redaction::OwnData> own;
    if (text.person.has_value()) own.emplace(*text.person, std::span<const v1::Account* const>());
    const auto begin = std::chrono::steady_clock::now();
    const redaction::CleanText clean =
        cleaner.Clean(text.text, own.has_value() ? &*own : nullptr, text.language);
    score.seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    auto& [texts, scores] = score.languages[text.language];
    ++texts;
    std::vector<Odd> odds;
    ScoreText(text, MarkedSpans(text.text, clean), &scores, &odds);
    for (const Odd& odd : odds) {
      if (++shown[{odd.type, odd.missed}] > show) continue;
      std::printf("%s: %s %s: %s\n", file.name.c_str(), NameOf(odd.type).c_str(),
                  odd.missed ? "missed" : "marked", odd.what.c_str());
    }
  }
  return score;
}

}  // namespace switchboard::redaction_report
