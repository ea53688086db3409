// What people typed, of a person whom the core had told of, as any bytes.
//
// An input is a language's number, two bytes of a length, so much of a Person, and the note.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hub/base/text.h"
#include "hub/redaction/cards.h"
#include "hub/redaction/clean_text.h"
#include "hub/redaction/mark_text.h"
#include "hub/redaction/own_data.h"

namespace switchboard::redaction {
namespace {

constexpr std::array<std::string_view, 6> kLanguages = {"", "en", "ja", "zh-Hans", "zh-Hant", "ko"};
constexpr size_t kNoteBytesMax = 2000;

void Require(bool holds) {
  if (!holds) abort();
}

const Cleaner& TheCleaner() {
  static const Cleaner& cleaner = *[] {
    auto loaded = Cleaner::Load("");
    Require(loaded.ok());
    return std::move(loaded).value().release();
  }();
  return cleaner;
}

// Of cards less is kept than was typed, here and inside other values.
bool IsKeptWhole(const v1::HiddenText::Value& value) {
  return value.mark().kind() != v1::TextMark::KIND_CARD &&
         value.mark().kind() != v1::TextMark::KIND_CARD_CODE &&
         value.text().find('*') == std::string::npos;
}

// Marks stand in order where they say, and what was typed can be put together again.
void RequireSound(std::string_view typed, const CleanText& clean) {
  const std::string_view text = clean.text();
  std::string restored;
  bool whole = true;
  size_t byte = 0;
  for (const v1::HiddenText::Value& value : clean.hidden().values()) {
    const auto begin = static_cast<size_t>(value.mark().begin());
    const auto end = static_cast<size_t>(value.mark().end());
    Require(byte <= begin && begin < end && end <= text.size());
    Require(text.substr(begin, end - begin) == TextOfMark(value.mark()));
    restored += text.substr(byte, begin - byte);
    restored += value.text();
    byte = end;
    whole = whole && IsKeptWhole(value);
  }
  restored += text.substr(byte);
  Require(!whole || restored == typed);
}

// A tagger may read a sentence otherwise once its names are gone; all else stays found.
void RequireClean(const CleanText& clean, const OwnData* own, std::string_view language) {
  const CleanText again = TheCleaner().Clean(clean.text(), own, language);
  const auto& values = again.hidden().values();
  Require(values.empty() || std::any_of(values.begin(), values.end(), [](const auto& value) {
            return !value.mark().own() && (value.mark().kind() == v1::TextMark::KIND_NAME ||
                                           value.mark().kind() == v1::TextMark::KIND_ADDRESS);
          }));
}

void Take(std::string_view bytes) {
  constexpr size_t kHeadBytes = 3;
  if (bytes.size() < kHeadBytes) return;
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(bytes[at]); };
  const std::string_view language = kLanguages[byte(0) % kLanguages.size()];
  const size_t length = byte(1) * size_t{256} + byte(2);
  bytes.remove_prefix(kHeadBytes);
  v1::Person person;
  const std::string told(bytes.substr(0, length));
  const bool is_known = !told.empty() && person.ParseFromString(told);
  std::string note(bytes.substr(told.size()));
  if (note.size() > kNoteBytesMax || !IsPlainText(TextForm::kParagraphs, note)) return;
  NormalizeText(TextForm::kParagraphs, &note);

  std::string without_cards = note;
  HideCardNumbers(&without_cards);
  RequireSound(without_cards, TheCleaner().Clean(without_cards, nullptr, language));

  const OwnData own(person, {});
  const OwnData* const known = is_known ? &own : nullptr;
  (void)TheCleaner().WorkOf(note);
  const CleanText clean = TheCleaner().Clean(note, known, language);
  RequireSound(note, clean);
  RequireClean(clean, known, language);

  const CleanText by_stranger = TheCleaner().Clean(note, nullptr, language);
  std::string text = by_stranger.text();
  google::protobuf::RepeatedPtrField<v1::TextMark> marks;
  by_stranger.MarksTo(&marks);
  HideOwnData(own, &text, &marks);
  for (const v1::TextMark& mark : marks) {
    Require(text.substr(static_cast<size_t>(mark.begin()),
                        static_cast<size_t>(mark.end() - mark.begin())) == TextOfMark(mark));
  }
}

}  // namespace
}  // namespace switchboard::redaction

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  switchboard::redaction::Take({reinterpret_cast<const char*>(data), size});
  return 0;
}
