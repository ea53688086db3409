#include "clients/demo/evidence/raw_values.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "switchboard/v1/privacy.pb.h"

namespace switchboard::demo {
namespace {

using Terms = v1::Contract::WorkTerms;

constexpr size_t kLongEnoughForTokens = 8;

// ABSENT when the contract does not name the class.
v1::Contract::Disclosure DisclosureOf(const Terms* terms, v1::DataClass data_class) {
  if (terms != nullptr) {
    for (const auto& disclosure : terms->disclose()) {
      if (disclosure.data_class() == data_class) return disclosure;
    }
  }
  v1::Contract::Disclosure absent;
  absent.set_show(v1::Contract::SHOW_ABSENT);
  return absent;
}

bool IsClear(const v1::Contract::Disclosure& disclosure) {
  return disclosure.show() == v1::Contract::SHOW_CLEAR;
}

bool HasMask(const v1::Contract::Disclosure& disclosure,
             std::initializer_list<v1::Contract::Mask> masks) {
  return disclosure.show() == v1::Contract::SHOW_PARTIAL &&
         std::find(masks.begin(), masks.end(), disclosure.mask()) != masks.end();
}

size_t Characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// The number without its country code.
std::string NationalNumber(std::string_view e164) {
  for (const std::string_view code : {"+81", "+86", "+1"}) {
    if (e164.substr(0, code.size()) == code) return std::string(e164.substr(code.size()));
  }
  return std::string(e164.substr(1));
}

class Collector {
 public:
  void Add(Piece piece, std::string text) { Add(piece, text, "", text); }
  void Add(Piece piece, std::string text, std::string contact_point_id, std::string written) {
    if (text.empty()) return;
    values_.push_back({piece, std::move(text), std::move(contact_point_id), std::move(written)});
  }
  void AddName(Piece family_piece, Piece given_piece, Piece whole_piece, const std::string& family,
               const std::string& given) {
    Add(family_piece, family);
    Add(given_piece, given);
    if (family.empty() || given.empty()) return;
    for (const char* between : {"", " ", "\u3000"}) {
      Add(whole_piece, family + between + given);
      Add(whole_piece, given + between + family);
    }
  }
  std::vector<RawValue> Take() { return std::move(values_); }

 private:
  std::vector<RawValue> values_;
};

// Texts of `message` and of what lies in it, with whether the hub made them.
void CollectTexts(const google::protobuf::Message& message,
                  std::vector<std::pair<std::string, bool>>* texts) {
  using google::protobuf::FieldDescriptor;
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_message && field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const bool minted =
        field->options().GetExtension(v1::data_class) == v1::DATA_CLASS_NOT_PERSONAL;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (is_message) {
        CollectTexts(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                          : reflection->GetMessage(message, field),
                     texts);
      } else {
        texts->emplace_back(field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                 : reflection->GetString(message, field),
                            minted);
      }
    }
  }
}

bool ShowsAddress(const v1::Contract::Disclosure& address, Piece piece) {
  using C = v1::Contract;
  switch (piece) {
    case Piece::kRegion:
      return HasMask(address, {C::MASK_REGION, C::MASK_CITY, C::MASK_DISTRICT});
    case Piece::kCity:
      return HasMask(address, {C::MASK_CITY, C::MASK_DISTRICT});
    case Piece::kDistrict:
      return HasMask(address, {C::MASK_DISTRICT});
    default:
      return false;
  }
}

// Initials of a part that is one character long are that part.
bool ShowsName(const v1::Contract::Disclosure& name, Piece piece, std::string_view text) {
  const bool family = piece == Piece::kFamilyName || piece == Piece::kFamilyReading;
  if (family && HasMask(name, {v1::Contract::MASK_FAMILY_NAME, v1::Contract::MASK_HONORIFIC}))
    return true;
  return HasMask(name, {v1::Contract::MASK_INITIALS}) && Characters(text) == 1;
}

}  // namespace

std::string_view NameOf(Piece piece) {
  switch (piece) {
    case Piece::kPersonId:
      return "person id";
    case Piece::kAccountId:
      return "account id";
    case Piece::kFamilyName:
      return "family name";
    case Piece::kGivenName:
      return "given name";
    case Piece::kWholeName:
      return "whole name";
    case Piece::kFamilyReading:
      return "family name reading";
    case Piece::kGivenReading:
      return "given name reading";
    case Piece::kWholeReading:
      return "whole name reading";
    case Piece::kBirthDate:
      return "birth date";
    case Piece::kPhone:
      return "phone";
    case Piece::kMailbox:
      return "e-mail";
    case Piece::kPostalCode:
      return "postal code";
    case Piece::kRegion:
      return "region";
    case Piece::kCity:
      return "city";
    case Piece::kDistrict:
      return "district";
    case Piece::kStreet:
      return "street";
    case Piece::kCard:
      return "card number";
    case Piece::kInternal:
      return "internal reason";
    case Piece::kLanguage:
      return "language";
    case Piece::kProduct:
      return "product";
  }
  return "";
}

