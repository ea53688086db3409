#include "hub/masking/wire_schema.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "google/protobuf/wire_format_lite.h"
#include "hub/base/error.h"

namespace switchboard::masking {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

struct FormOfField {
  std::string_view name;  // behind the package
  WireForm form;
};
constexpr FormOfField kFormsOfFields[] = {
    {"Assignment.assignment_id", WireForm::kMinted},
    {"MaskedPerson.person_token", WireForm::kToken},
    {"MaskedPerson.name", WireForm::kWholeName},
    {"MaskedPerson.name_reading", WireForm::kWholeName},
    {"MaskedContactPoint.contact_point_id", WireForm::kPointToken},
    {"MaskedContactPoint.value", WireForm::kPointValue},
    {"MaskedAccount.account_token", WireForm::kToken},
    {"MaskedAccount.product", WireForm::kProduct},
    {"MaskedAccount.grade", WireForm::kGrade},
    {"MaskedAccount.days_past_due", WireForm::kExact},
    {"MaskedAccount.bucket", WireForm::kBucket},
    {"AmountBand.currency_code", WireForm::kBandCurrency},
    {"AmountBand.from_minor_units", WireForm::kBandEnd},
    {"AmountBand.below_minor_units", WireForm::kBandEnd},
    {"Money.currency_code", WireForm::kExact},
    {"Money.minor_units", WireForm::kExact},
    {"Date.year", WireForm::kYear},
    {"Date.month", WireForm::kMonth},
    {"Date.day", WireForm::kDay},
    {"Address.country", WireForm::kCountry},
    {"Address.postal_code", WireForm::kPostalCode},
    {"Address.region", WireForm::kRegion},
    {"Address.city", WireForm::kCity},
    {"Address.district", WireForm::kDistrict},
    {"Address.street", WireForm::kStreet},
    {"Person.family_name", WireForm::kFamilyName},
    {"Person.given_name", WireForm::kGivenName},
    {"Person.family_name_reading", WireForm::kFamilyReading},
    {"Person.given_name_reading", WireForm::kGivenReading},
    {"Person.time_zones", WireForm::kZone},
    {"ContactPoint.phone", WireForm::kPointValue},
    {"ContactPoint.email", WireForm::kPointValue},
    {"Account.product", WireForm::kProduct},
    {"Account.grade", WireForm::kGrade},
    {"Permit.permit_id", WireForm::kMinted},
    {"Permit.dial", WireForm::kDial},
    {"Permit.trunk_token", WireForm::kMinted},
};

WireForm FormOf(const FieldDescriptor& field) {
  constexpr std::string_view kPackage = "switchboard.v1.";
  const std::string_view name = field.full_name();
  if (!name.starts_with(kPackage)) return WireForm::kPlain;
  for (const FormOfField& one : kFormsOfFields) {
    if (name.substr(kPackage.size()) == one.name) return one.form;
  }
  return WireForm::kPlain;
}

uint32_t WireTypeOf(const FieldDescriptor& field) {
  const auto type = static_cast<WireFormatLite::FieldType>(field.type());
  return static_cast<uint32_t>(WireFormatLite::WireTypeForFieldType(type));
}

}  // namespace

WireSchema::WireSchema(const Descriptor& message) {
  Fill(message, v1::DATA_CLASS_UNSPECIFIED, "", 1, &root_);
}

void WireSchema::Fill(const Descriptor& message, v1::DataClass around, const std::string& path,
                      int depth, Node* node) {
  SWITCHBOARD_ASSERT(depth <= kDepthMax);
  size_t numbers = 1;
  for (int i = 0; i < message.field_count(); ++i)
    numbers = std::max(numbers, static_cast<size_t>(message.field(i)->number()) + 1);
  node->fields_.resize(numbers);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& descriptor = *message.field(i);
    Field& field = node->fields_[static_cast<size_t>(descriptor.number())];
    field.path = path.empty() ? descriptor.name() : path + "." + descriptor.name();
    field.data_class = around != v1::DATA_CLASS_UNSPECIFIED
                           ? around
                           : descriptor.options().GetExtension(v1::data_class);
    field.form = FormOf(descriptor);
    if (field.form == WireForm::kPointValue && field.path.starts_with("other_parties."))
      field.form = WireForm::kPartyPoint;
    field.wire_type = WireTypeOf(descriptor);
    field.is_packable = descriptor.is_packable();
    field.index = fields_.size();
    fields_.push_back(&field);
    if (descriptor.message_type() == nullptr) continue;
    auto inside = std::make_unique<Node>();
    Fill(*descriptor.message_type(), field.data_class, field.path, depth + 1, inside.get());
    field.inside = std::move(inside);
  }
}

}  // namespace switchboard::masking
