#include "hub/api/core_api.h"

#include <memory>

#include "hub/api/field_error.h"
#include "hub/base/error.h"
#include "hub/storage/submit.h"
#include "switchboard/v1/wire.pb.h"

namespace switchboard::api {
namespace {

using storage::Transaction;
using storage::Urgency;

absl::Status Invalid(std::string_view reason, std::string_view message) {
  return Error(absl::StatusCode::kInvalidArgument, reason, message);
}

std::optional<FieldProblem> Check(const v1::ReadCoreFeedRequest& request) {
  FieldCheck check;
  CheckPage(request.max_items(), kReadItemsMax, "max_items", check);
  const auto& wait = request.max_wait();
  const int64_t most = absl::ToInt64Seconds(kReadWaitMax);
  const bool in_range = wait.seconds() >= 0 && wait.nanos() >= 0 && wait.nanos() < 1'000'000'000 &&
                        (wait.seconds() < most || (wait.seconds() == most && wait.nanos() == 0));
  check.Require(in_range, "max_wait", "must be 0 to 60 s");
  check.Label(request.reader(), 0, 32, "reader");
  return check.problem();
}

}  // namespace

std::shared_ptr<ingest::ImportStream> CoreApi::OpenImport(const identity::Peer& caller) {
  return std::make_shared<ingest::ImportStream>(
      ingest::ImportStream::Parts{parts_.writer, parts_.executor, parts_.clock, parts_.intake,
                                  parts_.disk},
      caller.Actor());
}

void CoreApi::PostEvents(const identity::Peer& caller, std::string serialized,
                         Done<v1::PostEventsResponse> done) {
  auto request = std::make_shared<v1::ItemBytes>();
  if (!request->ParseFromString(serialized))
    return done(Invalid("MESSAGE_MALFORMED", "the bytes are no PostEventsRequest"));
  if (request->items().empty() || request->items_size() > kEventsMax)
    return done(Invalid("BATCH_TOO_LARGE", "events: 1 to 500 a call"));
  storage::SubmitFor<v1::PostEventsResponse>(
      parts_.writer, Urgency::kStop, "",
      [this, actor = caller.Actor(),
       request](Transaction& transaction) -> absl::StatusOr<v1::PostEventsResponse> {
        v1::PostEventsResponse response;
        for (const std::string& bytes : request->items()) {
          ASSIGN_OR_RETURN(*response.add_receipts(),
                           parts_.events.Apply(transaction, actor, bytes));
        }
        return response;
      },
      std::move(done));
}

void CoreApi::ReadCoreFeed(const identity::Peer& caller, v1::ReadCoreFeedRequest request,
                           Done<v1::ReadCoreFeedResponse> done) {
  if (const auto problem = Check(request); problem.has_value()) return done(FieldInvalid(*problem));
  parts_.core_feed.Read(caller.Actor(), std::move(request), std::move(done));
}

}  // namespace switchboard::api
