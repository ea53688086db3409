#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/code_map.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/core_feed.pb.h"
#include "switchboard/v1/core_service.pb.h"
#include "switchboard/v1/operator_service.pb.h"
#include "switchboard/v1/outcome.pb.h"
#include "switchboard/v1/privacy_records.pb.h"
#include "switchboard/v1/release.pb.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "switchboard/v1/unmasking.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// What the validators judge. Moments are places on one growing scale that all parties of a run
// share: steps, or nanoseconds of a monotonic clock. Times are microseconds since 1970.

namespace switchboard::invariants {

// A record that the core sent, however often.
struct SentRecord {
  std::string account_id;
  std::string person_id;
  int64_t as_of_us = 0;     // when the core had read it, by the core's clock
  int64_t sent_at = 0;      // the moment when it was first sent …
  int64_t answered_at = 0;  // … and when it was first answered; 0: never
  int64_t call_at = 0;      // the moment when the call that was answered had been sent
  int64_t sent_last = 0;    // the moment when it was last sent; 0: no later than call_at
  int64_t answered_us = 0;  // when it was first answered, by the hub's clock
  // The first answer: UNSPECIFIED for a plain acceptance. Only with answered_at.
  v1::ImportAccountsResponse::Status answer = v1::ImportAccountsResponse::STATUS_UNSPECIFIED;
  v1::NotPlacedReason not_placed = v1::NOT_PLACED_REASON_UNSPECIFIED;
  // What it says. Empty: not compared with what vendors hold.
  v1::AccountRecord content;

  // The hub said that it took it, and so as the newest truth of its account.
  bool accepted() const {
    return answered_at != 0 && (answer == v1::ImportAccountsResponse::STATUS_UNSPECIFIED ||
                                answer == v1::ImportAccountsResponse::STATUS_NOT_PLACED);
  }
  // The hub may have taken it, or may yet take it. What the first answer calls repeated or outdated
  // may have been taken before, by a call whose answer was lost. A sequence that was used is
  // forgotten when another source tells of the account, and what was refused for it may come again.
  bool may_count() const {
    return answered_at == 0 || accepted() ||
           answer == v1::ImportAccountsResponse::STATUS_REPEATED ||
           answer == v1::ImportAccountsResponse::STATUS_OUTDATED ||
           (answer == v1::ImportAccountsResponse::STATUS_SEQUENCE_REUSED &&
            (sent_at < call_at || sent_last > call_at));
  }
};

// An outcome as a vendor wrote it down before it was first sent.
struct ReportedOutcome {
  std::string vendor_id;
  v1::Outcome outcome;
  // The receipt's status, if the vendor got one; UNSPECIFIED when it is still waiting.
  v1::ReportOutcomesResponse::Status receipt = v1::ReportOutcomesResponse::STATUS_UNSPECIFIED;
  // The vendor lost the file in which it waited, or died before it was durable there, so that it
  // may never have been sent.
  bool lost_by_vendor = false;
};

// A permit that a vendor received.
struct ReceivedPermit {
  std::string vendor_id;
  std::string permit_id;
  std::string assignment_id;
  std::string contact_point_id;
  int64_t asked_at = 0;     // the moment when the vendor sent the request …
  int64_t received_at = 0;  // … and when it had the answer
  std::string number;       // to be dialled; empty where the vendor does not learn it
  int channel = 0;
  int64_t received_us = 0;  // what the hub's clock showed when it had it, or later
};

// Work of which a vendor was told that somebody else has it now.
struct AcknowledgedHandOver {
  std::string vendor_id;
  std::string assignment_id;  // the one that ended
  std::string to_vendor_id;
};

// An answer by which a vendor was shown more for a time.
struct UnmaskedAnswer {
  std::string vendor_id;
  std::string assignment_id;
  v1::RequestUnmaskingResponse answer;
};

// A stop that somebody was told to be in force: a payment, stop or closure that the core was
// answered as recorded, what an operator stopped or ended, a number that a vendor reported as
// wrong.
struct AcknowledgedStop {
  std::string event_id;
  std::string person_id;         // of a person or a contact point; otherwise empty
  std::string account_id;        // of an account; otherwise empty
  std::string contact_point_id;  // of a contact point
  int64_t acknowledged_at = 0;   // the moment when its sender had the answer
  // The moment when somebody sent what may have ended it. INT64_MAX: never. Not used of payments:
  // data ends those, as `records` tells.
  int64_t lift_sent_at = INT64_MAX;
  // Of a payment: nothing that was true then, or before, opens the account again. The later of when
  // it was booked and when the hub received it at the earliest. 0: no payment.
  int64_t settled_until_us = 0;
  std::string vendor_id;  // of a whole vendor …
  int work_type = 0;      // … or a work type, at every vendor
  std::string number;     // of a contact point: its number, wherever else it is met, where known
  // Of a number that a vendor reported as wrong or dead: data that calls it good ends it too.
  bool until_good = false;
  // By the hub's clock, when it ends by itself, microseconds since 1970 UTC; INT64_MAX: it does
  // not.
  int64_t end_us = INT64_MAX;
  int channel = 0;            // of a channel of a person: which
  bool at_work_only = false;  // ends contact at the place of work alone

