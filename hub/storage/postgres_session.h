#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace switchboard::storage {

struct ClosePostgres {
  void operator()(PGconn* session) const { PQfinish(session); }
};
using PostgresSession = std::unique_ptr<PGconn, ClosePostgres>;

// A session at a server that `url` leads to, under this name in the server's lists. Blocks; a host
// has 5 s to answer. A server that vanishes without a word, its power cut or its network, is given
// up within 15 s; what the URL says goes before that. Errors: UNAVAILABLE, with what libpq says.
absl::StatusOr<PostgresSession> OpenPostgresSession(const std::string& url,
                                                    const std::string& name);

}  // namespace switchboard::storage
