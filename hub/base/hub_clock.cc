#include "hub/base/hub_clock.h"

#include "hub/base/proto_time.h"
#include "switchboard/v1/config.pb.h"

namespace switchboard {

std::optional<Rehearsal> RehearsalOf(const v1::Config& config) {
  if (!config.has_rehearsal()) return std::nullopt;
  const v1::Config::Rehearsal& rehearsal = config.rehearsal();
  return Rehearsal{TimeOf(rehearsal.begin_time()), TimeOf(rehearsal.clock_time()),
                   rehearsal.speed()};
}

}  // namespace switchboard
