#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "hub/masking/masker.h"
#include "hub/masking/to_vendor.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/person.pb.h"
#include "switchboard/v1/unmasking.pb.h"

namespace switchboard::masking {

// What is to be shown for a time, of whom, and by which contract.
struct UnmaskSubject {
  const Masker& masker;  // of the contract, for the work
  const v1::Contract& contract;
  v1::WorkType work_type = v1::WORK_TYPE_UNSPECIFIED;
  std::vector<v1::DataClass> classes;
  const v1::Person& person;
  const v1::Account& account;
};

// Answers to RequestUnmasking, looked at once more as they would be sent. The only maker of them.
class UnmaskAnswer {
 public:
  struct Shown {
    std::optional<Finding> finding;  // there is one: the answer says nothing, and must not be given
    ToVendor<v1::RequestUnmaskingResponse> answer;
    v1::Assignment assignment;  // what is shown: a person and an account alone
  };
  // `until`: how long it may be seen.
  static Shown Of(const UnmaskSubject& subject, absl::Time until, absl::Time now);
  // One that shows nothing: WAITING, REFUSED, ENDED.
  static ToVendor<v1::RequestUnmaskingResponse> Without(v1::RequestUnmaskingResponse::State state);
};

}  // namespace switchboard::masking
