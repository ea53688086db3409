#include "hub/person_requests/sealed_tables.h"

#include "hub/person_requests/person_requests.h"

namespace switchboard::person_requests {
namespace {

using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelect[] =
    "SELECT request_id, box, person_id FROM person_request WHERE request_id > $1 ORDER BY "
    "request_id "
    "LIMIT $2";
constexpr char kSwap[] =
    "UPDATE person_request SET box = c1 FROM rows($1) WHERE request_id = c2 AND box = c3";

}  // namespace

const storage::SealedTable kSealedRequests = {
    "person_request.box", {kText, kNull, kNull}, kSelect, kSwap, [](const Row& row) {
      return PlaceOf(row.Text(0), row.Text(2));
    }};

}  // namespace switchboard::person_requests
