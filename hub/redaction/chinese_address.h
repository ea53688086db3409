#pragma once

#include <vector>

#include "hub/redaction/chinese_words.h"
#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds postal addresses in Chinese, simplified or traditional: places as the tagger reads them, one
// behind another, with the roads, estates, buildings and numbers behind them
// (滨江区滨康路1037号3幢2单元), and numbers with such units alone (47栋3单元201室). Not what is no
// finer than a country, or than a province of China: 浙江, 北京, 日本. `words`: of the marks' text.
void FindChineseAddresses(const std::vector<ChineseWord>& words, Marks* marks);

}  // namespace switchboard::redaction
