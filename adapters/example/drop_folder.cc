#include "adapters/example/drop_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "adapters/example/csv_text.h"
#include "adapters/example/letter_digest.h"
#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

constexpr char kColumns[] =
    "assignment_id,work_type,name,language,contact_points,amount_due,currency_code,expire_time\n";

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

// The longest NAME that every extension of ours still fits behind.
constexpr size_t kNameBytesMax = 200;

}  // namespace

std::string FormatAssignments(const std::vector<v1::Assignment>& assignments) {
  std::string table = kColumns;
  for (const v1::Assignment& assignment : assignments) {
    const auto& account = assignment.account();
    const auto& amount = account.amount_due();
    table += CsvLine({assignment.assignment_id(), v1::WorkType_Name(assignment.work_type()),
                      assignment.person().name(), assignment.person().language(),
                      FormatContactPoints(assignment.person()),
                      account.has_amount_due() ? std::to_string(amount.minor_units()) : "",
                      amount.currency_code(),
                      assignment.has_expire_time() ? FormatTime(assignment.expire_time()) : ""});
  }
  return table;
}

absl::StatusOr<v1::RequestPermitRequest> ReadPermitRequest(const std::vector<std::string>& fields) {
  if (fields.size() != 4) {
    return Error(absl::StatusCode::kInvalidArgument, "LINE_INVALID",
                 "four fields: assignment_id,contact_point_id,channel,act", {{"field", "line"}});
  }
  v1::RequestPermitRequest request;
  request.set_assignment_id(fields[0]);
  request.set_contact_point_id(fields[1]);
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  if (!v1::Channel_Parse("CHANNEL_" + fields[2], &channel)) {
    return Error(absl::StatusCode::kInvalidArgument, "LINE_INVALID",
                 "channel: PHONE, SMS, EMAIL, LETTER or VISIT", {{"field", "channel"}});
  }
  v1::Act act = v1::ACT_UNSPECIFIED;
  if (!v1::Act_Parse("ACT_" + fields[3], &act)) {
    return Error(absl::StatusCode::kInvalidArgument, "LINE_INVALID",
                 "act: one of the contract's, as REMIND", {{"field", "act"}});
  }
  request.set_channel(channel);
  request.set_act(act);
  return request;
}

std::string FormatPermitAnswer(const v1::RequestPermitRequest& request,
                               const v1::RequestPermitResponse& response) {
  if (response.has_denial()) {
    return CsvLine({request.assignment_id(), request.contact_point_id(), "", "", "", "",
                    v1::Denial::Reason_Name(response.denial().reason())});
  }
  const v1::Permit& permit = response.permit();
  return CsvLine({request.assignment_id(), request.contact_point_id(), permit.permit_id(),
                  permit.dial(), permit.trunk_token(), FormatTime(permit.expire_time()), ""});
}

std::string FormatPermitFailure(std::vector<std::string> fields, const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  fields.resize(2);
  fields.resize(6);
  fields.push_back(reason.empty() ? absl::StatusCodeToString(status.code()) : reason);
  return CsvLine(fields);
}

std::string WithoutAssignments(std::string_view answers, const std::set<std::string>& ids) {
  std::string kept;
  for (const CsvRecord& record : ReadCsv(answers)) {
    const bool whole = record.problem.empty() && !record.fields.empty();
    if (whole && !ids.contains(record.fields[0])) kept += CsvLine(record.fields);
  }
  return kept;
}

bool IsDropFile(std::string_view file_name) {
  return absl::EndsWithIgnoreCase(absl::string_view(file_name.data(), file_name.size()), ".csv");
}

std::string NameOf(std::string_view file_name) {
  std::string name(file_name);
  if (name.size() > 4 && absl::EndsWith(name, ".csv")) name.resize(name.size() - 4);
  if (name.size() <= kNameBytesMax) return name;
  const std::string digest = LetterDigest(name);
  size_t kept = kNameBytesMax - digest.size() - 1;
  while (kept > 0 && (static_cast<unsigned char>(name[kept]) & 0xc0) == 0x80) --kept;
  return name.substr(0, kept) + "-" + digest;
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path, int64_t bytes_max) {
  const absl::Status unreadable =
      Error(absl::StatusCode::kNotFound, "FILE_UNREADABLE", "a file cannot be read");
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return unreadable;
  if (size > static_cast<std::uintmax_t>(bytes_max)) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
                 absl::StrCat("a file holds at most ", bytes_max >> 20, " MiB"));
  }
  std::ifstream file(path, std::ios::binary);
  std::string content(size, 0);
  if (!file.read(content.data(), static_cast<std::streamsize>(size))) return unreadable;
  return content;
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
