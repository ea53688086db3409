#include "hub/masking/wire_guard.h"

#include <algorithm>
#include <iterator>

#include "absl/container/inlined_vector.h"
#include "hub/base/error.h"
#include "hub/base/id_text.h"
#include "hub/base/text.h"
#include "hub/masking/wire_walk.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::masking {

// A text that would be shown.
struct WireGuard::Shown {
  const WireSchema::Field* field;
  v1::DataClass data_class;
  std::string_view text;
};

namespace {

using Field = WireSchema::Field;
using Value = RawValue;
using Kind = Finding::Kind;
using Verdict = WireGrants::Verdict;

constexpr uint32_t kLengthDelimited = 2;

const WireSchema& RowSchema() {
  static const WireSchema schema(*v1::Assignment::descriptor());
  return schema;
}

const WireSchema& PermitSchema() {
  static const WireSchema schema(*v1::RequestPermitResponse::descriptor());
  return schema;
}

const WireSchema& PlanSchema() {
  static const WireSchema schema(*v1::PlanContactsResponse::descriptor());
  return schema;
}

// What no vendor sees in an answer, whatever its contract shows of rows.
const WireGrants& Nothing() {
  static const WireGrants grants(v1::Contract(), v1::WORK_TYPE_UNSPECIFIED);
  return grants;
}

const RawPlan& Everything() {
  static const RawPlan plan(Nothing());
  return plan;
}

bool IsOfTown(WireForm form) {
  return form == WireForm::kRegion || form == WireForm::kCity || form == WireForm::kDistrict;
}

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Whether a host or a code tells by a name or a mailbox whose it is. Words that say nothing do not,
// whoever has them for a mailbox.
bool TellsWhose(std::string_view text, const Value& value) {
  v1::Person person;
  if (value.data_class == v1::DATA_CLASS_EMAIL && value.email_bytes > 0) {
    person.add_contact_points()->set_email(value.text.data(), value.email_bytes);
    return HoldsMailboxOf(text, person);
  }
  const bool is_name =
      value.data_class == v1::DATA_CLASS_NAME || value.data_class == v1::DATA_CLASS_KANA;
  if (!is_name || !IsPrintableAscii(value.text)) return true;
  person.set_family_name(std::string(value.text));
  return HoldsNameOf(text, person);
}

// Words that many records have alike.
bool IsCode(v1::DataClass data_class) {
  return data_class == v1::DATA_CLASS_PRODUCT || data_class == v1::DATA_CLASS_CREDIT ||
         data_class == v1::DATA_CLASS_LANGUAGE || data_class == v1::DATA_CLASS_AMOUNT;
}

// Whether a value says who somebody is wherever it stands, also among the words of rules.
bool TellsAnywhere(const Value& value) {
  switch (value.data_class) {
    case v1::DATA_CLASS_PHONE:
    case v1::DATA_CLASS_CARD_NUMBER:
    case v1::DATA_CLASS_REFERENCE:
    case v1::DATA_CLASS_BIRTH_DATE:
      return true;
    case v1::DATA_CLASS_EMAIL:
      return value.email_bytes == 0;
    default:
      return value.form == WireForm::kStreet;
  }
}

// Of a part of an address: it may hold what stands in the parts down to `finest`.
bool TellsInAddress(const RawValues& raw, const Value& value, WireForm finest) {
  constexpr WireForm kParts[] = {WireForm::kRegion, WireForm::kCity, WireForm::kDistrict,
                                 WireForm::kStreet, WireForm::kPostalCode};
  const auto* const end = std::find(std::begin(kParts), std::end(kParts), finest) + 1;
  return std::none_of(std::begin(kParts), end,
                      [&](WireForm part) { return Holds(raw.Own(part), value.text); });
}

// Product and grade, whose words are the core's own, the same for many.
bool TellsInCode(std::string_view text, std::string_view own, const Value& value) {
  if (IsCode(value.data_class) || IsOfTown(value.form)) return !Holds(own, value.text);
  return TellsWhose(text, value);
}

bool TellsInNote(const Value& value) {
  constexpr size_t kLongPostalCode = 7;
  const bool short_postal_code =
      value.form == WireForm::kPostalCode && value.text.size() < kLongPostalCode;
  return !IsCode(value.data_class) && !IsOfTown(value.form) && !short_postal_code;
}

}  // namespace

