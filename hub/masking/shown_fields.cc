#include "hub/masking/shown_fields.h"

#include <vector>

#include "hub/base/shown_bits.h"
#include "hub/masking/wire_walk.h"
#include "switchboard/v1/assignment.pb.h"

namespace switchboard::masking {
namespace {

using Field = WireSchema::Field;

constexpr uint32_t kLengthDelimited = 2;

struct FieldAtPath {
  std::string_view path;
  v1::ShownField field;
};
// Of a sum or a day the whole message.
constexpr FieldAtPath kFieldsAtPaths[] = {
    {"person.person_token", v1::SHOWN_FIELD_PERSON_TOKEN},
    {"person.name", v1::SHOWN_FIELD_NAME},
    {"person.name_reading", v1::SHOWN_FIELD_NAME_READING},
    {"person.birth_date", v1::SHOWN_FIELD_BIRTH_DATE},
    {"person.language", v1::SHOWN_FIELD_LANGUAGE},
    {"person.address.country", v1::SHOWN_FIELD_COUNTRY},
    {"person.address.postal_code", v1::SHOWN_FIELD_POSTAL_CODE},
    {"person.address.region", v1::SHOWN_FIELD_REGION},
    {"person.address.city", v1::SHOWN_FIELD_CITY},
    {"person.address.district", v1::SHOWN_FIELD_DISTRICT},
    {"person.address.street", v1::SHOWN_FIELD_STREET},
    {"person.contact_points.value", v1::SHOWN_FIELD_PHONE},
    {"account.account_token", v1::SHOWN_FIELD_ACCOUNT_TOKEN},
    {"account.product", v1::SHOWN_FIELD_PRODUCT},
    {"account.amount_due", v1::SHOWN_FIELD_AMOUNT_DUE},
    {"account.amount_due_band", v1::SHOWN_FIELD_AMOUNT_DUE},
    {"account.balance", v1::SHOWN_FIELD_BALANCE},
    {"account.balance_band", v1::SHOWN_FIELD_BALANCE},
    {"account.credit_limit", v1::SHOWN_FIELD_CREDIT_LIMIT},
    {"account.credit_limit_band", v1::SHOWN_FIELD_CREDIT_LIMIT},
    {"account.grade", v1::SHOWN_FIELD_GRADE},
    {"account.due_date", v1::SHOWN_FIELD_DUE_DATE},
    {"account.days_past_due", v1::SHOWN_FIELD_DAYS_PAST_DUE},
    {"account.bucket", v1::SHOWN_FIELD_BUCKET},
    {"account.card_number", v1::SHOWN_FIELD_CARD_NUMBER},
    {"promise.amount", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"promise.amount_band", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"promise.due_date", v1::SHOWN_FIELD_PROMISED_DAY},
    {"promise.instalments.amount", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"promise.instalments.amount_band", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"promise.instalments.due_date", v1::SHOWN_FIELD_PROMISED_DAY},
    {"proposed_plan.amount", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"proposed_plan.amount_band", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"proposed_plan.due_date", v1::SHOWN_FIELD_PROMISED_DAY},
    {"proposed_plan.instalments.amount", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"proposed_plan.instalments.amount_band", v1::SHOWN_FIELD_PROMISED_AMOUNT},
    {"proposed_plan.instalments.due_date", v1::SHOWN_FIELD_PROMISED_DAY},
    {"handed_over.note", v1::SHOWN_FIELD_NOTE},
};

// A row, with the bits of each of its fields by its index.
struct RowFields {
  const WireSchema schema{*v1::Assignment::descriptor()};
  std::vector<int64_t> bits;

  RowFields() {
    for (const Field* field : schema.fields()) {
      const auto shown = ShownFieldAt(field->path);
      bits.push_back(shown.has_value() ? ShownBits({*shown}) : 0);
    }
  }
};

}  // namespace

std::optional<v1::ShownField> ShownFieldAt(std::string_view path) {
  for (const FieldAtPath& one : kFieldsAtPaths) {
    if (one.path == path) return one.field;
  }
  return std::nullopt;
}

int64_t ShownFieldsIn(std::string_view assignment) {
  static const RowFields row;
  static const int64_t email = ShownBits({v1::SHOWN_FIELD_EMAIL});
  int64_t shown = 0;
  WalkWire(assignment, row.schema.root(), [&](const Field* field, const WireValue& value) {
    if (field == nullptr || row.bits[field->index] == 0) return;
    const bool is_text = field->wire_type == kLengthDelimited && field->inside == nullptr;
    if (is_text && value.bytes.empty()) return;
    const bool is_email =
        field->form == WireForm::kPointValue && value.bytes.find('@') != std::string_view::npos;
    shown |= is_email ? email : row.bits[field->index];
  });
  return shown;
}

v1::DataClass ClassOf(v1::ShownField field) {
  switch (field) {
    case v1::SHOWN_FIELD_PERSON_TOKEN:
    case v1::SHOWN_FIELD_ACCOUNT_TOKEN:
      return v1::DATA_CLASS_REFERENCE;
    case v1::SHOWN_FIELD_NAME:
      return v1::DATA_CLASS_NAME;
    case v1::SHOWN_FIELD_NAME_READING:
      return v1::DATA_CLASS_KANA;
    case v1::SHOWN_FIELD_BIRTH_DATE:
      return v1::DATA_CLASS_BIRTH_DATE;
    case v1::SHOWN_FIELD_LANGUAGE:
      return v1::DATA_CLASS_LANGUAGE;
    case v1::SHOWN_FIELD_COUNTRY:
    case v1::SHOWN_FIELD_POSTAL_CODE:
    case v1::SHOWN_FIELD_REGION:
    case v1::SHOWN_FIELD_CITY:
    case v1::SHOWN_FIELD_DISTRICT:
    case v1::SHOWN_FIELD_STREET:
      return v1::DATA_CLASS_ADDRESS;
    case v1::SHOWN_FIELD_PHONE:
    case v1::SHOWN_FIELD_DIAL:
      return v1::DATA_CLASS_PHONE;
    case v1::SHOWN_FIELD_EMAIL:
      return v1::DATA_CLASS_EMAIL;
    case v1::SHOWN_FIELD_PRODUCT:
      return v1::DATA_CLASS_PRODUCT;
    case v1::SHOWN_FIELD_AMOUNT_DUE:
    case v1::SHOWN_FIELD_BALANCE:
    case v1::SHOWN_FIELD_PROMISED_AMOUNT:
      return v1::DATA_CLASS_AMOUNT;
    case v1::SHOWN_FIELD_CREDIT_LIMIT:
    case v1::SHOWN_FIELD_GRADE:
      return v1::DATA_CLASS_CREDIT;
    case v1::SHOWN_FIELD_DUE_DATE:
    case v1::SHOWN_FIELD_DAYS_PAST_DUE:
    case v1::SHOWN_FIELD_BUCKET:
    case v1::SHOWN_FIELD_PROMISED_DAY:
      return v1::DATA_CLASS_DELINQUENCY;
    case v1::SHOWN_FIELD_CARD_NUMBER:
      return v1::DATA_CLASS_CARD_NUMBER;
    case v1::SHOWN_FIELD_NOTE:
      return v1::DATA_CLASS_FREE_TEXT;
    default:
      return v1::DATA_CLASS_UNSPECIFIED;
  }
}

}  // namespace switchboard::masking
