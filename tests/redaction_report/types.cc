#include "tests/redaction_report/types.h"

#include <array>

#include "absl/strings/ascii.h"

namespace switchboard::redaction_report {
namespace {

struct Labels {
  Type type;
  std::string_view labels;  // in capitals, without signs; a blank around each
};

constexpr std::array kLabels = {
    Labels{v1::TextMark::KIND_NAME,
           " NAME PERSON PER PERSONNAME FIRSTNAME LASTNAME FULLNAME FAMILYNAME GIVENNAME KANA "
           "READING 人名 氏名 名前 姓名 "},
    Labels{v1::TextMark::KIND_ADDRESS,
           " ADDRESS STREETADDRESS ZIPCODE POSTALCODE ZIP 住所 地址 郵便番号 邮编 "},
    Labels{kPlace, " PLACE LOCATION LOC GPE 地名 "},
    Labels{v1::TextMark::KIND_CARD,
           " CARD CREDITCARD CARDNUMBER PAN 卡号 カード番号 クレジットカード番号 "},
    Labels{v1::TextMark::KIND_CARD_CODE, " CARDCODE CVV CVC SECURITYCODE 安全码 "},
    Labels{v1::TextMark::KIND_PHONE,
           " PHONE PHONENUMBER TEL TELEPHONE MOBILE FAX 電話番号 电话 手机 "},
    Labels{v1::TextMark::KIND_EMAIL, " EMAIL EMAILADDRESS MAIL メールアドレス 邮箱 "},
    Labels{
        v1::TextMark::KIND_IDENTITY_NUMBER,
        " IDENTITYNUMBER ID IDNUMBER NATIONALID USSSN SSN USITIN MYNUMBER RRN KRRRN AADHAAR INPAN "
        "NINO NHS UKNHS SGNRIC USDRIVERLICENSE DRIVERLICENSE PASSPORT USPASSPORT RESIDENCECARD "
        "身份证 身份证号 マイナンバー 個人番号 "},
    Labels{v1::TextMark::KIND_BIRTH_DATE, " BIRTHDATE DOB DATEOFBIRTH BIRTHDAY 生年月日 出生日期 "},
    Labels{v1::TextMark::KIND_ACCOUNT,
           " ACCOUNT IBAN IBANCODE BANKACCOUNT USBANKNUMBER ACCOUNTNUMBER 口座番号 账号 "},
};

constexpr std::string_view kPartsOfAddress =
    " PROV CITY DISTRICT TOWN COMMUNITY DEVZONE ROAD ROADNO SUBROAD SUBROADNO POI SUBPOI HOUSENO "
    "CELLNO FLOORNO ROOMNO ASSIST REDUNDANT COUNTRY STREET BUILDING ";

// Between blanks, as the tables have them.
std::string Folded(std::string_view label) {
  std::string folded = " ";
  for (const char c : label) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0) {
      folded += absl::ascii_toupper(static_cast<unsigned char>(c));
    }
  }
  return folded + " ";
}

}  // namespace

std::string NameOf(Type type) {
  if (type == kPlace) return "PLACE";
  return v1::TextMark::Kind_Name(static_cast<v1::TextMark::Kind>(type)).substr(5);  // "KIND_"
}

Type TypeOfLabel(std::string_view label) {
  if (IsPartOfAddress(label)) return v1::TextMark::KIND_ADDRESS;
  const std::string folded = Folded(label);
  for (const Labels& one : kLabels) {
    if (one.labels.find(folded) != std::string_view::npos) return one.type;
  }
  return v1::TextMark::KIND_UNSPECIFIED;
}

bool IsPartOfAddress(std::string_view label) {
  return kPartsOfAddress.find(Folded(label)) != std::string_view::npos;
}

}  // namespace switchboard::redaction_report