std::string_view NameOf(Kind kind) {
  switch (kind) {
    case Kind::kNotGranted:
      return "WITHHELD_NOT_GRANTED";
    case Kind::kShape:
      return "WITHHELD_SHAPE";
    case Kind::kRawValue:
      return "WITHHELD_RAW_VALUE";
    case Kind::kUnknownField:
      return "WITHHELD_UNKNOWN_FIELD";
    case Kind::kMalformed:
      return "WITHHELD_MALFORMED";
  }
  SWITCHBOARD_ASSERT(false);
}

WireGuard::WireGuard(const v1::Contract& contract, v1::WorkType work_type)
    : grants_(contract, work_type),
      values_(grants_),
      looks_(LooksOf(grants_)),
      shows_numbers_(contract.permits().dial() == v1::Contract::PermitTerms::DIAL_NUMBER) {}

WireGuard::WireGuard(const v1::Contract& contract, v1::WorkType work_type,
                     absl::Span<const v1::DataClass> unmasked)
    : grants_(contract, work_type, unmasked),
      values_(grants_),
      looks_(LooksOf(grants_)),
      shows_numbers_(false) {}

std::vector<WireGuard::Look> WireGuard::LooksOf(const WireGrants& grants) {
  std::vector<Look> looks;
  for (const Field* field : RowSchema().fields()) {
    const bool is_text = field->wire_type == kLengthDelimited;
    const bool is_nobodys = field->data_class == v1::DATA_CLASS_UNSPECIFIED ||
                            field->data_class == v1::DATA_CLASS_NOT_PERSONAL;
    // What stands in one may be of another class.
    if (field->form == WireForm::kPointValue) {
      looks.push_back(Look::kPointValue);
    } else if (!grants.Names(field->data_class)) {
      looks.push_back(Look::kNotGranted);
    } else if (field->inside != nullptr || field->form == WireForm::kMinted) {
      looks.push_back(Look::kNothing);
    } else if (is_text) {
      looks.push_back(Look::kText);
    } else {
      looks.push_back(is_nobodys ? Look::kNothing : Look::kNumber);
    }
  }
  return looks;
}

std::optional<Finding> WireGuard::Check(std::string_view assignment, const RawRecord& raw) const {
  absl::InlinedVector<Shown, 16> open;
  std::optional<Finding> finding;
  std::string_view country;
  const auto visit = [&](const Field* field, const WireValue& value) {
    const Look look = field == nullptr ? Look::kNotGranted : looks_[field->index];
    if (look == Look::kNothing || finding.has_value()) return;
    if (field == nullptr) {
      finding = Finding{Kind::kUnknownField, "", v1::DATA_CLASS_UNSPECIFIED};
      return;
    }
    v1::DataClass data_class = field->data_class;
    // The class follows what the value is, not what the kind beside it claims.
    if (look == Look::kPointValue && Holds(value.bytes, "@")) data_class = v1::DATA_CLASS_EMAIL;
    if (look == Look::kNotGranted || !grants_.Names(data_class)) {
      finding = Finding{Kind::kNotGranted, field->path, data_class};
      return;
    }
    auto verdict = Verdict::kHarmless;
    if (look == Look::kNumber) {
      if (!grants_.AllowsNumber(data_class, field->form, value.number)) verdict = Verdict::kRefused;
    } else {
      if (field->form == WireForm::kCountry) country = value.bytes;
      verdict = grants_.JudgeText(data_class, field->form, country, value.bytes);
    }
    if (verdict == Verdict::kRefused) finding = Finding{Kind::kShape, field->path, data_class};
    if (verdict == Verdict::kOpen) open.push_back({field, data_class, value.bytes});
  };
  const bool whole = WalkWire(assignment, RowSchema().root(), visit);
  if (finding.has_value()) return finding;
  if (!whole) return Finding{};
  if (open.empty()) return std::nullopt;
  return FindRawValue(open, raw);
}

std::optional<Finding> WireGuard::FindRawValue(absl::Span<const Shown> open,
                                               const RawRecord& raw) const {
  absl::InlinedVector<std::string_view, 16> texts;
  for (const Shown& shown : open) texts.push_back(shown.text);
  const RawValues values(texts, raw, values_);
  if (values.malformed()) return Finding{};
  for (const RawValues::Hit& hit : values.hits()) {
    const Shown& shown = open[hit.text];
    if (Tells(shown, values, hit))
      return Finding{Kind::kRawValue, shown.field->path, hit.value.data_class};
  }
  return std::nullopt;
}

