#pragma once

#include <string>
#include <vector>

#include "switchboard/v1/outcome.pb.h"

// What results of outcomes say, for people.

namespace switchboard::cli {

// "ANSWERED PERSON CEASE_CONTACT stop_wanted": the axes, and the flags that are set; channels that
// are opted out of behind them, as "opted_out_of SMS+EMAIL".
std::string ResultText(const v1::Outcome::Result& result);

// A field of a result, as it was and as it is: "PERSON"; "yes" or "no" of a flag; "SMS+EMAIL" or
// "none" of channels.
struct ChangedValue {
  std::string field;  // "reached"
  std::string before;
  std::string after;
};
// In the proto's order.
std::vector<ChangedValue> ChangedValues(const v1::Outcome::Result& before,
                                        const v1::Outcome::Result& after);

}  // namespace switchboard::cli
