#include "hub/book/book.h"

#include <deque>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "hub/base/canonical.h"
#include "hub/base/email.h"
#include "hub/base/error.h"
#include "hub/base/phone.h"
#include "hub/book/holds.h"
#include "hub/book/sealed_tables.h"

namespace switchboard::book {
namespace {

using storage::Row;
using storage::Rows;
using storage::Value;
using enum Value::Kind;

#define ACCOUNT_FACTS                                                                            \
  "a.account_id, a.person_id, a.actor, a.source, a.sequence, a.digest, a.as_of, a.was_current, " \
  "(SELECT COUNT(*) FROM replaced_record r WHERE r.account_id = a.account_id)"

constexpr char kSelectAccountFacts[] =
    "SELECT " ACCOUNT_FACTS " FROM account a WHERE a.account_id = $1";
constexpr char kSelectFactsOfAccounts[] =
    "SELECT " ACCOUNT_FACTS " FROM rows($1) CROSS JOIN account a WHERE a.account_id = c1";
constexpr char kUpsertPersons[] =
    "INSERT INTO person (person_id, as_of, said, box) SELECT c1, c2, 0, c3 FROM rows($1) WHERE "
    "true "
    "ON CONFLICT (person_id) DO UPDATE SET as_of = excluded.as_of, box = excluded.box "
    "WHERE person.as_of <= excluded.as_of";
constexpr char kUpsertAccounts[] =
    "INSERT INTO account (account_id, person_id, actor, source, sequence, as_of, was_current, "
    "update_time, digest, box) SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 FROM rows($1) "
    "WHERE true ON CONFLICT (account_id) DO UPDATE SET person_id = excluded.person_id, actor = "
    "excluded.actor, source = excluded.source, sequence = excluded.sequence, as_of = "
    "excluded.as_of, was_current = excluded.was_current, update_time = excluded.update_time, "
    "digest = excluded.digest, box = excluded.box";
constexpr char kUpsertReplaced[] =
    "INSERT INTO replaced_record (account_id, actor, source, sequence, digest, as_of) SELECT c1, "
    "c2, c3, c4, c5, c6 FROM rows($1) WHERE true ON CONFLICT (account_id, actor, source) DO UPDATE "
    "SET sequence = "
    "excluded.sequence, digest = excluded.digest, as_of = excluded.as_of";
constexpr char kSelectReplaced[] =
    "SELECT sequence, digest, as_of FROM replaced_record WHERE account_id = $1 AND actor = $2 AND "
    "source = $3";
constexpr char kSelectPerson[] = "SELECT box FROM person WHERE person_id = $1";
constexpr char kSelectPersons[] =
    "SELECT person_id, as_of, box, said FROM rows($1) CROSS JOIN person WHERE person_id = c1";
constexpr char kSelectAccounts[] =
    "SELECT account_id, as_of, box, 0 FROM rows($1) CROSS JOIN account WHERE account_id = c1";
constexpr char kSelectKnown[] = "SELECT 1 FROM person WHERE person_id = $1";
constexpr char kSelectAccount[] = "SELECT box FROM account WHERE account_id = $1";
constexpr char kSelectPage[] =
    "SELECT a.account_id, a.box, p.person_id, p.box FROM account a JOIN person p ON p.person_id = "
    "a.person_id "
    "WHERE a.account_id > $1 ORDER BY a.account_id LIMIT 500";
constexpr char kSelectPersonIds[] =
    "SELECT person_id FROM person WHERE person_id > $1 ORDER BY person_id LIMIT 500";
constexpr char kSelectThrough[] =
    "SELECT through FROM import_source WHERE actor = $1 AND source = $2";
constexpr char kUpsertThrough[] =
    "INSERT INTO import_source (actor, source, through) VALUES ($1, $2, $3) "
    "ON CONFLICT (actor, source) DO UPDATE SET through = excluded.through";

KnownAccount KnownFrom(const Row& row) {
  return {std::string(row.Text(1)), std::string(row.Text(2)), std::string(row.Text(3)),
          row.Integer(4),           std::string(row.Blob(5)), row.Integer(6),
          row.Integer(7),           row.Integer(8) > 0};
}

// The newest truth of each person, once; the later record where two are as new.
std::vector<const SealedRecord*> NewestOfPersons(const std::vector<const SealedRecord*>& records) {
  absl::flat_hash_map<std::string_view, size_t> places;
  std::vector<const SealedRecord*> newest;
  newest.reserve(records.size());
  for (const SealedRecord* record : records) {
    const auto [place, added] =
        places.try_emplace(record->record->account().person_id(), newest.size());
    if (added) {
      newest.push_back(record);
    } else if (record->as_of_us >= newest[place->second]->as_of_us) {
      newest[place->second] = record;
    }
  }
  return newest;
}

absl::Status OpenBox(storage::Sealer& sealer, storage::Connection& connection,
                     const storage::BoxPlace& place, std::string_view box,
                     google::protobuf::MessageLite& message, std::string* bytes = nullptr) {
  ASSIGN_OR_RETURN(std::string opened, sealer.Open(place, box, connection));
  if (!message.ParseFromString(opened))
    return absl::DataLossError("a stored record cannot be parsed");
  if (bytes != nullptr) *bytes = std::move(opened);
  return absl::OkStatus();
}

struct Found {
  std::string id;
  int64_t as_of_us;
  std::string box;  // opened after the query, because that may ask the connection for a key
  int64_t said_us;  // of a person
};

absl::StatusOr<std::vector<Found>> FindBoxes(storage::Connection& connection, const char* sql,
                                             const std::vector<std::string>& ids) {
  std::vector<Found> boxes;
  boxes.reserve(ids.size());
  const Rows rows = storage::RowsOf(ids);
  RETURN_IF_ERROR(connection.Query(sql, {rows}, [&](const Row& row) {
    boxes.push_back(
        {std::string(row.Text(0)), row.Integer(1), std::string(row.Blob(2)), row.Integer(3)});
    return absl::OkStatus();
  }));
  return boxes;
}

template <typename Message>
absl::StatusOr<Message> ReadBox(storage::Sealer& sealer, storage::Connection& connection,
                                const char* sql, const storage::BoxPlace& place,
                                std::string_view id) {
  Message message;
  absl::Status opened = absl::NotFoundError("the book has no such record");
  RETURN_IF_ERROR(connection.Query(sql, {id}, [&](const Row& row) {
    opened = OpenBox(sealer, connection, place, row.Blob(0), message);
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(opened);
  return message;
}

}  // namespace

SealedRecord Book::Seal(v1::AccountRecord& record, int64_t as_of_us) const {
  SealedRecord sealed;
  sealed.record = &record;
  sealed.as_of_us = as_of_us;
  const std::string person = CanonicalBytes(*record.mutable_person());
  const std::string account = CanonicalBytes(*record.mutable_account());
  sealed.digest =
      sealer_.Digest(absl::StrCat(record.sequence(), "|", person.size(), "|", person, account));
  sealed.person_box = sealer_.SealEarly(PlaceOfPerson(record.person().person_id()), person);
  sealed.account_box = sealer_.SealEarly(PlaceOfAccount(record.account().account_id()), account);
  for (const auto& point : record.person().contact_points()) {
    if (point.state() == v1::ContactPoint::STATE_GOOD)
      sealed.good_numbers.push_back(NumberDigest(point));
  }
  return sealed;
}

const v1::ContactPoint* FindContactPoint(const v1::Person& person, std::string_view id) {
  for (const v1::ContactPoint& point : person.contact_points()) {
    if (point.contact_point_id() == id) return &point;
  }
  for (const v1::OtherParty& party : person.other_parties()) {
    for (const v1::ContactPoint& point : party.contact_points()) {
      if (point.contact_point_id() == id) return &point;
    }
  }
  return nullptr;
}

std::string Book::NumberDigest(const v1::ContactPoint& point) const {
  const std::string value =
      point.has_phone() ? "phone|" + LineOf(point.phone()) : "email|" + MailboxOf(point.email());
  return absl::BytesToHexString(sealer_.IndexOf(storage::Index::kNumber, value));
}

absl::StatusOr<std::optional<KnownAccount>> Book::FindAccount(storage::Connection& connection,
                                                              std::string_view account_id) const {
  std::optional<KnownAccount> known;
  RETURN_IF_ERROR(connection.Query(kSelectAccountFacts, {account_id}, [&](const Row& row) {
    known = KnownFrom(row);
    return absl::OkStatus();
  }));
  return known;
}

absl::StatusOr<std::map<std::string, KnownAccount, std::less<>>> Book::FindAccounts(
    storage::Connection& connection, const std::vector<std::string>& account_ids) const {
  std::map<std::string, KnownAccount, std::less<>> known;
  const Rows ids = storage::RowsOf(account_ids);
  RETURN_IF_ERROR(connection.Query(kSelectFactsOfAccounts, {ids}, [&](const Row& row) {
    known.insert_or_assign(std::string(row.Text(0)), KnownFrom(row));
    return absl::OkStatus();
  }));
  return known;
}

absl::StatusOr<std::map<std::string, KnownPerson, std::less<>>> Book::ReadPersons(
    storage::Connection& connection, const std::vector<std::string>& person_ids) const {
  ASSIGN_OR_RETURN(const auto boxes, FindBoxes(connection, kSelectPersons, person_ids));
  std::map<std::string, KnownPerson, std::less<>> persons;
  for (const Found& found : boxes) {
    KnownPerson& known = persons[found.id];
    known.as_of_us = found.as_of_us;
    known.said_us = found.said_us;
    RETURN_IF_ERROR(OpenPerson(connection, found.id, found.box, known.person));
  }
  return persons;
}

absl::StatusOr<std::map<std::string, OpenedAccount, std::less<>>> Book::ReadAccounts(
    storage::Connection& connection, const std::vector<std::string>& account_ids) const {
  ASSIGN_OR_RETURN(const auto boxes, FindBoxes(connection, kSelectAccounts, account_ids));
  std::map<std::string, OpenedAccount, std::less<>> accounts;
  for (const Found& found : boxes) {
    OpenedAccount opened;
    opened.as_of_us = found.as_of_us;
    const absl::Status status = OpenAccount(connection, found.id, found.box, opened.account);
    if (absl::IsDataLoss(status)) continue;
    RETURN_IF_ERROR(status);
    accounts.insert_or_assign(found.id, std::move(opened));
  }
  return accounts;
}

absl::StatusOr<std::optional<KnownAccount>> Book::HoldOwner(storage::Transaction& transaction,
                                                            std::string_view account_id) const {
  ASSIGN_OR_RETURN(auto known, FindAccount(transaction.connection(), account_id));
  // The owner may change until it is held, and then until the new one is.
  while (true) {
    const storage::Key key =
        known.has_value() ? PersonKey(known->person_id) : PlacementKey(Sharing::kShared);
    RETURN_IF_ERROR(transaction.Hold({&key, 1}));
    if (transaction.alone()) return known;
    ASSIGN_OR_RETURN(auto now, FindAccount(transaction.connection(), account_id));
    const bool same = now.has_value() == known.has_value() &&
                      (!now.has_value() || now->person_id == known->person_id);
    if (same) return now;
    known = std::move(now);
  }
}

absl::StatusOr<bool> Book::HoldPerson(storage::Transaction& transaction,
                                      std::string_view person_id) const {
  const storage::Key person = PersonKey(person_id);
  RETURN_IF_ERROR(transaction.Hold({&person, 1}));
  ASSIGN_OR_RETURN(bool known, KnowsPerson(transaction.connection(), person_id));
  if (known) return true;
  const storage::Key placement = PlacementKey(Sharing::kShared);
  RETURN_IF_ERROR(transaction.Hold({&placement, 1}));
  if (transaction.alone()) return false;
  return KnowsPerson(transaction.connection(), person_id);
}

absl::StatusOr<bool> KnowsPerson(storage::Connection& connection, std::string_view person_id) {
  bool known = false;
  RETURN_IF_ERROR(connection.Query(kSelectKnown, {person_id}, [&](const Row&) {
    known = true;
    return absl::OkStatus();
  }));
  return known;
}

absl::Status Book::Put(storage::Transaction& transaction, std::string_view actor,
                       std::string_view source, const std::vector<const SealedRecord*>& records,
                       const std::vector<int64_t>& was_current_us) const {
  SWITCHBOARD_ASSERT(records.size() == was_current_us.size());
  std::deque<std::string> boxes;  // until the statements are done
  const auto box = [&](const storage::BoxPlace& place, const storage::EarlyBox& early) {
    return Value::Blob(boxes.emplace_back(sealer_.Take(transaction, place, early)));
  };
  Rows persons({kText, kInteger, kBlob}, records.size());
  for (const SealedRecord* sealed : NewestOfPersons(records)) {
    const std::string& person_id = sealed->record->account().person_id();
    persons.Add({person_id, sealed->as_of_us, box(PlaceOfPerson(person_id), sealed->person_box)});
  }
  RETURN_IF_ERROR(transaction.Execute(kUpsertPersons, {persons}).status());
  // The last of each account.
  absl::flat_hash_map<std::string_view, size_t> last;
  for (size_t i = 0; i < records.size(); ++i) last[records[i]->record->account().account_id()] = i;
  Rows accounts({kText, kText, kText, kText, kInteger, kInteger, kInteger, kInteger, kBlob, kBlob},
                records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    const SealedRecord& sealed = *records[i];
    const v1::Account& account = sealed.record->account();
    if (last.at(account.account_id()) != i) continue;
    accounts.Add({account.account_id(), account.person_id(), actor, source,
                  sealed.record->sequence(), sealed.as_of_us, was_current_us[i],
                  transaction.now_us(), Value::Blob(sealed.digest),
                  box(PlaceOfAccount(account.account_id()), sealed.account_box)});
  }
  return transaction.Execute(kUpsertAccounts, {accounts}).status();
}

absl::Status Book::KeepReplaced(
    storage::Transaction& transaction,
    const std::vector<std::pair<std::string, KnownAccount>>& replaced) const {
  Rows rows({kText, kText, kText, kInteger, kBlob, kInteger}, replaced.size());
  for (const auto& [account_id, known] : replaced) {
    rows.Add({account_id, known.actor, known.source, known.sequence, Value::Blob(known.digest),
              known.as_of_us});
  }
  return transaction.Execute(kUpsertReplaced, {rows}).status();
}

absl::StatusOr<std::optional<ReplacedRecord>> Book::FindReplaced(storage::Connection& connection,
                                                                 std::string_view account_id,
                                                                 std::string_view actor,
                                                                 std::string_view source) const {
  std::optional<ReplacedRecord> replaced;
  RETURN_IF_ERROR(
      connection.Query(kSelectReplaced, {account_id, actor, source}, [&](const Row& row) {
        replaced = ReplacedRecord{row.Integer(0), std::string(row.Blob(1)), row.Integer(2)};
        return absl::OkStatus();
      }));
  return replaced;
}

absl::StatusOr<v1::Person> Book::ReadPerson(storage::Connection& connection,
                                            std::string_view person_id) const {
  return ReadBox<v1::Person>(sealer_, connection, kSelectPerson, PlaceOfPerson(person_id),
                             person_id);
}

absl::StatusOr<v1::Account> Book::ReadAccount(storage::Connection& connection,
                                              std::string_view account_id) const {
  return ReadBox<v1::Account>(sealer_, connection, kSelectAccount, PlaceOfAccount(account_id),
                              account_id);
}

absl::Status Book::OpenPerson(storage::Connection& connection, std::string_view person_id,
                              std::string_view box, v1::Person& person, std::string* bytes) const {
  return OpenBox(sealer_, connection, PlaceOfPerson(person_id), box, person, bytes);
}

absl::Status Book::OpenAccount(storage::Connection& connection, std::string_view account_id,
                               std::string_view box, v1::Account& account,
                               std::string* bytes) const {
  return OpenBox(sealer_, connection, PlaceOfAccount(account_id), box, account, bytes);
}

absl::Status Book::ForEach(
    storage::Connection& connection,
    absl::FunctionRef<absl::Status(const v1::Person&, const v1::Account&)> visit) const {
  std::string after;
  while (true) {
    std::vector<std::pair<v1::Person, v1::Account>> page;
    const auto open = [&](const Row& row) -> absl::Status {
      auto& [person, account] = page.emplace_back();
      RETURN_IF_ERROR(OpenAccount(connection, row.Text(0), row.Blob(1), account));
      return OpenPerson(connection, row.Text(2), row.Blob(3), person);
    };
    RETURN_IF_ERROR(connection.Query(kSelectPage, {after}, open));
    if (page.empty()) return absl::OkStatus();
    after = page.back().second.account_id();
    for (const auto& [person, account] : page) RETURN_IF_ERROR(visit(person, account));
  }
}

absl::Status Book::ForEachPerson(storage::Connection& connection,
                                 absl::FunctionRef<void(const v1::Person&)> visit) const {
  std::string after;
  while (true) {
    std::vector<std::string> ids;
    const auto add = [&](const Row& row) {
      ids.emplace_back(row.Text(0));
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(connection.Query(kSelectPersonIds, {after}, add));
    if (ids.empty()) return absl::OkStatus();
    after = ids.back();
    ASSIGN_OR_RETURN(const auto boxes, FindBoxes(connection, kSelectPersons, ids));
    v1::Person person;
    for (const Found& found : boxes) {
      const absl::Status opened = OpenPerson(connection, found.id, found.box, person);
      if (opened.ok()) visit(person);
      if (!opened.ok() && !absl::IsDataLoss(opened)) return opened;
    }
  }
}

absl::StatusOr<int64_t> Book::Through(storage::Connection& connection, std::string_view actor,
                                      std::string_view source) const {
  int64_t through = 0;
  RETURN_IF_ERROR(connection.Query(kSelectThrough, {actor, source}, [&](const Row& row) {
    through = row.Integer(0);
    return absl::OkStatus();
  }));
  return through;
}

absl::Status Book::SetThrough(storage::Transaction& transaction, std::string_view actor,
                              std::string_view source, int64_t through) const {
  return transaction.Execute(kUpsertThrough, {actor, source, through}).status();
}

}  // namespace switchboard::book
