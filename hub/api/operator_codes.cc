#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/assignments/assignments.h"
#include "hub/audit/quarantine.h"
#include "hub/base/error.h"
#include "hub/masking/shape.h"
#include "hub/results/code_map_check.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;

v1::ListCodeMapsResponse::Line LineOf(const contracts::ReleasedText& released,
                                      const v1::CodeMap& map) {
  v1::ListCodeMapsResponse::Line line;
  line.set_vendor_id(released.id);
  line.set_version(static_cast<int32_t>(released.version));
  line.set_title(map.title());
  line.set_codes(map.declared_codes_size());
  if (map.has_effective_from()) *line.mutable_effective_from() = map.effective_from();
  *line.mutable_release_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(released.release.time));
  line.set_released_by(released.release.released_by);
  line.set_proposed_by(released.release.proposed_by);
  return line;
}

constexpr size_t kVendorBytesMax = 32;
constexpr int kUnmappedItemsMax = 10'000;
constexpr size_t kUnmappedCodesMax = 100;

// What waits for one code.
struct Waiting {
  std::string code;
  int64_t outcomes = 0;
  int64_t first_time_us = 0;
  std::string assignment_id;  // of the first
};

// By code.
absl::StatusOr<std::map<std::string, Waiting>> ReadUnmapped(storage::Connection& reader,
                                                            storage::Sealer& sealer,
                                                            const std::string& actor) {
  std::map<std::string, Waiting> waiting;
  RETURN_IF_ERROR(audit::ForEachUnmapped(reader, sealer, actor, kUnmappedItemsMax,
                                         [&](const audit::UnmappedItem& item) {
                                           v1::Outcome outcome;
                                           if (!outcome.ParseFromString(item.bytes)) return;
                                           Waiting& one = waiting[outcome.vendor_code()];
                                           if (one.outcomes++ > 0) return;
                                           one.code = outcome.vendor_code();
                                           one.first_time_us = item.quarantine_time_us;
                                           one.assignment_id = outcome.assignment_id();
                                         }));
  return waiting;
}

std::vector<Waiting> MostFrequent(std::map<std::string, Waiting> by_code) {
  std::vector<Waiting> codes;
  for (auto& [code, one] : by_code) codes.push_back(std::move(one));
  std::stable_sort(codes.begin(), codes.end(), [](const Waiting& left, const Waiting& right) {
    return left.outcomes > right.outcomes;
  });
  if (codes.size() > kUnmappedCodesMax) codes.resize(kUnmappedCodesMax);
  return codes;
}

// Whom the first outcome of each code is about, by assignment; nobody where that is not known.
absl::StatusOr<std::map<std::string, v1::Person>> PeopleOf(storage::Connection& reader,
                                                           const book::Book& book,
                                                           const std::vector<Waiting>& codes) {
  std::map<std::string, v1::Person> people;
  std::vector<std::string> assignment_ids, person_ids;
  for (const Waiting& one : codes) assignment_ids.push_back(one.assignment_id);
  if (assignment_ids.empty()) return people;
  ASSIGN_OR_RETURN(const auto found, assignments::FindAssignments(reader, assignment_ids));
  for (const auto& [id, assignment] : found) person_ids.push_back(assignment.person_id);
  if (person_ids.empty()) return people;
  ASSIGN_OR_RETURN(const auto known, book.ReadPersons(reader, person_ids));
  for (const auto& [id, assignment] : found) {
    const auto person = known.find(assignment.person_id);
    if (person != known.end()) people[id] = person->second.person;
  }
  return people;
}

// A line each; codes that are shown by the same shape share one.
void AddLines(const std::vector<Waiting>& codes, const std::map<std::string, v1::Person>& people,
              v1::ListUnmappedCodesResponse& response) {
  std::map<std::string, v1::ListUnmappedCodesResponse::Line*> shapes;
  for (const Waiting& one : codes) {
    const auto person = people.find(one.assignment_id);
    const std::string shown = masking::ShownCode(
        one.code, person == people.end() ? v1::Person::default_instance() : person->second);
    const bool shape_only = shown != one.code;
    v1::ListUnmappedCodesResponse::Line* line = shape_only ? shapes[shown] : nullptr;
    if (line == nullptr) line = response.add_codes();
    if (shape_only) shapes[shown] = line;
    const auto first_time = TimeUtil::MicrosecondsToTimestamp(one.first_time_us);
    if (line->outcomes() == 0 || first_time < line->first_time())
      *line->mutable_first_time() = first_time;
    line->set_code(shown);
    line->set_shape_only(shape_only);
    line->set_outcomes(line->outcomes() + one.outcomes);
  }
  auto& lines = *response.mutable_codes();
  std::stable_sort(lines.begin(), lines.end(), [](const auto& left, const auto& right) {
    return left.outcomes() > right.outcomes();
  });
}

}  // namespace

void OperatorApi::ListCodeMaps(const identity::Peer& caller, v1::ListCodeMapsRequest,
                               Done<v1::ListCodeMapsResponse> done) {
  ReadFor<v1::ListCodeMapsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this](storage::Connection& reader) -> absl::StatusOr<v1::ListCodeMapsResponse> {
        v1::ListCodeMapsResponse response;
        ASSIGN_OR_RETURN(const auto in_force, parts_.code_maps.InForce(reader, parts_.clock.Now()));
        ASSIGN_OR_RETURN(const auto released, parts_.code_maps.List(reader));
        for (const contracts::ReleasedText& one : released) {
          v1::CodeMap map;
          if (one.usable.ok()) {
            ASSIGN_OR_RETURN(map, results::ParseCodeMap(one.yaml, "stored code map"));
          }
          v1::ListCodeMapsResponse::Line& line = *response.add_maps();
          line = LineOf(one, map);
          const auto read_now = in_force.find(one.id);
          line.set_in_force(read_now != in_force.end() && read_now->second == one.version);
        }
        return response;
      },
      std::move(done));
}

void OperatorApi::ListUnmappedCodes(const identity::Peer& caller,
                                    v1::ListUnmappedCodesRequest request,
                                    Done<v1::ListUnmappedCodesResponse> done) {
  FieldCheck check;
  check.Label(request.vendor_id(), 1, kVendorBytesMax, "vendor_id");
  if (!check.ok()) return done(FieldInvalid(*check.problem()));
  ReadFor<v1::ListUnmappedCodesResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, actor = "vendor/" + request.vendor_id()](
          storage::Connection& reader) -> absl::StatusOr<v1::ListUnmappedCodesResponse> {
        v1::ListUnmappedCodesResponse response;
        ASSIGN_OR_RETURN(auto by_code, ReadUnmapped(reader, parts_.sealer, actor));
        const std::vector<Waiting> codes = MostFrequent(std::move(by_code));
        ASSIGN_OR_RETURN(const auto people, PeopleOf(reader, parts_.book, codes));
        AddLines(codes, people, response);
        ASSIGN_OR_RETURN(const auto all, audit::ListUnmapped(reader));
        int64_t others = 0;
        for (const audit::UnmappedWaiting& one : all) others += one.actor == actor ? one.count : 0;
        for (const Waiting& one : codes) others -= one.outcomes;
        // Some may have been taken since the first look.
        response.set_other_outcomes(std::max<int64_t>(others, 0));
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
