#include "hub/person_requests/request_book.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/core_feed/core_feed.h"
#include "hub/core_feed/sealed_tables.h"
#include "hub/person_requests/person_requests.h"

namespace switchboard::person_requests {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;
using Request = v1::PersonRequest;

#define REQUEST_COLUMNS                                                                 \
  "request_id, person_id, kind, state, opened_by, open_time, decided_by, decide_time, " \
  "end_time, box"
constexpr char kSelect[] = "SELECT " REQUEST_COLUMNS " FROM person_request WHERE request_id = $1";
constexpr char kSelectAfter[] =
    "SELECT " REQUEST_COLUMNS
    " FROM person_request WHERE request_id > $1 AND state <= $2 ORDER BY request_id LIMIT $3";
#undef REQUEST_COLUMNS
constexpr char kInsert[] =
    "INSERT INTO person_request (request_id, person_id, kind, state, opened_by, open_time, "
    "decided_by, decide_time, end_time, pages, box) VALUES ($1, $2, $3, 1, $4, $5, '', NULL, NULL, "
    "0, $6) ON CONFLICT (request_id) DO NOTHING";
constexpr char kDecide[] =
    "UPDATE person_request SET state = $1, decided_by = $2, decide_time = $3 WHERE request_id = $4";
constexpr char kCountPage[] =
    "UPDATE person_request SET pages = pages + 1 WHERE request_id = $1 RETURNING pages";
constexpr char kEnd[] = "UPDATE person_request SET state = 4, end_time = $1 WHERE request_id = $2";

static_assert(Request::STATE_OPEN == 1 && Request::STATE_AGREED == 2 &&
                  Request::STATE_REFUSED == 3 && Request::STATE_DONE == 4,
              "as the statements have it");

// What of a request is nobody's to know who reads the database.
Request SealedOf(const Request& request) {
  Request sealed;
  sealed.set_reference(request.reference());
  *sealed.mutable_fields() = request.fields();
  return sealed;
}

// Parsed rows, with their boxes yet to be opened: a key may have to be read for that.
struct Read {
  Request request;
  std::string box;
};

Read FromRow(const Row& row) {
  Read read;
  Request& request = read.request;
  request.set_request_id(std::string(row.Text(0)));
  request.set_person_id(std::string(row.Text(1)));
  request.set_kind(static_cast<Request::Kind>(row.Integer(2)));
  request.set_state(static_cast<Request::State>(row.Integer(3)));
  request.set_opened_by(std::string(row.Text(4)));
  *request.mutable_open_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(5));
  request.set_decided_by(std::string(row.Text(6)));
  if (!row.IsNull(7))
    *request.mutable_decide_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(7));
  if (!row.IsNull(8))
    *request.mutable_end_time() = TimeUtil::MicrosecondsToTimestamp(row.Integer(8));
  read.box = row.Blob(9);
  return read;
}

absl::Status AddSealed(storage::Connection& connection, storage::Sealer& sealer,
                       const storage::BoxPlace& place, Read& read) {
  ASSIGN_OR_RETURN(const std::string bytes, sealer.Open(place, read.box, connection));
  Request sealed;
  if (!sealed.ParseFromString(bytes))
    return absl::DataLossError("a stored request cannot be parsed");
  read.request.MergeFrom(sealed);
  return absl::OkStatus();
}

// What a box that was altered or lost its key leaves out, `broken_too`: one of these hides no
// other.
absl::StatusOr<std::vector<Request>> Select(storage::Connection& connection,
                                            storage::Sealer& sealer, const char* sql,
                                            storage::Connection::Parameters parameters,
                                            bool broken_too) {
  std::vector<Read> rows;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    rows.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  std::vector<Request> requests;
  for (Read& read : rows) {
    const auto place = PlaceOf(read.request.request_id(), read.request.person_id());
    const absl::Status opened = AddSealed(connection, sealer, place, read);
    if (!opened.ok() && !(broken_too && absl::IsDataLoss(opened))) return opened;
    requests.push_back(std::move(read.request));
  }
  return requests;
}

}  // namespace

storage::BoxPlace PlaceOf(std::string_view request_id, std::string_view person_id) {
  return storage::BoxPlace("person_request", "box").Key(request_id).With(person_id);
}

std::string ItemOwner(std::string_view request_id) {
  return absl::StrCat("person_request/", std::string(request_id));
}

absl::StatusOr<std::optional<Request>> FindRequest(storage::Connection& connection,
                                                   storage::Sealer& sealer,
                                                   std::string_view request_id) {
  ASSIGN_OR_RETURN(auto found,
                   Select(connection, sealer, kSelect, {request_id}, /*broken_too=*/false));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::vector<Request>> RequestsAfter(storage::Connection& connection,
                                                   storage::Sealer& sealer, std::string_view after,
                                                   bool closed_too, int limit) {
  const int64_t state_max = closed_too ? Request::STATE_DONE : Request::STATE_AGREED;
  return Select(connection, sealer, kSelectAfter, {after, state_max, limit}, /*broken_too=*/true);
}

absl::StatusOr<bool> InsertRequest(storage::Transaction& transaction, storage::Sealer& sealer,
                                   std::string_view actor, const Request& asked) {
  const std::string box = sealer.Seal(transaction, PlaceOf(asked.request_id(), asked.person_id()),
                                      SealedOf(asked).SerializeAsString());
  ASSIGN_OR_RETURN(const int64_t added,
                   transaction.Execute(kInsert, {asked.request_id(), asked.person_id(),
                                                 static_cast<int64_t>(asked.kind()), actor,
                                                 transaction.now_us(), Value::Blob(box)}));
  return added > 0;
}

absl::Status WriteDecision(storage::Transaction& transaction, const Request& request) {
  return transaction
      .Execute(kDecide,
               {static_cast<int64_t>(request.state()), request.decided_by(),
                TimeUtil::TimestampToMicroseconds(request.decide_time()), request.request_id()})
      .status();
}

absl::StatusOr<int64_t> CountPage(storage::Transaction& transaction, std::string_view request_id) {
  int64_t pages = 0;
  RETURN_IF_ERROR(transaction.Query(kCountPage, {request_id}, [&](const Row& row) {
    pages = row.Integer(0);
    return absl::OkStatus();
  }));
  return pages;
}

absl::Status WriteEnd(storage::Transaction& transaction, std::string_view request_id) {
  return transaction.Execute(kEnd, {transaction.now_us(), request_id}).status();
}

void RecordStep(storage::Transaction& transaction, std::string_view actor, const Request& request,
                int64_t pages, std::string_view digest) {
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_PERSON_REQUEST, actor);
  event.set_person_id(request.person_id());
  event.set_subject_id(request.request_id());
  event.set_digest(std::string(digest));
  v1::PersonRequestStep& step = *event.mutable_person_request();
  step.set_kind(request.kind());
  step.set_state(request.state());
  step.set_pages(static_cast<int32_t>(pages));
  audit::Record(transaction, std::move(event));
}

void TellCore(storage::Transaction& transaction, storage::Sealer& sealer, const Request& request) {
  using core_feed::ItemKind;
  Request facts = request;
  facts.clear_reference();
  facts.clear_fields();
  std::string owner = ItemOwner(request.request_id());
  const auto place = core_feed::PlaceOfItem(ItemKind::kPersonRequest, owner);
  std::string box = sealer.Seal(transaction, place, SealedOf(request).SerializeAsString());
  core_feed::CoreFeedBook::Append(
      transaction, {ItemKind::kPersonRequest, owner, facts.SerializeAsString(), std::move(box),
                    std::move(owner)});
}

}  // namespace switchboard::person_requests
