#include "hub/contacts/contact_book.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::contacts {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

#define CONTACT_COLUMNS                                                                          \
  "contact_id, person_id, account_id, collector, collector_kind, direction, channel, "           \
  "contact_kind, number_digest, party, party_id, act, result, consented, objected, begin_time, " \
  "end_time, permit_id, version"

constexpr char kPut[] =
    "INSERT INTO contact (" CONTACT_COLUMNS
    ") SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19 "
    "FROM rows($1) WHERE true ON CONFLICT (person_id, contact_id) DO UPDATE SET channel = "
    "excluded.channel, direction = excluded.direction, contact_kind = excluded.contact_kind, "
    "number_digest = excluded.number_digest, party = excluded.party, party_id = excluded.party_id, "
    "act = excluded.act, result = excluded.result, consented = excluded.consented, objected = "
    "excluded.objected, begin_time = excluded.begin_time, end_time = excluded.end_time, permit_id "
    "= excluded.permit_id, version = excluded.version";
#define SELECT_OF_PERSON \
  "SELECT " CONTACT_COLUMNS " FROM contact WHERE person_id = $1 AND begin_time >= $2 UNION ALL "
// Contacts of a table beside another one, whose columns have other names.
#define SELECT_OF_FORMER_OWNERS                                                             \
  "SELECT " CONTACT_COLUMNS                                                                 \
  " FROM (SELECT account_id AS owned, person_id AS owner FROM former_owner WHERE "          \
  "account_id = $3) AS former CROSS JOIN contact WHERE person_id = owner AND account_id = " \
  "owned AND person_id <> $1 AND begin_time >= $2 "
constexpr char kSelectHistory[] = SELECT_OF_PERSON SELECT_OF_FORMER_OWNERS;
constexpr char kSelectHistoryOfNumberToo[] = SELECT_OF_PERSON SELECT_OF_FORMER_OWNERS
    "UNION ALL SELECT " CONTACT_COLUMNS
    " FROM contact WHERE number_digest = $4 AND begin_time >= $2 AND person_id <> $1";
constexpr char kInsertFormerOwner[] =
    "INSERT INTO former_owner (account_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
// By its own index.
constexpr char kSelectIssuers[] =
    "SELECT person_id FROM contact WHERE contact_id = $1 AND collector = 'issuer'";
constexpr char kRemove[] = "DELETE FROM contact WHERE person_id = $1 AND contact_id = $2";
constexpr char kSelectStanding[] =
    "SELECT person_id, contact_id, permit_id, version FROM rows($1) CROSS JOIN contact WHERE "
    "person_id = c1 AND contact_id = c2";
constexpr char kSetResult[] =
    "UPDATE contact SET result = $1, version = $2 WHERE person_id = $3 AND contact_id = $4";
constexpr char kSelectUnder[] =
    "SELECT contact_id FROM contact WHERE person_id = $1 AND permit_id = $2 ORDER BY contact_id "
    "LIMIT 1";
constexpr char kSelectOut[] = "SELECT " CONTACT_COLUMNS
                              " FROM contact WHERE begin_time >= $1 AND begin_time < $2 AND "
                              "direction = $3 ORDER BY begin_time, contact_id LIMIT $4";
constexpr char kCountWithoutPermit[] =
    "SELECT collector, COUNT(*) FROM contact WHERE begin_time >= $1 AND begin_time < $2 AND "
    "permit_id = '' AND direction = $3 AND result <> $4 AND collector <> $5 AND ($6 = '' OR "
    "collector = $6) GROUP BY collector";

ContactRow FromRow(const Row& row) {
  ContactRow contact;
  contact.contact_id = row.Text(0);
  contact.person_id = row.Text(1);
  contact.account_id = row.Text(2);
  contact.collector = row.Text(3);
  contact.collector_kind = static_cast<v1::CollectorKind>(row.Integer(4));
  contact.direction = static_cast<v1::Direction>(row.Integer(5));
  contact.channel = static_cast<v1::Channel>(row.Integer(6));
  contact.contact_kind = static_cast<v1::ContactKind>(row.Integer(7));
  contact.number_digest = row.Text(8);
  contact.party = static_cast<v1::Party>(row.Integer(9));
  contact.party_id = row.Text(10);
  contact.act = static_cast<v1::Act>(row.Integer(11));
  contact.result = static_cast<v1::ContactResult>(row.Integer(12));
  contact.consented = row.Integer(13) != 0;
  contact.objected = row.Integer(14) != 0;
  contact.begin_us = row.Integer(15);
  contact.end_us = row.Integer(16);
  contact.permit_id = row.Text(17);
  contact.version = row.Integer(18);
  return contact;
}

}  // namespace

std::string IdOfOutcome(std::string_view vendor_id, std::string_view outcome_id) {
  return absl::StrCat("outcome/", absl::string_view(vendor_id.data(), vendor_id.size()), "/",
                      absl::string_view(outcome_id.data(), outcome_id.size()));
}

std::string IdOfEvent(std::string_view event_id) { return "event/" + std::string(event_id); }

absl::Status Put(storage::Transaction& transaction, const std::vector<ContactRow>& contacts) {
  std::map<std::pair<std::string_view, std::string_view>, const ContactRow*> last;
  for (const ContactRow& contact : contacts)
    last[{contact.person_id, contact.contact_id}] = &contact;
  Rows rows({kText, kText, kText, kText, kInteger, kInteger, kInteger, kInteger, kText, kInteger,
             kText, kInteger, kInteger, kInteger, kInteger, kInteger, kInteger, kText, kInteger},
            last.size());
  for (const auto& [key, contact] : last) {
    rows.Add({contact->contact_id, contact->person_id, contact->account_id, contact->collector,
              int{contact->collector_kind}, int{contact->direction}, int{contact->channel},
              int{contact->contact_kind}, contact->number_digest, int{contact->party},
              contact->party_id, int{contact->act}, int{contact->result}, contact->consented,
              contact->objected, contact->begin_us, contact->end_us, contact->permit_id,
              contact->version});
  }
  return transaction.Execute(kPut, {rows}).status();
}

