#pragma once

#include <map>
#include <string>
#include <vector>

#include "hub/assignments/assignments.h"
#include "hub/book/book.h"
#include "hub/redaction/own_data.h"
#include "hub/storage/transaction.h"

namespace switchboard::assignments {

// What the book knows of whom each of these assignments is about, by their ids, in two journeys.
// One whose person is erased, or altered, is left out.
absl::StatusOr<std::map<std::string, redaction::OwnData, std::less<>>> ReadOwnData(
    storage::Connection& connection, const book::Book& book, const std::vector<Assignment>& work);

}  // namespace switchboard::assignments
