#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "hub/contracts/contracts.h"
#include "hub/masking/exposure.h"
#include "hub/masking/masker.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::releases {

// A row as each of two contracts shows it.
struct BothRows {
  v1::Assignment before;
  v1::Assignment after;
};

// How two contracts show one work type. Immutable.
class WorkSides {
 public:
  // Both outlive this, and either may not list the work type.
  WorkSides(const contracts::CompiledContract& before, const contracts::CompiledContract& after,
            v1::WorkType work_type);

  // A person and an account, at `now`; and then what is shown beside them.
  BothRows Mask(const v1::Person& person, const v1::Account& account, absl::Time now) const;
  void MaskPromises(const masking::ShownPromise* promise, const masking::ShownPromise* proposed,
                    BothRows& rows) const;
  void MaskHandedOver(const masking::ShownHandOver& hand_over, BothRows& rows) const;

  // What becomes of a class, and how each of the two shows it.
  masking::Change ChangeOf(v1::DataClass data_class) const;
  std::string WordsBefore(v1::DataClass data_class) const;
  std::string WordsAfter(v1::DataClass data_class) const;
  // Whether it shows of sums, or ages, of this class the range in which they lie.
  bool InBandsBefore(v1::DataClass data_class) const;
  bool InBandsAfter(v1::DataClass data_class) const;

  // Whether a permit's number is told only by the one, or only by the other.
  masking::Change DialChange() const;

  // Fields whose change hangs on the value itself: on the ends of bands, on a list of codes, or on
  // how soon a birthday comes. Which of them look otherwise would tell what stands there to whoever
  // asks list after list, or day after day. With the class of each.
  const std::map<std::string, v1::DataClass, std::less<>>& decided_by_value() const {
    return decided_by_value_;
  }
  // Calls `visit` for each of these in which something stands.
  void ForEachDecidedByValue(
      const BothRows& rows, const v1::Person& person, const v1::Account& account,
      absl::FunctionRef<void(std::string_view path, v1::DataClass)> visit) const;

  // Whether the masks are those of another work type.
  bool SameAs(const WorkSides& other) const;

 private:
  const masking::Masker* before_ = nullptr;  // null: it does not list the work type
  const masking::Masker* after_ = nullptr;
  const masking::MaskPlan plan_before_;
  const masking::MaskPlan plan_after_;
  bool dials_before_ = false;
  bool dials_after_ = false;
  const std::map<std::string, v1::DataClass, std::less<>> decided_by_value_;
};

// The same of all work types that either lists.
std::map<v1::WorkType, WorkSides> SidesOf(const contracts::CompiledContract& before,
                                          const contracts::CompiledContract& after);

}  // namespace switchboard::releases
