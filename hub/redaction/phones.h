#pragma once

#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds numbers that can be dialled, with their brackets, plus sign and extension: international
// ones behind "+" or a prefix that dials out; national ones that libphonenumber has as valid in
// Japan, China, Taiwan, Korea, North America, the larger countries of Europe and others with a
// trunk zero; and seven digits or more, or three pairs, behind or before a word for a phone. Days,
// amounts, postal codes and numbers of orders are none.
void FindPhones(Marks* marks);

}  // namespace switchboard::redaction
