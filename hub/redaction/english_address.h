#pragma once

#include <vector>

#include "hub/redaction/english_model.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds postal addresses in English: what the model takes for one, where a number, a street or a box
// stands in it; a number with a street behind it (1420 Maple Street, Apt 3B) whatever the model
// says; and the places that such a one goes on with. Not a place alone. `words`: of the marks'
// text; `parts`: of those words.
void FindEnglishAddresses(const std::vector<EnglishWord>& words,
                          const std::vector<EnglishPart>& parts, Marks* marks);

}  // namespace switchboard::redaction
