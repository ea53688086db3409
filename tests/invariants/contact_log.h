#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/rules/facts.h"
#include "tests/invariants/audit_reading.h"
#include "tests/invariants/ledger.h"
#include "tests/invariants/permit_attempts.h"
#include "tests/invariants/unread.h"

// Contacts and permits, as they become known while the audit log is read commit by commit. Within a
// commit the log does not tell what came first.

namespace switchboard::invariants {

// What one event says of a contact. Of what it leaves open it is one of several.
struct ContactReading {
  rules::Contact contact;  // without its kind, point and act
  std::set<v1::ContactKind> kinds;
  std::set<std::string> points;  // numbers; "": not known
  std::set<v1::Act> acts;
  std::set<std::string> persons;  // with one of whom it was
  bool counts_surely = true;      // otherwise the hub may not have it
  bool never_counts = false;      // it was taken back
  bool may_be_consented = false;  // `contact` says that it is not
  bool kept_room = false;         // made under a permit, and heard of for the first time
  int64_t version = 0;            // of the outcome that told of it
  std::string permit_id;          // that it used; empty: none
  bool unread = false;            // its code has no meaning yet
};

struct KnownContact {
  std::vector<ContactReading> before;  // none or one
  std::vector<ContactReading> now;     // in the commit that is being read
};

// A permit that was given, and that outcomes may name for ever.
struct KnownPermit {
  std::string permit_id, vendor_id, assignment_id, account_id, person_id;
  ContactReading reading;  // the contact that it is for
  int64_t begin_us = 0;
  int64_t expire_us = 0;
  int64_t attempts = 1;   // as it was given: the log does not tell when fewer are left of a plan
  int64_t void_us = 0;    // since when; 0: it is not void
  bool doubtful = false;  // whether it still counts: void ones that an outcome has named, and those
                          // that a correction gave back
  bool ending = false;    // used up, void or given back in the commit that is being read
  bool ended = false;     // released or erased: nothing opens it again
};

class ContactLog {
 public:
  // `ledger` outlives it.
  explicit ContactLog(const Ledger& ledger);

  // Outcomes and the issuer's contacts of the commit, before anything of it is judged.
  void Enter(const v1::AuditEvent& event);
  // Permits that are given, end or become void, in the order of the commit's events.
  const KnownPermit& Give(const v1::AuditEvent& event);
  void End(const v1::AuditEvent& event);
  void EndCommit();

  using Contacts = std::vector<const KnownContact*>;
  // With the person, by one reading at least; about the account; at the number.
  const Contacts& Of(const std::string& person_id) const;
  const Contacts& About(const std::string& account_id) const;
  const Contacts& At(const std::string& number) const;
  // Those of which the commit says something.
  const std::vector<KnownContact*>& said_now() const { return said_now_; }

  // Permits of a person, or for a number, that can still be used or that became void and may have
  // been used.
  using Permits = std::vector<const KnownPermit*>;
  Permits PermitsOf(const std::string& person_id) const;
  Permits PermitsAt(const std::string& number) const;
  // How many contacts such a permit stands for, at least and at most.
  int64_t LeastOf(const KnownPermit& permit) const;
  int64_t MostOf(const KnownPermit& permit) const;

  // Whether rules may take the number for one that is out of service or somebody else's.
  bool MayBeWrong(const std::string& number) const { return wrong_numbers_.contains(number); }
  // What is known of a person; nothing of one who is not in the ledger.
  const KnownPerson& Person(const std::string& person_id) const;
  // Acts that vendors ask for.
  const std::set<v1::Act>& acts() const { return acts_; }
  // Contacts of the issuer's that the log names and the core did not tell of.
  const std::vector<std::string>& untold() const { return untold_; }

 private:
  void EnterOutcome(const v1::AuditEvent& event);
  void EnterUnread(const v1::AuditEvent& event);
  // Of what waits for its code: what was recorded of it under the same permit stays said.
  static void KeepRecorded(KnownContact& contact);
  void Take(const PermitAttempts::Change& change);
  void EnterMade(const v1::AuditEvent& event);
  void EnterPointStop(const v1::AuditEvent& event);
  KnownContact& Put(const std::string& key, ContactReading reading);
  // Adds where and at what kind of point, as far as it is known of the person.
  void SetPoint(const std::string& person_id, const std::string& point_id,
                ContactReading& reading) const;
  void Open(const KnownPermit& permit);
  void Close(const std::string& permit_id);
  using Ids = std::unordered_map<std::string, std::set<std::string>>;
  Permits Among(const Ids& ids, const std::string& key) const;

  const Ledger& ledger_;
  const PlacementIndex placements_;
  const OutcomesBySequence outcomes_;
  const UnreadReports unread_;
  std::set<v1::Act> acts_;
  std::unordered_map<std::string, const IssuersContact*> made_;    // by event id
  std::unordered_map<std::string, std::string> first_of_;          // of a contact told anew
  std::unordered_map<std::string, std::set<std::string>> owners_;  // by account
  std::unordered_map<std::string, std::string> dialled_;           // number by permit
  std::set<std::string> wrong_numbers_;

  // By who told of it, and its id there; of an outcome by the person too.
  std::map<std::string, KnownContact> contacts_;
  std::unordered_map<std::string, Contacts> of_person_, about_account_, at_number_;
  std::vector<KnownContact*> said_now_;

  std::map<std::string, KnownPermit> permits_;
  Ids open_of_person_, open_at_number_, of_assignment_;  // of those that still count
  PermitAttempts attempts_;
  std::map<std::string, int64_t> used_now_;           // attempts, by permit, in the commit
  std::vector<std::string> ending_now_, closed_now_;  // permits; the latter count no more
  std::vector<std::string> untold_;
};

}  // namespace switchboard::invariants
