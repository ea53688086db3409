// Recordings of calls, which stay at the vendors: those that are owed, and whether one that was
// fetched is the one that was told of.

#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/file_digest.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

}  // namespace

absl::StatusOr<Result> RecordingsMissing(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"vendor", Align::kLeft},
                   {"outcome", Align::kLeft},
                   {"assignment", Align::kLeft},
                   {"call (UTC)", Align::kLeft},
                   {"owed until (UTC)", Align::kLeft}});
  Listing listing(session, arguments, "missing recording");
  v1::FindMissingRecordingsRequest request;
  request.set_vendor_id(arguments.id);
  v1::FindMissingRecordingsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::FindMissingRecordingsResponse>(request));
    for (const v1::MissingRecording& call : page.calls()) {
      if (listing.Full()) break;
      request.set_after_vendor_id(call.vendor_id());
      request.set_after_outcome_id(call.outcome_id());
      listing.Add(call);
      table.Add({call.vendor_id(), call.outcome_id(), call.assignment_id(),
                 UtcText(call.call_time()), UtcText(call.due_time())});
    }
  } while (page.calls_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

absl::StatusOr<Result> RecordingsCheck(Session& session, const RecordingCheckArguments& arguments) {
  const auto tell = [&session](int64_t bytes) {
    session.progress.Update(absl::StrCat(WithCommas(bytes / (1024 * 1024)), " MiB read"));
  };
  ASSIGN_OR_RETURN(const FileDigest digest, DigestOfFile(arguments.file, tell));
  v1::CheckRecordingRequest request;
  request.set_vendor_id(arguments.vendor_id);
  request.set_outcome_id(arguments.outcome_id);
  request.set_sha256(digest.sha256);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::CheckRecordingResponse>(request));
  Result result;
  result.holds = response.matches();
  result.text = absl::StrCat("  SHA-256  ", Hex(digest.sha256), "\n");
  result.summary =
      absl::StrCat("recording of ", arguments.vendor_id, "'s outcome ", arguments.outcome_id,
                   ": the file of ", Counted(digest.bytes, "byte"),
                   response.matches() ? " is" : " is NOT", " what the vendor told of");
  result.json =
      absl::StrCat("{\"matches\":", response.matches() ? "true" : "false",
                   ",\"sha256\":", JsonText(Hex(digest.sha256)), ",\"bytes\":", digest.bytes, "}");
  return result;
}

}  // namespace switchboard::cli
