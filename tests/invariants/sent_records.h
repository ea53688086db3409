#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/invariants/ledger.h"

// What the core sent, by account and by person. Pure.

namespace switchboard::invariants {

class SentRecords {
 public:
  using Records = std::vector<const SentRecord*>;

  // `ledger` must outlive the index.
  explicit SentRecords(const Ledger& ledger);

  // The run did not write down what was sent.
  bool empty() const { return by_account_.empty(); }
  // In order of first sending.
  const Records& Of(const std::string& account_id) const;
  // The core ever said that nothing is past due.
  bool WasCurrent(const std::string& account_id) const;
  // The core ever spoke of a debt that began later than `us`: what was due by then had been paid.
  bool BeganAfter(const std::string& account_id, int64_t us) const;
  // The newest as-of time, no later than `until_us`, of what the hub may have taken. INT64_MIN:
  // there is none.
  int64_t NewestAsOf(const std::string& account_id, int64_t until_us) const;
  // The moment when anything that was true later than `us`, and that the hub may have taken, was
  // first sent. INT64_MAX: never.
  int64_t FirstSentLaterThan(const std::string& account_id, int64_t us) const;

  // The moment when anything that calls a number good, and was not answered before `moment`, was
  // first sent. INT64_MAX: never.
  int64_t FirstSentAsGood(const std::string& number, int64_t moment) const;

  // What the hub may have gone by, of a person, when it answered a question asked at `asked_at` and
  // answered at `answered_at`. None for one that was erased meanwhile.
  Records KnownOf(const std::string& person_id, int64_t asked_at, int64_t answered_at) const;

  // What the hub may hold as the newest truth of an account in the end: nothing that it took is
  // newer. None for one that was erased in between, with which its age was forgotten.
  Records NewestOf(const std::string& account_id) const;
  // Languages of a person, primary tags, by the newest truths; none likewise.
  std::set<std::string> LanguagesOf(const std::string& person_id) const;

 private:
  static Records NewestAmong(const Records& records);

  std::unordered_map<std::string, Records> by_account_;
  std::unordered_map<std::string, Records> by_person_;
  std::unordered_map<std::string, Records> by_good_number_;
  std::unordered_set<std::string> erased_accounts_, erased_persons_;
};

}  // namespace switchboard::invariants
