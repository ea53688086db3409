#include "hub/contracts/contract_check.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/base/error.h"
#include "hub/base/id_text.h"
#include "hub/base/locale_codes.h"
#include "hub/base/text.h"
#include "hub/base/yaml.h"
#include "hub/contracts/disclosure_check.h"
#include "hub/contracts/sub_contractors.h"
#include "hub/contracts/terms_check.h"
#include "hub/contracts/unmask_check.h"

namespace switchboard::contracts {
namespace {

using google::protobuf::Duration;
using v1::Contract;

constexpr size_t kVendorBytesMax = 32;
constexpr int64_t kPermitsMax = 10'000'000;
constexpr int64_t kPermitsOfAccountMax = 10'000;
constexpr absl::Duration kContactLeast = absl::Minutes(1);
constexpr absl::Duration kContactMost = absl::Hours(24);
constexpr int64_t kContactSeconds = 4 * 60 * 60;
constexpr absl::Duration kPermitLifetimeMin = absl::Seconds(10);
constexpr absl::Duration kPermitLifetimeMax = absl::Hours(1);
constexpr absl::Duration kLookAheadMax = absl::Minutes(5);
constexpr absl::Duration kPeriodMax = absl::Hours(24 * 3650);

// What is wrong, and with which field. Paths as in yaml.h.
struct Problem {
  std::string path;
  std::string text;
};
using Found = std::optional<Problem>;

std::string NameOf(v1::WorkType value) {
  return std::string(absl::StripPrefix(v1::WorkType_Name(value), "WORK_TYPE_"));
}
std::string NameOf(v1::Act value) {
  return std::string(absl::StripPrefix(v1::Act_Name(value), "ACT_"));
}
// Nothing if the message is not a valid google.protobuf.Duration.
std::optional<absl::Duration> ToDuration(const Duration& proto) {
  const bool signs_agree =
      proto.seconds() == 0 || proto.nanos() == 0 || (proto.seconds() < 0) == (proto.nanos() < 0);
  if (!signs_agree || proto.nanos() <= -1'000'000'000 || proto.nanos() >= 1'000'000'000) {
    return std::nullopt;
  }
  return absl::Seconds(proto.seconds()) + absl::Nanoseconds(proto.nanos());
}

Found CheckPeriod(const Duration& proto, const std::string& path, absl::Duration least) {
  const auto period = ToDuration(proto);
  if (period && *period >= least && *period <= kPeriodMax) return std::nullopt;
  return Problem{path, least > absl::ZeroDuration() ? "must be longer than 0 and at most 3650d"
                                                    : "must not be negative, and at most 3650d"};
}

Found CheckDay(const v1::Date& date, const std::string& path) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  if (date.year() >= 1900 && date.year() <= 2200 && day.month() == date.month() &&
      day.day() == date.day()) {
    return std::nullopt;
  }
  return Problem{path, "must be a day of the calendar from 1900 to 2200, as 2026-11-01"};
}

Found CheckIdentity(const Contract& contract) {
  constexpr char kIdForm[] = "must be 1 to 32 characters of a-z, 0-9 and \"-\"";
  if (!IsLabel(contract.vendor_id(), 1, kVendorBytesMax)) return Problem{"vendor_id", kIdForm};
  if (!IsLabel(contract.vendor_group(), 0, kVendorBytesMax)) {
    return Problem{"vendor_group", kIdForm};
  }
  if (contract.display_name().size() > 100) {
    return Problem{"display_name",
                   absl::StrCat("has ", contract.display_name().size(), " bytes; at most 100")};
  }
  if (!IsPlainText(TextForm::kLine, contract.display_name())) {
    return Problem{"display_name",
                   "must be one line without control, format or private characters"};
  }
  if (contract.has_effective_from()) {
    if (auto found = CheckDay(contract.effective_from(), "effective_from")) return found;
  }
  if (contract.has_effective_to()) {
    if (auto found = CheckDay(contract.effective_to(), "effective_to")) return found;
  }
  const auto day = [](const v1::Date& date) {
    return absl::CivilDay(date.year(), date.month(), date.day());
  };
  if (contract.has_effective_from() && contract.has_effective_to() &&
      day(contract.effective_from()) >= day(contract.effective_to())) {
    return Problem{"effective_to",
                   "must be later than effective_from; it is the first day out of force"};
  }
  return std::nullopt;
}

Found CheckLanguages(const Contract& contract) {
  if (contract.languages().empty()) {
    return Problem{"languages", "must name at least one, as [ja]; routing places no other"};
  }
  std::set<std::string> seen;
  for (int i = 0; i < contract.languages_size(); ++i) {
    const std::string path = absl::StrCat("languages[", i, "]");
    if (!IsPrimaryLanguage(contract.languages(i))) {
      return Problem{
          path, "must be a primary language in lower case, as \"ja\" or \"zh\", without region"};
    }
    if (!seen.insert(contract.languages(i)).second)
      return Problem{path, "stands here twice; keep one"};
  }
  return std::nullopt;
}

Found CheckWorkTerms(const Contract::WorkTerms& terms, const std::string& path,
                     std::set<v1::WorkType>* seen) {
  if (terms.work_type() == v1::WORK_TYPE_UNSPECIFIED || !v1::WorkType_IsValid(terms.work_type())) {
    return Problem{path + ".work_type", "is missing; name a kind of work, as EARLY_COLLECTIONS"};
  }
  if (!seen->insert(terms.work_type()).second) {
    return Problem{path + ".work_type", NameOf(terms.work_type()) + " stands here twice; keep one"};
  }
  std::set<int> acts;
  for (int i = 0; i < terms.acts_size(); ++i) {
    const std::string field = absl::StrCat(path, ".acts[", i, "]");
    if (terms.acts(i) == v1::ACT_UNSPECIFIED || !v1::Act_IsValid(terms.acts(i))) {
      return Problem{field, "must be an act, as REMIND"};
    }
    if (!acts.insert(terms.acts(i)).second) {
      return Problem{field, NameOf(terms.acts(i)) + " stands here twice; keep one"};
    }
  }
  if (auto found = CheckPeriod(terms.term(), path + ".term", absl::ZeroDuration())) return found;
  if (auto found = CheckDisclosures(terms, path)) return Problem{found->field, found->problem};
  if (auto found = CheckUnmaskings(terms, path)) return Problem{found->field, found->problem};
  return std::nullopt;
}

Found CheckPeriods(const Contract& contract) {
  if (!Contract::PermitTerms::Dial_IsValid(contract.permits().dial())) {
    return Problem{"permits.dial", "must be NUMBER or TRUNK"};
  }
  if (contract.permits().has_lifetime()) {
    const auto lifetime = ToDuration(contract.permits().lifetime());
    if (!lifetime || *lifetime < kPermitLifetimeMin || *lifetime > kPermitLifetimeMax) {
      return Problem{"permits.lifetime", "must be from 10s to 1h"};
    }
  }
  if (contract.permits().has_look_ahead()) {
    const auto look_ahead = ToDuration(contract.permits().look_ahead());
    if (!look_ahead || *look_ahead < absl::ZeroDuration() || *look_ahead > kLookAheadMax)
      return Problem{"permits.look_ahead", "must be from 0s to 5min"};
  }
  if (contract.permits().has_contact_max()) {
    const auto most = ToDuration(contract.permits().contact_max());
    if (!most || *most < kContactLeast || *most > kContactMost)
      return Problem{"permits.contact_max", "must be from 1min to 24h"};
  }
  const auto& permits = contract.permits();
  std::set<int> parties;
  for (int i = 0; i < permits.other_parties_size(); ++i) {
    const v1::Party party = permits.other_parties(i);
    if (party == v1::PARTY_UNSPECIFIED || party == v1::PARTY_PERSON || !v1::Party_IsValid(party) ||
        !parties.insert(party).second) {
      return Problem{absl::StrCat("permits.other_parties[", i, "]"),
                     "must be PROXY, RELATED or THIRD, each once; the person needs no word"};
    }
  }
  if (!v1::CollectorKind_IsValid(contract.collector_kind())) {
    return Problem{"collector_kind", "must be ISSUER, BPO, AGENCY, SERVICER or LAW_FIRM"};
  }
  const auto within = [](int64_t value, int64_t most) { return value >= 0 && value <= most; };
  if (!within(permits.per_hour(), kPermitsMax))
    return Problem{"permits.per_hour", "must be from 1 to 10,000,000"};
  if (!within(permits.unused_per_hour(), kPermitsMax))
    return Problem{"permits.unused_per_hour", "must be from 1 to 10,000,000"};
  if (!within(permits.unused_per_account_day(), kPermitsOfAccountMax))
    return Problem{"permits.unused_per_account_day", "must be from 1 to 10,000"};
  const auto& recalls = contract.recalls();
  if (recalls.has_pending_period()) {
    if (auto found =
            CheckPeriod(recalls.pending_period(), "recalls.pending_period", absl::Nanoseconds(1))) {
      return found;
    }
  }
  if (recalls.has_objection_extension()) {
    return CheckPeriod(recalls.objection_extension(), "recalls.objection_extension",
                       absl::Nanoseconds(1));
  }
  return std::nullopt;
}

Found FindProblem(const Contract& contract) {
  if (auto found = CheckIdentity(contract)) return found;
  if (auto found = CheckLanguages(contract)) return found;
  if (contract.live_assignments_max() < 0) {
    return Problem{"live_assignments_max", "must not be negative; 0 means no limit"};
  }
  if (contract.work_types().empty()) {
    return Problem{"work_types",
                   "must have at least one entry, as \"- work_type: EARLY_COLLECTIONS\""};
  }
  std::set<v1::WorkType> work_types;
  for (int i = 0; i < contract.work_types_size(); ++i) {
    if (auto found = CheckWorkTerms(contract.work_types(i), absl::StrCat("work_types[", i, "]"),
                                    &work_types)) {
      return found;
    }
  }
  if (auto found = CheckHeadOffice(contract)) return Problem{found->field, found->problem};
  if (auto found = CheckPromiseTerms(contract.promises()))
    return Problem{found->field, found->problem};
  if (auto found = CheckRecordingTerms(contract.recordings()))
    return Problem{found->field, found->problem};
  if (auto found = CheckDeletionTerms(contract.deletion()))
    return Problem{found->field, found->problem};
  if (auto found = CheckSubContractors(contract)) return Problem{found->field, found->problem};
  if (auto found = CheckUnmaskingsPerHour(contract)) return Problem{found->field, found->problem};
  if (contract.has_plans()) {
    if (auto found = CheckPlanTerms(contract.plans())) return Problem{found->field, found->problem};
  }
  if (contract.has_calendar()) {
    if (auto found = CheckCalendar(contract.calendar()))
      return Problem{found->field, found->problem};
  }
  return CheckPeriods(contract);
}

bool FitsAsFileName(std::string_view name) {
  return !name.empty() && name.size() <= kFileNameBytesMax && IsPlainText(TextForm::kLine, name);
}

void FillDefaults(Contract* contract) {
  constexpr int64_t kDaySeconds = 24 * 60 * 60;
  if (contract->vendor_group().empty()) contract->set_vendor_group(contract->vendor_id());
  if (!contract->permits().has_lifetime()) {
    contract->mutable_permits()->mutable_lifetime()->set_seconds(120);
  }
  auto* permits = contract->mutable_permits();
  if (permits->per_hour() == 0) permits->set_per_hour(20'000);
  if (permits->unused_per_hour() == 0) permits->set_unused_per_hour(1'000);
  if (permits->unused_per_account_day() == 0) permits->set_unused_per_account_day(5);
  if (!permits->has_contact_max()) permits->mutable_contact_max()->set_seconds(kContactSeconds);
  auto* recalls = contract->mutable_recalls();
  if (!recalls->has_pending_period())
    recalls->mutable_pending_period()->set_seconds(3 * kDaySeconds);
  if (!recalls->has_objection_extension()) {
    recalls->mutable_objection_extension()->set_seconds(7 * kDaySeconds);
  }
  if (contract->has_recordings() && !contract->recordings().has_within())
    contract->mutable_recordings()->mutable_within()->set_seconds(3 * kDaySeconds);
  if (!contract->deletion().has_within())
    contract->mutable_deletion()->mutable_within()->set_seconds(30 * kDaySeconds);
  FillUnmaskings(contract);
}

}  // namespace

absl::StatusOr<Contract> ParseContract(std::string_view yaml, std::string_view file_name) {
  Contract contract;
  RETURN_IF_ERROR(ReadYaml(yaml, file_name, &contract));
  NormalizeText(TextForm::kLine, contract.mutable_display_name());
  for (auto& one : *contract.mutable_sub_contractors())
    NormalizeText(TextForm::kLine, one.mutable_display_name());
  NormalizeDisclosures(&contract);
  if (const auto found = FindProblem(contract)) {
    return YamlPlaces(yaml, file_name).ErrorAt(found->path, "CONTRACT_INVALID", found->text);
  }
  FillDefaults(&contract);
  return contract;
}

absl::Status CheckContract(const Contract& contract) {
  const auto found = FindProblem(contract);
  if (!found) return absl::OkStatus();
  return Error(absl::StatusCode::kInvalidArgument, "CONTRACT_INVALID",
               absl::StrCat(found->path, ": ", found->text), {{"field", found->path}});
}

std::vector<std::string> ContractWarnings(const Contract& contract, std::string_view yaml,
                                          std::string_view file_name) {
  const YamlPlaces places(yaml, file_name);
  std::vector<std::string> lines;
  for (const FieldProblem& one : DisclosureWarnings(contract)) {
    const absl::Status line = places.ErrorAt(one.field, "CONTRACT_WARNING", one.problem);
    lines.emplace_back(line.message());
  }
  return lines;
}

std::string FileNameForErrors(std::string_view path) {
  for (const std::string_view name : {path, path.substr(path.rfind('/') + 1)}) {
    if (FitsAsFileName(name)) return std::string(name);
  }
  return "file";
}

}  // namespace switchboard::contracts
