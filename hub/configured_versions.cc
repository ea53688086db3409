#include "hub/configured_versions.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "hub/base/error.h"
#include "hub/base/yaml.h"

namespace switchboard {

using contracts::TextVerdict;

namespace {

// A sentence for the log, with the way out; the reason is named like the event.
absl::Status Reason(telemetry::Name event, std::string_view sentence) {
  const absl::string_view name(event.text().data(), event.text().size());
  return Error(absl::StatusCode::kFailedPrecondition, absl::AsciiStrToUpper(name), sentence);
}

}  // namespace

absl::StatusOr<TextVerdict> WithPlace(absl::StatusOr<TextVerdict> verdict, const VersionFile& file,
                                      const VersionWords& words) {
  if (ErrorReason(verdict.status()) != words.version_reason) return verdict;
  absl::string_view problem = verdict.status().message();
  absl::ConsumePrefix(&problem, "version: ");
  return YamlPlaces(file.yaml, file.path)
      .ErrorAt("version", words.version_reason, {problem.data(), problem.size()});
}

ConfiguredVersions::ConfiguredVersions(const VersionWords& words, std::vector<VersionFile> files,
                                       telemetry::Log& log)
    : words_(words), files_(std::move(files)), log_(log) {
  for (const VersionFile& file : files_) highest_file_[std::string(file.id)] = file.version;
}

absl::Status ConfiguredVersions::Apply(const std::vector<TextVerdict>& verdicts, Put put) {
  SWITCHBOARD_ASSERT(verdicts.size() == files_.size());
  for (size_t i = 0; i < files_.size(); ++i) {
    const VersionFile& file = files_[i];
    TellOlder(file, verdicts[i]);
    if (verdicts[i].kind != TextVerdict::Kind::kNew) continue;
    const auto changed = put(file);
    if (!changed.ok()) return Annotate(changed.status(), file.path);
    if (*changed) changed_.emplace(file.id, file.version);
  }
  return absl::OkStatus();
}

void ConfiguredVersions::Tell(const std::map<std::string, int>& in_force) const {
  for (const auto& [id, version] : in_force) {
    log_.Info(words_.in_force, {{words_.id_field, id},
                                {"version", version},
                                {"changed", changed_.contains({id, version})}});
    if (highest_file_.contains(id)) continue;
    log_.Warning(words_.without_file,
                 {{words_.id_field, id},
                  {"version", version},
                  {"why", Reason(words_.without_file, words_.without_file_why)}});
  }
  for (const auto& [id, version] : highest_file_) {
    if (in_force.contains(id)) continue;
    log_.Warning(words_.not_in_force,
                 {{words_.id_field, id},
                  {"version", version},
                  {"why", Reason(words_.not_in_force, words_.not_in_force_why)}});
  }
}

// Files of earlier versions may stay beside that of the newest.
void ConfiguredVersions::TellOlder(const VersionFile& file, const TextVerdict& verdict) const {
  const std::string id(file.id);
  const bool too_low = verdict.kind == TextVerdict::Kind::kTooLow;
  const bool replaced =
      verdict.kind == TextVerdict::Kind::kStands && highest_file_.at(id) < verdict.highest_version;
  if (!too_low && !replaced) return;
  const std::string way_out =
      too_low ? "a higher version was applied, and stays; if this text is to count, give it a "
                "version above that one"
              : absl::StrCat(
                    "a higher version was applied since, and stays; put its text into "
                    "the file (",
                    words_.show, ")");
  log_.Warning(words_.file_older, {{words_.id_field, id},
                                   {"version", verdict.highest_version},
                                   {"file_version", int64_t{file.version}},
                                   {"file", file.path},
                                   {"why", Reason(words_.file_older, way_out)}});
}

}  // namespace switchboard
