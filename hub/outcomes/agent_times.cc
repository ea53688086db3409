#include "hub/outcomes/agent_times.h"

#include <algorithm>
#include <cmath>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using enum Value::Kind;

// Of each that is asked for: those of the agent that began in a spell and ended behind a moment.
constexpr char kSelect[] =
    "SELECT DISTINCT agent, outcome_id, begin_time, end_time, box FROM rows($1) CROSS JOIN "
    "agent_time WHERE vendor_id = c1 AND agent = c2 AND begin_time > c3 AND begin_time < c4 AND "
    "end_time > c5";
constexpr char kWrite[] =
    "INSERT INTO agent_time (vendor_id, outcome_id, agent, begin_time, end_time, box) SELECT c1, "
    "c2, c3, c4, c5, c6 FROM rows($1) WHERE true ON CONFLICT (vendor_id, outcome_id) DO UPDATE SET "
    "agent = excluded.agent, begin_time = excluded.begin_time, end_time = excluded.end_time, box = "
    "excluded.box";
constexpr char kRemove[] =
    "DELETE FROM agent_time WHERE (vendor_id, outcome_id) IN (SELECT c1, c2 FROM rows($1))";

// How long before a call another one may have begun that goes on: as long as any can be.
constexpr absl::Duration kCallBefore = absl::Hours(24);
// Within which the ways from visit to visit are looked at.
constexpr absl::Duration kWayMax = absl::Hours(12);
constexpr double kFastestKmPerHour = 300;
// What a device may be wrong by, twice.
constexpr double kErrorKm = 2;
constexpr double kEarthRadiusKm = 6371;

double Radians(int32_t e5) { return e5 * 1e-5 * M_PI / 180; }

// Along a great circle, by the haversine formula.
double DistanceKm(const Spot& a, const Spot& b) {
  const double north = std::sin((Radians(b.latitude_e5) - Radians(a.latitude_e5)) / 2);
  const double east = std::sin((Radians(b.longitude_e5) - Radians(a.longitude_e5)) / 2);
  const double h = north * north + std::cos(Radians(a.latitude_e5)) *
                                       std::cos(Radians(b.latitude_e5)) * east * east;
  return 2 * kEarthRadiusKm * std::asin(std::min(1.0, std::sqrt(h)));
}

std::string PlaceOf(std::string_view vendor_id, std::string_view outcome_id) {
  return absl::StrCat("agent_time|", absl::string_view(vendor_id.data(), vendor_id.size()), "|",
                      absl::string_view(outcome_id.data(), outcome_id.size()));
}

bool Lasts(const v1::Outcome& outcome) {
  return !outcome.agent_reference().empty() &&
         (outcome.has_visit() || TimeUtil::TimestampToMicroseconds(outcome.end_time()) >
                                     TimeUtil::TimestampToMicroseconds(outcome.start_time()));
}

AgentTime TimeOfAgent(const v1::Outcome& outcome) {
  AgentTime time{outcome.outcome_id(), TimeUtil::TimestampToMicroseconds(outcome.start_time()),
                 TimeUtil::TimestampToMicroseconds(outcome.end_time()), std::nullopt};
  if (outcome.visit().has_latitude_e5())
    time.spot = Spot{outcome.visit().latitude_e5(), outcome.visit().longitude_e5()};
  return time;
}

std::string SealedSpot(const AgentTime& time) {
  v1::Visit visit;
  if (time.spot.has_value()) {
    visit.set_latitude_e5(time.spot->latitude_e5);
    visit.set_longitude_e5(time.spot->longitude_e5);
  }
  return visit.SerializeAsString();
}

}  // namespace

bool IsElsewhere(const AgentTime& one, const std::vector<AgentTime>& others) {
  return absl::c_any_of(others, [&one](const AgentTime& other) {
    return other.outcome_id != one.outcome_id && other.begin_us < one.end_us &&
           one.begin_us < other.end_us;
  });
}