std::vector<RawValue> RawValuesOf(const v1::Person& person, const v1::Account& account) {
  Collector out;
  out.Add(Piece::kPersonId, person.person_id());
  out.Add(Piece::kAccountId, account.account_id());
  out.AddName(Piece::kFamilyName, Piece::kGivenName, Piece::kWholeName, person.family_name(),
              person.given_name());
  out.AddName(Piece::kFamilyReading, Piece::kGivenReading, Piece::kWholeReading,
              person.family_name_reading(), person.given_name_reading());
  if (person.has_birth_date()) {
    const v1::Date& day = person.birth_date();
    for (const char* separator : {"-", "/", ""}) {
      out.Add(Piece::kBirthDate, absl::StrFormat("%04d%s%02d%s%02d", day.year(), separator,
                                                 day.month(), separator, day.day()));
    }
  }
  for (const auto& point : person.contact_points()) {
    const std::string& id = point.contact_point_id();
    if (point.has_phone()) {
      out.Add(Piece::kPhone, NationalNumber(point.phone()), id, point.phone());
    }
    if (point.has_email()) {
      out.Add(Piece::kMailbox, point.email().substr(0, point.email().find('@')), id, point.email());
    }
  }
  out.Add(Piece::kPostalCode, person.address().postal_code());
  out.Add(Piece::kRegion, person.address().region());
  out.Add(Piece::kCity, person.address().city());
  out.Add(Piece::kDistrict, person.address().district());
  out.Add(Piece::kStreet, person.address().street());
  out.Add(Piece::kCard, account.card_number().substr(0, 12));
  out.Add(Piece::kInternal,
          account.internal_reason().substr(0, account.internal_reason().find(':')));
  out.Add(Piece::kLanguage, person.language());
  out.Add(Piece::kProduct, account.product());
  return out.Take();
}

bool IsDistinctive(Piece piece) {
  switch (piece) {
    case Piece::kPersonId:
    case Piece::kAccountId:
    case Piece::kPhone:
    case Piece::kMailbox:
    case Piece::kCard:
    case Piece::kInternal:
      return true;
    default:
      return false;
  }
}

const Terms* TermsOf(const v1::Contract& contract, v1::WorkType work_type) {
  for (const Terms& terms : contract.work_types()) {
    if (terms.work_type() == work_type) return &terms;
  }
  return nullptr;
}

bool Shows(const Terms* terms, const RawValue& value) {
  switch (value.piece) {
    case Piece::kPersonId:
    case Piece::kAccountId:
    case Piece::kCard:
    case Piece::kInternal:
      return false;
    case Piece::kFamilyName:
    case Piece::kGivenName:
    case Piece::kWholeName: {
      const auto name = DisclosureOf(terms, v1::DATA_CLASS_NAME);
      return IsClear(name) || ShowsName(name, value.piece, value.text);
    }
    case Piece::kFamilyReading:
    case Piece::kGivenReading:
    case Piece::kWholeReading: {
      const auto reading = DisclosureOf(terms, v1::DATA_CLASS_KANA);
      return IsClear(reading) || ShowsName(reading, value.piece, value.text);
    }
    case Piece::kBirthDate:
      return IsClear(DisclosureOf(terms, v1::DATA_CLASS_BIRTH_DATE));
    case Piece::kPhone:
      return IsClear(DisclosureOf(terms, v1::DATA_CLASS_PHONE));
    case Piece::kMailbox:
      return IsClear(DisclosureOf(terms, v1::DATA_CLASS_EMAIL));
    case Piece::kLanguage:
      return IsClear(DisclosureOf(terms, v1::DATA_CLASS_LANGUAGE));
    case Piece::kProduct:
      return IsClear(DisclosureOf(terms, v1::DATA_CLASS_PRODUCT));
    case Piece::kPostalCode:
    case Piece::kRegion:
    case Piece::kCity:
    case Piece::kDistrict:
    case Piece::kStreet: {
      const auto address = DisclosureOf(terms, v1::DATA_CLASS_ADDRESS);
      return IsClear(address) || ShowsAddress(address, value.piece);
    }
  }
  return false;
}

