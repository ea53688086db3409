#pragma once

#include <memory>

#include "hub/redaction/tagger.h"

namespace switchboard::redaction {

// Names and addresses in English (english_model.h, english_address.h). Reads what is mostly in
// Latin letters. Other languages that are written in them are told from English by the person's
// language alone (Passage::english).
std::unique_ptr<const Tagger> MakeEnglishTagger();

}  // namespace switchboard::redaction
