#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "switchboard/v1/redaction.pb.h"

namespace switchboard::redaction {

// The mark in a text: "[PHONE 1]", "[OWN NAME 2]", "[CARD CODE]". ASCII, since exchange files go in
// code pages. REQUIRES: a kind.
std::string TextOfMark(const v1::TextMark& mark);

// Bytes of what `text` begins with, if that has the form of a mark; else 0.
size_t BytesOfMark(std::string_view text);

}  // namespace switchboard::redaction
