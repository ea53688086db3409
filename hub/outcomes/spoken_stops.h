#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "switchboard/v1/contact.pb.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/values.pb.h"

// Why contact must end, or rest, by what an outcome says. Pure.

namespace switchboard::outcomes {

// One reason.
struct SpokenStop {
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;  // of CONSENT_WITHDRAWN: by which

  bool operator==(const SpokenStop&) const = default;
};

// All of them, in the order of outcome.proto; each once. `only_informs`: by its contract the vendor
// may do no more than inform about the debt; who would not pay is then the issuer's to speak with.
std::vector<SpokenStop> StopsOf(const v1::Outcome::Result& result, bool only_informs);

// The stop's id: "outcome:<vendor_id>:<outcome_id>/<reason>", with "/<version>" behind it for a
// correction. No outcome id holds a slash, so none is spelt like another one's.
std::string StopIdOf(std::string_view vendor_id, const v1::Outcome& outcome,
                     const SpokenStop& stop);
// The version whose outcome placed the stop of this id.
int32_t VersionOf(std::string_view stop_id);

// A stop of an outcome, as a version left it.
struct StandingStop {
  std::string stop_id{};
  std::string named{};  // of a wrong or dead number: the permit or contact point that said which
  bool asked = false;   // the version no longer spoke for it, and the core is asked to lift it

  bool operator==(const StandingStop&) const = default;
};
// One text for all of them, to be stored.
std::string TextOf(const std::vector<StandingStop>& stops);
std::vector<StandingStop> StandingIn(std::string_view text);

// What becomes of them with the next version.
struct StopChanges {
  std::vector<StandingStop> kept;  // it speaks for them too
  std::vector<SpokenStop> anew;    // what it says that the version before did not
  std::vector<StandingStop> gone;  // what it does not say any more, or asked about before
};
// A correction may name another number than the version before; one that names none means the same.
StopChanges ChangesOf(std::string_view vendor_id, const v1::Outcome& outcome,
                      const std::vector<SpokenStop>& spoken,
                      const std::vector<StandingStop>& stood);

// By what an outcome names the number that was dialled, as StandingStop::named has it.
std::string NamedBy(const v1::Outcome& outcome, const SpokenStop& stop);

}  // namespace switchboard::outcomes
