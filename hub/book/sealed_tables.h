#pragma once

#include <cstdint>
#include <string_view>

#include "hub/storage/sealed_table.h"

// Boxes of the book, and what each of them is bound to.

namespace switchboard::book {

storage::BoxPlace PlaceOfPerson(std::string_view person_id);
storage::BoxPlace PlaceOfAccount(std::string_view account_id);
storage::BoxPlace PlaceOfWord(std::string_view person_id, std::string_view event_id);
storage::BoxPlace PlaceOfPast(std::string_view person_id, int64_t until_us);

extern const storage::SealedTable kSealedPersons;
extern const storage::SealedTable kSealedAccounts;
extern const storage::SealedTable kSealedWords;
extern const storage::SealedTable kSealedPast;

}  // namespace switchboard::book
