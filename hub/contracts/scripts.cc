#include "hub/contracts/scripts.h"

#include "absl/strings/str_cat.h"
#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contracts/script_check.h"

namespace switchboard::contracts {
namespace {

absl::StatusOr<std::string> MeaningOf(std::string_view yaml) {
  ASSIGN_OR_RETURN(auto script, ParseScript(yaml, "script"));
  return CanonicalBytes(script);
}

constexpr TextKind kScripts = {.kind = v1::TEXT_KIND_SCRIPT,
                               .name = "script",
                               .noun = "script",
                               .id_field = "script_id",
                               .version_reason = "SCRIPT_VERSION",
                               .unknown_reason = "SCRIPT_UNKNOWN",
                               .unknown = "no such script was released",
                               .listing = "switchboard script history",
                               .event = v1::AuditEvent::KIND_SCRIPT,
                               .meaning = MeaningOf};

}  // namespace

Scripts::Scripts() : VersionedTexts(kScripts) {}

absl::StatusOr<std::map<std::string, int>> Scripts::InForce(storage::Connection& connection,
                                                            absl::Time now) const {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  ASSIGN_OR_RETURN(const auto released, List(connection));
  std::map<std::string, int> in_force;
  for (const ReleasedText& one : released) {  // of each script the highest version comes last
    if (!one.usable.ok()) {                   // on which days it would decide nobody knows
      in_force.erase(one.id);
      continue;
    }
    ASSIGN_OR_RETURN(const v1::Script script,
                     ParseScript(one.yaml, absl::StrCat("stored script ", one.id)));
    if (script.has_effective_from() && CivilDayOf(script.effective_from()) > today) continue;
    if (script.has_effective_to() && CivilDayOf(script.effective_to()) <= today) {
      in_force.erase(one.id);
    } else {
      in_force[one.id] = script.version();
    }
  }
  return in_force;
}

}  // namespace switchboard::contracts
