#pragma once

#include <string>
#include <string_view>

#include "hub/storage/database.h"
#include "switchboard/v1/values.pb.h"

// What units of work keep others away from, so that several lanes and several hubs decide as one
// would. A unit holds these before it reads what it decides by:
//
// | key       | alone                                          | shared                           |
// | --------- | ---------------------------------------------- | -------------------------------- |
// | person    | permits, outcomes, stops, recalls, imports,    |                                  |
// |           | withdrawals, erasing of that person            |                                  |
// | placement | imports and other placements; contracts, plans | stops on somebody the book does  |
// |           | erasing accounts and persons                   | not know, who may be on the way  |
// | vendor    | contracts and stops of the vendor              | permits                          |
// | work type | stops of the work type                         | permits                          |
// | feed      | sessions, cursors and disclosures of a vendor  |                                  |
//
// Only a placement makes a person known, and only who holds `placement` makes one unknown again, so
// that who holds `placement` knows that nobody else does either.

namespace switchboard::book {

enum class Sharing { kAlone, kShared };

inline storage::Key PersonKey(std::string_view person_id) {
  return {"person/" + std::string(person_id)};
}
inline storage::Key PlacementKey(Sharing sharing = Sharing::kAlone) {
  return {"placement", sharing == Sharing::kShared};
}
inline storage::Key VendorKey(std::string_view vendor_id, Sharing sharing = Sharing::kAlone) {
  return {"vendor/" + std::string(vendor_id), sharing == Sharing::kShared};
}
inline storage::Key WorkTypeKey(v1::WorkType work_type, Sharing sharing = Sharing::kAlone) {
  return {"work_type/" + v1::WorkType_Name(work_type), sharing == Sharing::kShared};
}
inline storage::Key FeedKey(std::string_view vendor_id) {
  return {"feed/" + std::string(vendor_id)};
}

}  // namespace switchboard::book
