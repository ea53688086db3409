#pragma once

namespace switchboard::redaction {

// The letter that all of its forms are compared as: lower case, without marks and strokes, hiragana
// for katakana, one for the old, variant, simplified and traditional forms of a Han character, as
// far as names use them (髙 and 高; 邉, 邊, 辺 and 边; 斎, 齋, 斉 and 齊). What is no such letter
// comes back as it is. Thread-safe.
char32_t LooseLetter(char32_t character);

// The small Latin letter that a letter of another script looks like (UTS 39), as "a" of a Cyrillic
// "а"; 0 for none. Thread-safe.
char32_t LatinLookalike(char32_t character);

}  // namespace switchboard::redaction
