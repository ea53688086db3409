#include "hub/contracts/released_version.h"

#include "absl/strings/str_cat.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::contracts {

v1::TextStep StepOf(v1::TextKind kind, const ReleasedBy& by, int64_t replaces) {
  v1::TextStep step;
  step.set_kind(kind);
  step.set_proposal_id(std::string(by.proposal_id));
  step.set_proposed_by(std::string(by.proposed_by));
  step.set_replaces_version(replaces);
  step.set_first(by.proposal_id.empty());
  return step;
}

bool IsUnaltered(std::string_view text, std::string_view digest) {
  return Sha256Of(text) == digest;
}

absl::Status CheckUnaltered(std::string_view text, std::string_view digest, std::string_view name) {
  if (IsUnaltered(text, digest)) return absl::OkStatus();
  return Error(absl::StatusCode::kDataLoss, "TEXT_ALTERED",
               absl::StrCat(std::string(name),
                            " is not in the database as it was released, and is not used; put back "
                            "a backup, or the text with this digest"));
}

absl::Status NotTaken(std::string_view name, const absl::Status& why) {
  return Error(absl::StatusCode::kDataLoss, "TEXT_NOT_TAKEN",
               absl::StrCat(std::string(name),
                            " is none that this version of the program takes, and is not used; "
                            "release another: ",
                            why.message()));
}

bool IsUnusableText(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  return absl::IsDataLoss(status) && (reason == "TEXT_ALTERED" || reason == "TEXT_NOT_TAKEN");
}

}  // namespace switchboard::contracts