  bool payment() const { return settled_until_us != 0; }
};

// Both ends of one vendor's feed once all is quiet.
struct Feed {
  std::string vendor_id;
  // Assignment → its row, serialized: live at the hub, and of the current generation in the
  // vendor's own copy. A row that is empty on either side is not compared.
  std::map<std::string, std::string> live;
  std::map<std::string, std::string> workable;
  int64_t stored_rows = 0;  // all rows in the vendor's copy
  int64_t newest = 0;       // the hub's numbers …
  int64_t acknowledged = 0;
  int64_t cursor = 0;  // … and the vendor's stored sequence
  // How often the vendor's copy was lost or went back in time; each may cost one full load.
  int64_t losses = 0;
  // The contract ended, so that the vendor cannot be told what it lost: only what it must not hold
  // is judged.
  bool cut_off = false;
  // Where the feed ended when the vendor was last seen to have all of it, if the hub went on by
  // itself afterwards: what time alone changes comes when nobody reads any more.
  std::optional<int64_t> newest_before{};
};

// One Sync stream as its vendor saw it.
struct StreamLoad {
  std::string vendor_id;
  int64_t window = 0;         // granted by Opened
  int64_t in_flight_max = 0;  // most changes received beyond the last ack sent
};

// What a vendor's contract lets it hold once all is quiet.
struct Allowed {
  std::set<int> work_types;         // none: no contract is in force
  std::set<std::string> languages;  // primary ones
};

// What is known of a person beside what the hub's log says. Sets hold whatever was ever so: which
// of it was so when a contact rule was asked, nobody can tell afterwards.
struct KnownPerson {
  struct Point {
    std::set<v1::ContactKind> kinds;
    std::set<std::string> numbers;  // or addresses of e-mail
  };
  std::map<std::string, Point> points;  // by id
  std::set<std::string> bad_numbers;    // called out of service
  std::set<v1::ConsentKind> consents;   // given
  // The part of the country in which the person lives, as rule packs name it. Empty: not judged.
  std::string region;
  // IANA zones. Rules read at least one of these clocks, and none but these, `more_zones` and those
  // that packs name of the person's country. Empty: what each pack names for people of whom no zone
  // is known.
  std::set<std::string> zones;
  std::set<std::string> more_zones;
};

// A contact of the issuer's own team, as the core told of it.
struct IssuersContact {
  v1::CoreEvent event;
  // The first answer; UNSPECIFIED when there was none.
  v1::PostEventsResponse::Status answer = v1::PostEventsResponse::STATUS_UNSPECIFIED;
};

// What the parties were told, and what is there afterwards. A part that is left empty is not
// judged, unless the other side of a comparison names something that is missing from it.
struct Ledger {
  // Told by and to the core.
  std::vector<SentRecord> records;               // in order of first sending
  std::vector<std::string> placed_accounts;      // answered as accepted and placed, at least once
  std::map<std::string, int64_t> through;        // highest answered, by source
  std::vector<std::string> acknowledged_events;  // event ids answered as recorded
  std::vector<AcknowledgedStop> stops;
  std::vector<v1::CoreItem> items_read;  // as the core kept them, in order of reading
  std::vector<v1::CoreEvent> payments;   // answered as recorded, each once
  std::vector<IssuersContact> issuers_contacts;

  // Told to vendors.
  std::vector<ReportedOutcome> outcomes_reported;
  std::vector<ReceivedPermit> permits;
  std::vector<AcknowledgedHandOver> hand_overs;
  std::vector<std::pair<std::string, v1::Assignment>> shown;  // (vendor, row), each as received
  std::vector<StreamLoad> streams;
  // (vendor, assignment) that could be worked again after a withdrawal had overtaken the feed.
  std::vector<std::pair<std::string, std::string>> undone_withdrawals;
  std::vector<UnmaskedAnswer> unmasked;
  std::map<std::string, std::string> orders_told;  // assignment → its order to delete
  // By vendor, the words on orders to delete that it really gave: statement and signature.
  std::map<std::string, std::set<std::pair<std::string, std::string>>> words_signed;

