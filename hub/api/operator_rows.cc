#include "hub/api/operator_api.h"
#include "hub/api/read_for.h"
#include "hub/reports/row_digests.h"
#include "hub/storage/row_key.h"

namespace switchboard::api {

void OperatorApi::DigestRows(const identity::Peer& caller, v1::DigestRowsRequest request,
                             Done<v1::DigestRowsResponse> done) {
  ReadFor<v1::DigestRowsResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        return reports::DigestRows(reader, storage::RowKey(parts_.sealer).view(), request);
      },
      std::move(done));
}

}  // namespace switchboard::api
