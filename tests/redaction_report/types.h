#pragma once

#include <string>
#include <string_view>

#include "switchboard/v1/redaction.pb.h"

namespace switchboard::redaction_report {

// What a labelled file calls its spans and what the hub marks, as one list: the kinds of marks by
// their numbers, and places behind them, which marks of addresses answer.
using Type = int;
inline constexpr Type kPlace = v1::TextMark::Kind_ARRAYSIZE;
inline constexpr Type kTypes = kPlace + 1;

// "NAME", "PLACE".
std::string NameOf(Type type);

// The type of a label as its file writes it: "PERSON", "per", "人名". KIND_UNSPECIFIED for what the
// hub does not look for.
Type TypeOfLabel(std::string_view label);

// Whether the label names a part of an address. Parts that touch are one address.
bool IsPartOfAddress(std::string_view label);

// Whether a mark of type `marked` is what a label of type `labelled` asks for.
inline bool Answers(Type marked, Type labelled) {
  return marked == labelled || (marked == v1::TextMark::KIND_ADDRESS && labelled == kPlace);
}

}  // namespace switchboard::redaction_report
