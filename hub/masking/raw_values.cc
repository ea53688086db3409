#include "hub/masking/raw_values.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "absl/strings/str_format.h"
#include "hub/base/digit_groups.h"
#include "hub/base/text.h"
#include "hub/masking/characters.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::masking {
namespace {

// Less than this says nothing, and stands everywhere.
constexpr size_t kTextBytesMin = 4;
constexpr size_t kIdBytesMin = 6;
constexpr size_t kLocalPartBytesMin = 5;
constexpr size_t kDigitsMin = 7;
// Of what is longer than a piece and its third, the begin and the end are looked for.
constexpr size_t kPieceBytes = 12;
// What people write of an account begins as other notes do.
constexpr size_t kNoteBytesMin = 12;
constexpr size_t kNotePieceBytes = 32;
constexpr uint32_t kLengthDelimited = 2;

const WireSchema& PersonSchema() {
  static const WireSchema schema(*v1::Person::descriptor());
  return schema;
}

const WireSchema& AccountSchema() {
  static const WireSchema schema(*v1::Account::descriptor());
  return schema;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

uint32_t HashOfFour(const char* at) {
  uint32_t four;
  std::memcpy(&four, at, sizeof(four));
  return (four * 2654435761U) >> 20;
}

// Whether the character that begins there is a letter or digit of a script that writes blanks
// between words: Latin, Greek, Cyrillic, Arabic and others of one or two bytes, and the Latin of
// Vietnam.
bool IsOfWord(const char* at, const char* end) {
  const auto byte = static_cast<unsigned char>(*at);
  if (byte < 0x80) return IsDigit(*at) || (byte | 0x20U) - 'a' < 26U;
  if (byte < 0xE0) return true;
  return byte == 0xE1 && at + 1 < end && static_cast<unsigned char>(at[1]) >= 0xB8 &&
         static_cast<unsigned char>(at[1]) <= 0xBB;
}

// Whether a word goes on from the character before `at` to the one there.
bool JoinsBefore(std::string_view text, size_t at) {
  if (at == 0 || at >= text.size()) return false;
  size_t before = at - 1;
  while (before > 0 && IsContinuation(text[before])) --before;
  const char* const end = text.data() + text.size();
  return IsOfWord(text.data() + before, end) && IsOfWord(text.data() + at, end);
}

bool MayStandAt(std::string_view text, size_t at, const RawValue& value) {
  if (value.alone) return text.size() == value.text.size();
  return !(value.begins && JoinsBefore(text, at)) &&
         !(value.ends && JoinsBefore(text, at + value.text.size()));
}

// Whether only blanks stand beside these bytes of `text`.
bool IsWholeWord(std::string_view text, size_t at, size_t bytes) {
  constexpr std::string_view kWideBlank = "\u3000";
  const std::string_view before = text.substr(0, at);
  const std::string_view behind = text.substr(at + bytes);
  return (before.empty() || before.ends_with(' ') || before.ends_with(kWideBlank)) &&
         (behind.empty() || behind.starts_with(' ') || behind.starts_with(kWideBlank));
}

// How many digits a text can have at most, told in one cheap pass: kana and Han are passed over.
size_t DigitsAtMost(std::string_view text) {
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool kana = byte == 0xE3 && i + 1 < text.size() &&
                      static_cast<unsigned char>(text[i + 1]) >= 0x81 &&
                      static_cast<unsigned char>(text[i + 1]) <= 0x83;
    const bool other = byte >= 0xC2 && !kana && !(byte >= 0xE4 && byte <= 0xED);
    digits += IsDigit(text[i]) || other ? 1 : 0;
  }
  return digits;
}

// The digits of a text as ASCII ones, without what divides numbers; "~" for all else.
std::string DigitsOf(std::string_view text) {
  constexpr char kOther = '~';
  std::string digits;
  for (size_t at = 0; at < text.size();) {
    const int32_t c = NextCharacter(text, &at);
    const int value = c < 0 ? -1 : DigitValue(c);
    const bool divides = c == '(' || c == ')' || c == '+' || (c >= 0 && IsDigitSeparator(c));
    if (value >= 0) {
      digits += static_cast<char>('0' + value);
    } else if (!divides && !digits.empty() && digits.back() != kOther) {
      digits += kOther;
    }
  }
  return digits;
}

}  // namespace

RawPlan::RawPlan(const WireGrants& grants)
    : person_(CutsOf(PersonSchema(), grants)),
      account_(CutsOf(AccountSchema(), grants)),
      birth_date_(!grants.ShowsValue(v1::DATA_CLASS_BIRTH_DATE, WireForm::kPlain)) {}

