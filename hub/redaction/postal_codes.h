#pragma once

#include <memory>

#include "hub/redaction/marks.h"
#include "hub/redaction/tagger.h"

namespace switchboard::redaction {

// Adds postal codes as addresses, in a text of any language:
// - Japan's (150-0041) behind 〒 or a word for them, before a place of Japan, and in Japanese
// wherever
//   no other number's name stands before it;
// - those of the United States behind a state (CA 90210-1234), of the United Kingdom (SW1A 1AA) and
//   of Canada (K1A 0B1) by their form, in capitals;
// - any of three to seven digits behind a word for them: zip, postcode, 邮编, 郵遞區號, 우편번호,
// PLZ.
void FindPostalCodes(bool japanese, Marks* marks);

// The same as a tagger.
std::unique_ptr<const Tagger> MakePostalCodeTagger();

}  // namespace switchboard::redaction
