#include "hub/redaction/japanese_tagger.h"

#include <utility>

#include "hub/base/error.h"
#include "hub/redaction/japanese_address.h"
#include "hub/redaction/japanese_names.h"
#include "hub/redaction/japanese_tokens.h"

namespace switchboard::redaction {
namespace {

class JapaneseTagger : public Tagger {
 public:
  explicit JapaneseTagger(std::unique_ptr<const JapaneseDictionary> dictionary)
      : dictionary_(std::move(dictionary)) {}

  void Tag(const Passage& passage, Marks* marks) const override {
    if (!passage.japanese) return;
    const JapaneseReading reading = dictionary_->Read(passage.text);
    FindJapaneseAddresses(reading, marks);
    FindJapaneseNames(reading, marks);
  }

 private:
  const std::unique_ptr<const JapaneseDictionary> dictionary_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<const Tagger>> MakeJapaneseTagger(const std::string& dictionary) {
  ASSIGN_OR_RETURN(auto loaded, JapaneseDictionary::Load(dictionary));
  return std::make_unique<JapaneseTagger>(std::move(loaded));
}

}  // namespace switchboard::redaction