std::vector<Piece> WithheldButPresent(const Terms* terms, const std::vector<RawValue>& values,
                                      const v1::Assignment& assignment) {
  std::vector<std::pair<std::string, bool>> texts;
  CollectTexts(assignment, &texts);
  std::string shown;
  for (const RawValue& value : values) {
    if (Shows(terms, value)) absl::StrAppend(&shown, value.written, "\n");
  }
  std::vector<Piece> found;
  for (const RawValue& value : values) {
    if (value.piece == Piece::kLanguage || value.piece == Piece::kProduct) continue;
    if (Shows(terms, value) || shown.find(value.text) != std::string::npos) continue;
    for (const auto& [text, minted] : texts) {
      if (minted && value.text.size() < kLongEnoughForTokens) continue;
      if (text.find(value.text) == std::string::npos) continue;
      found.push_back(value.piece);
      break;
    }
  }
  return found;
}

std::vector<std::string> FieldsBeyondContract(const Terms& terms,
                                              const v1::Assignment& assignment) {
  std::vector<std::string> beyond;
  const auto show = [&](v1::DataClass data_class) {
    return DisclosureOf(&terms, data_class).show();
  };
  const auto check = [&](bool present, v1::DataClass data_class,
                         std::initializer_list<v1::Contract::Show> allowed, const char* name) {
    if (present && std::find(allowed.begin(), allowed.end(), show(data_class)) == allowed.end()) {
      beyond.emplace_back(name);
    }
  };
  using C = v1::Contract;
  const v1::MaskedPerson& person = assignment.person();
  const v1::MaskedAccount& account = assignment.account();
  check(person.has_name(), v1::DATA_CLASS_NAME, {C::SHOW_CLEAR, C::SHOW_PARTIAL}, "name");
  check(person.has_name_reading(), v1::DATA_CLASS_KANA, {C::SHOW_CLEAR, C::SHOW_PARTIAL},
        "name_reading");
  check(person.has_birth_date(), v1::DATA_CLASS_BIRTH_DATE,
        {C::SHOW_CLEAR, C::SHOW_PARTIAL, C::SHOW_BAND}, "birth_date");
  check(person.has_language(), v1::DATA_CLASS_LANGUAGE, {C::SHOW_CLEAR}, "language");
  check(person.has_address(), v1::DATA_CLASS_ADDRESS, {C::SHOW_CLEAR, C::SHOW_PARTIAL}, "address");
  for (const auto& point : person.contact_points()) {
    const bool email =
        point.kind() == v1::CONTACT_KIND_EMAIL || point.kind() == v1::CONTACT_KIND_WORK_EMAIL;
    check(point.has_value(), email ? v1::DATA_CLASS_EMAIL : v1::DATA_CLASS_PHONE,
          {C::SHOW_CLEAR, C::SHOW_PARTIAL}, email ? "e-mail" : "phone");
  }
  check(account.has_product(), v1::DATA_CLASS_PRODUCT, {C::SHOW_CLEAR}, "product");
  check(account.has_amount_due() || account.has_balance(), v1::DATA_CLASS_AMOUNT, {C::SHOW_CLEAR},
        "amount");
  check(account.has_amount_due_band() || account.has_balance_band(), v1::DATA_CLASS_AMOUNT,
        {C::SHOW_BAND}, "amount band");
  check(account.has_credit_limit() || account.has_grade(), v1::DATA_CLASS_CREDIT, {C::SHOW_CLEAR},
        "credit");
  check(account.has_credit_limit_band(), v1::DATA_CLASS_CREDIT, {C::SHOW_BAND}, "credit band");
  check(account.has_due_date() || account.has_days_past_due(), v1::DATA_CLASS_DELINQUENCY,
        {C::SHOW_CLEAR}, "days past due");
  check(account.has_bucket(), v1::DATA_CLASS_DELINQUENCY, {C::SHOW_CLEAR, C::SHOW_PARTIAL},
        "bucket");
  check(account.has_card_number(), v1::DATA_CLASS_CARD_NUMBER, {C::SHOW_PARTIAL}, "card number");
  const auto check_part = [&](const auto& part) {
    check(part.has_amount(), v1::DATA_CLASS_AMOUNT, {C::SHOW_CLEAR}, "promised amount");
    check(part.has_amount_band(), v1::DATA_CLASS_AMOUNT, {C::SHOW_BAND}, "promised amount band");
    check(part.has_due_date(), v1::DATA_CLASS_DELINQUENCY, {C::SHOW_CLEAR}, "day promised");
  };
  for (const v1::MaskedPromise* promise : {&assignment.promise(), &assignment.proposed_plan()}) {
    check_part(*promise);
    for (const v1::MaskedInstalment& instalment : promise->instalments()) check_part(instalment);
  }
  check(!assignment.handed_over().note().empty(), v1::DATA_CLASS_FREE_TEXT, {C::SHOW_CLEAR},
        "note of who handed it over");
  return beyond;
}

}  // namespace switchboard::demo
