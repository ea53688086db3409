#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "hub/masking/mask_plan.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/privacy.pb.h"

// Who sees more: what one mask plan shows beside another, decided by the plans themselves and not
// by samples, and what two rows show otherwise. Pure.

namespace switchboard::masking {

// From one way of showing to another.
enum class Change : uint8_t {
  kSame,
  kMore,       // whatever was seen can still be told, and something else may be
  kLess,       // the reverse
  kOtherwise,  // neither includes the other: counts as both
};

// Of two things that change together.
Change Join(Change one, Change other);

// The way back: kMore of kLess and the reverse.
Change Reversed(Change change);

// What becomes of one class. Anything is more than nothing, and less than CLEAR; a list of values
// is more than a part of it, bands more than those that lie across their ends. Fails closed: what
// is not known to include the other is kOtherwise. REQUIRES: a class that this program knows.
Change Compare(v1::DataClass data_class, const MaskPlan& before, const MaskPlan& after);

// The same of all classes together.
Change Compare(const MaskPlan& before, const MaskPlan& after);

// How a class is shown, in the words of contracts: "ABSENT", "CLEAR", "PARTIAL LAST_FOUR",
// "BAND 10000 50000", "CLEAR GOLD SILVER".
std::string WordsFor(v1::DataClass data_class, const MaskPlan& plan);

// A field of a person's that two rows show otherwise.
struct FieldDifference {
  std::string_view path;  // "person.address.city"; of a band that of the amount which lies in it
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
  std::string_view before;  // empty: nothing is seen
  std::string_view after;
};

// Calls `visit` for each of them, by path, once for each contact point and instalment; what it is
// given does not outlive the call. Of contact points those of one id are held against each other,
// of instalments those in one place. A field that no class guards goes with those beside it and is
// not told.
void ForEachDifference(const v1::Assignment& before, const v1::Assignment& after,
                       absl::FunctionRef<void(const FieldDifference&)> visit);

}  // namespace switchboard::masking