bool IsTooFar(const AgentTime& one, const std::vector<AgentTime>& others) {
  if (!one.spot.has_value()) return false;
  return absl::c_any_of(others, [&one](const AgentTime& other) {
    if (other.outcome_id == one.outcome_id || !other.spot.has_value()) return false;
    const AgentTime& first = other.begin_us < one.begin_us ? other : one;
    const AgentTime& second = &first == &one ? other : one;
    const double hours = absl::ToDoubleHours(absl::Microseconds(second.begin_us - first.end_us));
    return DistanceKm(*one.spot, *other.spot) - kErrorKm > kFastestKmPerHour * std::max(0.0, hours);
  });
}

absl::Status AgentTimes::Look(absl::Span<const ReceivedOutcome> received) {
  storage::Rows asked({kText, kText, kInteger, kInteger, kInteger}, received.size());
  for (const ReceivedOutcome& one : received) {
    const v1::Outcome& outcome = one.outcome();
    if (one.problem.has_value() || !Lasts(outcome)) continue;
    const AgentTime time = TimeOfAgent(outcome);
    const int64_t way = outcome.has_visit() ? absl::ToInt64Microseconds(kWayMax) : 0;
    const int64_t before = std::max(way, absl::ToInt64Microseconds(kCallBefore));
    asked.Add({vendor_id_, outcome.agent_reference(), time.begin_us - before, time.end_us + way,
               time.begin_us - way});
  }
  if (asked.empty()) return absl::OkStatus();
  return transaction_.Query(kSelect, {asked}, [&](const Row& row) -> absl::Status {
    AgentTime time{std::string(row.Text(1)), row.Integer(2), row.Integer(3), std::nullopt};
    if (!row.Blob(4).empty()) {
      ASSIGN_OR_RETURN(const std::string sealed,
                       sealer_.Open(PlaceOf(vendor_id_, time.outcome_id), row.Blob(4),
                                    transaction_.connection()));
      v1::Visit visit;
      if (!visit.ParseFromString(sealed)) return absl::DataLossError("a stored spot is broken");
      time.spot = Spot{visit.latitude_e5(), visit.longitude_e5()};
    }
    known_[std::string(row.Text(0))].push_back(std::move(time));
    return absl::OkStatus();
  });
}

AgentTimes::Finding AgentTimes::Take(const v1::Outcome& outcome, bool is_work) {
  // Another version may have been another agent's.
  for (auto& [agent, times] : known_) {
    std::erase_if(times,
                  [&](const AgentTime& one) { return one.outcome_id == outcome.outcome_id(); });
  }
  taken_.erase(outcome.outcome_id());
  taken_back_.erase(outcome.outcome_id());
  if (!is_work || !Lasts(outcome)) {
    if (outcome.version() > 1) taken_back_.insert(outcome.outcome_id());
    return {};
  }
  const AgentTime time = TimeOfAgent(outcome);
  std::vector<AgentTime>& others = known_[outcome.agent_reference()];
  const Finding finding{IsElsewhere(time, others), IsTooFar(time, others)};
  others.push_back(time);
  taken_[outcome.outcome_id()] = {outcome.agent_reference(), time};
  return finding;
}

absl::Status AgentTimes::Write() {
  if (!taken_back_.empty()) {
    storage::Rows rows({kText, kText}, taken_back_.size());
    for (const std::string& outcome_id : taken_back_) rows.Add({vendor_id_, outcome_id});
    RETURN_IF_ERROR(transaction_.Execute(kRemove, {rows}).status());
  }
  if (taken_.empty()) return absl::OkStatus();
  std::vector<std::string> boxes;
  boxes.reserve(taken_.size());
  storage::Rows rows({kText, kText, kText, kInteger, kInteger, kBlob}, taken_.size());
  for (const auto& [outcome_id, taken] : taken_) {
    // Most are calls, which have no spot to be sealed.
    boxes.push_back(taken.time.spot.has_value()
                        ? sealer_.Seal(PlaceOf(vendor_id_, outcome_id), SealedSpot(taken.time))
                        : "");
    rows.Add({vendor_id_, outcome_id, taken.agent, taken.time.begin_us, taken.time.end_us,
              Value::Blob(boxes.back())});
  }
  return transaction_.Execute(kWrite, {rows}).status();
}

absl::Status EraseAgentTimes(storage::Transaction& transaction, const storage::Rows& outcomes) {
  return transaction.Execute(kRemove, {outcomes}).status();
}

}  // namespace switchboard::outcomes
