#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/storage/transaction.h"
#include "switchboard/v1/contact.pb.h"
#include "switchboard/v1/values.pb.h"

// The ledger: every attempt and every contact, out or in, by any vendor and by the issuer's own
// team, as far as contact rules count them. Owns contact and former_owner. What is not over yet
// stands here no earlier than it was reported: until then its open permit counts in its place.

namespace switchboard::contacts {

// The collector of contacts that the issuer's own team made, and received consents for.
inline constexpr std::string_view kIssuer = "issuer";

// One attempt or contact.
struct ContactRow {
  std::string contact_id;  // see IdOfOutcome and IdOfEvent
  std::string person_id;   // whose debt it was about
  std::string account_id;
  std::string collector;  // a vendor's id, or kIssuer
  v1::CollectorKind collector_kind = v1::COLLECTOR_KIND_UNSPECIFIED;
  v1::Direction direction = v1::DIRECTION_OUT;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;  // unspecified: not known
  std::string number_digest;                                    // empty: none, or not known
  v1::Party party = v1::PARTY_PERSON;
  std::string party_id;               // of others than the person
  v1::Act act = v1::ACT_UNSPECIFIED;  // unspecified: not known
  v1::ContactResult result = v1::CONTACT_RESULT_UNSPECIFIED;
  bool consented = false;
  bool objected = false;
  int64_t begin_us = 0;
  int64_t end_us = 0;
  std::string permit_id;  // empty: made without one
  int64_t version = 0;    // of the outcome that reported it
};

// One contact for all versions of an outcome.
std::string IdOfOutcome(std::string_view vendor_id, std::string_view outcome_id);
std::string IdOfEvent(std::string_view event_id);

// Writes contacts down; one that stands under its id already is replaced, so that a correction
// counts once. Of an id that comes twice for a person the last one stands. REQUIRES: their persons
// are held.
absl::Status Put(storage::Transaction& transaction, const std::vector<ContactRow>& contacts);

// Whose contact stands under an id of IdOfEvent; empty: nobody's.
absl::StatusOr<std::string> PersonOfIssuersContact(storage::Connection& connection,
                                                   std::string_view contact_id);

// There was no such contact. REQUIRES: the person is held.
absl::Status Remove(storage::Transaction& transaction, std::string_view person_id,
                    std::string_view contact_id);

// What stands under an id.
struct Standing {
  std::string permit_id{};  // under which the contact was made; empty: without one, or not known
  int64_t version = 0;      // of the outcome that reported it; 0: nothing stands there
};
// Whose contact, and its id.
struct ContactKey {
  std::string person_id;
  std::string contact_id;
  friend auto operator<=>(const ContactKey&, const ContactKey&) = default;
};
// What stands under these, in one journey. REQUIRES: the persons are held.
absl::StatusOr<std::map<ContactKey, Standing>> FindStanding(storage::Connection& connection,
                                                            const std::vector<ContactKey>& keys);

// A contact that stands there came to this by that version of its outcome; all else stays as it
// was. REQUIRES: the person is held.
absl::Status SetResult(storage::Transaction& transaction, const ContactKey& key,
                       v1::ContactResult result, int64_t version);

// A contact of the person's that was made under the permit; empty: none was. REQUIRES: the person
// is held.
absl::StatusOr<std::string> AnyUnder(storage::Connection& connection, std::string_view person_id,
                                     std::string_view permit_id);

// Whose contacts rules are asked about.
struct HistoryQuestion {
  std::string person_id;
  std::string account_id;     // that the next one would be about
  std::string number_digest;  // empty: nobody else's count
  int64_t since_us = INT64_MIN;
};

// Those that began at `since_us` or later: all of the person's, those about the account with its
// former owners, and those of others at the number or address; in the order in which they began,
// each once. REQUIRES: the person is held, and the number if it is not empty.
absl::StatusOr<std::vector<ContactRow>> HistoryOf(storage::Connection& connection,
                                                  const HistoryQuestion& whose);

// An account leaves a person for another one: who it is may be the same customer under another
// number, and what is counted by debt goes on.
absl::Status NoteFormerOwner(storage::Transaction& transaction, std::string_view account_id,
                             std::string_view person_id);

// Contacts of a time, in the order in which they began.
struct ContactsOfTime {
  std::vector<ContactRow> contacts;
  std::optional<int64_t> next_us;  // from where there may be more; nothing: these are all
};

// Contacts out that began from `from_us` until `to_us` exclusive. At most `limit`, 1 or more,
// unless of the first instant there are more: those of one instant are never torn apart.
absl::StatusOr<ContactsOfTime> ContactsOut(storage::Connection& reader, int64_t from_us,
                                           int64_t to_us, int limit);

// Contacts out that vendors began between `from_us` inclusive and `to_us` exclusive and that no
// permit was given for, by vendor; what never was dialled or sent is none. `collector`: empty for
// all.
absl::StatusOr<std::map<std::string, int64_t>> CountWithoutPermit(storage::Connection& reader,
                                                                  std::string_view collector,
                                                                  int64_t from_us, int64_t to_us);

}  // namespace switchboard::contacts
