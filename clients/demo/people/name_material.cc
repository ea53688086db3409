#include "clients/demo/people/name_material.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <memory>

#include "clients/demo/people/csv.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

using Rows = std::vector<std::vector<std::string>>;

absl::StatusOr<Rows> ReadAll(const std::string& path, std::vector<std::string> columns) {
  ASSIGN_OR_RETURN(const auto reader, CsvReader::Open(path, std::move(columns)));
  Rows rows;
  std::vector<std::string> cells;
  for (;;) {
    ASSIGN_OR_RETURN(const bool found, reader->Next(&cells));
    if (!found) break;
    rows.push_back(cells);
  }
  if (rows.empty()) return reader->ErrorAt("", "the file has no rows");
  return rows;
}

// Pinyin without tone marks and blanks, first letter upper case: as it stands on a card.
class Pinyin {
 public:
  Pinyin() {
    UErrorCode code = U_ZERO_ERROR;
    transliterator_.reset(
        icu::Transliterator::createInstance("Han-Latin; Latin-ASCII; Title", UTRANS_FORWARD, code));
    SWITCHBOARD_ASSERT(U_SUCCESS(code));
  }

  std::string Of(const std::string& name) const {
    icu::UnicodeString text = icu::UnicodeString::fromUTF8(name);
    transliterator_->transliterate(text);
    std::string spaced;
    text.toUTF8String(spaced);
    std::string out;
    for (const char c : spaced) {
      if (c == ' ') continue;
      out.push_back(out.empty() || c < 'A' || c > 'Z' ? c : static_cast<char>(c + 32));
    }
    return out;
  }

 private:
  std::unique_ptr<icu::Transliterator> transliterator_;
};

absl::StatusOr<NameList> LoadJapanese(const std::string& folder) {
  ASSIGN_OR_RETURN(const Rows rows,
                   ReadAll(folder + "/names_ja.csv.gz", {"part", "sex", "name", "reading"}));
  NameList list;
  for (const auto& row : rows) {
    auto& part = row[0] == "last"   ? list.family
                 : row[1] == "male" ? list.given_male
                                    : list.given_female;
    part.push_back({row[2], row[3]});
  }
  return list;
}

absl::StatusOr<NameList> LoadChinese(const std::string& folder, const std::string& language) {
  ASSIGN_OR_RETURN(const Rows rows,
                   ReadAll(folder + "/names_zh.csv.gz", {"language", "part", "name"}));
  const Pinyin pinyin;
  NameList list;
  for (const auto& row : rows) {
    if (row[0] != language) continue;
    (row[1] == "last" ? list.family : list.given_male).push_back({row[2], pinyin.Of(row[2])});
  }
  list.given_female = list.given_male;  // the source does not tell them apart
  return list;
}

absl::StatusOr<NameList> LoadEnglish(const std::string& folder) {
  ASSIGN_OR_RETURN(const Rows rows, ReadAll(folder + "/names_en.csv.gz", {"part", "name"}));
  NameList list;
  for (const auto& row : rows) {
    auto& part = row[0] == "last"   ? list.family
                 : row[0] == "male" ? list.given_male
                                    : list.given_female;
    part.push_back({row[1], ""});
  }
  return list;
}

absl::StatusOr<std::vector<Town>> LoadTowns(const std::string& path,
                                            const std::vector<std::string>& columns) {
  ASSIGN_OR_RETURN(const Rows rows, ReadAll(path, columns));
  std::vector<Town> towns(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t c = 0; c < columns.size(); ++c) {
      std::string& field = columns[c] == "postal_code" ? towns[i].postal_code
                           : columns[c] == "region"    ? towns[i].region
                           : columns[c] == "city"      ? towns[i].city
                           : columns[c] == "district"  ? towns[i].district
                                                       : towns[i].street;
      field = rows[i][c];
    }
  }
  return towns;
}

}  // namespace

absl::StatusOr<NameMaterial> NameMaterial::Load(const std::string& folder) {
  NameMaterial material;
  ASSIGN_OR_RETURN(material.japanese, LoadJapanese(folder));
  ASSIGN_OR_RETURN(material.chinese_traditional, LoadChinese(folder, "zh-Hant"));
  ASSIGN_OR_RETURN(material.chinese_simplified, LoadChinese(folder, "zh"));
  ASSIGN_OR_RETURN(material.english, LoadEnglish(folder));
  ASSIGN_OR_RETURN(material.japan, LoadTowns(folder + "/addresses_jp.csv.gz",
                                             {"postal_code", "region", "city", "district"}));
  ASSIGN_OR_RETURN(material.china,
                   LoadTowns(folder + "/addresses_cn.csv.gz", {"region", "city", "district"}));
  ASSIGN_OR_RETURN(material.united_states, LoadTowns(folder + "/addresses_us.csv.gz",
                                                     {"postal_code", "region", "city", "street"}));
  ASSIGN_OR_RETURN(const Rows codes, ReadAll(folder + "/area_codes_us.csv.gz", {"area_code"}));
  for (const auto& row : codes) material.american_area_codes.push_back(row[0]);
  return material;
}

}  // namespace switchboard::demo