  // Told to operators.
  std::vector<std::string> holds_answered;  // ids of legal holds that were answered as placed

  // There afterwards.
  std::vector<v1::ListPlacementsResponse::Placement> placements;
  std::vector<v1::ListDisclosuresResponse::Disclosure> disclosures;
  std::vector<v1::DisclosureLine> disclosure_lines;  // of everybody
  // The hub's keyed digest of each row of `shown`, made of the bytes that the vendor received.
  // Empty: which line tells of which row is not judged.
  std::vector<std::string> shown_digests;
  // Each as it is shown when it is asked for by its id.
  std::vector<v1::FindDeletionOrdersResponse::Line> deletion_orders;
  std::vector<v1::ListQuarantineResponse::Item> quarantine;
  std::vector<v1::ListQuarantineResponse::Rest> quarantine_rest;  // counted only
  std::vector<v1::AuditEntry> audit;                              // chain by chain, each in order
  std::vector<v1::TextRelease> releases;                          // every version of every text
  std::map<std::string, int64_t> through_afterwards;              // by source
  std::vector<Feed> feeds;
  std::map<std::string, Allowed> allowed;  // by vendor; a vendor that is not named is not judged

  // The hub's clock when all was quiet; 0: how promises stand is not judged.
  int64_t end_us = 0;
  // How soon the hub looks at what time has changed, by its own clock.
  int64_t looked_at_within_us = 10'000'000;

  // How soon what has ended stands in an order to delete; 0: orders are not judged.
  int64_t ordered_within_us = 0;

  // What the run was set up with.
  int grace_days = 0;                                // Config.PromisePolicy; nothing is tolerated
  std::map<std::string, std::string> vendor_groups;  // vendor → group
  // Every version of every contact rule pack that was sent to the hub, and may be in force from
  // when the log names it. None: contacts are not counted again.
  std::vector<v1::RulePack> rule_packs;
  std::vector<v1::CodeMap> code_maps;  // every version that was sent to the hub
  // Every contract that was sent to it, by SHA-256 of its text. None: which version of a contract
  // decides is not judged.
  std::map<std::string, v1::Contract> contracts;
  std::string pack_elsewhere;              // heard of who lives where no pack is
  std::set<std::string> number_countries;  // of phone numbers, whose packs may be heard of anybody
  std::map<std::string, KnownPerson> persons;
  std::map<std::string, v1::CollectorKind> collector_kinds;  // vendor → kind; AGENCY if not named
  // What vendors ask permits for, and how; empty: anything. Always for the person.
  std::set<v1::Act> acts;
  std::set<v1::Channel> channels;
  // Vendors who may have been without a contract at some time.
  std::set<std::string> without_contract;
  std::set<std::string> with_promise_terms;  // vendors whose contracts say which they may take
  // By vendor: work in which some contract that it had lets it take promises, and in which some
  // does not. Of work that is in neither it is not judged whether it might.
  std::map<std::string, std::set<int>> takes_promises_in, takes_none_in;
  // Which plans vendors may agree to, the same in every contract that they had; which of one that
  // is not named waits for head office is not judged.
  std::map<std::string, v1::Contract::PlanTerms> plan_terms;
  // Classes that no contract of a vendor's lets be unmasked without an operator's word.
  std::map<std::string, std::set<int>> two_persons;
  std::set<std::string> holds_vendors_keep;  // ids of legal holds by which vendors keep theirs
  std::map<std::string, std::set<std::string>> withheld;  // vendor → raw values it must never see
  // How long assignments are kept after they ended, by work type and country, and where persons
  // live; not judged of what is not named.
  std::map<std::pair<int, std::string>, int64_t> keeps_us;
  std::map<std::string, std::string> countries;  // person → country
  // Of an account that it does not know, the hub refuses what is older than this: it may have known
  // newer.
  int64_t remembers_us = INT64_MAX;
  // Bytes sent to a vendor, for the search of `withheld`: any cut, in any order.
  std::map<std::string, std::vector<std::string>> bytes_shown;
  // What a search made elsewhere found in such bytes, where they are too many to be kept here:
  // vendor → kind of value → how often.
  std::map<std::string, std::map<std::string, int64_t>> withheld_found;
  int64_t queue_length_max = 0;  // seen in the hub's write queue …
  int64_t queue_limit = 0;       // … and allowed; 0: not judged
};

}  // namespace switchboard::invariants