std::vector<RawPlan::Cut> RawPlan::CutsOf(const WireSchema& schema, const WireGrants& grants) {
  std::vector<Cut> cuts;
  for (const WireSchema::Field* field : schema.fields()) {
    const bool granted = grants.ShowsValue(field->data_class, field->form);
    cuts.push_back(granted ? Cut::kNothing : CutOf(*field));
  }
  return cuts;
}

RawPlan::Cut RawPlan::CutOf(const WireSchema::Field& field) {
  if (field.inside != nullptr || field.wire_type != kLengthDelimited) return Cut::kNothing;
  switch (field.data_class) {
    case v1::DATA_CLASS_UNSPECIFIED:
    case v1::DATA_CLASS_NOT_PERSONAL:
      return Cut::kNothing;
    case v1::DATA_CLASS_PHONE:
    case v1::DATA_CLASS_CARD_NUMBER:
      return Cut::kDigits;
    case v1::DATA_CLASS_EMAIL:
      return Cut::kEmail;
    case v1::DATA_CLASS_ADDRESS:
      // Zones and countries are named where nothing else is: in answers to requests for permits.
      if (field.form == WireForm::kZone || field.form == WireForm::kCountry) return Cut::kNothing;
      return field.form == WireForm::kPostalCode ? Cut::kPostalCode : Cut::kText;
    case v1::DATA_CLASS_REFERENCE:
      return Cut::kId;
    case v1::DATA_CLASS_INTERNAL:
      return Cut::kNote;
    case v1::DATA_CLASS_PRODUCT:
    case v1::DATA_CLASS_CREDIT:
    case v1::DATA_CLASS_LANGUAGE:
    case v1::DATA_CLASS_AMOUNT:
      return Cut::kCode;
    default:
      return Cut::kText;
  }
}

RawValues::RawValues(absl::Span<const std::string_view> texts, const RawRecord& record,
                     const RawPlan& plan)
    : texts_(texts) {
  Index(texts);
  Read(record.person, PersonSchema(), plan.person_);
  Read(record.account, AccountSchema(), plan.account_);
  if (plan.birth_date_) LookForBirthDate();
}

// The texts are few and short, the values many: so it is the texts that are made ready.
void RawValues::Index(absl::Span<const std::string_view> texts) {
  bool any_digits = false;
  for (const std::string_view text : texts) {
    for (size_t at = 0; at + kTextBytesMin <= text.size(); ++at) {
      const uint32_t hash = HashOfFour(text.data() + at);
      fours_[hash / 64] |= uint64_t{1} << (hash % 64);
    }
    any_digits = any_digits || DigitsAtMost(text) >= kDigitsMin;
  }
  if (!any_digits) return;
  for (const std::string_view text : texts) digits_.push_back(DigitsOf(text));
}

void RawValues::Read(std::string_view bytes, const WireSchema& schema,
                     const std::vector<RawPlan::Cut>& cuts) {
  const bool whole =
      WalkWire(bytes, schema.root(), [&](const WireSchema::Field* field, const WireValue& value) {
        if (field == nullptr) {
          if (value.bytes.size() >= kIdBytesMin) LookForText({.text = value.bytes}, kPieceBytes);
        } else if (field->wire_type == kLengthDelimited) {
          if (field->inside == nullptr) Add(*field, value.bytes, cuts[field->index]);
        } else if (field->data_class == v1::DATA_CLASS_BIRTH_DATE) {
          const size_t part =
              static_cast<size_t>(field->form) - static_cast<size_t>(WireForm::kYear);
          if (part < birth_date_.size()) birth_date_[part] = value.number;
        }
      });
  malformed_ = malformed_ || !whole;
}

void RawValues::Add(const WireSchema::Field& field, std::string_view text, RawPlan::Cut cut) {
  using Cut = RawPlan::Cut;
  own_[static_cast<size_t>(field.form)] = text;
  if (field.form == WireForm::kPointValue) points_.push_back(text);
  if (cut == Cut::kNothing || text.size() < kTextBytesMin) return;
  RawValue value{.text = text,
                 .data_class = field.data_class,
                 .form = field.form,
                 .begins = true,
                 .ends = true};
  switch (cut) {
    case Cut::kNothing:
      return;
    case Cut::kText:
      return LookForText(value, kPieceBytes);
    case Cut::kNote:
      return text.size() >= kNoteBytesMin ? LookForText(value, kNotePieceBytes) : void();
    case Cut::kId:
      return text.size() >= kIdBytesMin ? LookFor(value) : void();
    case Cut::kCode:
      value.alone = true;
      return LookFor(value);
    case Cut::kDigits:
      return LookForNumber(value);
    case Cut::kPostalCode:
      return LookForPostalCode(value);
    case Cut::kEmail:
      return LookForEmail(value);
  }
}

