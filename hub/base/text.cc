#include "hub/base/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard {
namespace {

constexpr UChar32 kNone = -1;
constexpr UChar32 kZwnj = 0x200C;
constexpr UChar32 kZwj = 0x200D;
constexpr UChar32 kKeycap = 0x20E3;
constexpr UChar32 kEmojiVariant = 0xFE0F;

bool Is(UChar32 c, UProperty property) { return c >= 0 && u_hasBinaryProperty(c, property) != 0; }

// The character at *at, moving *at behind it; negative when the text is not UTF-8.
UChar32 NextCharacter(std::string_view text, int32_t* at) {
  UChar32 c;
  U8_NEXT(text.data(), *at, static_cast<int32_t>(text.size()), c);
  return c;
}

UChar32 CharacterAt(std::string_view text, int32_t at) {
  return at < static_cast<int32_t>(text.size()) ? NextCharacter(text, &at) : kNone;
}

bool IsUtf8(std::string_view text) {
  for (int32_t at = 0; at < static_cast<int32_t>(text.size());) {
    if (NextCharacter(text, &at) < 0) return false;
  }
  return true;
}

bool IsAscii(std::string_view text) {
  unsigned char bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

bool IsTrimmed(TextForm form, UChar32 c) {
  if (form == TextForm::kParagraphs && (c == '\t' || c == '\n')) return true;
  return c == ' ' || (c >= 0x80 && u_charType(c) == U_SPACE_SEPARATOR);
}

void Trim(TextForm form, std::string* text) {
  int32_t begin = 0;
  int32_t end = static_cast<int32_t>(text->size());
  while (begin < end) {
    int32_t behind = begin;
    if (!IsTrimmed(form, NextCharacter(*text, &behind))) break;
    begin = behind;
  }
  while (begin < end) {
    int32_t before = end;
    UChar32 c;
    U8_PREV(text->data(), 0, before, c);
    if (!IsTrimmed(form, c)) break;
    end = before;
  }
  if (end < static_cast<int32_t>(text->size())) text->resize(static_cast<size_t>(end));
  if (begin > 0) text->erase(0, static_cast<size_t>(begin));
}

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(c, &error);
}

// Scripts whose letters join, or whose conjuncts are steered, with ZWJ and ZWNJ (the Unicode core
// specification, 9.2, 12.1 and 23.2).
bool UsesJoiners(UScriptCode script) {
  static constexpr UScriptCode kScripts[] = {
      USCRIPT_ARABIC,  USCRIPT_SYRIAC,  USCRIPT_MONGOLIAN, USCRIPT_NKO,        USCRIPT_MANDAIC,
      USCRIPT_ADLAM,   USCRIPT_BENGALI, USCRIPT_GUJARATI,  USCRIPT_DEVANAGARI, USCRIPT_GURMUKHI,
      USCRIPT_ORIYA,   USCRIPT_TAMIL,   USCRIPT_TELUGU,    USCRIPT_KANNADA,    USCRIPT_MALAYALAM,
      USCRIPT_SINHALA, USCRIPT_KHMER,   USCRIPT_MYANMAR,   USCRIPT_TIBETAN,    USCRIPT_PHAGS_PA,
  };
  return std::find(std::begin(kScripts), std::end(kScripts), script) != std::end(kScripts);
}

// Ideographs, kana and Hangul: what most texts beyond ASCII are made of.
bool IsCommonEastAsian(UChar32 c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3099 && c <= 0x30FF) ||
         (c >= 0x3041 && c <= 0x3096) || (c >= 0xAC00 && c <= 0xD7A3);
}

// Letters and symbols without ink: the empty pattern of braille, fillers of Khitan and Egyptian,
// the null notehead. Unicode has them as neither blanks nor ignorable.
bool IsWithoutInk(UChar32 c) {
  return c == 0x2800 || c == 0x16FE4 || c == 0x13441 || c == 0x13442 || c == 0x1D159;
}

bool IsSkinColour(UChar32 c) { return c >= 0x1F3FB && c <= 0x1F3FF; }

bool IsInPlaneOfIdeographs(UChar32 c) {
  return c >= 0x20000 && c < 0x40000 && !U_IS_UNICODE_NONCHAR(c);
}

bool IsIdeograph(UChar32 c) { return Is(c, UCHAR_IDEOGRAPHIC) || IsInPlaneOfIdeographs(c); }

bool IsSymbolOrPunctuation(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_S_MASK | U_GC_P_MASK)) != 0;
}

