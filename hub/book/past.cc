#include <set>
#include <utility>

#include "hub/base/canonical.h"
#include "hub/base/error.h"
#include "hub/book/book.h"
#include "hub/book/holds.h"
#include "hub/book/sealed_tables.h"

// What was known of a person before, for whoever asks what rules would have said then.

namespace switchboard::book {
namespace {

using storage::Row;
using storage::Rows;
using storage::Value;
using enum storage::Value::Kind;

// Two changes of one moment are one.
constexpr char kKeep[] =
    "INSERT INTO person_past (person_id, until_time, box) SELECT c1, c2, c3 FROM rows($1) WHERE "
    "true ON CONFLICT (person_id, until_time) DO NOTHING";
constexpr char kSelect[] =
    "SELECT until_time, box FROM person_past WHERE person_id = $1 AND until_time > $2 ORDER BY "
    "until_time";

v1::Person ReadByRules(v1::Person person) {
  person.clear_family_name();
  person.clear_given_name();
  person.clear_family_name_reading();
  person.clear_given_name_reading();
  person.clear_birth_date();
  person.clear_language();
  if (person.has_address()) {
    person.mutable_address()->clear_postal_code();
    person.mutable_address()->clear_district();
    person.mutable_address()->clear_street();
  }
  return person;
}

// As canonical bytes.
std::string WhatRulesRead(const v1::Person& person) {
  v1::Person read = ReadByRules(person);
  return CanonicalBytes(read);
}

std::string WithoutContactPoints(const v1::Person& person) {
  v1::Person read = ReadByRules(person);
  read.clear_contact_points();
  for (v1::OtherParty& party : *read.mutable_other_parties()) party.clear_contact_points();
  return CanonicalBytes(read);
}

}  // namespace

bool RulesReadOtherwise(const v1::Person& before, const v1::Person& after) {
  return WithoutContactPoints(before) != WithoutContactPoints(after);
}

absl::Status Book::KeepPast(storage::Transaction& transaction,
                            const std::vector<PersonChange>& changes) const {
  std::vector<std::string> boxes;
  std::vector<std::string_view> person_ids;
  std::set<std::string_view> kept;
  for (const PersonChange& change : changes) {
    const std::string& person_id = change.before->person_id();
    SWITCHBOARD_ASSERT(transaction.Holds(PersonKey(person_id)));
    if (change.before->SerializeAsString() == change.after->SerializeAsString()) continue;
    const std::string before = WhatRulesRead(*change.before);
    if (before == WhatRulesRead(*change.after) || !kept.insert(person_id).second) continue;
    person_ids.push_back(person_id);
    boxes.push_back(
        sealer_.Seal(transaction, PlaceOfPast(person_id, transaction.now_us()), before));
  }
  Rows rows({kText, kInteger, kBlob}, boxes.size());
  for (size_t i = 0; i < boxes.size(); ++i)
    rows.Add({person_ids[i], transaction.now_us(), Value::Blob(boxes[i])});
  return transaction.Execute(kKeep, {rows}).status();
}

absl::StatusOr<std::vector<PastPerson>> Book::ReadPast(storage::Connection& connection,
                                                       std::string_view person_id,
                                                       int64_t from_us) const {
  std::vector<std::pair<int64_t, std::string>> boxes;
  RETURN_IF_ERROR(connection.Query(kSelect, {person_id, from_us}, [&](const Row& row) {
    boxes.emplace_back(row.Integer(0), row.Blob(1));
    return absl::OkStatus();
  }));
  std::vector<PastPerson> past;
  for (const auto& [until_us, box] : boxes) {
    ASSIGN_OR_RETURN(const std::string bytes,
                     sealer_.Open(PlaceOfPast(person_id, until_us), box, connection));
    PastPerson& known = past.emplace_back();
    known.until_us = until_us;
    if (!known.person.ParseFromString(bytes))
      return absl::DataLossError("a stored record cannot be parsed");
  }
  return past;
}

}  // namespace switchboard::book
