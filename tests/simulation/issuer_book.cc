#include "tests/simulation/issuer_book.h"

#include <algorithm>
#include <iterator>

namespace switchboard::simulation {
namespace {

template <typename Facts>
const Facts& At(const std::map<absl::Time, Facts>& history, absl::Time when) {
  return std::prev(history.upper_bound(when))->second;
}

}  // namespace

IssuerBook::IssuerBook(const Options& options, Dice& dice)
    : dice_(dice), one_number_(options.one_number), land_(LandOf(options)) {
  for (int account = 0; account < options.accounts; ++account) {
    accounts_.push_back(
        {{absl::InfinitePast(), {account % options.persons, DrawAccountFacts(dice)}}});
  }
  for (int person = 0; person < options.persons; ++person)
    persons_.push_back({{absl::InfinitePast(), DrawPersonFacts(dice, one_number_)}});
}

void IssuerBook::Change(absl::Time now) {
  if (dice_.Chance(0.3)) {
    auto& history = persons_[dice_.Below(static_cast<int64_t>(persons_.size()))];
    history[now] = DrawPersonFacts(dice_, one_number_);
    return;
  }
  auto& history = accounts_[dice_.Below(static_cast<int64_t>(accounts_.size()))];
  OwnedFacts facts = history.rbegin()->second;
  facts.facts = DrawAccountFacts(dice_);
  if (dice_.Chance(0.05)) facts.owner = dice_.Below(static_cast<int64_t>(persons_.size()));
  history[now] = facts;
}

void IssuerBook::Pay(int account, absl::Time now) {
  auto& history = accounts_[account];
  OwnedFacts facts = history.rbegin()->second;
  facts.facts.amount = std::max(facts.facts.amount / 2, 1'000);
  if (dice_.Chance(0.5)) facts.facts.days_past_due = 0;
  history[now] = facts;
}

v1::AccountRecord IssuerBook::Read(int account, absl::Time when) const {
  const OwnedFacts& facts = At(accounts_[account], when);
  return MakeRecord(account, facts.owner, facts.facts, At(persons_[facts.owner], when), land_);
}

}  // namespace switchboard::simulation
