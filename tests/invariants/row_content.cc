#include "tests/invariants/row_content.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace switchboard::invariants {
namespace {

bool Same(const v1::Money& shown, const v1::Money& known) {
  return shown.currency_code() == known.currency_code() &&
         shown.minor_units() == known.minor_units();
}

bool Holds(const v1::AmountBand& band, const v1::Money& known) {
  return band.currency_code() == known.currency_code() &&
         band.from_minor_units() <= known.minor_units() &&
         (!band.has_below_minor_units() || known.minor_units() < band.below_minor_units());
}

// As MaskedAccount.bucket says.
std::string BucketOf(int32_t days_past_due) {
  const int32_t bucket = std::min((days_past_due + 29) / 30, 7);
  return absl::StrCat("M", bucket, bucket == 7 ? "+" : "");
}

}  // namespace

bool Says(const v1::MaskedAccount& row, const v1::Account& account) {
  if (row.has_product() && row.product() != account.product()) return false;
  if (row.has_amount_due() && !Same(row.amount_due(), account.amount_due())) return false;
  if (row.has_balance() && !Same(row.balance(), account.balance())) return false;
  if (row.has_credit_limit() && !Same(row.credit_limit(), account.credit_limit())) return false;
  if (row.has_amount_due_band() && !Holds(row.amount_due_band(), account.amount_due()))
    return false;
  if (row.has_balance_band() && !Holds(row.balance_band(), account.balance())) return false;
  if (row.has_credit_limit_band() && !Holds(row.credit_limit_band(), account.credit_limit()))
    return false;
  if (row.has_grade() && row.grade() != account.grade()) return false;
  if (row.has_days_past_due() && row.days_past_due() != account.days_past_due()) return false;
  return !row.has_bucket() || row.bucket() == BucketOf(account.days_past_due());
}

std::string PrimaryTag(const std::string& language) {
  return language.substr(0, language.find('-'));
}

}  // namespace switchboard::invariants
