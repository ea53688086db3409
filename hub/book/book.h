#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/person.pb.h"

namespace switchboard::book {

// What the book knows of an account without opening its box.
struct KnownAccount {
  std::string person_id;
  std::string actor;           // who sent it last …
  std::string source;          // … from which source …
  int64_t sequence;            // … at which place …
  std::string digest;          // … with which content: keyed digest of its meaning …
  int64_t as_of_us;            // … true as of when
  int64_t was_current_us = 0;  // last time as of which it was current, 0 before it ever was
  bool has_replaced = false;   // records that it replaced are kept
};

// What a source told of an account last before another source told something else, true as of the
// same time.
struct ReplacedRecord {
  int64_t sequence = 0;
  std::string digest;
  int64_t as_of_us = 0;
};

// A person, and as of when what is known of it is true.
struct KnownPerson {
  v1::Person person;
  int64_t as_of_us = 0;
  int64_t said_us = 0;  // when the newest word was said that an event brought; 0: none was
};

// What somebody said about being contacted, as an event of the core brought it.
struct Word {
  std::string event_id;
  int64_t say_time_us = 0;
  v1::CoreEvent::Said said;
};

// What rules read of a person, as it was known until a moment, exclusive.
struct PastPerson {
  int64_t until_us = 0;
  v1::Person person;  // without names, date of birth, language, and of the address what is finer
                      // than the city
};

// A person who is known otherwise from now on.
struct PersonChange {
  const v1::Person* before = nullptr;
  const v1::Person* after = nullptr;
};

// An account, and as of when what is known of it is true.
struct OpenedAccount {
  v1::Account account;
  int64_t as_of_us = 0;
};

// An account record ready to be stored: sealed beforehand, off the writer's thread.
struct SealedRecord {
  const v1::AccountRecord* record = nullptr;  // outlives this
  int64_t as_of_us = 0;
  std::string digest;
  storage::EarlyBox person_box;
  storage::EarlyBox account_box;
  std::vector<std::string> good_numbers;  // NumberDigest of each contact point that is STATE_GOOD
};

// A contact point of the person's, or of a party of the person's; nullptr if there is none.
const v1::ContactPoint* FindContactPoint(const v1::Person& person, std::string_view id);

// Whether the book knows a person.
absl::StatusOr<bool> KnowsPerson(storage::Connection& connection, std::string_view person_id);

// Whether rules may say something else of the one than of the other, contact points apart: those
// decide about permits for themselves alone.
bool RulesReadOtherwise(const v1::Person& before, const v1::Person& after);

// The issuer's book: persons and accounts as the core sent them last, sealed, and what was said
// since. Owns the tables person, person_word, person_past, account, replaced_record and
// import_source. Thread-safe apart from the connections passed in.
class Book {
 public:
  explicit Book(storage::Sealer& sealer) : sealer_(sealer) {}

  // `as_of_us`: as of when the record is true. Its digest tells a repeat from a change, by what it
  // means and not by how it was encoded; as of when is no part of that. Drops from the record what
  // this version does not know.
  SealedRecord Seal(v1::AccountRecord& record, int64_t as_of_us) const;

  // A keyed digest of a number (E.164) or an address, as 32 hexadecimal digits: the same for every
  // spelling that reaches the same line or mailbox, whoever has it.
  std::string NumberDigest(const v1::ContactPoint& point) const;

  absl::StatusOr<std::optional<KnownAccount>> FindAccount(storage::Connection& connection,
                                                          std::string_view account_id) const;

  // Those of the ids that are there, by id, in one journey.
  absl::StatusOr<std::map<std::string, KnownAccount, std::less<>>> FindAccounts(
      storage::Connection& connection, const std::vector<std::string>& account_ids) const;
  absl::StatusOr<std::map<std::string, KnownPerson, std::less<>>> ReadPersons(
      storage::Connection& connection, const std::vector<std::string>& person_ids) const;
  // One whose box was altered is left out, so that it does not take the others with it.
  absl::StatusOr<std::map<std::string, OpenedAccount, std::less<>>> ReadAccounts(
      storage::Connection& connection, const std::vector<std::string>& account_ids) const;

