#include "hub/redaction/postal_codes.h"

#include <string>

#include "gtest/gtest.h"
#include "hub/redaction/tagged.h"

namespace switchboard::redaction {
namespace {

std::string Codes(const std::string& typed, bool japanese = false) {
  const FoldedText text(typed);
  Marks marks(text);
  FindPostalCodes(japanese, &marks);
  return Tagged(marks);
}

struct Row {
  const char* typed;
  const char* tagged;
};

TEST(PostalCodes, FoundByFormAndWord) {
  const Row rows[] = {
      {"〒150-0041", "〒<A 150-0041>"},
      {"〒１５０－００４１", "〒<A １５０－００４１>"},
      {"郵便番号は1500041です", "郵便番号は<A 1500041>です"},
      {"150-0041 東京都渋谷区", "<A 150-0041> 東京都渋谷区"},
      {"moved to Fresno, CA 93721-1234.", "moved to Fresno, <A CA 93721-1234>."},
      {"Fresno, CA, 93721", "Fresno, <A CA, 93721>"},
      {"zip code: 90210", "zip code: <A 90210>"},
      {"London SW1A 1AA, UK", "London <A SW1A 1AA>, UK"},
      {"Leeds LS1 4DY", "Leeds <A LS1 4DY>"},
      {"Ottawa K1A 0B1", "Ottawa <A K1A 0B1>"},
      {"邮编100102", "邮编<A 100102>"},
      {"郵遞區號 106", "郵遞區號 <A 106>"},
      {"우편번호 04524", "우편번호 <A 04524>"},
  };
  for (const Row& row : rows) EXPECT_EQ(Codes(row.typed), row.tagged);
}

TEST(PostalCodes, OtherNumbersStay) {
  for (const char* const typed :
       {"150-0041", "ref 150-0041", "090-1234-5678", "CA 937", "pay 93721 yen", "XX 93721",
        "call ABC123", "order A1B 2C3D", "1,234-5678", "zip code 12345678", ""}) {
    EXPECT_EQ(Codes(typed), typed);
  }
}

TEST(PostalCodes, InJapaneseByFormAlone) {
  EXPECT_EQ(Codes("新住所 150-0041", true), "新住所 <A 150-0041>");
  EXPECT_EQ(Codes("受付番号150-0041", true), "受付番号150-0041");
  EXPECT_EQ(Codes("090-1234の5678", true), "090-1234の5678");
  EXPECT_EQ(Codes("090-1234-5678、12-150-0041", true), "090-1234-5678、12-150-0041");
}

}  // namespace
}  // namespace switchboard::redaction
