#include "hub/releases/contract_sides.h"

namespace switchboard::releases {
namespace {

using contracts::CompiledContract;
using masking::Change;
using masking::MaskPlan;
using masking::Treatment;

constexpr char kBirthDate[] = "person.birth_date";
constexpr char kProduct[] = "account.product";
constexpr char kGrade[] = "account.grade";
constexpr char kLimit[] = "account.credit_limit";
// Sums that are shown as AMOUNT is.
constexpr const char* kSums[] = {"account.amount_due",   "account.balance",
                                 "promise.amount",       "promise.instalments.amount",
                                 "proposed_plan.amount", "proposed_plan.instalments.amount"};

const masking::Masker* MaskerOf(const CompiledContract& contract, v1::WorkType work_type) {
  const auto found = contract.maskers.find(work_type);
  return found == contract.maskers.end() ? nullptr : found->second.get();
}

MaskPlan PlanOf(const masking::Masker* masker) {
  return masker == nullptr ? MaskPlan() : masker->plan();
}

bool Dials(const CompiledContract& contract, v1::WorkType work_type) {
  return contract.Terms(work_type) != nullptr &&
         contract.contract.permits().dial() == v1::Contract::PermitTerms::DIAL_NUMBER;
}

bool ShowsBands(v1::DataClass data_class, const MaskPlan& plan) {
  return plan[data_class] == Treatment::kBand || plan[data_class] == Treatment::kBirthdayHidden;
}

bool BothShowBands(v1::DataClass data_class, const MaskPlan& before, const MaskPlan& after) {
  return ShowsBands(data_class, before) && ShowsBands(data_class, after);
}

std::map<std::string, v1::DataClass, std::less<>> DecidedByValue(const MaskPlan& before,
                                                                 const MaskPlan& after) {
  const auto changes = [&](v1::DataClass data_class) {
    return Compare(data_class, before, after) != Change::kSame;
  };
  std::map<std::string, v1::DataClass, std::less<>> paths;
  // The two bands of an age differ in the month in which it fills up.
  if (changes(v1::DATA_CLASS_BIRTH_DATE) && BothShowBands(v1::DATA_CLASS_BIRTH_DATE, before, after))
    paths[kBirthDate] = v1::DATA_CLASS_BIRTH_DATE;
  if (changes(v1::DATA_CLASS_PRODUCT) && !(before.products.empty() && after.products.empty()))
    paths[kProduct] = v1::DATA_CLASS_PRODUCT;
  if (changes(v1::DATA_CLASS_CREDIT) && !(before.grades.empty() && after.grades.empty()))
    paths[kGrade] = v1::DATA_CLASS_CREDIT;
  if (changes(v1::DATA_CLASS_CREDIT) && BothShowBands(v1::DATA_CLASS_CREDIT, before, after))
    paths[kLimit] = v1::DATA_CLASS_CREDIT;
  if (changes(v1::DATA_CLASS_AMOUNT) && BothShowBands(v1::DATA_CLASS_AMOUNT, before, after))
    for (const char* sum : kSums) paths[sum] = v1::DATA_CLASS_AMOUNT;
  return paths;
}

}  // namespace

WorkSides::WorkSides(const CompiledContract& before, const CompiledContract& after,
                     v1::WorkType work_type)
    : before_(MaskerOf(before, work_type)),
      after_(MaskerOf(after, work_type)),
      plan_before_(PlanOf(before_)),
      plan_after_(PlanOf(after_)),
      dials_before_(Dials(before, work_type)),
      dials_after_(Dials(after, work_type)),
      decided_by_value_(DecidedByValue(plan_before_, plan_after_)) {}

BothRows WorkSides::Mask(const v1::Person& person, const v1::Account& account,
                         absl::Time now) const {
  BothRows rows;
  if (before_ != nullptr) before_->Mask(person, account, now, &rows.before);
  if (after_ != nullptr) after_->Mask(person, account, now, &rows.after);
  return rows;
}

void WorkSides::MaskPromises(const masking::ShownPromise* promise,
                             const masking::ShownPromise* proposed, BothRows& rows) const {
  if (before_ != nullptr) before_->MaskPromises(promise, proposed, &rows.before);
  if (after_ != nullptr) after_->MaskPromises(promise, proposed, &rows.after);
}

void WorkSides::MaskHandedOver(const masking::ShownHandOver& hand_over, BothRows& rows) const {
  if (before_ != nullptr) before_->MaskHandedOver(hand_over, &rows.before);
  if (after_ != nullptr) after_->MaskHandedOver(hand_over, &rows.after);
}

Change WorkSides::ChangeOf(v1::DataClass data_class) const {
  return Compare(data_class, plan_before_, plan_after_);
}

std::string WorkSides::WordsBefore(v1::DataClass data_class) const {
  return WordsFor(data_class, plan_before_);
}

std::string WorkSides::WordsAfter(v1::DataClass data_class) const {
  return WordsFor(data_class, plan_after_);
}

bool WorkSides::InBandsBefore(v1::DataClass data_class) const {
  return ShowsBands(data_class, plan_before_);
}

bool WorkSides::InBandsAfter(v1::DataClass data_class) const {
  return ShowsBands(data_class, plan_after_);
}

Change WorkSides::DialChange() const {
  if (dials_before_ == dials_after_) return Change::kSame;
  return dials_after_ ? Change::kMore : Change::kLess;
}

void WorkSides::ForEachDecidedByValue(
    const BothRows& rows, const v1::Person& person, const v1::Account& account,
    absl::FunctionRef<void(std::string_view path, v1::DataClass)> visit) const {
  if (decided_by_value_.empty()) return;
  if (decided_by_value_.contains(kBirthDate) && person.has_birth_date())
    visit(kBirthDate, v1::DATA_CLASS_BIRTH_DATE);
  if (decided_by_value_.contains(kProduct) && !account.product().empty())
    visit(kProduct, v1::DATA_CLASS_PRODUCT);
  if (decided_by_value_.contains(kGrade) && !account.grade().empty())
    visit(kGrade, v1::DATA_CLASS_CREDIT);
  // Bands of sums are shown of whatever there is.
  masking::ForEachDifference(
      v1::Assignment(), rows.before, [&](const masking::FieldDifference& seen) {
        const bool is_told =
            seen.path == kBirthDate || seen.path == kProduct || seen.path == kGrade;
        if (!is_told && decided_by_value_.contains(seen.path)) visit(seen.path, seen.data_class);
      });
}

bool WorkSides::SameAs(const WorkSides& other) const {
  return plan_before_ == other.plan_before_ && plan_after_ == other.plan_after_;
}

std::map<v1::WorkType, WorkSides> SidesOf(const CompiledContract& before,
                                          const CompiledContract& after) {
  std::map<v1::WorkType, WorkSides> sides;
  for (const CompiledContract* contract : {&before, &after}) {
    for (const auto& terms : contract->contract.work_types()) {
      const v1::WorkType work_type = terms.work_type();
      sides.try_emplace(work_type, before, after, work_type);
    }
  }
  return sides;
}

}  // namespace switchboard::releases
