#include "hub/person_requests/person_requests.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/assignments/assignments.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"
#include "hub/core_feed/core_feed.h"
#include "hub/person_requests/request_book.h"

namespace switchboard::person_requests {
namespace {

using Request = v1::PersonRequest;

absl::Status Unknown() {
  return Error(absl::StatusCode::kNotFound, "PERSON_REQUEST_UNKNOWN", "there is no such request");
}

absl::Status TwoOperatorsNeeded(std::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, "TWO_OPERATORS_NEEDED", message);
}

bool SaysTheSame(const Request& kept, const Request& asked) {
  return kept.person_id() == asked.person_id() && kept.kind() == asked.kind() &&
         kept.reference() == asked.reference() &&
         std::equal(kept.fields().begin(), kept.fields().end(), asked.fields().begin(),
                    asked.fields().end());
}

absl::StatusOr<Request> FindKnown(storage::Connection& connection, storage::Sealer& sealer,
                                  std::string_view request_id) {
  ASSIGN_OR_RETURN(auto found, FindRequest(connection, sealer, request_id));
  if (!found.has_value()) return Unknown();
  return *std::move(found);
}

// The request, with its person held, so that nobody else changes it.
absl::StatusOr<Request> HoldRequest(storage::Transaction& transaction, const book::Book& book,
                                    storage::Sealer& sealer, std::string_view request_id) {
  ASSIGN_OR_RETURN(const Request seen, FindKnown(transaction.connection(), sealer, request_id));
  RETURN_IF_ERROR(book.HoldPerson(transaction, seen.person_id()).status());
  return FindKnown(transaction.connection(), sealer, request_id);
}

absl::Status RefuseWhileLive(storage::Connection& connection, std::string_view person_id) {
  ASSIGN_OR_RETURN(const auto work, assignments::AssignmentsOfPerson(connection, person_id));
  const auto live =
      std::count_if(work.begin(), work.end(), [](const auto& one) { return one.live; });
  if (live == 0) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "WORK_IS_LIVE",
               absl::StrCat("vendors hold work of this person (", live, "): recall it first"));
}

absl::StatusOr<Request> Readable(Request request, std::string_view actor, absl::Time now) {
  if (request.kind() != Request::KIND_ACCESS || request.opened_by() != actor) return Unknown();
  const bool agreed =
      request.state() == Request::STATE_AGREED || request.state() == Request::STATE_DONE;
  if (!agreed) return TwoOperatorsNeeded("nobody else has agreed to this request");
  if (now >= TimeOf(request.decide_time()) + kReadFor) {
    return TwoOperatorsNeeded(
        "another operator agreed more than 24 hours ago: open the request anew");
  }
  return request;
}

}  // namespace

absl::StatusOr<Request> PersonRequests::Open(storage::Transaction& transaction,
                                             std::string_view actor, const Request& asked) const {
  ASSIGN_OR_RETURN(const bool known, book_.HoldPerson(transaction, asked.person_id()));
  if (!known) {
    return Error(absl::StatusCode::kNotFound, "PERSON_UNKNOWN", "the book has no such person");
  }
  ASSIGN_OR_RETURN(const bool added, InsertRequest(transaction, sealer_, actor, asked));
  ASSIGN_OR_RETURN(const Request request,
                   FindKnown(transaction.connection(), sealer_, asked.request_id()));
  if (!SaysTheSame(request, asked)) {
    return Error(absl::StatusCode::kAlreadyExists, "PERSON_REQUEST_EXISTS",
                 "request_id was used for another request");
  }
  if (added) RecordStep(transaction, actor, request, 0, "");
  return request;
}

absl::StatusOr<Request> PersonRequests::Decide(storage::Transaction& transaction,
                                               std::string_view actor, std::string_view request_id,
                                               bool agreed) const {
  ASSIGN_OR_RETURN(Request request, HoldRequest(transaction, book_, sealer_, request_id));
  if (request.opened_by() == actor)
    return TwoOperatorsNeeded("whoever opened a request does not decide it: ask another operator");
  if (request.state() != Request::STATE_OPEN) {
    if (agreed != (request.state() == Request::STATE_REFUSED)) return request;
    return Error(absl::StatusCode::kFailedPrecondition, "PERSON_REQUEST_CLOSED",
                 "it was decided otherwise");
  }
  const bool deletes = agreed && request.kind() == Request::KIND_DELETION;
  if (deletes) RETURN_IF_ERROR(RefuseWhileLive(transaction.connection(), request.person_id()));
  request.set_state(agreed ? Request::STATE_AGREED : Request::STATE_REFUSED);
  request.set_decided_by(std::string(actor));
  *request.mutable_decide_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(transaction.now_us());
  RETURN_IF_ERROR(WriteDecision(transaction, request));
  RecordStep(transaction, actor, request, 0, "");
  if (agreed && request.kind() != Request::KIND_ACCESS) TellCore(transaction, sealer_, request);
  return request;
}

absl::StatusOr<std::vector<Request>> PersonRequests::List(storage::Connection& connection,
                                                          std::string_view after, bool closed_too,
                                                          int limit) const {
  return RequestsAfter(connection, sealer_, after, closed_too, limit);
}

absl::StatusOr<Request> PersonRequests::FindReadable(storage::Connection& connection,
                                                     std::string_view actor,
                                                     std::string_view request_id,
                                                     absl::Time now) const {
  ASSIGN_OR_RETURN(Request request, FindKnown(connection, sealer_, request_id));
  return Readable(std::move(request), actor, now);
}

absl::Status PersonRequests::NotePage(storage::Transaction& transaction, std::string_view actor,
                                      std::string_view request_id, bool last,
                                      std::string_view digest) const {
  ASSIGN_OR_RETURN(Request held, HoldRequest(transaction, book_, sealer_, request_id));
  ASSIGN_OR_RETURN(Request request, Readable(std::move(held), actor, transaction.now()));
  const bool ends = last && request.state() != Request::STATE_DONE;
  if (ends) request.set_state(Request::STATE_DONE);
  ASSIGN_OR_RETURN(const int64_t pages, CountPage(transaction, request_id));
  RecordStep(transaction, actor, request, pages, digest);
  return ends ? WriteEnd(transaction, request_id) : absl::OkStatus();
}

}  // namespace switchboard::person_requests
