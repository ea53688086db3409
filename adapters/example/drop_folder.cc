#include "adapters/example/drop_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

constexpr char kColumns[] =
    "assignment_id,work_type,name,language,contact_points,amount_due,currency_code,expire_time\n";

std::string Quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string Line(const std::vector<std::string>& fields) {
  return absl::StrJoin(
             fields, ",",
             [](std::string* out, const std::string& field) { out->append(Quoted(field)); }) +
         "\n";
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string FormatContactPoints(const v1::MaskedPerson& person) {
  return absl::StrJoin(
      person.contact_points(), " ", [](std::string* out, const v1::MaskedContactPoint& point) {
        absl::StrAppend(out, point.contact_point_id(), ":", v1::ContactKind_Name(point.kind()));
      });
}

absl::Status LineInvalid(const char* field, const char* allowed) {
  return Error(absl::StatusCode::kInvalidArgument, "LINE_INVALID", allowed, {{"field", field}});
}

// False unless `text` is a time; an empty one leaves `time` as it is.
bool ReadTime(const std::string& text, google::protobuf::Timestamp* time) {
  absl::Time parsed;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &parsed, &ignored)) return false;
  time->set_seconds(absl::ToUnixSeconds(parsed));
  return true;
}

std::vector<std::string> Split(std::string_view line, int fields) {
  return absl::StrSplit(absl::string_view(line.data(), line.size()),
                        absl::MaxSplits(',', fields - 1));
}

}  // namespace

std::string FormatAssignments(const std::vector<v1::Assignment>& assignments) {
  std::string table = kColumns;
  for (const v1::Assignment& assignment : assignments) {
    const auto& account = assignment.account();
    const auto& amount = account.amount_due();
    table += Line({assignment.assignment_id(), v1::WorkType_Name(assignment.work_type()),
                   assignment.person().name(), assignment.person().language(),
                   FormatContactPoints(assignment.person()),
                   account.has_amount_due() ? std::to_string(amount.minor_units()) : "",
                   amount.currency_code(),
                   assignment.has_expire_time() ? FormatTime(assignment.expire_time()) : ""});
  }
  return table;
}

absl::StatusOr<v1::Outcome> ParseOutcome(std::string_view line, std::string_view outcome_id) {
  const std::vector<std::string> fields = Split(line, 7);
  if (fields.size() != 7) return LineInvalid("line", "seven fields, the last may be empty");
  v1::Outcome outcome;
  outcome.set_outcome_id(std::string(outcome_id));
  outcome.set_version(1);
  outcome.set_assignment_id(fields[0]);
  outcome.set_permit_id(fields[1]);
  v1::Disposition disposition;
  if (!v1::Disposition_Parse("DISPOSITION_" + fields[2], &disposition)) {
    return LineInvalid("disposition", "a name of Disposition without its prefix");
  }
  outcome.set_disposition(disposition);
  if (!ReadTime(fields[3], outcome.mutable_start_time())) {
    return LineInvalid("start_time", "RFC 3339, as 2026-11-02T09:30:00Z");
  }
  if (!ReadTime(fields[4], outcome.mutable_end_time())) {
    return LineInvalid("end_time", "RFC 3339, as 2026-11-02T09:30:00Z");
  }
  outcome.set_agent_reference(fields[5]);
  outcome.set_note(fields[6]);
  return outcome;
}

absl::StatusOr<v1::RequestPermitRequest> ParsePermitRequest(std::string_view line) {
  const std::vector<std::string> fields = Split(line, 2);
  if (fields.size() != 2) return LineInvalid("line", "two fields");
  v1::RequestPermitRequest request;
  request.set_assignment_id(fields[0]);
  request.set_contact_point_id(fields[1]);
  return request;
}

std::string FormatPermitAnswer(const v1::RequestPermitRequest& request,
                               const v1::RequestPermitResponse& response) {
  if (response.has_denial()) {
    return Line({request.assignment_id(), request.contact_point_id(), "", "", "", "",
                 v1::Denial::Reason_Name(response.denial().reason())});
  }
  const v1::Permit& permit = response.permit();
  return Line({request.assignment_id(), request.contact_point_id(), permit.permit_id(),
               permit.dial(), permit.trunk_token(), FormatTime(permit.expire_time()), ""});
}

std::string FormatPermitFailure(std::string_view line, const absl::Status& status) {
  std::vector<std::string> fields = Split(line, 2);
  const std::string reason = ErrorReason(status);
  fields.resize(6);
  fields.push_back(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
  return Line(fields);
}

absl::StatusOr<std::vector<std::string>> ReadLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file.good()) {
    return Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE", "a file cannot be read");
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

absl::Status ReplaceFile(const std::string& path, std::string_view content) {
  const std::string part = path + ".part";
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool written = file >= 0;
  while (written && !content.empty()) {
    const ssize_t count = write(file, content.data(), content.size());
    written = count > 0;
    if (written) content.remove_prefix(static_cast<size_t>(count));
  }
  if (file >= 0) {
    written = fsync(file) == 0 && written;
    close(file);
  }
  if (written && rename(part.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "a file cannot be written");
}

}  // namespace switchboard::adapters
