#include "clients/demo/people/population.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "clients/demo/people/draws.h"
#include "clients/demo/people/identity.h"
#include "hub/base/error.h"

namespace switchboard::demo {
namespace {

constexpr int64_t kAccountsMax = 1'000'000;
constexpr int64_t kMinorUnits = 100;  // ISO 4217 gives TWD two decimals
constexpr uint64_t kAccountStream = 3;
constexpr char kAccountPrefix[] = "SYN-A-";

void SetMoney(int64_t dollars, v1::Money* money) {
  money->set_currency_code("TWD");
  money->set_minor_units(dollars * kMinorUnits);
}

// Sum of the minimum payments missed: a tenth of each statement since the account fell behind, less
// what was paid; at least a late fee of NT$300, since a late account without a balance still owes
// one.
int64_t AmountDue(const AccountRow& row) {
  const int months = std::min(row.months_late[0], 6);
  int64_t due = 0;
  for (int m = 0; m < months; ++m) {
    const auto i = static_cast<size_t>(m);
    due += std::max<int64_t>(0, row.statements[i] / 10 - row.payments[i]);
  }
  return std::max<int64_t>(due, 300);
}

// A: never late and NT$200,000 or more to spend. B: never late. C, D, E: late by at most one, two,
// more months within the last six.
const char* Grade(const AccountRow& row) {
  const int worst = *std::max_element(row.months_late.begin(), row.months_late.end());
  if (worst <= 0) return row.limit >= 200'000 ? "A" : "B";
  return worst == 1 ? "C" : worst == 2 ? "D" : "E";
}

const char* Product(int64_t limit) {
  return limit < 100'000 ? "classic-card" : limit < 300'000 ? "gold-card" : "platinum-card";
}

// 400000 is the prefix that payment providers publish test cards under. `n` has at most nine
// digits.
std::string TestCardNumber(int64_t n) {
  std::string digits = absl::StrFormat("400000%09d", n);
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 0) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return absl::StrCat(digits, (10 - sum % 10) % 10);
}

void SetDelinquency(const AccountRow& row, Draws& draws, v1::Account* account) {
  const int months = row.months_late[0];
  const int64_t jitter = draws.Below(30);
  SetMoney(months > 0 ? AmountDue(row) : 0, account->mutable_amount_due());
  if (months <= 0) return;
  account->set_days_past_due(static_cast<int32_t>(30 * months - jitter));
  const absl::CivilDay due =
      absl::CivilDay(kBookYear, kBookMonth, kBookDay) - account->days_past_due();
  account->mutable_due_date()->set_year(static_cast<int32_t>(due.year()));
  account->mutable_due_date()->set_month(due.month());
  account->mutable_due_date()->set_day(due.day());
}

v1::Account MakeAccount(const AccountRow& row, uint64_t seed, int64_t index) {
  Draws draws(seed, kAccountStream, static_cast<uint64_t>(index));
  v1::Account account;
  account.set_account_id(Population::AccountId(index));
  account.set_person_id(absl::StrFormat("SYN-P-%06d", index + 1));
  account.set_product(Product(row.limit));
  account.set_product_kind(v1::PRODUCT_KIND_CARD_SHOPPING);
  SetMoney(row.statements[0], account.mutable_balance());
  SetMoney(row.limit, account.mutable_credit_limit());
  SetDelinquency(row, draws, &account);
  account.set_grade(Grade(row));
  // One number each: the block of a thousand is the index, the rest is drawn.
  account.set_card_number(TestCardNumber(index % 1'000'000 * 1000 + draws.Below(1000)));
  account.set_internal_reason(absl::StrFormat("risk review %08X: loss given default 0.%02d, %s",
                                              draws.Below(int64_t{1} << 32), draws.Between(20, 89),
                                              draws.Below(4) == 0 ? "watch list" : "no objection"));
  return account;
}

}  // namespace

absl::StatusOr<Population> Population::Load(const PopulationOptions& options) {
  if (options.accounts < 0 || options.accounts > kAccountsMax) {
    return Error(absl::StatusCode::kInvalidArgument, "ACCOUNTS_INVALID",
                 "the number of accounts must be 1 to 1,000,000, or 0 for all rows of the file");
  }
  Population population;
  const std::string file = options.accounts_file.empty() ? options.data_folder + "/accounts.csv.gz"
                                                         : options.accounts_file;
  ASSIGN_OR_RETURN(population.rows_, ReadAccountRows(file));
  ASSIGN_OR_RETURN(population.material_, NameMaterial::Load(options.data_folder));
  population.seed_ = options.seed;
  population.size_ =
      options.accounts > 0 ? options.accounts : static_cast<int64_t>(population.rows_.size());
  return population;
}

v1::AccountRecord Population::Record(int64_t index) const {
  SWITCHBOARD_ASSERT(index >= 0 && index < size_);
  const AccountRow& row = rows_[static_cast<size_t>(index) % rows_.size()];
  v1::AccountRecord record;
  record.set_sequence(index + 1);
  *record.mutable_person() = MakePerson(material_, row, seed_, index);
  *record.mutable_account() = MakeAccount(row, seed_, index);
  return record;
}

v1::Money Population::NewestPayment(int64_t index) const {
  SWITCHBOARD_ASSERT(index >= 0 && index < size_);
  v1::Money money;
  SetMoney(rows_[static_cast<size_t>(index) % rows_.size()].payments[0], &money);
  return money;
}

std::string Population::AccountId(int64_t index) {
  return absl::StrFormat("%s%06d", kAccountPrefix, index + 1);
}

int64_t Population::IndexOf(std::string_view account_id) const {
  const std::string_view prefix = kAccountPrefix;
  if (account_id.substr(0, prefix.size()) != prefix) return -1;
  const std::string_view digits = account_id.substr(prefix.size());
  int64_t number = 0;
  if (!absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &number)) return -1;
  return number >= 1 && number <= size_ ? number - 1 : -1;
}

}  // namespace switchboard::demo