  // Holds the account's owner and returns what the book knows of the account then. Of one that it
  // does not know, holds off its coming; see holds.h.
  absl::StatusOr<std::optional<KnownAccount>> HoldOwner(storage::Transaction& transaction,
                                                        std::string_view account_id) const;
  // Holds a person, known or not; true if the book knows the person.
  absl::StatusOr<bool> HoldPerson(storage::Transaction& transaction,
                                  std::string_view person_id) const;

  // Replaces accounts by what the records hold, and persons where the record is not older than what
  // is known of them, one after the other, in two journeys. `was_current_us`: of each record, as
  // KnownAccount has it.
  absl::Status Put(storage::Transaction& transaction, std::string_view actor,
                   std::string_view source, const std::vector<const SealedRecord*>& records,
                   const std::vector<int64_t>& was_current_us) const;

  // Keeps which record of its source it was that another source's is about to replace, by account
  // id, so that it is known when it is sent again. Of use as long as the account's present record
  // is true as of the same time; see EraseReplaced.
  absl::Status KeepReplaced(
      storage::Transaction& transaction,
      const std::vector<std::pair<std::string, KnownAccount>>& replaced) const;
  // What the source told of the account before another one replaced it, if it did.
  absl::StatusOr<std::optional<ReplacedRecord>> FindReplaced(storage::Connection& connection,
                                                             std::string_view account_id,
                                                             std::string_view actor,
                                                             std::string_view source) const;

  // NOT_FOUND when the book has no such person.
  absl::StatusOr<v1::Person> ReadPerson(storage::Connection& connection,
                                        std::string_view person_id) const;
  absl::StatusOr<v1::Account> ReadAccount(storage::Connection& connection,
                                          std::string_view account_id) const;

  // What was said of a person at `since_us` or later, in the order in which it was said.
  absl::StatusOr<std::vector<Word>> WordsSince(storage::Connection& connection,
                                               std::string_view person_id, int64_t since_us) const;
  // Keeps a word; false if it is kept already. REQUIRES: the person is known and held.
  absl::StatusOr<bool> KeepWord(storage::Transaction& transaction, std::string_view person_id,
                                const Word& word) const;
  // What is known of the person is this from now on, true as of the same time as before. REQUIRES:
  // the person is known and held.
  absl::Status ReplacePerson(storage::Transaction& transaction, v1::Person& person) const;

  // Keeps what was known of persons until now, as far as rules would read something else from now
  // on. REQUIRES: they are held.
  absl::Status KeepPast(storage::Transaction& transaction,
                        const std::vector<PersonChange>& changes) const;
  // What was known of a person at `from_us` and later, but not any more, the oldest first; as long
  // as contacts of those times are kept.
  absl::StatusOr<std::vector<PastPerson>> ReadPast(storage::Connection& connection,
                                                   std::string_view person_id,
                                                   int64_t from_us) const;

  // Opens boxes read elsewhere. One message may take what many boxes hold, one after the other, and
  // keeps its memory. `bytes`, if any: what the box holds, as it does. DATA_LOSS when they were
  // altered.
  absl::Status OpenPerson(storage::Connection& connection, std::string_view person_id,
                          std::string_view box, v1::Person& person,
                          std::string* bytes = nullptr) const;
  absl::Status OpenAccount(storage::Connection& connection, std::string_view account_id,
                           std::string_view box, v1::Account& account,
                           std::string* bytes = nullptr) const;

  // Visits every account with its owner, by account id, in pages, so that no snapshot is held for
  // long.
  absl::Status ForEach(
      storage::Connection& connection,
      absl::FunctionRef<absl::Status(const v1::Person&, const v1::Account&)> visit) const;

  // Visits every person, by id, likewise. One whose box was altered is left out.
  absl::Status ForEachPerson(storage::Connection& connection,
                             absl::FunctionRef<void(const v1::Person&)> visit) const;

  // Highest sequence of a source that was not refused; 0 for a new one.
  absl::StatusOr<int64_t> Through(storage::Connection& connection, std::string_view actor,
                                  std::string_view source) const;
  absl::Status SetThrough(storage::Transaction& transaction, std::string_view actor,
                          std::string_view source, int64_t through) const;

 private:
  storage::Sealer& sealer_;
};

}  // namespace switchboard::book
