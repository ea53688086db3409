#pragma once

#include <string_view>

namespace switchboard::masking {

// A name, or the reading of one, as the core's two fields have it. Texts are UTF-8; either may be
// empty.
struct NameParts {
  std::string_view family;
  std::string_view given;
};

// Which part of a name comes first when it is written or spoken whole.
enum class NameOrder { kFamilyFirst, kGivenFirst };

// Of a name or of a reading, each by itself. The first that answers:
// 1. Han, Hangul, hiragana or Bopomofo anywhere in the family name, or in the given name when that
//    is empty, put the family first in any language. Katakana does not: foreign names stand in it.
// 2. The language, in all other writing: Japanese, Chinese, Korean, Vietnamese, Hungarian, Khmer
//    and Mongolian put the family first ("Nguyễn Văn An", "Nagy László", "Kim Minsu"), any other
//    the given name: of who speaks English, "マリア ジョーンズ". Not English of Hong Kong and
//    Macao, where Chinese names keep their order ("Chan Tai Man").
// 3. The country, where no language is told ("", und, mul) and for that exception: China, Hong
//    Kong, Macao, Taiwan, Japan, the Koreas, Vietnam, Hungary, Cambodia and Mongolia put the family
//    first, any other the given name.
// 4. Without both, katakana the family first, all else the given name.
// `language`: a BCP 47 tag. `country`: ISO 3166-1 alpha-2. Either may be empty.
NameOrder OrderOfName(NameParts name, std::string_view language, std::string_view country);

}  // namespace switchboard::masking