bool WireGuard::Tells(const Shown& shown, const RawValues& raw, const RawValues::Hit& hit) const {
  const Value& value = hit.value;
  switch (shown.field->form) {
    case WireForm::kWholeName:
      return TellsName(shown, raw, hit);
    case WireForm::kRegion:
    case WireForm::kCity:
    case WireForm::kDistrict:
    case WireForm::kStreet:
    case WireForm::kPostalCode: {
      const bool whole = grants_.ShowsClear(shown.data_class);
      return TellsInAddress(raw, value, whole ? WireForm::kPostalCode : shown.field->form);
    }
    case WireForm::kPointValue:
      if (grants_.ShowsClear(shown.data_class)) return !raw.StandsInPoint(value.text);
      return !IsOfTown(value.form) && TellsWhose(shown.text, value);
    case WireForm::kProduct:
    case WireForm::kGrade:
      return TellsInCode(shown.text, raw.Own(shown.field->form), value);
    default:
      return TellsInNote(value);
  }
}

// A name of one part, or one that is written without blanks, may hold another one.
bool WireGuard::TellsName(const Shown& shown, const RawValues& raw,
                          const RawValues::Hit& hit) const {
  const Value& value = hit.value;
  const bool reading = shown.data_class == v1::DATA_CLASS_KANA;
  const std::string_view family =
      raw.Own(reading ? WireForm::kFamilyReading : WireForm::kFamilyName);
  if (!grants_.ShowsClear(shown.data_class)) {
    const bool given_name_alone = value.data_class == shown.data_class && hit.whole_word;
    return given_name_alone || !Holds(family, value.text);
  }
  const std::string_view given = raw.Own(reading ? WireForm::kGivenReading : WireForm::kGivenName);
  const std::string both = std::string(family).append(given);
  const std::string turned = std::string(given).append(family);
  const std::string apart = std::string(family).append(" ").append(given);
  const std::string turned_apart = std::string(given).append(" ").append(family);
  return !Holds(both, value.text) && !Holds(turned, value.text) && !Holds(apart, value.text) &&
         !Holds(turned_apart, value.text);
}

std::optional<Finding> WireGuard::CheckPermit(std::string_view response, const RawRecord& raw,
                                              std::string_view target) const {
  return CheckAnswer(PermitSchema(), response, raw, target);
}

std::optional<Finding> WireGuard::CheckPlan(std::string_view response, const RawRecord& raw,
                                            std::string_view target) const {
  return CheckAnswer(PlanSchema(), response, raw, target);
}

std::optional<Finding> WireGuard::CheckAnswer(const WireSchema& schema, std::string_view response,
                                              const RawRecord& raw, std::string_view target) const {
  absl::InlinedVector<Shown, 16> open;
  absl::InlinedVector<std::string_view, 16> texts;
  std::optional<Finding> finding;
  const auto visit = [&](const Field* field, const WireValue& value) {
    if (finding.has_value()) return;
    if (field == nullptr) {
      finding = Finding{Kind::kUnknownField, "", v1::DATA_CLASS_UNSPECIFIED};
    } else if (field->form == WireForm::kDial) {
      const bool granted = shows_numbers_ && target.starts_with('+') && value.bytes == target;
      if (!granted) finding = Finding{Kind::kNotGranted, field->path, field->data_class};
    } else if (!Nothing().Names(field->data_class)) {
      finding = Finding{Kind::kNotGranted, field->path, field->data_class};
    } else if (field->inside == nullptr && field->wire_type == kLengthDelimited &&
               field->form != WireForm::kMinted) {
      open.push_back({field, field->data_class, value.bytes});
      texts.push_back(value.bytes);
    }
  };
  const bool whole = WalkWire(response, schema.root(), visit);
  if (finding.has_value()) return finding;
  const RawValues values(texts, raw, Everything());
  if (!whole || values.malformed()) return Finding{};
  for (const RawValues::Hit& hit : values.hits()) {
    if (TellsAnywhere(hit.value))
      return Finding{Kind::kRawValue, open[hit.text].field->path, hit.value.data_class};
  }
  return std::nullopt;
}

}  // namespace switchboard::masking
