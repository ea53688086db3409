#include "hub/outcomes/agent_times.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/outcomes/sealed_tables.h"

namespace switchboard::outcomes {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using enum Value::Kind;

// Of each that is asked for, and each way from it: how far the nearest reach. LIMIT as kNearestMax.
constexpr char kSelectReach[] =
    "SELECT n, (SELECT MIN(moment) FROM (SELECT moment FROM agent_time WHERE vendor_id = c1 AND "
    "agent = c2 AND located = c3 AND moment > c4 AND moment < c5 ORDER BY moment DESC LIMIT 32) AS "
    "behind), (SELECT MAX(moment) FROM (SELECT moment FROM agent_time WHERE vendor_id = c1 AND "
    "agent = c2 AND located = c3 AND moment >= c5 AND moment < c6 ORDER BY moment LIMIT 32) AS "
    "ahead) FROM rows($1)";
static_assert(kNearestMax == 32);
constexpr char kSelectBetween[] =
    "SELECT outcome_id, begin_time, end_time, box FROM agent_time WHERE vendor_id = $1 AND agent = "
    "$2 AND located = $3 AND moment >= $4 AND moment <= $5";
constexpr char kWrite[] =
    "INSERT INTO agent_time (vendor_id, outcome_id, agent, located, moment, begin_time, end_time, "
    "box) SELECT c1, c2, c3, c4, c5, c6, c7, c8 FROM rows($1) WHERE true ON CONFLICT (vendor_id, "
    "outcome_id) DO UPDATE SET agent = excluded.agent, located = excluded.located, moment = "
    "excluded.moment, begin_time = excluded.begin_time, end_time = excluded.end_time, box = "
    "excluded.box";
constexpr char kRemove[] =
    "DELETE FROM agent_time WHERE (vendor_id, outcome_id) IN (SELECT c1, c2 FROM rows($1))";

constexpr int64_t kHourUs = 3'600'000'000;
// How long before a call another one may have begun that goes on: as long as any can be.
constexpr int64_t kCallBeforeUs = 24 * kHourUs;
// Within which the ways from visit to visit are looked at.
constexpr int64_t kWayMaxUs = 12 * kHourUs;
// Makes every time that can be reported, from the year 1 on, and what lies a day before it, a
// number of 18 digits.
constexpr int64_t kBeforeAllUs = 100'000'000'000'000'000;
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

// As texts they are in the order of time.
std::string MomentOf(int64_t begin_us, std::string_view outcome_id) {
  return absl::StrFormat("%018d|%s", begin_us + kBeforeAllUs,
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
    const int64_t way_us = second.begin_us - first.end_us;
    if (way_us > kWayMaxUs) return false;
    const double hours = absl::ToDoubleHours(absl::Microseconds(way_us));
    return DistanceKm(*one.spot, *other.spot) - kErrorKm > kFastestKmPerHour * std::max(0.0, hours);
  });
}

// An agent is found by a digest: who made a call is nothing to be read in the clear.
std::string AgentTimes::AgentOf(const v1::Outcome& outcome) const {
  const std::string content =
      absl::StrCat(vendor_id_.size(), ":", std::string(vendor_id_), outcome.agent_reference());
  return absl::BytesToHexString(sealer_.IndexOf(storage::Index::kAgent, content));
}

std::vector<AgentTimes::Spell> AgentTimes::SpellsOf(const v1::Outcome& outcome) const {
  const std::string agent = AgentOf(outcome);
  const AgentTime time = TimeOfAgent(outcome);
  const int64_t way_us = time.spot.has_value() ? kWayMaxUs : 0;
  const int64_t since_us = time.begin_us - kCallBeforeUs;
  return {{{agent, false}, since_us, time.begin_us, time.end_us},
          {{agent, true}, since_us, time.begin_us, time.end_us + way_us}};
}

absl::Status AgentTimes::Look(absl::Span<const ReceivedOutcome> received) {
  std::vector<Spell> spells;
  for (const ReceivedOutcome& one : received) {
    if (one.problem.has_value() || !Lasts(one.outcome())) continue;
    for (Spell& spell : SpellsOf(one.outcome())) spells.push_back(std::move(spell));
  }
  std::deque<std::string> moments;
  const auto moment = [&moments](int64_t begin_us) {
    return std::string_view(moments.emplace_back(MomentOf(begin_us, "")));
  };
  storage::Rows asked({kText, kText, kInteger, kText, kText, kText}, spells.size());
  for (const Spell& spell : spells) {
    asked.Add({vendor_id_, spell.whose.agent, spell.whose.located, moment(spell.since_us),
               moment(spell.begin_us), moment(spell.until_us)});
  }
  if (asked.empty()) return absl::OkStatus();
  std::map<Whose, std::vector<Reach>> found;
  RETURN_IF_ERROR(transaction_.Query(kSelectReach, {asked}, [&](const Row& row) {
    if (row.IsNull(1) && row.IsNull(2)) return absl::OkStatus();
    const Spell& spell = spells[static_cast<size_t>(row.Integer(0) - 1)];
    const std::string begin = MomentOf(spell.begin_us, "");
    found[spell.whose].push_back({row.IsNull(1) ? begin : std::string(row.Text(1)),
                                  row.IsNull(2) ? begin : std::string(row.Text(2))});
    return absl::OkStatus();
  }));
  for (auto& [whose, reaches] : found) {
    Join(reaches);
    for (const Reach& reach : reaches) RETURN_IF_ERROR(Read(whose, reach));
  }
  return absl::OkStatus();
}

