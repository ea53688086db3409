#pragma once

#include <string>
#include <vector>

#include "hub/book/book.h"
#include "hub/storage/database.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::reports {

// At most so many are found.
inline constexpr size_t kFoundMax = 100;

// Persons who, or others beside whom, are reached by a number or an address, however it is spelled,
// or who have a card; by id. Opens the whole book, page by page. REQUIRES: the request is right.
absl::StatusOr<std::vector<std::string>> SearchPersons(storage::Connection& reader,
                                                       const book::Book& book,
                                                       const v1::FindPersonsRequest& request);

}  // namespace switchboard::reports
