#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace switchboard {

// Texts that people wrote, held to one form at the door. Unicode 15 (ICU 72) with its categories.

// Where a text may stand.
enum class TextForm {
  kLine,        // one line: names, codes, parts of an address
  kParagraphs,  // tab and line feed too: notes, streets
};

// Brings a text to its normal form: NFC (UAX 15), without blanks (category Zs) at both ends, and
// for paragraphs without tabs and line feeds there. Idempotent. What is not UTF-8 is left as it is.
// Plain ASCII without such blanks costs one pass and no allocation.
void NormalizeText(TextForm form, std::string* text);

// True if the text is UTF-8 and holds only what readers see: letters, marks, digits, punctuation,
// symbols and blanks. Refused are
// - controls (Cc: C0, DEL and C1), but for tab and line feed in paragraphs; line and paragraph
//   separators (Zl, Zp);
// - format characters (Cf: bidi overrides and isolates, zero-width blanks, U+FEFF, soft hyphens,
//   tags) and all else that is ignored by default, Hangul fillers for instance. Allowed are
//   variation selectors behind a character that has variants, ZWJ inside an emoji, ZWJ and ZWNJ
//   inside a word of a joined or Indic script, and the number signs of Arabic, which are seen;
// - letters and symbols that are blank, such as the empty pattern of braille;
// - private use, surrogates, noncharacters and what is not assigned, except in the planes of
//   ideographs, where names reach new characters before libraries know them.
bool IsPlainText(TextForm form, std::string_view text);

// True if every byte is one of printable ASCII (0x20 to 0x7e).
bool IsPrintableAscii(std::string_view text);

// How many characters a text of UTF-8 has; of other bytes about as many. Costs one pass.
size_t CharactersIn(std::string_view text);

}  // namespace switchboard
