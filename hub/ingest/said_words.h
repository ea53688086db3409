#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/base/field_problem.h"
#include "hub/book/book.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/core_service.pb.h"

// What was said about being contacted: wishes, consents, other parties. A word changes the person's
// record until a record comes that is true as of a later time (I12).

namespace switchboard::ingest {

// What the message alone shows.
void CheckSaid(const v1::CoreEvent::Said& said, absl::Time now, FieldCheck& check);

// A word, and the record that it is about.
struct HeardWord {
  bool known = false;     // the book knows the person
  bool outdated = false;  // a record has come since that speaks for itself
  int64_t say_time_us = 0;
  v1::Person before;                    // the word
  v1::Person person;                    // with the word in it
  std::optional<FieldProblem> problem;  // what is wrong with it in this record
};

// Holds the person. What was said after it and came before it stays the newer word. `received_us`:
// when the event came for the first time; `again`: it came before. REQUIRES: CheckSaid found
// nothing.
absl::StatusOr<HeardWord> HearWord(storage::Transaction& transaction, const book::Book& book,
                                   std::string_view event_id, const v1::CoreEvent::Said& said,
                                   int64_t received_us, bool again);

// Keeps the word and voids the person's open permits; how many. One that is kept already, or is
// outdated, changes nothing. REQUIRES: it is known, and nothing is wrong with it.
absl::StatusOr<int64_t> KeepWord(storage::Transaction& transaction, const book::Book& book,
                                 std::string_view actor, std::string_view event_id,
                                 const v1::CoreEvent::Said& said, HeardWord& heard);

// Something else is known of a person than what open permits were given by; how many it voids.
// REQUIRES: the person is held.
absl::StatusOr<int64_t> VoidPermitsOfPerson(storage::Transaction& transaction,
                                            std::string_view actor, const std::string& person_id);

// The record of a person was replaced by another one: what was said since it was true is said
// again. Voids the person's open permits where rules read something else in the end than before.
// `before`: what was known until then. REQUIRES: the person is known and held.
absl::Status SayAgain(storage::Transaction& transaction, const book::Book& book,
                      std::string_view actor, const v1::Person& before);

}  // namespace switchboard::ingest
