#include "hub/masking/masker.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "hub/base/bucket.h"
#include "hub/base/id_text.h"
#include "hub/masking/coarse_time.h"
#include "hub/masking/domain_mask.h"
#include "hub/masking/honorific.h"
#include "hub/masking/name_order.h"
#include "hub/masking/own_day.h"
#include "hub/masking/partial_masks.h"
#include "hub/masking/phone_mask.h"

namespace switchboard::masking {
namespace {

// NAME or KANA of one person.
std::optional<std::string> MaskName(Treatment treatment, NameParts name, const v1::Person& person) {
  if (treatment == Treatment::kWithheld) return std::nullopt;
  const std::string& language = person.language();
  const NameOrder order = OrderOfName(name, language, person.address().country());
  switch (treatment) {
    case Treatment::kClear:
      return WholeName(name, order);
    case Treatment::kFamilyName:
      return FamilyNameMask(name, language, order);
    case Treatment::kHonorific:
      return HonorificMask(name, language, order);
    case Treatment::kInitials:
      return InitialsMask(name, order);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> MaskBirthDate(Treatment treatment, const v1::Person& person,
                                         absl::Time now) {
  const v1::Date& date = person.birth_date();
  switch (treatment) {
    case Treatment::kClear:
      return BirthDay(date);
    case Treatment::kYear:
      return BirthYear(date);
    case Treatment::kBand:
      return AgeBand(date, OwnDay(person, now));
    case Treatment::kBirthdayHidden:
      return AgeBand(date, LastDayOfMonth(OwnDay(person, now)));
    default:
      return std::nullopt;
  }
}

// Field by field, here and below: a copy of the whole message would take along the fields that a
// newer core sent and this program does not know.
void CopyMoney(const v1::Money& money, v1::Money* copy) {
  copy->set_currency_code(money.currency_code());
  copy->set_minor_units(money.minor_units());
}

void CopyDate(const v1::Date& date, v1::Date* copy) {
  copy->set_year(date.year());
  copy->set_month(date.month());
  copy->set_day(date.day());
}

void CopyAddress(const v1::Address& address, v1::Address* copy) {
  copy->set_country(address.country());
  copy->set_postal_code(address.postal_code());
  copy->set_region(address.region());
  copy->set_city(address.city());
  copy->set_district(address.district());
  copy->set_street(address.street());
}

std::optional<std::string> MaskPhone(Treatment treatment, const std::string& phone) {
  switch (treatment) {
    case Treatment::kClear:
      return phone;
    case Treatment::kLastFour:
      return LastFourMask(phone);
    case Treatment::kArea:
      return AreaMask(phone);
    case Treatment::kCountry:
      return CountryMask(phone);
    default:
      return std::nullopt;
  }
}

// A product or grade that may be shown: by the contract's list, and without one whatever can be a
// code. What the core left empty is shown as that.
bool MayShow(const std::string& code, const std::vector<std::string>& listed,
             const v1::Person& person) {
  if (code.empty()) return true;
  if (!listed.empty()) return std::binary_search(listed.begin(), listed.end(), code);
  return IsIdText(code) && !GivesAwayContactPoint(code, person);
}

void MaskAddress(Treatment treatment, const v1::Person& person, v1::MaskedPerson* masked) {
  switch (treatment) {
    case Treatment::kClear:
      CopyAddress(person.address(), masked->mutable_address());
      break;
    case Treatment::kRegion:
      AddressMask(person.address(), AddressLevel::kRegion, masked->mutable_address());
      break;
    case Treatment::kCity:
      AddressMask(person.address(), AddressLevel::kCity, masked->mutable_address());
      break;
    case Treatment::kDistrict:
      AddressMask(person.address(), AddressLevel::kDistrict, masked->mutable_address());
      break;
    default:
      break;
  }
}

}  // namespace

Masker::Masker(const v1::Contract& contract, v1::WorkType work_type, std::string_view token_key)
    : plan_(CompileMaskPlan(contract, work_type)),
      unmask_plan_(CompileUnmaskPlan(contract, work_type)),
      tokens_(token_key) {}

void Masker::Mask(const v1::Person& person, const v1::Account& account, absl::Time now,
                  v1::Assignment* assignment) const {
  MaskBy(plan_, person, account, now, assignment);
}

void Masker::Unmask(const v1::Person& person, const v1::Account& account,
                    absl::Span<const v1::DataClass> classes, absl::Time now,
                    v1::Assignment* assignment) const {
  MaskBy(unmask_plan_.Only(classes), person, account, now, assignment);
  auto& points = *assignment->mutable_person()->mutable_contact_points();
  const auto shows_nothing = [](const v1::MaskedContactPoint& point) { return !point.has_value(); };
  points.erase(std::remove_if(points.begin(), points.end(), shows_nothing), points.end());
}

void Masker::MaskBy(const MaskPlan& plan, const v1::Person& person, const v1::Account& account,
                    absl::Time now, v1::Assignment* assignment) const {
  assignment->mutable_person()->Clear();
  assignment->mutable_account()->Clear();
  MaskPerson(plan, person, now, assignment->mutable_person());
  MaskAccount(plan, account, person, assignment->mutable_account());
}

void Masker::MaskPerson(const MaskPlan& plan, const v1::Person& person, absl::Time now,
                        v1::MaskedPerson* masked) const {
  const PersonTokens tokens = tokens_.TokensOf(person.person_id());
  if (plan[v1::DATA_CLASS_REFERENCE] == Treatment::kToken) masked->set_person_token(tokens.Token());
  const NameParts name = {person.family_name(), person.given_name()};
  if (auto text = MaskName(plan[v1::DATA_CLASS_NAME], name, person))
    masked->set_name(*std::move(text));
  const NameParts reading = {person.family_name_reading(), person.given_name_reading()};
  if (auto text = MaskName(plan[v1::DATA_CLASS_KANA], reading, person))
    masked->set_name_reading(*std::move(text));
  if (plan[v1::DATA_CLASS_BIRTH_DATE] != Treatment::kWithheld) {
    if (!person.has_birth_date()) {
      masked->set_birth_date("");
    } else if (auto text = MaskBirthDate(plan[v1::DATA_CLASS_BIRTH_DATE], person, now)) {
      masked->set_birth_date(*std::move(text));
    }
  }
  if (plan[v1::DATA_CLASS_LANGUAGE] == Treatment::kClear)
    masked->set_language(LanguageOnly(person.language()));
  MaskAddress(plan[v1::DATA_CLASS_ADDRESS], person, masked);
  for (const v1::ContactPoint& point : person.contact_points()) {
    MaskContactPoint(plan, point, person, tokens, masked->add_contact_points());
  }
}

void Masker::MaskContactPoint(const MaskPlan& plan, const v1::ContactPoint& point,
                              const v1::Person& person, const PersonTokens& tokens,
                              v1::MaskedContactPoint* masked) {
  masked->set_contact_point_id(tokens.ContactPointToken(point.contact_point_id()));
  masked->set_kind(point.kind());
  // The class follows what the value is, not what the kind claims.
  switch (point.value_case()) {
    case v1::ContactPoint::kPhone:
      if (auto text = MaskPhone(plan[v1::DATA_CLASS_PHONE], point.phone()))
        masked->set_value(*std::move(text));
      break;
    case v1::ContactPoint::kEmail:
      if (plan[v1::DATA_CLASS_EMAIL] == Treatment::kClear) masked->set_value(point.email());
      if (plan[v1::DATA_CLASS_EMAIL] == Treatment::kDomain) {
        if (auto text = DomainMask(point.email(), person)) masked->set_value(*std::move(text));
      }
      break;
    case v1::ContactPoint::VALUE_NOT_SET:
      break;
  }
}

void Masker::MaskAccount(const MaskPlan& plan, const v1::Account& account, const v1::Person& person,
                         v1::MaskedAccount* masked) const {
  if (plan[v1::DATA_CLASS_REFERENCE] == Treatment::kToken) {
    masked->set_account_token(tokens_.AccountToken(account.account_id()));
  }
  if (plan[v1::DATA_CLASS_PRODUCT] == Treatment::kClear &&
      MayShow(account.product(), plan.products, person)) {
    masked->set_product(account.product());
  }
  const Treatment amount = plan[v1::DATA_CLASS_AMOUNT];
  if (amount == Treatment::kClear) {
    if (account.has_amount_due()) CopyMoney(account.amount_due(), masked->mutable_amount_due());
    if (account.has_balance()) CopyMoney(account.balance(), masked->mutable_balance());
  } else if (amount == Treatment::kBand) {
    const auto& ends = plan.amount_band_ends;
    if (account.has_amount_due())
      *masked->mutable_amount_due_band() = AmountBandOf(account.amount_due(), ends);
    if (account.has_balance())
      *masked->mutable_balance_band() = AmountBandOf(account.balance(), ends);
  }
  const Treatment credit = plan[v1::DATA_CLASS_CREDIT];
  if (credit == Treatment::kClear) {
    if (account.has_credit_limit())
      CopyMoney(account.credit_limit(), masked->mutable_credit_limit());
    if (MayShow(account.grade(), plan.grades, person)) masked->set_grade(account.grade());
  } else if (credit == Treatment::kBand && account.has_credit_limit()) {
    // A grade has no range to lie in; it goes with CLEAR only.
    *masked->mutable_credit_limit_band() =
        AmountBandOf(account.credit_limit(), plan.credit_band_ends);
  }
  const Treatment delinquency = plan[v1::DATA_CLASS_DELINQUENCY];
  if (delinquency == Treatment::kClear) {
    if (account.has_due_date()) CopyDate(account.due_date(), masked->mutable_due_date());
    masked->set_days_past_due(account.days_past_due());
  }
  if (delinquency != Treatment::kWithheld) masked->set_bucket(Bucket(account.days_past_due()));
  if (plan[v1::DATA_CLASS_CARD_NUMBER] == Treatment::kLastFour) {
    masked->set_card_number(CardMask(account.card_number()));
  }
}

void Masker::MaskPromises(const ShownPromise* promise, const ShownPromise* proposed,
                          v1::Assignment* assignment) const {
  assignment->clear_promise();
  assignment->clear_proposed_plan();
  if (promise != nullptr)
    if (auto masked = MaskPromise(*promise)) *assignment->mutable_promise() = *std::move(masked);
  if (proposed != nullptr)
    if (auto masked = MaskPromise(*proposed))
      *assignment->mutable_proposed_plan() = *std::move(masked);
}

std::optional<v1::MaskedPromise> Masker::MaskPromise(const ShownPromise& promise) const {
  const v1::PromiseRecord& record = promise.record;
  v1::MaskedPromise masked;
  MaskSum(promise.agreed.amount(), promise.agreed.due_date(), &masked);
  if (!masked.has_amount() && !masked.has_amount_band() && !masked.has_due_date())
    return std::nullopt;
  masked.set_standing(promise.standing);
  for (const v1::InstalmentStanding& one : record.instalments()) {
    v1::MaskedInstalment& instalment = *masked.add_instalments();
    MaskSum(one.amount(), one.due_date(), &instalment);
    instalment.set_standing(one.standing());
  }
  masked.set_verdict(record.decision().verdict());
  masked.set_reason(record.decision().reason());
  return masked;
}

// Of a promise or of a part of one.
template <typename Masked>
void Masker::MaskSum(const v1::Money& amount, const v1::Date& due_date, Masked* masked) const {
  const Treatment treatment = plan_[v1::DATA_CLASS_AMOUNT];
  if (treatment == Treatment::kClear) CopyMoney(amount, masked->mutable_amount());
  if (treatment == Treatment::kBand)
    *masked->mutable_amount_band() = AmountBandOf(amount, plan_.amount_band_ends);
  if (plan_[v1::DATA_CLASS_DELINQUENCY] == Treatment::kClear)
    CopyDate(due_date, masked->mutable_due_date());
}

void Masker::MaskHandedOver(const ShownHandOver& hand_over, v1::Assignment* assignment) const {
  assignment->clear_handed_over();
  v1::HandedOver& masked = *assignment->mutable_handed_over();
  masked.set_reason(hand_over.reason);
  *masked.mutable_hand_over_time() = CoarseTime(hand_over.time);
  if (plan_[v1::DATA_CLASS_FREE_TEXT] == Treatment::kClear)
    masked.set_note(std::string(hand_over.note));
}

const v1::ContactPoint* Masker::FindShown(const v1::Person& person, std::string_view id) const {
  for (const v1::ContactPoint& point : person.contact_points()) {
    if (point.contact_point_id() == id) return &point;
  }
  const PersonTokens tokens = tokens_.TokensOf(person.person_id());
  for (const v1::ContactPoint& point : person.contact_points()) {
    if (tokens.ContactPointToken(point.contact_point_id()) == id) return &point;
  }
  return nullptr;
}

bool Masker::IsShownAs(std::string_view person_id, std::string_view contact_point_id,
                       std::string_view id) const {
  return contact_point_id == id ||
         tokens_.TokensOf(person_id).ContactPointToken(contact_point_id) == id;
}

std::optional<absl::Time> Masker::NextChange(const v1::Person& person, absl::Time now) const {
  switch (plan_[v1::DATA_CLASS_BIRTH_DATE]) {
    case Treatment::kBand:
      return NextAgeBandChange(person, now);
    case Treatment::kBirthdayHidden:
      return NextHiddenBirthdayChange(person, now);
    default:
      return std::nullopt;
  }
}

// Under another key each row stands for somebody else.
Change Masker::ChangeTo(const Masker& after) const {
  return tokens_.SameKeyAs(after.tokens_) ? Compare(plan_, after.plan_) : Change::kOtherwise;
}

}  // namespace switchboard::masking