void RawValues::LookForText(const RawValue& value, size_t piece_bytes) {
  const std::string_view text = value.text;
  // Four bytes may be one rare Han character.
  if (text.size() == kTextBytesMin && CharactersIn(text) < 2) return;
  if (text.size() <= piece_bytes + piece_bytes / 3) return LookFor(value);
  size_t end = piece_bytes;
  while (end < text.size() && IsContinuation(text[end])) ++end;
  size_t begin = text.size() - piece_bytes;
  while (begin < text.size() - kTextBytesMin && IsContinuation(text[begin])) ++begin;
  RawValue first = value;
  first.text = text.substr(0, end);
  first.ends = false;
  LookFor(first);
  RawValue last = value;
  last.text = text.substr(begin);
  last.begins = false;
  LookFor(last);
}

// Of a phone number the end, which all spellings of it have; of a card's what stands between the
// issuer's part and the four that a mask may show.
void RawValues::LookForNumber(const RawValue& value) {
  constexpr size_t kTelling = 8;
  constexpr size_t kIssuerDigits = 4;
  RawValue digits = value;
  if (digits.text.starts_with('+')) digits.text.remove_prefix(1);
  if (value.data_class == v1::DATA_CLASS_CARD_NUMBER && digits.text.size() >= 12) {
    digits.text = digits.text.substr(kIssuerDigits, kTelling);
  } else if (digits.text.size() > kTelling) {
    digits.text.remove_prefix(digits.text.size() - kTelling);
  }
  const bool is_number = std::all_of(digits.text.begin(), digits.text.end(), IsDigit);
  if (!is_number) return LookForText(value, kPieceBytes);
  if (digits.text.size() >= kDigitsMin) LookForDigits(digits.text, digits);
}

// One of few digits may be any number.
void RawValues::LookForPostalCode(const RawValue& value) {
  const auto count = std::count_if(value.text.begin(), value.text.end(), IsDigit);
  if (static_cast<size_t>(count) < kDigitsMin) {
    return value.text.size() > kTextBytesMin ? LookFor(value) : void();
  }
  std::string digits;
  std::copy_if(value.text.begin(), value.text.end(), std::back_inserter(digits), IsDigit);
  LookForDigits(digits, value);
}

void RawValues::LookForEmail(const RawValue& value) {
  RawValue whole = value;
  whole.begins = whole.ends = false;
  LookFor(whole);
  const size_t at = value.text.rfind('@');
  if (at == std::string_view::npos || at < kLocalPartBytesMin) return;
  RawValue local = value;
  local.text = value.text.substr(0, at);
  local.email_bytes = static_cast<uint32_t>(value.text.size());
  LookFor(local);
}

void RawValues::LookForBirthDate() {
  const auto [year, month, day] = birth_date_;
  const bool is_date =
      year >= 1000 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!is_date || digits_.empty()) return;
  birth_digits_ = absl::StrFormat("%04d%02d%02d", year, month, day);
  LookForDigits(birth_digits_, {.text = birth_digits_, .data_class = v1::DATA_CLASS_BIRTH_DATE});
}

void RawValues::LookFor(const RawValue& value) {
  const uint32_t hash = HashOfFour(value.text.data());
  if ((fours_[hash / 64] >> (hash % 64) & 1) == 0) return;
  for (size_t i = 0; i < texts_.size(); ++i) {
    const std::string_view text = texts_[i];
    Hit hit{value, i};
    bool found = false;
    for (size_t at = text.find(value.text); at != text.npos && !hit.whole_word;
         at = text.find(value.text, at + 1)) {
      if (!MayStandAt(text, at, value)) continue;
      found = true;
      hit.whole_word = IsWholeWord(text, at, value.text.size());
    }
    if (found) hits_.push_back(hit);
  }
}

void RawValues::LookForDigits(std::string_view digits, const RawValue& value) {
  for (size_t i = 0; i < digits_.size(); ++i) {
    if (digits_[i].find(digits) != std::string::npos) hits_.push_back({value, i});
  }
}

bool RawValues::StandsInPoint(std::string_view text) const {
  return std::any_of(points_.begin(), points_.end(), [&](std::string_view point) {
    return point.find(text) != std::string_view::npos;
  });
}

}  // namespace switchboard::masking