// Whether a variation selector may stand behind `last` (StandardizedVariants.txt, the ideographic
// variation database, emoji-variation-sequences.txt). Elsewhere it is invisible, and carries bytes.
bool HasVariants(UChar32 last, UChar32 selector, UChar32 next) {
  if (last < 0 || Is(last, UCHAR_VARIATION_SELECTOR)) return false;
  if (selector >= 0xE0100) return IsIdeograph(last);
  if (selector < 0xFE00) return ScriptOf(last) == USCRIPT_MONGOLIAN;
  if (last < 0x80) return next == kKeycap && Is(last, UCHAR_EMOJI);
  if (IsIdeograph(last) || Is(last, UCHAR_EMOJI) || IsSymbolOrPunctuation(last)) return true;
  const UScriptCode script = ScriptOf(last);
  return script == USCRIPT_MYANMAR || script == USCRIPT_PHAGS_PA || script == USCRIPT_MANICHAEAN;
}

// Walks a text and knows what stands before the character it is at.
class Walk {
 public:
  Walk(TextForm form, std::string_view text) : form_(form), text_(text) {}

  bool IsPlain() {
    for (int32_t at = 0; at < static_cast<int32_t>(text_.size());) {
      const UChar32 c = NextCharacter(text_, &at);
      if (c < 0 || !MayStand(c, at)) return false;
      Remember(c);
    }
    return true;
  }

 private:
  bool MayStand(UChar32 c, int32_t behind) const {
    if (c < 0x80) {
      return (c >= 0x20 && c < 0x7f) ||
             (form_ == TextForm::kParagraphs && (c == '\t' || c == '\n'));
    }
    if (IsCommonEastAsian(c)) return true;
    if (c == kZwj || c == kZwnj) return MayJoin(c, CharacterAt(text_, behind));
    if (Is(c, UCHAR_VARIATION_SELECTOR)) {
      return HasVariants(last_, c, CharacterAt(text_, behind));
    }
    switch (u_charType(c)) {
      case U_CONTROL_CHAR:
      case U_LINE_SEPARATOR:
      case U_PARAGRAPH_SEPARATOR:
      case U_SURROGATE:
      case U_PRIVATE_USE_CHAR:
        return false;
      case U_FORMAT_CHAR:
        return Is(c, UCHAR_PREPENDED_CONCATENATION_MARK);
      case U_UNASSIGNED:
        return IsInPlaneOfIdeographs(c);
      default:
        return !Is(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && !IsWithoutInk(c);
    }
  }

  bool MayJoin(UChar32 joiner, UChar32 next) const {
    if (last_ < 0) return false;
    const bool behind_virama = u_getCombiningClass(last_) == 9;  // Canonical_Combining_Class=Virama
    if (behind_virama) return true;
    if (next < 0) return false;
    if (joiner == kZwj && Is(picture_, UCHAR_EXTENDED_PICTOGRAPHIC)) {
      return Is(next, UCHAR_EXTENDED_PICTOGRAPHIC);
    }
    const UScriptCode script = ScriptOf(next);
    return UsesJoiners(word_script_) && (script == word_script_ || script == USCRIPT_INHERITED);
  }

  void Remember(UChar32 c) {
    last_ = c;
    if (c == kEmojiVariant || IsSkinColour(c)) return;
    picture_ = c;
    if (c < 0x300 || IsCommonEastAsian(c)) {
      word_script_ = USCRIPT_COMMON;
    } else if (const UScriptCode script = ScriptOf(c); script != USCRIPT_INHERITED) {
      word_script_ = script;
    }
  }

  const TextForm form_;
  const std::string_view text_;
  UChar32 last_ = kNone;
  UChar32 picture_ = kNone;  // the last that is no modifier of a picture
  UScriptCode word_script_ = USCRIPT_COMMON;
};

}  // namespace

void NormalizeText(TextForm form, std::string* text) {
  if (!IsAscii(*text)) {
    if (!IsUtf8(*text)) return;
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(error);
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
    const icu::StringPiece piece(text->data(), static_cast<int32_t>(text->size()));
    if (!nfc->isNormalizedUTF8(piece, error)) {
      std::string normal;
      icu::StringByteSink<std::string> sink(&normal);
      nfc->normalizeUTF8(0, piece, sink, nullptr, error);
      *text = std::move(normal);
    }
    SWITCHBOARD_ASSERT(U_SUCCESS(error));
  }
  Trim(form, text);
}

bool IsPlainText(TextForm form, std::string_view text) {
  return IsPrintableAscii(text) || Walk(form, text).IsPlain();
}

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

size_t CharactersIn(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // no continuation byte of UTF-8
  }));
}

}  // namespace switchboard
