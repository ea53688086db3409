#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

v1::CloseConnectionsRequest RequestOf(const ConnectionsCloseArguments& arguments) {
  v1::CloseConnectionsRequest request;
  if (arguments.id != 0) request.set_connection_id(arguments.id);
  if (!arguments.peer.empty()) request.set_peer(arguments.peer);
  if (!arguments.serial.empty()) request.set_certificate_serial(arguments.serial);
  return request;
}

}  // namespace

// Each hub has connections of its own.
absl::StatusOr<Result> ConnectionsList(Session& session) {
  TextTable table({{"hub", Align::kLeft},
                   {"id"},
                   {"peer", Align::kLeft},
                   {"address", Align::kLeft},
                   {"open since (UTC)", Align::kLeft},
                   {"certificate", Align::kLeft},
                   {"ends (UTC)", Align::kLeft}});
  nlohmann::json json = nlohmann::json::object();
  int64_t count = 0;
  for (const std::string& address : session.connection.hubs) {
    Session one = session.OfHub(address);
    ASSIGN_OR_RETURN(auto hub, one.connect(one));
    ASSIGN_OR_RETURN(const auto response,
                     hub->Ask<v1::ListConnectionsResponse>(v1::ListConnectionsRequest()));
    for (const auto& connection : response.connections()) {
      table.Add({response.hub_id(), absl::StrCat(connection.connection_id()),
                 connection.peer().empty() ? "[nobody]" : connection.peer(), connection.address(),
                 UtcText(connection.open_time()), connection.certificate_serial(),
                 UtcText(connection.certificate_end_time())});
    }
    count += response.connections_size();
    json[address] = nlohmann::json::parse(JsonOf(response));
  }
  Result result;
  result.text = table.Render();
  result.summary =
      absl::StrCat(Counted(count, "connection"), " to ", session.connection.HubsText());
  result.json = json.dump();
  return result;
}

absl::StatusOr<Result> ConnectionsClose(Session& session,
                                        const ConnectionsCloseArguments& arguments) {
  const std::vector<std::string>& hubs = session.connection.hubs;
  if (arguments.id != 0 && hubs.size() > 1) {
    return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID",
                 "--id names a connection of one hub; give that hub alone in --hub");
  }
  int64_t count = 0;
  absl::Status nowhere;
  for (const std::string& address : hubs) {
    Session one = session.OfHub(address);
    ASSIGN_OR_RETURN(auto hub, one.connect(one));
    const auto response = hub->Ask<v1::CloseConnectionsResponse>(RequestOf(arguments));
    if (absl::IsNotFound(response.status())) {
      nowhere = response.status();
      continue;
    }
    RETURN_IF_ERROR(response.status());
    count += response->connections();
  }
  if (count == 0) return nowhere;
  Result result;
  result.summary = absl::StrCat(
      Counted(count, "connection"),
      " closed; whoever still has a certificate that counts may connect anew (put its serial "
      "number on the revocation list, crl.pem)");
  result.json = nlohmann::json({{"connections", count}}).dump();
  return result;
}

}  // namespace switchboard::cli
