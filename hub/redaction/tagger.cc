#include "hub/redaction/tagger.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/redaction/chinese_tagger.h"
#include "hub/redaction/english_tagger.h"
#include "hub/redaction/japanese_tagger.h"
#include "hub/redaction/postal_codes.h"

namespace switchboard::redaction {

absl::StatusOr<std::vector<std::unique_ptr<const Tagger>>> LoadTaggers(
    const std::string& japanese_dictionary) {
  std::vector<std::unique_ptr<const Tagger>> taggers;
  taggers.push_back(MakePostalCodeTagger());
  ASSIGN_OR_RETURN(auto japanese, MakeJapaneseTagger(japanese_dictionary));
  taggers.push_back(std::move(japanese));
  taggers.push_back(MakeChineseTagger());
  taggers.push_back(MakeEnglishTagger());
  return taggers;
}

}  // namespace switchboard::redaction
