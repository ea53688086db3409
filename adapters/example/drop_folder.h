#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// The files that the example adapter exchanges with a dialler which knows nothing but CSV. UTF-8,
// one record a line, RFC 4180 quotes in what is written; what is read has no quotes. Pure, except
// the last two.

// The table of workable assignments, with a first line that names the columns:
// assignment_id,work_type,name,language,contact_points,amount_due,currency_code,expire_time.
// A withheld field is empty. contact_points is "id:kind" joined by spaces.
std::string FormatAssignments(const std::vector<v1::Assignment>& assignments);

// One line "assignment_id,permit_id,disposition,start_time,end_time,agent,note": disposition as in
// the proto without its prefix ("NO_ANSWER"), times in RFC 3339, the note up to the end of the
// line. Errors: INVALID_ARGUMENT, LINE_INVALID with metadata field.
absl::StatusOr<v1::Outcome> ParseOutcome(std::string_view line, std::string_view outcome_id);

// One line "assignment_id,contact_point_id". Errors: as above.
absl::StatusOr<v1::RequestPermitRequest> ParsePermitRequest(std::string_view line);

// The answer to it: "assignment_id,contact_point_id,permit_id,dial,trunk_token,expire_time,denial".
std::string FormatPermitAnswer(const v1::RequestPermitRequest& request,
                               const v1::RequestPermitResponse& response);

// The answer when there is none: the line as it came, empty fields, and the error's reason, or its
// code.
std::string FormatPermitFailure(std::string_view line, const absl::Status& status);

// Lines of a file without their ends; empty ones are left out.
absl::StatusOr<std::vector<std::string>> ReadLines(const std::string& path);

// Puts a whole file in place at once: a reader sees the old one or the new one, never a part. Mode
// 0600.
absl::Status ReplaceFile(const std::string& path, std::string_view content);

}  // namespace switchboard::adapters