absl::StatusOr<std::vector<ContactRow>> HistoryOf(storage::Connection& connection,
                                                  const HistoryQuestion& whose) {
  std::vector<ContactRow> history;
  const auto add = [&](const Row& row) {
    history.push_back(FromRow(row));
    return absl::OkStatus();
  };
  if (whose.number_digest.empty()) {
    RETURN_IF_ERROR(
        connection.Query(kSelectHistory, {whose.person_id, whose.since_us, whose.account_id}, add));
  } else {
    RETURN_IF_ERROR(connection.Query(
        kSelectHistoryOfNumberToo,
        {whose.person_id, whose.since_us, whose.account_id, whose.number_digest}, add));
  }
  // Sorted here, since a database would sort whole rows.
  const auto order = [](const ContactRow& a) {
    return std::tie(a.begin_us, a.contact_id, a.person_id);
  };
  absl::c_sort(history, [&](const auto& a, const auto& b) { return order(a) < order(b); });
  // What a former owner was told at this number comes both ways.
  const auto is_same = [&](const auto& a, const auto& b) { return order(a) == order(b); };
  history.erase(std::unique(history.begin(), history.end(), is_same), history.end());
  return history;
}

absl::Status NoteFormerOwner(storage::Transaction& transaction, std::string_view account_id,
                             std::string_view person_id) {
  return transaction.Execute(kInsertFormerOwner, {account_id, person_id}).status();
}

absl::StatusOr<std::string> PersonOfIssuersContact(storage::Connection& connection,
                                                   std::string_view contact_id) {
  std::string person_id;
  RETURN_IF_ERROR(connection.Query(kSelectIssuers, {contact_id}, [&](const Row& row) {
    person_id = row.Text(0);
    return absl::OkStatus();
  }));
  return person_id;
}

absl::Status Remove(storage::Transaction& transaction, std::string_view person_id,
                    std::string_view contact_id) {
  return transaction.Execute(kRemove, {person_id, contact_id}).status();
}

absl::StatusOr<std::map<ContactKey, Standing>> FindStanding(storage::Connection& connection,
                                                            const std::vector<ContactKey>& keys) {
  std::map<ContactKey, Standing> found;
  Rows rows({kText, kText}, keys.size());
  for (const ContactKey& key : keys) rows.Add({key.person_id, key.contact_id});
  if (rows.empty()) return found;
  RETURN_IF_ERROR(connection.Query(kSelectStanding, {rows}, [&](const Row& row) {
    found[{std::string(row.Text(0)), std::string(row.Text(1))}] = {std::string(row.Text(2)),
                                                                   row.Integer(3)};
    return absl::OkStatus();
  }));
  return found;
}

absl::Status SetResult(storage::Transaction& transaction, const ContactKey& key,
                       v1::ContactResult result, int64_t version) {
  return transaction.Execute(kSetResult, {int{result}, version, key.person_id, key.contact_id})
      .status();
}

absl::StatusOr<std::string> AnyUnder(storage::Connection& connection, std::string_view person_id,
                                     std::string_view permit_id) {
  std::string contact_id;
  RETURN_IF_ERROR(connection.Query(kSelectUnder, {person_id, permit_id}, [&](const Row& row) {
    contact_id = row.Text(0);
    return absl::OkStatus();
  }));
  return contact_id;
}

absl::StatusOr<ContactsOfTime> ContactsOut(storage::Connection& reader, int64_t from_us,
                                           int64_t to_us, int limit) {
  SWITCHBOARD_ASSERT(limit >= 1);
  ContactsOfTime found;
  const auto read = [&](int64_t from, int64_t to, int64_t most) {
    found.contacts.clear();
    return reader.Query(kSelectOut, {from, to, int{v1::DIRECTION_OUT}, most}, [&](const Row& row) {
      found.contacts.push_back(FromRow(row));
      return absl::OkStatus();
    });
  };
  RETURN_IF_ERROR(read(from_us, to_us, int64_t{limit} + 1));
  if (std::ssize(found.contacts) <= limit) return found;
  // The last one says that there are more, and may have others of its instant behind it.
  const int64_t cut_us = found.contacts.back().begin_us;
  const int64_t first_us = found.contacts.front().begin_us;
  if (first_us == cut_us) {
    RETURN_IF_ERROR(read(cut_us, cut_us + 1, INT64_MAX));
    if (cut_us + 1 < to_us) found.next_us = cut_us + 1;
    return found;
  }
  std::erase_if(found.contacts, [cut_us](const ContactRow& one) { return one.begin_us == cut_us; });
  found.next_us = cut_us;
  return found;
}

absl::StatusOr<std::map<std::string, int64_t>> CountWithoutPermit(storage::Connection& reader,
                                                                  std::string_view collector,
                                                                  int64_t from_us, int64_t to_us) {
  std::map<std::string, int64_t> counts;
  RETURN_IF_ERROR(reader.Query(kCountWithoutPermit,
                               {from_us, to_us, int{v1::DIRECTION_OUT},
                                int{v1::CONTACT_RESULT_NOT_PLACED}, kIssuer, collector},
                               [&](const Row& row) {
                                 counts[std::string(row.Text(0))] = row.Integer(1);
                                 return absl::OkStatus();
                               }));
  return counts;
}

}  // namespace switchboard::contacts