// One by one: PostgreSQL, asked for all at once, expects far more of them than there are, and reads
// the whole table instead. Of one agent those of a batch mostly reach into each other.
absl::Status AgentTimes::Read(const Whose& whose, const Reach& reach) {
  return transaction_.Query(
      kSelectBetween, {vendor_id_, whose.agent, whose.located, reach.first, reach.last},
      [&](const Row& row) -> absl::Status {
        AgentTime time{std::string(row.Text(0)), row.Integer(1), row.Integer(2), std::nullopt};
        if (!row.Blob(3).empty()) {
          ASSIGN_OR_RETURN(const std::string sealed,
                           sealer_.Open(PlaceOfAgentTime(vendor_id_, time.outcome_id), row.Blob(3),
                                        transaction_.connection()));
          v1::Visit visit;
          if (!visit.ParseFromString(sealed)) return absl::DataLossError("a stored spot is broken");
          time.spot = Spot{visit.latitude_e5(), visit.longitude_e5()};
        }
        Put(whose, std::move(time));
        return absl::OkStatus();
      });
}

void AgentTimes::Join(std::vector<Reach>& reaches) {
  std::sort(reaches.begin(), reaches.end());
  size_t last = 0;
  for (size_t i = 1; i < reaches.size(); ++i) {
    if (reaches[i].first <= reaches[last].last) {
      reaches[last].last = std::max(reaches[last].last, reaches[i].last);
    } else if (++last != i) {
      reaches[last] = std::move(reaches[i]);
    }
  }
  reaches.resize(last + 1);
}

void AgentTimes::Put(const Whose& whose, AgentTime time) {
  Forget(time.outcome_id);
  const Key key{time.begin_us, time.outcome_id};
  lies_[time.outcome_id] = {whose, key};
  known_[whose].insert_or_assign(key, std::move(time));
}

void AgentTimes::Forget(const std::string& outcome_id) {
  const auto found = lies_.find(outcome_id);
  if (found == lies_.end()) return;
  known_[found->second.first].erase(found->second.second);
  lies_.erase(found);
}

std::vector<AgentTime> AgentTimes::Near(const Spell& spell) const {
  std::vector<AgentTime> near;
  const auto known = known_.find(spell.whose);
  if (known == known_.end()) return near;
  const auto begin = known->second.lower_bound({spell.begin_us, ""});
  auto behind = begin;
  for (int i = 0; i < kNearestMax && behind != known->second.begin(); ++i) {
    --behind;
    if (behind->second.begin_us < spell.since_us) break;
    near.push_back(behind->second);
  }
  auto ahead = begin;
  for (int i = 0; i < kNearestMax && ahead != known->second.end(); ++i, ++ahead) {
    if (ahead->second.begin_us >= spell.until_us) break;
    near.push_back(ahead->second);
  }
  return near;
}

AgentTimes::Finding AgentTimes::Take(const v1::Outcome& outcome, bool is_work) {
  // Another version may have been another agent's.
  Forget(outcome.outcome_id());
  taken_.erase(outcome.outcome_id());
  taken_back_.erase(outcome.outcome_id());
  if (!is_work || !Lasts(outcome)) {
    if (outcome.version() > 1) taken_back_.insert(outcome.outcome_id());
    return {};
  }
  AgentTime time = TimeOfAgent(outcome);
  Finding finding;
  const std::vector<Spell> spells = SpellsOf(outcome);
  for (const Spell& spell : spells) {
    const std::vector<AgentTime> others = Near(spell);
    finding.elsewhere = finding.elsewhere || IsElsewhere(time, others);
    finding.too_far = finding.too_far || IsTooFar(time, others);
  }
  const std::string& agent = spells.front().whose.agent;
  taken_[outcome.outcome_id()] = {agent, time};
  Put({agent, time.spot.has_value()}, std::move(time));
  return finding;
}

absl::Status AgentTimes::Write() {
  if (!taken_back_.empty()) {
    storage::Rows rows({kText, kText}, taken_back_.size());
    for (const std::string& outcome_id : taken_back_) rows.Add({vendor_id_, outcome_id});
    RETURN_IF_ERROR(transaction_.Execute(kRemove, {rows}).status());
  }
  if (taken_.empty()) return absl::OkStatus();
  std::vector<std::string> boxes, moments;
  boxes.reserve(taken_.size());
  moments.reserve(taken_.size());
  storage::Rows rows({kText, kText, kText, kInteger, kText, kInteger, kInteger, kBlob},
                     taken_.size());
  for (const auto& [outcome_id, taken] : taken_) {
    const AgentTime& time = taken.time;
    // Most are calls, which have no spot to be sealed.
    boxes.push_back(
        time.spot.has_value()
            ? sealer_.Seal(transaction_, PlaceOfAgentTime(vendor_id_, outcome_id), SealedSpot(time))
            : "");
    moments.push_back(MomentOf(time.begin_us, outcome_id));
    rows.Add({vendor_id_, outcome_id, taken.agent, time.spot.has_value(), moments.back(),
              time.begin_us, time.end_us, Value::Blob(boxes.back())});
  }
  return transaction_.Execute(kWrite, {rows}).status();
}

absl::Status EraseAgentTimes(storage::Transaction& transaction, const storage::Rows& outcomes) {
  return transaction.Execute(kRemove, {outcomes}).status();
}

}  // namespace switchboard::outcomes
