#include "tests/invariants/commitments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "tests/invariants/instalments.h"

namespace switchboard::invariants {
namespace {

using google::protobuf::util::TimeUtil;

absl::Time EndInUtc(absl::CivilDay due, int grace_days) {
  return absl::FromCivil(due + grace_days + 1, absl::UTCTimeZone());
}

// As instalments have it, of who says it and of whom it is said.
template <typename Said>
std::vector<Term> TermsOf(const Said& instalments, const v1::Date& due, const v1::Money& amount) {
  std::vector<Term> terms;
  for (const auto& one : instalments)
    terms.push_back({DayOf(one.due_date()), one.amount().minor_units()});
  if (terms.empty()) terms.push_back({DayOf(due), amount.minor_units()});
  return terms;
}

// What was paid for one commitment, as far as it was not replaced.
class Purse {
 public:
  Purse(const Commitment& commitment, int64_t replaced_us, const Payments& payments,
        int64_t now_us) {
    for (const v1::CoreEvent::Payment* payment : payments) {
      const int64_t pay_us = TimeUtil::TimestampToMicroseconds(payment->pay_time());
      if (payment->amount().currency_code() == commitment.currency_code &&
          pay_us >= commitment.take_us && pay_us < replaced_us && pay_us <= now_us)
        paid_.emplace_back(pay_us, payment->amount().minor_units());
    }
  }

  int64_t Before(int64_t us) const {
    int64_t sum = 0;
    for (const auto& [pay_us, amount] : paid_) sum += pay_us < us ? amount : 0;
    return sum;
  }

 private:
  std::vector<std::pair<int64_t, int64_t>> paid_;
};

}  // namespace

std::string NameOf(const PromiseKey& key) {
  return absl::StrCat("the promise of ", std::get<1>(key), "'s outcome ", std::get<2>(key));
}

std::map<PromiseKey, Versions> VersionsOf(const Ledger& ledger) {
  std::map<PromiseKey, Versions> versions;
  for (const v1::CoreItem& item : ledger.items_read) {
    if (!item.has_outcome()) continue;
    const v1::RecordedOutcome& recorded = item.outcome();
    versions[{recorded.account_id(), recorded.vendor_id(), recorded.outcome().outcome_id()}]
            [recorded.outcome().version()] = &recorded.outcome();
  }
  return versions;
}

std::vector<Term> TermsSaid(const v1::Outcome::Promise& promise) {
  return TermsOf(promise.plan().instalments(), promise.due_date(), promise.amount());
}

std::vector<Term> TermsTold(const v1::PromiseChange& change) {
  return TermsOf(change.instalments(), change.due_date(), change.amount());
}

bool MayEnd(absl::CivilDay due, int grace_days, int64_t end_us) {
  const absl::Duration from_utc = absl::FromUnixMicros(end_us) - EndInUtc(due, grace_days);
  return from_utc >= absl::Hours(-15) && from_utc <= absl::Hours(13);
}

int64_t LatestEnd(absl::CivilDay due, int grace_days) {
  return absl::ToUnixMicros(EndInUtc(due, grace_days) + absl::Hours(13));
}

Verdict Judge(const Commitment& commitment, int64_t replaced_us, const Payments& payments,
              int64_t now_us) {
  const Purse purse(commitment, replaced_us, payments, now_us);
  const int64_t lived_us = std::min(now_us, replaced_us);
  // The first part that did not come in time ends all of it.
  int64_t ended_us = INT64_MAX;
  int64_t due = 0;
  for (const Part& part : commitment.parts) {
    due += part.amount;
    if (part.end_us > lived_us || purse.Before(part.end_us) >= due) continue;
    ended_us = part.end_us;
    break;
  }
  Verdict verdict;
  int64_t before = 0;
  bool kept = true;
  for (const Part& part : commitment.parts) {
    const int64_t paid = purse.Before(std::min(part.end_us, ended_us)) - before;
    Verdict::OfPart& one = verdict.parts.emplace_back();
    one.paid = std::clamp<int64_t>(paid, 0, part.amount);
    if (paid >= part.amount) {
      one.standing = v1::PROMISE_STANDING_KEPT;
    } else if (part.end_us <= std::min(lived_us, ended_us)) {
      one.standing = one.paid > 0 ? v1::PROMISE_STANDING_PARTLY_KEPT : v1::PROMISE_STANDING_BROKEN;
    }
    kept = kept && one.standing == v1::PROMISE_STANDING_KEPT;
    before += part.amount;
  }
  verdict.paid = std::min(before, purse.Before(ended_us));
  if (kept) {
    verdict.standing = v1::PROMISE_STANDING_KEPT;
  } else if (ended_us != INT64_MAX) {
    verdict.standing =
        verdict.paid > 0 ? v1::PROMISE_STANDING_PARTLY_KEPT : v1::PROMISE_STANDING_BROKEN;
  } else if (replaced_us <= now_us) {
    verdict.standing = v1::PROMISE_STANDING_REPLACED;
  }
  return verdict;
}

}  // namespace switchboard::invariants
