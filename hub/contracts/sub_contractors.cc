#include "hub/contracts/sub_contractors.h"

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "hub/base/proto_time.h"

namespace switchboard::contracts {
namespace {

using SubContractor = v1::Contract::SubContractor;

constexpr int kSubContractorsMax = 50;
constexpr size_t kIdBytesMax = 32;
constexpr size_t kNameBytesMax = 100;

void CheckOne(const SubContractor& one, const v1::Contract& contract, const std::string& path,
              FieldCheck& check) {
  const std::string id = path + "sub_contractor_id";
  check.Label(one.sub_contractor_id(), 1, kIdBytesMax, id);
  check.Require(one.sub_contractor_id() != contract.vendor_id(), id,
                "is the vendor itself; leave it out");
  check.Text(TextForm::kLine, one.display_name(), 0, kNameBytesMax, path + "display_name");
  check.Country(one.country(), path + "country");
  std::set<int> work_types;
  for (int i = 0; i < one.work_types_size(); ++i) {
    bool listed = false;
    for (const auto& terms : contract.work_types())
      listed = listed || terms.work_type() == one.work_types(i);
    check.Require(listed && work_types.insert(one.work_types(i)).second,
                  absl::StrCat(path, "work_types[", i, "]"),
                  "must be one of the contract's work_types, each once");
  }
  if (one.has_from_day()) check.Day(one.from_day(), path + "from_day");
  if (one.has_to_day()) check.Day(one.to_day(), path + "to_day");
  if (check.ok() && one.has_from_day() && one.has_to_day()) {
    check.Require(CivilDayOf(one.from_day()) < CivilDayOf(one.to_day()), path + "to_day",
                  "must be later than from_day; it is the first day on which it no longer is one");
  }
}

const SubContractor* FindOn(const v1::Contract& contract, std::string_view sub_contractor_id,
                            absl::CivilDay day) {
  for (const SubContractor& one : contract.sub_contractors()) {
    if (one.sub_contractor_id() != sub_contractor_id) continue;
    const bool begun = !one.has_from_day() || CivilDayOf(one.from_day()) <= day;
    const bool ended = one.has_to_day() && CivilDayOf(one.to_day()) <= day;
    return begun && !ended ? &one : nullptr;
  }
  return nullptr;
}

}  // namespace

std::optional<FieldProblem> CheckSubContractors(const v1::Contract& contract) {
  FieldCheck check;
  check.Require(contract.sub_contractors_size() <= kSubContractorsMax, "sub_contractors",
                absl::StrCat("must have at most ", kSubContractorsMax, " entries"));
  std::set<std::string_view> seen;
  for (int i = 0; check.ok() && i < contract.sub_contractors_size(); ++i) {
    const SubContractor& one = contract.sub_contractors(i);
    const std::string path = absl::StrCat("sub_contractors[", i, "].");
    CheckOne(one, contract, path, check);
    check.Require(seen.insert(one.sub_contractor_id()).second, path + "sub_contractor_id",
                  "stands here twice; keep one");
  }
  return check.problem();
}

bool IsRegistered(const v1::Contract& contract, std::string_view sub_contractor_id,
                  absl::CivilDay day) {
  return FindOn(contract, sub_contractor_id, day) != nullptr;
}

bool IsRegisteredFor(const v1::Contract& contract, std::string_view sub_contractor_id,
                     v1::WorkType work_type, absl::CivilDay day) {
  const SubContractor* one = FindOn(contract, sub_contractor_id, day);
  if (one == nullptr || one->work_types().empty()) return one != nullptr;
  for (const int listed : one->work_types())
    if (listed == work_type) return true;
  return false;
}

}  // namespace switchboard::contracts
