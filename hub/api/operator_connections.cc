#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "hub/api/field_error.h"
#include "hub/api/operator_api.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/storage/submit.h"

namespace switchboard::api {
namespace {

using google::protobuf::util::TimeUtil;
using guard::OpenConnection;
using Request = v1::CloseConnectionsRequest;

std::string PeerOf(const OpenConnection& connection) {
  return connection.peer().ok() ? connection.peer()->Actor() : std::string();
}

v1::ListConnectionsResponse::Connection Describe(const OpenConnection& connection) {
  v1::ListConnectionsResponse::Connection described;
  described.set_connection_id(connection.id());
  described.set_peer(PeerOf(connection));
  described.set_address(connection.address());
  *described.mutable_open_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(connection.opened()));
  described.set_certificate_serial(connection.certificate().serial());
  *described.mutable_certificate_end_time() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(connection.certificate().not_after()));
  return described;
}

bool IsMeant(const Request& request, const OpenConnection& connection) {
  switch (request.which_case()) {
    case Request::kConnectionId:
      return connection.id() == request.connection_id();
    case Request::kPeer:
      return !request.peer().empty() && PeerOf(connection) == request.peer();
    case Request::kCertificateSerial:
      return connection.certificate().serial() == request.certificate_serial();
    case Request::WHICH_NOT_SET:
      return false;
  }
  return false;
}

// Of what was found, so that nothing a caller made up gets into the audit log.
std::string SubjectOf(const Request& request, const OpenConnection& found) {
  switch (request.which_case()) {
    case Request::kPeer:
      return PeerOf(found);
    case Request::kCertificateSerial:
      return found.certificate().serial();
    default:
      return absl::StrCat(found.id());
  }
}

}  // namespace

void OperatorApi::ListConnections(const identity::Peer&, v1::ListConnectionsRequest,
                                  Done<v1::ListConnectionsResponse> done) {
  v1::ListConnectionsResponse response;
  for (const auto& connection : parts_.connections.List())
    *response.add_connections() = Describe(*connection);
  response.set_hub_id(parts_.hub_id);
  done(std::move(response));
}

// Closed before it is written: a disk that is full must not keep an attacker connected.
void OperatorApi::CloseConnections(const identity::Peer& caller, Request request,
                                   Done<v1::CloseConnectionsResponse> done) {
  if (request.which_case() == Request::WHICH_NOT_SET) {
    return done(FieldInvalid(
        {"connection_id", "or peer or certificate_serial must say which connections"}));
  }
  std::vector<std::shared_ptr<const OpenConnection>> meant = parts_.connections.List();
  std::erase_if(meant, [&](const auto& one) { return !IsMeant(request, *one); });
  if (meant.empty()) {
    return done(Error(absl::StatusCode::kNotFound, "CONNECTION_UNKNOWN",
                      "no such connection is open; see ListConnections"));
  }
  for (const auto& one : meant) one->AskToClose();
  const auto count = static_cast<int32_t>(meant.size());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_EVENT, caller.Actor());
  event.set_subject_id(SubjectOf(request, *meant.front()));
  event.mutable_occurrence()->set_what(v1::AuditEvent::Occurrence::WHAT_CONNECTIONS_CLOSED);
  event.set_count(count);
  storage::SubmitFor<v1::CloseConnectionsResponse>(
      parts_.writer, storage::Urgency::kUrgent, caller.Actor(),
      [event = std::move(event),
       count](storage::Transaction& transaction) -> absl::StatusOr<v1::CloseConnectionsResponse> {
        audit::Record(transaction, event);
        v1::CloseConnectionsResponse response;
        response.set_connections(count);
        return response;
      },
      std::move(done));
}

}  // namespace switchboard::api
