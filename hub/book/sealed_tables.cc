#include "hub/book/sealed_tables.h"

namespace switchboard::book {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelectPersons[] =
    "SELECT person_id, box FROM person WHERE person_id > $1 ORDER BY person_id LIMIT $2";
constexpr char kSwapPersons[] =
    "UPDATE person SET box = c1 FROM rows($1) WHERE person_id = c2 AND box = c3";
constexpr char kSelectAccounts[] =
    "SELECT account_id, box FROM account WHERE account_id > $1 ORDER BY account_id LIMIT $2";
constexpr char kSwapAccounts[] =
    "UPDATE account SET box = c1 FROM rows($1) WHERE account_id = c2 AND box = c3";
constexpr char kSelectWords[] =
    "SELECT person_id, event_id, box FROM person_word WHERE (person_id, event_id) > ($1, $2) ORDER "
    "BY person_id, event_id LIMIT $3";
constexpr char kSwapWords[] =
    "UPDATE person_word SET box = c1 FROM rows($1) WHERE person_id = c2 AND event_id = c3 AND box "
    "= c4";
constexpr char kSelectPast[] =
    "SELECT person_id, until_time, box FROM person_past WHERE (person_id, until_time) > ($1, $2) "
    "ORDER BY person_id, until_time LIMIT $3";
constexpr char kSwapPast[] =
    "UPDATE person_past SET box = c1 FROM rows($1) WHERE person_id = c2 AND until_time = c3 AND "
    "box = c4";

}  // namespace

BoxPlace PlaceOfPerson(std::string_view person_id) {
  return BoxPlace("person", "box").Key(person_id);
}

BoxPlace PlaceOfAccount(std::string_view account_id) {
  return BoxPlace("account", "box").Key(account_id);
}

BoxPlace PlaceOfWord(std::string_view person_id, std::string_view event_id) {
  return BoxPlace("person_word", "box").Key(person_id).Key(event_id);
}

BoxPlace PlaceOfPast(std::string_view person_id, int64_t until_us) {
  return BoxPlace("person_past", "box").Key(person_id).Key(until_us);
}

const storage::SealedTable kSealedPersons = {
    "person.box", {kText, kNull, kNull}, kSelectPersons, kSwapPersons, [](const Row& row) {
      return PlaceOfPerson(row.Text(0));
    }};

const storage::SealedTable kSealedAccounts = {
    "account.box", {kText, kNull, kNull}, kSelectAccounts, kSwapAccounts, [](const Row& row) {
      return PlaceOfAccount(row.Text(0));
    }};

const storage::SealedTable kSealedWords = {
    "person_word.box", {kText, kText, kNull}, kSelectWords, kSwapWords, [](const Row& row) {
      return PlaceOfWord(row.Text(0), row.Text(1));
    }};

const storage::SealedTable kSealedPast = {
    "person_past.box", {kText, kInteger, kNull}, kSelectPast, kSwapPast, [](const Row& row) {
      return PlaceOfPast(row.Text(0), row.Integer(1));
    }};

}  // namespace switchboard::book
