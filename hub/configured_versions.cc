#include "hub/configured_versions.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard {

using contracts::TextVerdict;
using Kind = VersionVerdict::Kind;

namespace {

// A sentence for the log, with the way out; the reason is named like the event.
absl::Status Reason(telemetry::Name event, std::string_view sentence) {
  const absl::string_view name(event.text().data(), event.text().size());
  return Error(absl::StatusCode::kFailedPrecondition, absl::AsciiStrToUpper(name), sentence);
}

void TellFile(const VersionWords& words, telemetry::Name event, const VersionFile& file,
              int64_t highest_version, std::string_view sentence, telemetry::Log& log) {
  log.Warning(event, {{words.id_field, std::string(file.id)},
                      {"version", highest_version},
                      {"file_version", file.version},
                      {"file", file.path},
                      {"why", Reason(event, sentence)}});
}

// `highest_file`: the highest version of its text that a file has: files of earlier versions may
// stay beside that of the newest.
void TellOfFile(const VersionWords& words, const VersionFile& file, const VersionVerdict& verdict,
                int64_t highest_file, telemetry::Log& log) {
  const int64_t highest = verdict.highest_version;
  const std::string propose = absl::StrCat("propose it (switchboard ", words.commands,
                                           " propose FILE), and let another operator release it");
  if (verdict.kind == Kind::kNotReleased) {
    TellFile(words, words.file_not_released, file, highest,
             absl::StrCat("this version was never released; ", propose), log);
  } else if (verdict.kind == Kind::kTaken) {
    TellFile(words, words.file_not_released, file, highest,
             absl::StrCat("this text was never released, and its version is taken or below one "
                          "that was; if it is to count, give it version ",
                          highest + 1, " or higher and ", propose),
             log);
  } else if (highest_file < highest) {
    TellFile(words, words.file_older, file, highest,
             absl::StrCat("a higher version was released since, and stays; put its text into the "
                          "file (switchboard ",
                          words.commands, " show)"),
             log);
  }
}

}  // namespace

absl::StatusOr<std::vector<VersionVerdict>> JudgeVersions(storage::Connection& reader,
                                                          const VersionWords& words,
                                                          const contracts::VersionedTexts& texts,
                                                          const std::vector<VersionFile>& files) {
  std::vector<VersionVerdict> verdicts;
  for (const VersionFile& file : files) {
    VersionVerdict& verdict = verdicts.emplace_back();
    const auto judged = texts.JudgeFile(reader, {file.id, file.version, file.yaml});
    if (!judged.ok()) {
      if (ErrorReason(judged.status()) != words.version_reason) return judged.status();
      // Released with another meaning, so that there is a highest version.
      verdict.kind = Kind::kTaken;
      ASSIGN_OR_RETURN(verdict.highest_version, texts.HighestVersion(reader, file.id));
      continue;
    }
    verdict.highest_version = judged->highest_version;
    if (judged->kind == TextVerdict::Kind::kStands) verdict.kind = Kind::kReleased;
    if (judged->kind == TextVerdict::Kind::kTooLow) verdict.kind = Kind::kTaken;
  }
  return verdicts;
}

absl::StatusOr<std::vector<contracts::ReleasedText>> UnusableVersions(
    storage::Connection& reader, const contracts::VersionedTexts& texts) {
  ASSIGN_OR_RETURN(auto all, texts.List(reader));
  std::erase_if(all, [](const contracts::ReleasedText& one) { return one.usable.ok(); });
  return all;
}

void TellUnusable(const VersionWords& words, const std::vector<contracts::ReleasedText>& unusable,
                  telemetry::Log& log) {
  for (const contracts::ReleasedText& one : unusable) {
    log.Warning(words.text_altered,
                {{words.id_field, one.id}, {"version", one.version}, {"why", one.usable}});
  }
}

void TellVersions(const VersionWords& words, const std::vector<VersionFile>& files,
                  const std::vector<VersionVerdict>& verdicts,
                  const std::map<std::string, int>& in_force, bool begun, telemetry::Log& log) {
  SWITCHBOARD_ASSERT(verdicts.size() == files.size());
  std::map<std::string, int64_t> highest_file;
  for (const VersionFile& file : files) highest_file[std::string(file.id)] = file.version;
  for (size_t i = 0; i < files.size(); ++i)
    TellOfFile(words, files[i], verdicts[i], highest_file.at(std::string(files[i].id)), log);
  for (const auto& [id, version] : in_force) {
    log.Info(words.in_force, {{words.id_field, id}, {"version", version}, {"changed", begun}});
    if (highest_file.contains(id)) continue;
    log.Warning(words.without_file, {{words.id_field, id},
                                     {"version", version},
                                     {"why", Reason(words.without_file, words.without_file_why)}});
  }
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string id(files[i].id);
    // What was never released is told of already.
    if (verdicts[i].highest_version == 0 || files[i].version != highest_file.at(id)) continue;
    if (in_force.contains(id)) continue;
    log.Warning(words.not_in_force, {{words.id_field, id},
                                     {"version", verdicts[i].highest_version},
                                     {"why", Reason(words.not_in_force, words.not_in_force_why)}});
  }
}

}  // namespace switchboard
