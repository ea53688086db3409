#pragma once

#include <map>
#include <vector>

#include "absl/time/time.h"
#include "switchboard/v1/account.pb.h"
#include "tests/simulation/options.h"
#include "tests/simulation/scenery.h"

namespace switchboard::simulation {

// What is true at the issuer, and was: every account and person at every time, by the issuer's own
// clock. What the core reads of it is true as of the time of reading, however late it is sent.
class IssuerBook {
 public:
  IssuerBook(const Options& options, Dice& dice);

  // Something about an account or a person is different from `now` on. REQUIRES: `now` is not
  // before any earlier change.
  void Change(absl::Time now);
  // Money came in: less is due from now on, or nothing.
  void Pay(int account, absl::Time now);

  // An account with its owner as they were at that time, without a sequence.
  v1::AccountRecord Read(int account, absl::Time when) const;

 private:
  struct OwnedFacts {
    int owner = 0;
    AccountFacts facts;
  };

  Dice& dice_;
  const bool one_number_;
  const Land land_;
  std::vector<std::map<absl::Time, OwnedFacts>> accounts_;  // by when it began to be true
  std::vector<std::map<absl::Time, PersonFacts>> persons_;
};

}  // namespace switchboard::simulation
