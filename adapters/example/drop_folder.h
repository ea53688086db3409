#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::adapters {

// The files that the example adapter exchanges with a dialler which knows nothing but CSV; what it
// reports has a file of its own, outcome_file.h. CSV as csv_text.h reads and writes it. Pure,
// except the last two.

// The table of workable assignments, with a first line that names the columns:
// assignment_id,work_type,name,language,contact_points,amount_due,currency_code,expire_time.
// A withheld field is empty. contact_points is "id:kind" joined by spaces.
std::string FormatAssignments(const std::vector<v1::Assignment>& assignments);

// One line "assignment_id,contact_point_id,channel,act", the last two as PHONE and REMIND. Errors:
// INVALID_ARGUMENT, LINE_INVALID.
absl::StatusOr<v1::RequestPermitRequest> ReadPermitRequest(const std::vector<std::string>& fields);

// The answer to it: "assignment_id,contact_point_id,permit_id,dial,trunk_token,expire_time,denial".
std::string FormatPermitAnswer(const v1::RequestPermitRequest& request,
                               const v1::RequestPermitResponse& response);

// The answer when there is none: the line's first two fields, empty ones, and the error's reason,
// or its code.
std::string FormatPermitFailure(std::vector<std::string> fields, const absl::Status& status);

// The answers without the lines about these assignments: what was shown of work that has ended.
std::string WithoutAssignments(std::string_view answers, const std::set<std::string>& ids);

// Whether a file of this name is to be read: it ends in ".csv", in any case.
bool IsDropFile(std::string_view file_name);

// The name that stands for NAME in NAME.done and the like: that of the file without ".csv". Another
// spelling of the extension stays, so that no two files share one; a name that is so long that
// nothing can be put behind it is cut, with a digest at its end.
std::string NameOf(std::string_view file_name);

// A whole file of at most `bytes_max`. Errors: NOT_FOUND, FILE_UNREADABLE; INVALID_ARGUMENT,
// FILE_TOO_LARGE.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path, int64_t bytes_max);

// Puts a whole file in place at once: a reader sees the old one or the new one, never a part. Mode
// 0600. Errors: UNAVAILABLE, FILE_NOT_WRITTEN.
absl::Status ReplaceFile(const std::string& path, std::string_view content);

}  // namespace switchboard::adapters
