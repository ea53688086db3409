#include <utility>

#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/book/book.h"
#include "hub/book/holds.h"
#include "hub/book/sealed_tables.h"

// What was said about being contacted, and the record of the person that it changes.

namespace switchboard::book {
namespace {

using storage::Row;
using storage::Value;

constexpr char kSelect[] =
    "SELECT event_id, say_time, box FROM person_word WHERE person_id = $1 AND say_time >= $2 ORDER "
    "BY say_time, event_id";
constexpr char kInsert[] =
    "INSERT INTO person_word (person_id, event_id, say_time, box) VALUES ($1, $2, $3, $4) ON "
    "CONFLICT (person_id, event_id) DO NOTHING";
constexpr char kNoteWord[] = "UPDATE person SET said = $1 WHERE person_id = $2 AND said < $1";
constexpr char kReplace[] = "UPDATE person SET box = $1 WHERE person_id = $2";

}  // namespace

absl::StatusOr<std::vector<Word>> Book::WordsSince(storage::Connection& connection,
                                                   std::string_view person_id,
                                                   int64_t since_us) const {
  std::vector<std::pair<Word, std::string>> boxes;
  RETURN_IF_ERROR(connection.Query(kSelect, {person_id, since_us}, [&](const Row& row) {
    boxes.push_back({{std::string(row.Text(0)), row.Integer(1), {}}, std::string(row.Blob(2))});
    return absl::OkStatus();
  }));
  std::vector<Word> words;
  for (auto& [word, box] : boxes) {
    ASSIGN_OR_RETURN(const std::string bytes,
                     sealer_.Open(PlaceOfWord(person_id, word.event_id), box, connection));
    if (!word.said.ParseFromString(bytes))
      return absl::DataLossError("a stored word cannot be parsed");
    words.push_back(std::move(word));
  }
  return words;
}

absl::StatusOr<bool> Book::KeepWord(storage::Transaction& transaction, std::string_view person_id,
                                    const Word& word) const {
  SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(person_id)));
  const std::string box = sealer_.Seal(transaction, PlaceOfWord(person_id, word.event_id),
                                       word.said.SerializeAsString());
  ASSIGN_OR_RETURN(
      const int64_t kept,
      transaction.Execute(kInsert, {person_id, word.event_id, word.say_time_us, Value::Blob(box)}));
  if (kept == 0) return false;
  RETURN_IF_ERROR(transaction.Execute(kNoteWord, {word.say_time_us, person_id}).status());
  return true;
}

absl::Status Book::ReplacePerson(storage::Transaction& transaction, v1::Person& person) const {
  SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(person.person_id())));
  const std::string box =
      sealer_.Seal(transaction, PlaceOfPerson(person.person_id()), CanonicalBytes(person));
  return transaction.Execute(kReplace, {Value::Blob(box), person.person_id()}).status();
}

}  // namespace switchboard::book
