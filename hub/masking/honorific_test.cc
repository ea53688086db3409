#include "hub/masking/honorific.h"

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

struct Row {
  const char* language;
  const char* country;
  const char* family;
  const char* given;
  const char* masked;
};

void Expect(const Row& row) {
  const NameParts name{row.family, row.given};
  EXPECT_EQ(HonorificMask(name, row.language, OrderOfName(name, row.language, row.country)),
            row.masked)
      << row.language << " " << row.country << " " << row.family;
}

TEST(HonorificTest, EachLanguageHasItsForm) {
  const Row kRows[] = {
      {"ja", "JP", "山田", "太郎", "山田様"},
      {"zh", "CN", "王", "小明", "王先生/女士"},
      {"zh-Hans", "CN", "欧阳", "修", "欧阳先生/女士"},
      {"zh-Hant", "TW", "歐陽", "修", "歐陽先生/小姐"},
      {"zh-TW", "TW", "陳", "美玲", "陳先生/小姐"},
      {"zh-HK", "HK", "陳", "大文", "陳先生/小姐"},
      {"zh-yue", "HK", "陳", "大文", "陳先生/小姐"},
      {"yue", "HK", "陳", "大文", "陳先生/小姐"},
      {"nan", "TW", "林", "文", "林先生/小姐"},
      {"hak", "TW", "林", "文", "林先生/小姐"},
      {"cmn", "CN", "王", "小明", "王先生/女士"},
      {"cmn-Hant", "TW", "王", "小明", "王先生/小姐"},
      {"wuu", "CN", "王", "小明", "王先生/女士"},
      {"ko", "KR", "김", "민수", "김 고객님"},
      {"en", "US", "Smith", "Mary Ann", "Mr/Ms Smith"},
      {"EN-gb", "GB", "Smith-Jones", "J.", "Mr/Ms Smith-Jones"},
      {"de", "DE", "Müller", "Jörg", "Frau/Herr Müller"},
      {"fr", "FR", "Dupont", "Élise", "M./Mme Dupont"},
      {"es", "MX", "de la Cruz", "José", "Sr./Sra. de la Cruz"},
      {"ca", "ES", "Puig", "Joan", "Sr./Sra. Puig"},
      {"gl", "ES", "Castro", "Xosé", "Sr./Sra. Castro"},
      {"pt", "BR", "Silva", "Ana", "Sr./Sra. Silva"},
      {"it", "IT", "Rossi", "Anna", "Sig./Sig.ra Rossi"},
      {"nl", "NL", "van den Heuvel", "Jan", "Dhr./Mevr. van den Heuvel"},
      {"hu", "HU", "Nagy", "László", "Nagy úr/asszony"},
      {"vi", "VN", "Nguyễn", "Văn An", "Ông/Bà Nguyễn"},
      {"pl", "PL", "Nowak", "Jan", "Pan/Pani Nowak"},
      {"cs", "CZ", "Novák", "Jan", "pan/paní Novák"},
      {"ru", "RU", "Петров", "Иван", "г-н/г-жа Петров"},
      {"uk", "UA", "Шевченко", "Олена", "пан/пані Шевченко"},
      {"el", "GR", "Παπαδόπουλος", "Νίκος", "κ./κα Παπαδόπουλος"},
      {"ar", "EG", "الأحمد", "ليلى", "السيد/السيدة الأحمد"},
      {"hi", "IN", "शर्मा", "किरण", "श्री/श्रीमती शर्मा"},
      {"tr", "TR", "Yılmaz", "Ayşe", "Sayın Yılmaz"},
      {"id", "ID", "Wijaya", "Budi", "Bapak/Ibu Wijaya"},
      {"th", "TH", "ใจดี", "สมชาย", "คุณ ส*** ใ***"},
      {"th", "TH", "Jaidee", "Somchai", "คุณ S*** J***"},
      // Without one the family name alone, as MASK_FAMILY_NAME has it.
      {"sv", "SE", "Lindqvist", "Åsa", "Lindqvist"},
      {"da", "DK", "Østergård", "Åse", "Østergård"},
      {"", "US", "Smith", "John", "Smith"},
      {"", "JP", "山田", "太郎", "山田"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(HonorificTest, TheFormIsOfTheLanguageAndTheBlankOfTheWriting) {
  const Row kRows[] = {
      {"ja", "JP", "ヤマダ", "タロウ", "ヤマダ様"},
      {"ja", "JP", "ﾔﾏﾀﾞ", "ﾀﾛｳ", "ﾔﾏﾀﾞ様"},
      {"ja", "JP", "Smith", "John", "Smith 様"},
      {"zh", "CN", "Ouyang", "Xiu", "Ouyang 先生/女士"},
      {"ko", "KR", "Kim", "Minsu", "Kim 고객님"},
      {"en", "HK", "陳", "大文", "Mr/Ms 陳"},
      {"en", "HK", "Chan", "Tai Man", "Mr/Ms Chan"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(HonorificTest, NoMoreIsShownThanOfTheFamilyName) {
  const Row kRows[] = {
      // Whole names in the family name's field, and what is no name.
      {"ja", "JP", "山田太郎", "花子", "山田***様"},
      {"ja", "JP", "山田 太郎", "太郎", "山田 ***様"},
      {"ja", "JP", "Yamada Taro", "Jiro", "Yamada *** 様"},
      {"zh", "CN", "王小明", "小红", "王***先生/女士"},
      {"ko", "KR", "김민수", "철수", "김*** 고객님"},
      {"en", "US", "Smith taro@example.jp", "J", "Mr/Ms Smith ***"},
      {"th", "TH", "สมชาย ใจดี", "", "คุณ ส*** ใ***"},
      // Mononyms: initials, and no form.
      {"id", "ID", "", "Suharto", "S***"},
      {"ja", "JP", "", "太郎", "太***"},
      {"", "", "", "", ""},
      {"ja", "JP", "", "", ""},
  };
  for (const Row& row : kRows) Expect(row);
}

}  // namespace
}  // namespace switchboard::masking
