#include "hub/unmasking/decision.h"

#include <algorithm>

#include "hub/base/error.h"

namespace switchboard::unmasking {
namespace {

using Response = v1::RequestUnmaskingResponse;

const v1::Contract::Unmasking* FindClass(const v1::Contract& contract, v1::WorkType work_type,
                                         v1::DataClass data_class) {
  for (const auto& terms : contract.work_types()) {
    if (terms.work_type() != work_type) continue;
    for (const auto& one : terms.unmask()) {
      if (one.data_class() == data_class) return &one;
    }
  }
  return nullptr;
}

absl::Duration DurationOf(const google::protobuf::Duration& proto) {
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

}  // namespace

UnmaskTerms TermsFor(const v1::Contract& contract, v1::WorkType work_type,
                     absl::Span<const v1::DataClass> classes) {
  UnmaskTerms terms;
  terms.per_hour = contract.unmaskings_per_hour();
  if (classes.empty()) return terms;
  terms.allowed = true;
  terms.second_person = false;
  terms.per_account_day = INT64_MAX;
  for (const v1::DataClass data_class : classes) {
    const auto* one = FindClass(contract, work_type, data_class);
    if (one == nullptr) return UnmaskTerms();
    terms.lasts = std::min(terms.lasts, DurationOf(one->lasts()));
    terms.per_account_day = std::min<int64_t>(terms.per_account_day, one->per_account_day());
    if (one->second_person() != v1::Contract::SECOND_PERSON_NONE) terms.second_person = true;
  }
  return terms;
}

State StandingAt(const UnmaskingFacts& facts, absl::Time now) {
  switch (facts.state) {
    case Response::STATE_WAITING:
      return now < facts.ask_time + kWordWaits ? Response::STATE_WAITING : Response::STATE_ENDED;
    case Response::STATE_SHOWN: {
      const absl::Time end = facts.was_shown ? facts.until : facts.decide_time + kWordWaits;
      return now < end ? Response::STATE_SHOWN : Response::STATE_ENDED;
    }
    default:
      return facts.state;
  }
}

Verdict Judge(const UnmaskTerms& terms, const UnmaskingFacts& facts, absl::Time now) {
  if (!terms.allowed || facts.stopped) return Verdict::kNotAllowed;
  const bool word_missing = terms.second_person && !facts.agreed;
  switch (StandingAt(facts, now)) {
    case Response::STATE_REFUSED:
      return Verdict::kRefused;
    case Response::STATE_ENDED:
      return Verdict::kEnded;
    case Response::STATE_WAITING:
    case Response::STATE_SHOWN:
      // The contract may want an operator's word that it did not want before, or no longer want it,
      // or let it be seen for a shorter time.
      if (word_missing) return Verdict::kWait;
      return now < UntilOf(terms, facts, now) ? Verdict::kShow : Verdict::kEnded;
    default:
      break;
  }
  if (facts.of_account >= terms.per_account_day) return Verdict::kAccountSpent;
  if (facts.of_vendor >= terms.per_hour) return Verdict::kHourSpent;
  return word_missing ? Verdict::kWait : Verdict::kShow;
}

absl::Time UntilOf(const UnmaskTerms& terms, const UnmaskingFacts& facts, absl::Time now) {
  return facts.was_shown ? std::min(facts.until, facts.show_time + terms.lasts) : now + terms.lasts;
}

}  // namespace switchboard::unmasking
