#pragma once

#include <memory>

#include "hub/redaction/tagger.h"

namespace switchboard::redaction {

// Names and addresses in Chinese, simplified and traditional (chinese_words.h, chinese_address.h).
// Titles behind a name stay: "[NAME 1]女士".
std::unique_ptr<const Tagger> MakeChineseTagger();

}  // namespace switchboard::redaction
