#include "hub/redaction/chinese_tagger.h"

#include <string_view>
#include <vector>

#include "hub/redaction/chinese_address.h"
#include "hub/redaction/chinese_words.h"

namespace switchboard::redaction {
namespace {

// In the loose dress.
constexpr std::u32string_view kTitles[] = {U"先生", U"女士", U"小姐", U"太太", U"律师", U"医生",
                                           U"老师", U"经理", U"主任", U"同志", U"夫人", U"阿姨"};

size_t EndWithoutTitle(const FoldedText& text, const ChineseWord& name) {
  const auto loose = text.loose().substr(name.begin, name.end - name.begin);
  for (const std::u32string_view title : kTitles) {
    if (loose.size() > title.size() && loose.ends_with(title)) return name.end - title.size();
  }
  return name.end;
}

class ChineseTagger : public Tagger {
 public:
  void Tag(const Passage& passage, Marks* marks) const override {
    if (!passage.chinese) return;
    const FoldedText& text = passage.text;
    const std::vector<ChineseWord> words = ChineseWordsOf(text);
    FindChineseAddresses(words, marks);
    for (const ChineseWord& word : words) {
      if (word.kind != ChineseWord::Kind::kName) continue;
      AddParts(word.begin, EndWithoutTitle(text, word), marks);
    }
  }

 private:
  // The model takes names with a comma between them for one.
  static void AddParts(size_t begin, size_t end, Marks* marks) {
    const FoldedText& text = marks->text();
    for (size_t at = begin; at < end;) {
      size_t behind = at;
      while (behind < end && text.plain()[behind] != U'、' && text.plain()[behind] != U',')
        ++behind;
      size_t last = behind;
      while (at < last && !text.is_word(at)) ++at;
      while (last > at && !text.is_word(last - 1)) --last;
      if (at < last) marks->Add({at, last, v1::TextMark::KIND_NAME});
      at = behind + 1;
    }
  }
};

}  // namespace

std::unique_ptr<const Tagger> MakeChineseTagger() { return std::make_unique<ChineseTagger>(); }

}  // namespace switchboard::redaction
