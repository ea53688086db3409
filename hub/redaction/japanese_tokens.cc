#include "hub/redaction/japanese_tokens.h"

#include <mecab.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::redaction {
namespace {

using Kind = JapaneseToken::Kind;

constexpr std::string_view kDebiansDictionary = "/var/lib/mecab/dic/ipadic-utf8";
constexpr size_t kPieceMax = 400;  // characters that the dictionary reads in one go

// Of a person, a place and an organization: the third and the fourth field.
Kind ProperKind(std::string_view of, std::string_view part) {
  if (of == "人名")
    return part == "姓" ? Kind::kSurname : part == "名" ? Kind::kGiven : Kind::kName;
  if (of == "地域") return Kind::kPlace;
  return of == "組織" ? Kind::kOrganization : Kind::kProper;
}

Kind NounKind(std::string_view sort, std::string_view of) {
  if (sort == "接尾") return of == "人名" ? Kind::kOfPerson : Kind::kSuffix;
  if (sort == "非自立" || sort == "副詞可能" || sort == "代名詞") return Kind::kLoose;
  return sort == "数" ? Kind::kNumeral : Kind::kNoun;
}

// By the first four fields of a word's features.
Kind KindOf(const char* feature) {
  std::array<std::string_view, 4> fields;
  std::string_view rest = feature;
  for (std::string_view& field : fields) {
    const size_t comma = std::min(rest.find(','), rest.size());
    field = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  const std::string_view part = fields[0];
  if (part == "名詞") {
    return fields[1] == "固有名詞" ? ProperKind(fields[2], fields[3])
                                   : NounKind(fields[1], fields[2]);
  }
  if (part == "記号") return Kind::kSign;
  if (part == "接頭詞") return Kind::kPrefix;
  constexpr std::string_view kBetween[] = {"助詞", "助動詞", "接続詞", "副詞", "連体詞", "感動詞"};
  const bool between =
      std::find(std::begin(kBetween), std::end(kBetween), part) != std::end(kBetween);
  return between ? Kind::kParticle : Kind::kOther;
}

bool EndsSentence(char32_t c) { return c == U'。' || c == U'\n' || c == U'!' || c == U'?'; }

// Which character begins at each byte, and how many bytes there are.
std::vector<uint32_t> CharacterByByte(std::u32string_view characters, std::string* bytes) {
  std::vector<uint32_t> by_byte;
  for (size_t i = 0; i < characters.size(); ++i) {
    *bytes += Utf8Of(characters.substr(i, 1));
    by_byte.resize(bytes->size(), static_cast<uint32_t>(i));
  }
  by_byte.push_back(static_cast<uint32_t>(characters.size()));
  return by_byte;
}

MeCab::Lattice& LatticeOfThread() {
  static thread_local const std::unique_ptr<MeCab::Lattice> lattice(MeCab::createLattice());
  return *lattice;
}

absl::Status MissingError(const std::string& folder, const char* why) {
  return Error(absl::StatusCode::kFailedPrecondition, "JAPANESE_DICTIONARY_MISSING",
               absl::StrCat("no dictionary of Japanese in ", folder, " (", why,
                            "): install mecab-ipadic-utf8, or name the folder of IPADIC in UTF-8 "
                            "in redaction.japanese_dictionary"));
}

}  // namespace

char32_t UsualKanji(char32_t character) {
  static const auto& usual = *new absl::flat_hash_map<char32_t, char32_t>([] {
    // By turns a form and the usual one.
    constexpr std::u32string_view kForms =
        U"髙高﨑崎嵜崎邉辺邊辺斎斎齋斎齊斉冨富濵浜濱浜渕淵栁柳桒桑舘館舩船曽曾槗橋𣘺橋𠮷吉槇槙埜野"
        U"嶋島嶌島"
        U"峯峰薮藪澤沢瀧滝廣広國国圓円德徳惠恵榮栄櫻桜眞真瀨瀬與与實実壽寿學学應応條条藏蔵齡齢靜静"
        U"豐豊嶽岳"
        U"巖巌彌弥穗穂禮礼祿禄稻稲綠緑緖緒縣県總総繩縄聰聡薰薫藝芸號号觀観譽誉讓譲豫予貳弐邨村鐵鉄"
        U"關関陷陥"
        U"靑青顯顕鷄鶏麥麦黃黄黑黒點点龜亀";
    absl::flat_hash_map<char32_t, char32_t> forms;
    for (size_t i = 0; i + 1 < kForms.size(); i += 2) forms.emplace(kForms[i], kForms[i + 1]);
    return forms;
  }());
  constexpr char32_t kHanFirst = 0x3400;
  if (character < kHanFirst) return character;
  const auto found = usual.find(character);
  return found == usual.end() ? character : found->second;
}

bool JapaneseReading::HasName(size_t begin, size_t end, bool is_surname) const {
  auto name = std::lower_bound(names.begin(), names.end(), begin,
                               [](const Name& one, size_t at) { return one.begin < at; });
  for (; name != names.end() && name->begin == begin; ++name) {
    if (name->end == end && name->is_surname == is_surname) return true;
  }
  return false;
}

absl::StatusOr<std::unique_ptr<const JapaneseDictionary>> JapaneseDictionary::Load(
    const std::string& folder) {
  const std::string from = folder.empty() ? std::string(kDebiansDictionary) : folder;
  // No settings of the machine's.
  std::array<std::string, 5> words = {"switchboard", "-r", "/dev/null", "-d", from};
  std::array<char*, words.size()> arguments;
  for (size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  std::unique_ptr<MeCab::Model> model(
      MeCab::createModel(static_cast<int>(arguments.size()), arguments.data()));
  if (model == nullptr) return MissingError(from, "it cannot be opened");
  std::unique_ptr<MeCab::Tagger> tagger(model->createTagger());
  const MeCab::DictionaryInfo* const info = model->dictionary_info();
  if (tagger == nullptr || info == nullptr || std::string_view(info->charset) != "UTF-8") {
    return MissingError(from, "it is not in UTF-8");
  }
  std::unique_ptr<const JapaneseDictionary> dictionary(
      new JapaneseDictionary(std::move(model), std::move(tagger)));
  const JapaneseReading reading = dictionary->Read(FoldedText("佐藤さん"));
  if (reading.tokens.size() != 2 || reading.tokens[0].kind != Kind::kSurname ||
      reading.tokens[1].kind != Kind::kOfPerson) {
    return MissingError(from, "it is not IPADIC");
  }
  return dictionary;
}

JapaneseDictionary::JapaneseDictionary(std::unique_ptr<MeCab::Model> model,
                                       std::unique_ptr<MeCab::Tagger> tagger)
    : model_(std::move(model)), tagger_(std::move(tagger)) {}

JapaneseDictionary::~JapaneseDictionary() = default;

JapaneseReading JapaneseDictionary::Read(const FoldedText& text) const {
  std::u32string usual(text.plain());
  for (char32_t& c : usual) c = UsualKanji(c);
  JapaneseReading reading;
  for (size_t begin = 0; begin < usual.size();) {
    size_t end = begin;
    while (end < usual.size() && end - begin < kPieceMax && !EndsSentence(usual[end])) ++end;
    if (end < usual.size() && EndsSentence(usual[end])) ++end;
    ReadPiece(std::u32string_view(usual).substr(begin, end - begin), begin, &reading);
    begin = end;
  }
  return reading;
}

void JapaneseDictionary::ReadPiece(std::u32string_view usual, size_t begin,
                                   JapaneseReading* reading) const {
  std::string bytes;
  const std::vector<uint32_t> character = CharacterByByte(usual, &bytes);
  MeCab::Lattice& lattice = LatticeOfThread();
  lattice.set_sentence(bytes.data(), bytes.size());
  if (tagger_->parse(&lattice)) {
    const auto place_of = [&](const MeCab::Node& node) {
      const auto at = static_cast<size_t>(node.surface - bytes.data());
      return std::pair(begin + character[at], begin + character[at + node.length]);
    };
    for (const MeCab::Node* node = lattice.bos_node(); node != nullptr; node = node->next) {
      if (node->stat == MECAB_BOS_NODE || node->stat == MECAB_EOS_NODE) continue;
      const auto [from, to] = place_of(*node);
      reading->tokens.push_back({from, to, KindOf(node->feature), node->stat != MECAB_UNK_NODE});
    }
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (const MeCab::Node* node = lattice.begin_nodes(at); node != nullptr; node = node->bnext) {
        const Kind kind = node->stat == MECAB_NOR_NODE ? KindOf(node->feature) : Kind::kOther;
        if (kind != Kind::kSurname && kind != Kind::kGiven) continue;
        const auto [from, to] = place_of(*node);
        reading->names.push_back({from, to, kind == Kind::kSurname});
      }
    }
  }
  // What somebody typed is not kept longer than it takes.
  lattice.clear();
}

}  // namespace switchboard::redaction
