#include "hub/masking/unmask_answer.h"

#include <string>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::masking {

UnmaskAnswer::Shown UnmaskAnswer::Of(const UnmaskSubject& subject, absl::Time until,
                                     absl::Time now) {
  Shown shown;
  subject.masker.Unmask(subject.person, subject.account, subject.classes, now, &shown.assignment);
  const WireGuard guard(subject.contract, subject.work_type, subject.classes);
  const std::string person_bytes = subject.person.SerializeAsString();
  const std::string account_bytes = subject.account.SerializeAsString();
  shown.finding = guard.Check(shown.assignment.SerializeAsString(), {person_bytes, account_bytes});
  if (shown.finding.has_value()) return shown;
  v1::RequestUnmaskingResponse response;
  response.set_state(v1::RequestUnmaskingResponse::STATE_SHOWN);
  *response.mutable_person() = shown.assignment.person();
  *response.mutable_account() = shown.assignment.account();
  *response.mutable_until_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(until));
  shown.answer = ToVendor<v1::RequestUnmaskingResponse>(response.SerializeAsString());
  return shown;
}

ToVendor<v1::RequestUnmaskingResponse> UnmaskAnswer::Without(
    v1::RequestUnmaskingResponse::State state) {
  SWITCHBOARD_ASSERT(state != v1::RequestUnmaskingResponse::STATE_SHOWN);
  v1::RequestUnmaskingResponse response;
  response.set_state(state);
  return ToVendor<v1::RequestUnmaskingResponse>(response.SerializeAsString());
}

}  // namespace switchboard::masking
