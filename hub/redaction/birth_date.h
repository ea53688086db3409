#pragma once

#include "hub/redaction/marks.h"
#include "switchboard/v1/values.pb.h"

namespace switchboard::redaction {

// Adds each day in the text that is the person's day of birth, as own: with its parts in any order,
// numbers of any script and Han numerals, months by their English names, the years of the eras of
// Japan and of the Republic of China; and, beside a word for a birth, the year alone or the month
// and the day. A date without a year, month or day finds nothing.
void FindBirthDate(const v1::Date& birth_date, Marks* marks);

}  // namespace switchboard::redaction
