#pragma once

#include <optional>
#include <string_view>

#include "tests/redaction_report/labelled_file.h"

namespace switchboard::redaction_report {

// A table of numbers or texts as a labelled file, by the columns of its first line; nothing for
// columns that nobody knows.
std::optional<LabelledFile> LabelledTable(std::string_view csv);

}  // namespace switchboard::redaction_report
