#pragma once

#include <string>
#include <string_view>

namespace switchboard::masking {

// What names of places and streets are compared by: without regard to case, width and ligatures
// (NFKC with case folding), accents of Latin, Greek and Cyrillic letters, apostrophes and full
// stops; hyphens and blanks are one blank, none at the ends. "Île-de-France" is "ile de france",
// "ST. LOUIS" is "st louis". What is not UTF-8 is U+FFFD.
std::string Folded(std::string_view text);

}  // namespace switchboard::masking
