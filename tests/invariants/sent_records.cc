#include "tests/invariants/sent_records.h"

#include <algorithm>

#include "tests/invariants/audit_reading.h"

namespace switchboard::invariants {

SentRecords::SentRecords(const Ledger& ledger) {
  Erasures erasures = FindErasures(ledger);
  erased_accounts_ = std::move(erasures.account_ids);
  erased_persons_ = std::move(erasures.person_ids);
  for (const SentRecord& record : ledger.records) {
    by_account_[record.account_id].push_back(&record);
    by_person_[record.person_id].push_back(&record);
    for (const auto& point : record.content.person().contact_points()) {
      if (point.state() == v1::ContactPoint::STATE_GOOD)
        by_good_number_[point.phone()].push_back(&record);
    }
  }
}

const SentRecords::Records& SentRecords::Of(const std::string& account_id) const {
  static const Records* const kNone = new Records();
  const auto found = by_account_.find(account_id);
  return found == by_account_.end() ? *kNone : found->second;
}

bool SentRecords::WasCurrent(const std::string& account_id) const {
  const Records& records = Of(account_id);
  return std::any_of(records.begin(), records.end(), [](const SentRecord* record) {
    return record->content.has_account() && record->content.account().days_past_due() == 0;
  });
}

bool SentRecords::BeganAfter(const std::string& account_id, int64_t us) const {
  constexpr int64_t kDayMicros = 86'400'000'000;
  const Records& records = Of(account_id);
  return std::any_of(records.begin(), records.end(), [us](const SentRecord* record) {
    return record->content.has_account() &&
           record->as_of_us - record->content.account().days_past_due() * kDayMicros > us;
  });
}

int64_t SentRecords::NewestAsOf(const std::string& account_id, int64_t until_us) const {
  int64_t newest = INT64_MIN;
  for (const SentRecord* record : Of(account_id)) {
    if (record->may_count() && record->as_of_us <= until_us)
      newest = std::max(newest, record->as_of_us);
  }
  return newest;
}

int64_t SentRecords::FirstSentLaterThan(const std::string& account_id, int64_t us) const {
  int64_t first = INT64_MAX;
  for (const SentRecord* record : Of(account_id)) {
    if (record->may_count() && record->as_of_us > us) first = std::min(first, record->sent_at);
  }
  return first;
}

int64_t SentRecords::FirstSentAsGood(const std::string& number, int64_t moment) const {
  int64_t first = INT64_MAX;
  const auto found = by_good_number_.find(number);
  if (found == by_good_number_.end()) return first;
  for (const SentRecord* record : found->second) {
    if (record->answered_at == 0 || record->answered_at >= moment)
      first = std::min(first, record->sent_at);
  }
  return first;
}

SentRecords::Records SentRecords::KnownOf(const std::string& person_id, int64_t asked_at,
                                          int64_t answered_at) const {
  Records known;
  const auto found = by_person_.find(person_id);
  if (found == by_person_.end() || erased_persons_.contains(person_id)) return known;
  int64_t taken = INT64_MIN;
  for (const SentRecord* record : found->second) {
    if (record->accepted() && record->answered_at <= asked_at)
      taken = std::max(taken, record->as_of_us);
  }
  for (const SentRecord* record : found->second) {
    if (record->may_count() && record->as_of_us >= taken && record->sent_at <= answered_at)
      known.push_back(record);
  }
  return known;
}

SentRecords::Records SentRecords::NewestAmong(const Records& records) {
  int64_t taken = INT64_MIN;
  for (const SentRecord* record : records) {
    if (record->accepted()) taken = std::max(taken, record->as_of_us);
  }
  Records newest;
  for (const SentRecord* record : records) {
    if (record->may_count() && record->as_of_us >= taken) newest.push_back(record);
  }
  return newest;
}

SentRecords::Records SentRecords::NewestOf(const std::string& account_id) const {
  return erased_accounts_.contains(account_id) ? Records() : NewestAmong(Of(account_id));
}

std::set<std::string> SentRecords::LanguagesOf(const std::string& person_id) const {
  std::set<std::string> languages;
  const auto found = by_person_.find(person_id);
  if (found == by_person_.end() || erased_persons_.contains(person_id)) return languages;
  for (const SentRecord* record : NewestAmong(found->second)) {
    if (!record->content.has_person()) return {};
    const std::string& language = record->content.person().language();
    languages.insert(language.substr(0, language.find('-')));
  }
  return languages;
}

}  // namespace switchboard::invariants
