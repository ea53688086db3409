#include "hub/storage/schema.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

// Written with PostgreSQL's type names, as WriterConnection::Define wants them. Times are
// microseconds UTC, days are days since 1970-01-01. Each table stands under the room that owns it:
// only there may SQL name it, but for what tests/tidy lists.
constexpr const char* kTables[] = {
    // owner: storage
    // `wrapped_by`: the id of the wrapping key. `hub_id`: who seals by it, or did. `retire_time`:
    // since when nobody does; `destroy_time`: since when `wrapped` is empty.
    R"(CREATE TABLE data_key (key_number BIGINT NOT NULL PRIMARY KEY, purpose TEXT NOT NULL,
       hub_id TEXT NOT NULL, wrapped_by TEXT NOT NULL, wrapped BYTEA NOT NULL,
       create_time BIGINT NOT NULL, retire_time BIGINT, destroy_time BIGINT))",
    R"(CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL))",
    // `epoch` grows at each start, so that a process whose place another took notices.
    // `sealing_key`: the data key that it seals by; `opens`: ids of the wrapping keys that it has,
    // a blank between.
    R"(CREATE TABLE hub (hub_id TEXT NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL,
       start_time BIGINT NOT NULL, sealing_key BIGINT NOT NULL, opens TEXT NOT NULL))",
    // One row where the database is of a rehearsal: which.
    R"(CREATE TABLE rehearsal (begin_time BIGINT NOT NULL PRIMARY KEY, clock_time BIGINT NOT NULL,
       speed BIGINT NOT NULL))",
    // Duties that one hub does for all.
    R"(CREATE TABLE lease (duty TEXT NOT NULL PRIMARY KEY, hub_id TEXT NOT NULL,
       expire_time BIGINT NOT NULL))",

    // owner: audit
    R"(CREATE TABLE audit_entry (chain_id TEXT NOT NULL, sequence BIGINT NOT NULL,
       commit_order BIGINT NOT NULL, commit_time BIGINT NOT NULL, events_root BYTEA NOT NULL,
       hash BYTEA NOT NULL, events BYTEA NOT NULL, written BYTEA NOT NULL, seal BYTEA NOT NULL,
       PRIMARY KEY (chain_id, sequence)))",
    // The tree over the entries of all chains (audit/log_tree.h): which entries its leaves are from
    // a position on, and its hashes by 256, the last of a level fewer.
    R"(CREATE TABLE audit_range (first_position BIGINT NOT NULL PRIMARY KEY, chain_id TEXT NOT NULL,
       first_sequence BIGINT NOT NULL, count BIGINT NOT NULL))",
    R"(CREATE UNIQUE INDEX audit_range_chain ON audit_range (chain_id, first_sequence))",
    R"(CREATE TABLE audit_tile (level BIGINT NOT NULL, number BIGINT NOT NULL, hashes BYTEA NOT NULL,
       PRIMARY KEY (level, number)))",
    // Signed notes of what that tree was at a size.
    R"(CREATE TABLE audit_checkpoint (size BIGINT NOT NULL PRIMARY KEY, make_time BIGINT NOT NULL,
       note TEXT NOT NULL))",
    // Of each place that checkpoints go to, the newest that is there, and why a later one is not.
    R"(CREATE TABLE audit_delivery (place TEXT NOT NULL PRIMARY KEY, size BIGINT NOT NULL,
       deliver_time BIGINT NOT NULL, problem TEXT NOT NULL))",
    // `digest`: of actor, kind, source and content, so that what is refused again is kept once.
    // `card_removed`: its content is without a card number that it came with. `taken`: bytes of the
    // box; 0 where the content is not kept.
    R"(CREATE TABLE quarantine (quarantine_id TEXT NOT NULL PRIMARY KEY, actor TEXT NOT NULL,
       kind TEXT NOT NULL, source TEXT NOT NULL, as_of BIGINT NOT NULL, status TEXT NOT NULL,
       field TEXT NOT NULL, quarantine_time BIGINT NOT NULL, count BIGINT NOT NULL,
       size BIGINT NOT NULL, taken BIGINT NOT NULL, card_removed BIGINT NOT NULL,
       digest BYTEA NOT NULL, box BYTEA NOT NULL))",
    R"(CREATE UNIQUE INDEX quarantine_digest ON quarantine (digest))",
    R"(CREATE INDEX quarantine_unmapped ON quarantine (actor, quarantine_time)
       WHERE status = 'STATUS_UNMAPPED' AND taken > 0)",
    R"(CREATE INDEX quarantine_empty ON quarantine (actor) WHERE taken = 0)",
    R"(CREATE INDEX quarantine_shown ON quarantine (source, quarantine_time)
       WHERE kind = 'shown')",
    R"(CREATE TABLE quarantine_word (quarantine_id TEXT NOT NULL, operator TEXT NOT NULL,
       give_time BIGINT NOT NULL, PRIMARY KEY (quarantine_id, operator)))",
    // Of an actor and a kind of event, in the newest second: events written, and events counted.
    R"(CREATE TABLE audit_left_out (actor TEXT NOT NULL, kind BIGINT NOT NULL,
       second BIGINT NOT NULL, written BIGINT NOT NULL, left_out BIGINT NOT NULL,
       vendor_id TEXT NOT NULL, PRIMARY KEY (actor, kind)))",
    // What each party's items take; what goes beyond its share is in quarantine_rest, counted.
    R"(CREATE TABLE quarantine_share (actor TEXT NOT NULL PRIMARY KEY, items BIGINT NOT NULL,
       bytes BIGINT NOT NULL))",
    R"(CREATE TABLE quarantine_rest (actor TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
       field TEXT NOT NULL, count BIGINT NOT NULL, first_time BIGINT NOT NULL,
       last_time BIGINT NOT NULL, PRIMARY KEY (actor, kind, status, field)))",

    // owner: book
    R"(CREATE TABLE import_source (actor TEXT NOT NULL, source TEXT NOT NULL, through BIGINT NOT NULL,
       PRIMARY KEY (actor, source)))",
    // `as_of`: as of when it is true. `said`: the newest time of a word in person_word, 0 for none.
    R"(CREATE TABLE person (person_id TEXT NOT NULL PRIMARY KEY, as_of BIGINT NOT NULL,
       said BIGINT NOT NULL, box BYTEA NOT NULL))",
    // `was_current`: the last time as of which it was current, 0 before it ever was.
    R"(CREATE TABLE account (account_id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL,
       actor TEXT NOT NULL, source TEXT NOT NULL, sequence BIGINT NOT NULL, as_of BIGINT NOT NULL,
       was_current BIGINT NOT NULL, update_time BIGINT NOT NULL, digest BYTEA NOT NULL,
       box BYTEA NOT NULL))",
    R"(CREATE INDEX account_person ON account (person_id))",
    // Of each source, its record of an account that another source's has replaced since, true as of
    // the same time.
    R"(CREATE TABLE replaced_record (account_id TEXT NOT NULL, actor TEXT NOT NULL, source TEXT NOT NULL,
       sequence BIGINT NOT NULL, digest BYTEA NOT NULL, as_of BIGINT NOT NULL,
       PRIMARY KEY (account_id, actor, source)))",

    // What somebody said about being contacted, in events of the core.
    R"(CREATE TABLE person_word (person_id TEXT NOT NULL, event_id TEXT NOT NULL,
       say_time BIGINT NOT NULL, box BYTEA NOT NULL, PRIMARY KEY (person_id, event_id)))",
    // What rules read of a person, as it was known until a moment.
    R"(CREATE TABLE person_past (person_id TEXT NOT NULL, until_time BIGINT NOT NULL,
       box BYTEA NOT NULL, PRIMARY KEY (person_id, until_time)))",
    R"(CREATE INDEX person_past_until ON person_past (until_time))",

    // owner: stops
    // `origin`: who placed it first, as the audit log writes it. `begin_time`: since when it is so,
    // by whoever said it; it was placed at `place_time`. `end_time`: when it ends by itself;
    // `awaits_end`: rules will say it once the person or account that it lies on is known.
    // `spared`: a bit for each party that it does not keep from contact. `settle_time`: of a
    // payment's stop, the time beyond which newer data ends it.
    R"(CREATE TABLE stop (stop_id TEXT NOT NULL, subject_kind BIGINT NOT NULL, subject TEXT NOT NULL,
       origin TEXT NOT NULL, reason BIGINT NOT NULL, begin_time BIGINT NOT NULL, end_time BIGINT,
       awaits_end BIGINT NOT NULL, keep_work BIGINT NOT NULL, spared BIGINT NOT NULL,
       place_time BIGINT NOT NULL, settle_time BIGINT, lift_time BIGINT,
       PRIMARY KEY (stop_id, subject_kind, subject)))",
    R"(CREATE INDEX stop_subject ON stop (subject, subject_kind) WHERE lift_time IS NULL)",
    R"(CREATE INDEX stop_of_vendor ON stop (subject) WHERE subject_kind = 4 AND lift_time IS NULL)",
    R"(CREATE INDEX stop_lifted ON stop (subject, subject_kind) WHERE lift_time IS NOT NULL)",
    R"(CREATE INDEX stop_lift ON stop (lift_time) WHERE lift_time IS NOT NULL)",
    R"(CREATE INDEX stop_end ON stop (end_time) WHERE end_time IS NOT NULL)",

    // owner: contracts
    // In force from `from_day` on (NULL: from its release) until `to_day` (NULL: until replaced).
    // `end_time`: when somebody, `ended_by`, ended it on that day; NULL: the day is its text's own.
    R"(CREATE TABLE contract (vendor_id TEXT NOT NULL, version BIGINT NOT NULL, digest BYTEA NOT NULL,
       yaml TEXT NOT NULL, proposed_by TEXT NOT NULL, released_by TEXT NOT NULL,
       proposal_id TEXT NOT NULL, release_time BIGINT NOT NULL, from_day BIGINT, to_day BIGINT,
       end_time BIGINT, ended_by TEXT NOT NULL, PRIMARY KEY (vendor_id, version)))",
    R"(CREATE TABLE routing_plan (version BIGINT NOT NULL PRIMARY KEY, plan_id TEXT NOT NULL,
       digest BYTEA NOT NULL, yaml TEXT NOT NULL, proposed_by TEXT NOT NULL,
       released_by TEXT NOT NULL, proposal_id TEXT NOT NULL, release_time BIGINT NOT NULL,
       from_day BIGINT))",

    // Of a kind, as rule packs, `number` grows with each that is released.
    R"(CREATE TABLE versioned_text (kind TEXT NOT NULL, number BIGINT NOT NULL, id TEXT NOT NULL,
       version BIGINT NOT NULL, digest BYTEA NOT NULL, yaml TEXT NOT NULL,
       proposed_by TEXT NOT NULL, released_by TEXT NOT NULL, proposal_id TEXT NOT NULL,
       release_time BIGINT NOT NULL, PRIMARY KEY (kind, number)))",
    R"(CREATE UNIQUE INDEX versioned_text_version ON versioned_text (kind, id, version))",

    // owner: releases
    // `version`: that the text says itself, 0 where it says none. `basis`: a digest of what it was
    // proposed to replace. `yaml`: empty once it is decided, for a release has it. `state`: as
    // TextProposal has it; EXPIRED and OUTDATED are read off and never written.
    R"(CREATE TABLE text_proposal (proposal_id TEXT NOT NULL PRIMARY KEY, kind BIGINT NOT NULL,
       text_id TEXT NOT NULL, version BIGINT NOT NULL, replaces_version BIGINT NOT NULL,
       basis BYTEA NOT NULL, digest BYTEA NOT NULL, meaning BYTEA NOT NULL, yaml TEXT NOT NULL,
       from_day BIGINT, to_day BIGINT, proposed_by TEXT NOT NULL, propose_time BIGINT NOT NULL,
       expire_time BIGINT NOT NULL, state BIGINT NOT NULL, decided_by TEXT NOT NULL,
       decide_time BIGINT, released_version BIGINT NOT NULL))",
    R"(CREATE INDEX text_proposal_open ON text_proposal (kind, text_id, proposal_id)
       WHERE state = 1)",

    // owner: assignments
    // `ended` is 0 while live and the placement number afterwards, so that the first unique key
    // allows one live assignment per account and work type (I3). `review_time`: when the row is to
    // be shown anew because the person's age band changes. `former_assignment_id`: which was handed
    // over for it, empty if none was. `deletion_order_id`: which order to delete names it; empty
    // until one does, "none" where nothing is to be deleted.
    R"(CREATE TABLE assignment (assignment_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
       vendor_group TEXT NOT NULL, change_sequence BIGINT, person_id TEXT NOT NULL,
       account_id TEXT NOT NULL, work_type BIGINT NOT NULL, placement BIGINT NOT NULL,
       ended BIGINT NOT NULL, segment TEXT NOT NULL, country TEXT NOT NULL, why BYTEA NOT NULL,
       place_time BIGINT NOT NULL, expire_time BIGINT, withdraw_time BIGINT,
       withdraw_reason BIGINT NOT NULL, recall_reason BIGINT NOT NULL, recall_time BIGINT,
       recall_objected BIGINT NOT NULL, recall_place_again BIGINT NOT NULL, review_time BIGINT,
       rejected BIGINT NOT NULL, former_assignment_id TEXT NOT NULL,
       deletion_order_id TEXT NOT NULL))",
    R"(CREATE UNIQUE INDEX assignment_account ON assignment (person_id, account_id, work_type, ended))",
    R"(CREATE UNIQUE INDEX assignment_feed ON assignment (vendor_id, change_sequence))",
    R"(CREATE INDEX assignment_purge ON assignment (vendor_id, change_sequence) WHERE ended > 0)",
    R"(CREATE INDEX assignment_expiry ON assignment (expire_time)
       WHERE expire_time IS NOT NULL AND ended = 0)",
    R"(CREATE INDEX assignment_recall ON assignment (recall_time)
       WHERE recall_time IS NOT NULL AND ended = 0)",
    R"(CREATE INDEX assignment_review ON assignment (review_time)
       WHERE review_time IS NOT NULL AND ended = 0)",
    R"(CREATE INDEX assignment_left ON assignment (work_type, country, withdraw_time, assignment_id)
       WHERE ended > 0 AND change_sequence IS NULL)",
    R"(CREATE INDEX assignment_to_delete ON assignment (vendor_id, withdraw_time, assignment_id)
       WHERE ended > 0 AND deletion_order_id = '')",
    R"(CREATE INDEX assignment_told ON assignment (work_type, country, withdraw_time)
       WHERE ended > 0 AND change_sequence IS NOT NULL)",
    R"(CREATE INDEX assignment_of_account ON assignment (account_id) WHERE ended > 0)",
    // Places that a row had in its vendor's feed before. Goes with it.
    R"(CREATE TABLE former_change (assignment_id TEXT NOT NULL, change_sequence BIGINT NOT NULL,
       PRIMARY KEY (assignment_id, change_sequence)))",
    // Work that went from one party to another, by the assignment that began with that. Goes with
    // it. The box has what the party before says of it, `note_digest` that as it was typed, keyed.
    R"(CREATE TABLE hand_over (assignment_id TEXT NOT NULL PRIMARY KEY,
       former_assignment_id TEXT NOT NULL, from_vendor_id TEXT NOT NULL, to_vendor_id TEXT NOT NULL,
       reason BIGINT NOT NULL, hand_over_time BIGINT NOT NULL, box BYTEA NOT NULL,
       note_digest BYTEA NOT NULL))",
    R"(CREATE UNIQUE INDEX hand_over_former ON hand_over (former_assignment_id))",
    // Where a vendor's feed ends: what every group that changes the feed wants, apart from what a
    // session or a contract changes.
    R"(CREATE TABLE vendor_counter (vendor_id TEXT NOT NULL PRIMARY KEY,
       newest_sequence BIGINT NOT NULL))",
    // What one lane of a hub counted, so that no lane waits for another; their sum is what
    // happened.
    // Permits and outcomes are counted under no segment.
    R"(CREATE TABLE vendor_tally (vendor_id TEXT NOT NULL, segment TEXT NOT NULL, lane TEXT NOT NULL,
       placed BIGINT NOT NULL, withdrawn BIGINT NOT NULL, permits_given BIGINT NOT NULL,
       permits_refused BIGINT NOT NULL, outcomes BIGINT NOT NULL,
       PRIMARY KEY (vendor_id, segment, lane)))",

    // owner: disclosures
    // A page of a feed that was shown: what of it lay behind one place and not behind another.
    // `shown`: of each id in order 8 bytes of ShownField bits (1 << number) and 16 of a keyed
    // digest of the row as it left.
    R"(CREATE TABLE disclosure (sequence BIGINT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
       contract_version BIGINT NOT NULL, disclose_time BIGINT NOT NULL, generation TEXT NOT NULL,
       after_sequence BIGINT NOT NULL, through_sequence BIGINT NOT NULL,
       assignment_ids TEXT NOT NULL, shown BYTEA NOT NULL))",
    R"(CREATE INDEX disclosure_through ON disclosure (vendor_id, through_sequence, after_sequence))",
    // When a vendor had stored its feed up to a place.
    R"(CREATE TABLE acknowledgement (vendor_id TEXT NOT NULL, generation TEXT NOT NULL,
       sequence BIGINT NOT NULL, ack_time BIGINT NOT NULL,
       PRIMARY KEY (vendor_id, generation, sequence)))",
    R"(CREATE INDEX acknowledgement_time ON acknowledgement (ack_time))",
    // What was shown in answers: numbers of permits, unmaskings, plans to operators, look-ups, a
    // person's own data. `kind`: DisclosureLine.Kind. `fields`: bits as above. `until_time`: when
    // it had to be deleted; NULL: with the assignment.
    R"(CREATE TABLE disclosed_answer (answer_id TEXT NOT NULL PRIMARY KEY, kind BIGINT NOT NULL,
       shown_to TEXT NOT NULL, person_id TEXT NOT NULL, account_id TEXT NOT NULL,
       assignment_id TEXT NOT NULL, subject_id TEXT NOT NULL, fields BIGINT NOT NULL,
       contract_version BIGINT NOT NULL, show_time BIGINT NOT NULL, until_time BIGINT,
       digest BYTEA NOT NULL))",
    R"(CREATE INDEX disclosed_answer_person ON disclosed_answer (person_id, show_time))",
    R"(CREATE INDEX disclosed_answer_time ON disclosed_answer (show_time))",

    // owner: legal_holds
    // `person_id`: whose rows stay. `box`: where the order is written. `end_day`: NULL: until it is
    // ended; `end_time`: NULL: in force.
    R"(CREATE TABLE legal_hold (hold_id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL,
       account_id TEXT NOT NULL, origin BIGINT NOT NULL, vendors_keep BIGINT NOT NULL,
       digest BYTEA NOT NULL, placed_by TEXT NOT NULL, place_time BIGINT NOT NULL, end_day BIGINT,
       ended_by TEXT NOT NULL, end_time BIGINT, box BYTEA NOT NULL))",
    R"(CREATE INDEX legal_hold_person ON legal_hold (person_id) WHERE end_time IS NULL)",

    // owner: unmasking
    // `classes`: a bit for each DataClass. `state`: as RequestUnmaskingResponse has it. `agent`:
    // sealed. `until_time`: NULL until it was shown first.
    R"(CREATE TABLE unmasking (unmasking_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
       assignment_id TEXT NOT NULL, request_id TEXT NOT NULL, person_id TEXT NOT NULL,
       account_id TEXT NOT NULL, classes BIGINT NOT NULL, reason BIGINT NOT NULL,
       contract_version BIGINT NOT NULL, state BIGINT NOT NULL, ask_time BIGINT NOT NULL,
       decided_by TEXT NOT NULL, decide_time BIGINT, show_time BIGINT, until_time BIGINT,
       box BYTEA NOT NULL))",
    R"(CREATE UNIQUE INDEX unmasking_request ON unmasking (assignment_id, request_id))",
    R"(CREATE INDEX unmasking_vendor ON unmasking (vendor_id, ask_time))",
    R"(CREATE INDEX unmasking_account ON unmasking (account_id, vendor_id, ask_time))",
    R"(CREATE INDEX unmasking_shown ON unmasking (show_time, vendor_id)
       WHERE show_time IS NOT NULL)",
    R"(CREATE INDEX unmasking_waiting ON unmasking (unmasking_id) WHERE state = 2)",

    // owner: deletions
    // `statement`, `signature`: as the vendor sent them; `chain`: the certificates of its request,
    // serialized. `digest`: of the ids. `refused`: confirmations that were.
    R"(CREATE TABLE deletion_order (order_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
       cause BIGINT NOT NULL, open_time BIGINT NOT NULL, due_time BIGINT NOT NULL,
       count BIGINT NOT NULL, digest BYTEA NOT NULL, state BIGINT NOT NULL, confirm_time BIGINT,
       refused BIGINT NOT NULL, statement BYTEA NOT NULL, signature BYTEA NOT NULL,
       chain BYTEA NOT NULL, closed_by TEXT NOT NULL, reason TEXT NOT NULL))",
    R"(CREATE INDEX deletion_order_vendor ON deletion_order (vendor_id, order_id))",
    R"(CREATE INDEX deletion_order_open ON deletion_order (vendor_id, due_time) WHERE state = 1)",
    // What vendors poll, and operators go through.
    R"(CREATE INDEX deletion_order_poll ON deletion_order (vendor_id, order_id) WHERE state = 1)",
    R"(CREATE INDEX deletion_order_page ON deletion_order (order_id) WHERE state = 1)",
    R"(CREATE TABLE deletion_item (order_id TEXT NOT NULL, assignment_id TEXT NOT NULL,
       PRIMARY KEY (order_id, assignment_id)))",
    R"(CREATE INDEX deletion_item_assignment ON deletion_item (assignment_id))",
    // To whom a vendor said that it gives data of an assignment.
    R"(CREATE TABLE passed_on (assignment_id TEXT NOT NULL, sub_contractor_id TEXT NOT NULL,
       vendor_id TEXT NOT NULL, pass_time BIGINT NOT NULL,
       PRIMARY KEY (assignment_id, sub_contractor_id)))",

    // owner: feed
    // `loosened_from`: the version whose rows a later one only added to, and `loosened_through`:
    // the highest sequence that may still show that version; both 0 where no row waits to be sent
    // again. `contract_version`: by which its generation is masked. `held_to`: the versions of its
    // contract, and whether it was stopped, when all of its live assignments were last looked
    // through; see upkeep.
    // `retire_time`: since when an operator says that it will not come back.
    R"(CREATE TABLE vendor (vendor_id TEXT NOT NULL PRIMARY KEY, contract_version BIGINT NOT NULL,
       generation TEXT NOT NULL, generation_floor BIGINT NOT NULL, acknowledged_sequence BIGINT NOT NULL,
       session BIGINT NOT NULL, held_to TEXT NOT NULL, loosened_from BIGINT NOT NULL,
       loosened_through BIGINT NOT NULL, retire_time BIGINT))",
    // Withdrawals for payments, closures and stops that were acknowledged on a day (UTC) within
    // `within_ms` and no sooner bound; 0: beyond all bounds.
    R"(CREATE TABLE confirmation (vendor_id TEXT NOT NULL, day BIGINT NOT NULL,
       within_ms BIGINT NOT NULL, lane TEXT NOT NULL, count BIGINT NOT NULL,
       PRIMARY KEY (vendor_id, day, within_ms, lane)))",

    // owner: permits
    // `number_digest`: of the number or address that it was given for. `attempts`: that are left.
    // `outcome_id`: which used it last. `plan`: of a day's plan its hours, serialized.
    R"(CREATE TABLE permit (permit_id TEXT NOT NULL PRIMARY KEY, vendor_id TEXT NOT NULL,
       request_id TEXT NOT NULL, assignment_id TEXT NOT NULL, person_id TEXT NOT NULL,
       account_id TEXT NOT NULL, work_type BIGINT NOT NULL, contact_point_id TEXT NOT NULL,
       number_digest TEXT NOT NULL, collector_kind BIGINT NOT NULL, channel BIGINT NOT NULL,
       contact_kind BIGINT NOT NULL, act BIGINT NOT NULL, party BIGINT NOT NULL,
       party_id TEXT NOT NULL, consented BIGINT NOT NULL, contract_version BIGINT NOT NULL,
       attempts BIGINT NOT NULL, state BIGINT NOT NULL, give_time BIGINT NOT NULL, begin_time BIGINT NOT NULL,
       expire_time BIGINT NOT NULL, void_time BIGINT, outcome_id TEXT NOT NULL, plan BYTEA NOT NULL,
       sub_contractor TEXT NOT NULL))",
    // Within an assignment, so that who holds the person need not wait for another's request.
    R"(CREATE UNIQUE INDEX permit_request ON permit (assignment_id, request_id))",
    R"(CREATE INDEX permit_open ON permit (person_id, permit_id) WHERE state = 1)",
    // The current hour of each vendor by the lane that counted, summed when read: given, come to
    // nothing, refused for want of budget.
    R"(CREATE TABLE permit_budget (vendor_id TEXT NOT NULL, lane TEXT NOT NULL, hour BIGINT NOT NULL,
       given BIGINT NOT NULL, unused BIGINT NOT NULL, refused BIGINT NOT NULL,
       PRIMARY KEY (vendor_id, lane)))",
    // What came of asking, by day (UTC); no rule: of the vendor in all. `foreign_subs`: what was
    // asked for sub-contractors that are not registered.
    R"(CREATE TABLE permit_tally (vendor_id TEXT NOT NULL, day BIGINT NOT NULL, rule_id TEXT NOT NULL,
       lane TEXT NOT NULL, given BIGINT NOT NULL, denied BIGINT NOT NULL, warned BIGINT NOT NULL,
       voided BIGINT NOT NULL, voided_by_stops BIGINT NOT NULL, foreign_subs BIGINT NOT NULL,
       PRIMARY KEY (vendor_id, day, rule_id, lane)))",
    R"(CREATE INDEX permit_open_number ON permit (number_digest) WHERE state = 1)",
    // Void ones, which count until their time is up.
    R"(CREATE INDEX permit_void ON permit (person_id, expire_time) WHERE state = 3)",
    R"(CREATE INDEX permit_void_number ON permit (number_digest, expire_time) WHERE state = 3)",
    // What came to nothing, for the budget of an account and day.
    R"(CREATE INDEX permit_unused ON permit (account_id, vendor_id, give_time)
       WHERE state IN (4, 5))",

    // owner: contacts
    // Codes as contact.proto has them. `version`: of the outcome, 0 of an event.
    R"(CREATE TABLE contact (contact_id TEXT NOT NULL, person_id TEXT NOT NULL,
       account_id TEXT NOT NULL, collector TEXT NOT NULL, collector_kind BIGINT NOT NULL,
       direction BIGINT NOT NULL, channel BIGINT NOT NULL, contact_kind BIGINT NOT NULL,
       number_digest TEXT NOT NULL, party BIGINT NOT NULL, party_id TEXT NOT NULL,
       act BIGINT NOT NULL, result BIGINT NOT NULL, consented BIGINT NOT NULL,
       objected BIGINT NOT NULL, begin_time BIGINT NOT NULL, end_time BIGINT NOT NULL,
       permit_id TEXT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (person_id, contact_id)))",
    R"(CREATE INDEX contact_person ON contact (person_id, begin_time))",
    R"(CREATE INDEX contact_number ON contact (number_digest, begin_time))",
    R"(CREATE INDEX contact_begin ON contact (begin_time))",
    // Contacts of the issuer's are told anew by their id alone.
    R"(CREATE INDEX contact_of_issuer ON contact (contact_id) WHERE collector = 'issuer')",
    // Whose an account was before: what was said to them of it counts on.
    R"(CREATE TABLE former_owner (account_id TEXT NOT NULL, person_id TEXT NOT NULL,
       PRIMARY KEY (account_id, person_id)))",
    R"(CREATE INDEX former_owner_person ON former_owner (person_id))",

    // owner: core_feed
    // `place` names the item, `facts` is what the hub adds to its box. `hidden`: sealed, what stood
    // under the marks of its text; empty where there are none. `of_assignment`: which takes it
    // along when it is erased, empty where its number is remembered elsewhere.
    R"(CREATE TABLE core_item (sequence BIGINT NOT NULL PRIMARY KEY, kind BIGINT NOT NULL,
       place TEXT NOT NULL, record_time BIGINT NOT NULL, facts BYTEA NOT NULL, box BYTEA NOT NULL,
       hidden BYTEA NOT NULL, of_assignment TEXT NOT NULL))",
    R"(CREATE INDEX core_item_assignment ON core_item (of_assignment) WHERE of_assignment <> '')",
    R"(CREATE TABLE core_cursor (actor TEXT NOT NULL, reader TEXT NOT NULL, confirmed BIGINT NOT NULL,
       confirm_time BIGINT NOT NULL, PRIMARY KEY (actor, reader)))",

    // owner: promises
    // `standing`: as the core was told, and since when; of an open one (1) that is the end of its
    // time. `review_time`: when to judge it anew; NULL: time alone changes nothing, and it may be
    // erased. `remind_from`, `remind_until`: when it may be reminded of. `bind_time`: from when on
    // it takes the place of others; NULL: never, or not yet. `replaced_by_erased`: when one took
    // its place that is erased since. `note_digest`, `hidden`: of the note on head office's
    // decision, as it was typed, keyed, and sealed what was taken out of it.
    R"(CREATE TABLE promise (account_id TEXT NOT NULL, vendor_id TEXT NOT NULL,
       outcome_id TEXT NOT NULL, version BIGINT NOT NULL, assignment_id TEXT NOT NULL,
       take_time BIGINT NOT NULL, bind_time BIGINT, standing BIGINT NOT NULL,
       since_time BIGINT NOT NULL, review_time BIGINT, remind_from BIGINT NOT NULL, remind_until BIGINT NOT NULL,
       replaced_by_erased BIGINT, never_binds BIGINT NOT NULL,
       box BYTEA NOT NULL, note_digest BYTEA NOT NULL, hidden BYTEA NOT NULL,
       PRIMARY KEY (account_id, vendor_id, outcome_id)))",
    R"(CREATE INDEX promise_review ON promise (review_time) WHERE review_time IS NOT NULL)",
    R"(CREATE INDEX promise_pending ON promise (account_id, vendor_id, outcome_id)
       WHERE standing = 8)",
    // What the core booked, as long as a promise on the account may be judged by it.
    R"(CREATE TABLE payment (event_id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL,
       pay_time BIGINT NOT NULL, box BYTEA NOT NULL))",
    R"(CREATE INDEX payment_account ON payment (account_id))",

    // owner: outcomes
    // `sequence`: in the core feed.
    R"(CREATE TABLE outcome (vendor_id TEXT NOT NULL, outcome_id TEXT NOT NULL, version BIGINT NOT NULL,
       sequence BIGINT NOT NULL, assignment_id TEXT NOT NULL, account_id TEXT NOT NULL,
       day BIGINT NOT NULL, digest BYTEA NOT NULL, stops TEXT NOT NULL,
       PRIMARY KEY (vendor_id, outcome_id, version)))",
    R"(CREATE INDEX outcome_account ON outcome (account_id, day))",
    // Calls and visits by who made them (`agent`: a keyed digest); of a visit the box says where it
    // was, if that is known, and `located` is 1. `moment`: its begin and its id, in the order of
    // time and no two alike.
    R"(CREATE TABLE agent_time (vendor_id TEXT NOT NULL, outcome_id TEXT NOT NULL,
       agent TEXT NOT NULL, located BIGINT NOT NULL, moment TEXT NOT NULL,
       begin_time BIGINT NOT NULL, end_time BIGINT NOT NULL, box BYTEA NOT NULL,
       PRIMARY KEY (vendor_id, outcome_id)))",
    R"(CREATE INDEX agent_time_agent ON agent_time (vendor_id, agent, located, moment))",
    // Calls whose recording was told of, or is owed. `due_time`: until when it is to be told of;
    // NULL: it was. `sha256`: of its bytes, as the vendor told; empty until then.
    R"(CREATE TABLE recording (vendor_id TEXT NOT NULL, outcome_id TEXT NOT NULL,
       assignment_id TEXT NOT NULL, call_time BIGINT NOT NULL, due_time BIGINT,
       sha256 BYTEA NOT NULL, PRIMARY KEY (vendor_id, outcome_id)))",
    R"(CREATE INDEX recording_owed ON recording (vendor_id, outcome_id, due_time)
       WHERE due_time IS NOT NULL)",
    R"(CREATE TABLE late_word (vendor_id TEXT NOT NULL PRIMARY KEY, day BIGINT NOT NULL,
       taken BIGINT NOT NULL, waiting BIGINT NOT NULL))",

    // owner: person_requests
    // Codes as person_request.proto has them. `pages`: of ACCESS, read so far. `box`: reference and
    // fields.
    R"(CREATE TABLE person_request (request_id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL,
       kind BIGINT NOT NULL, state BIGINT NOT NULL, opened_by TEXT NOT NULL,
       open_time BIGINT NOT NULL, decided_by TEXT NOT NULL, decide_time BIGINT, end_time BIGINT,
       pages BIGINT NOT NULL, box BYTEA NOT NULL))",
    R"(CREATE INDEX person_request_agreed ON person_request (kind, person_id) WHERE state = 2)",
    R"(CREATE INDEX person_request_person ON person_request (person_id))",

    // owner: upkeep
    // What walks all boxes to seal them anew; the row with the highest number is the rotation there
    // is. `step`: ListKeysResponse.Rotation.Step. `after`: the key of the last row looked at.
    // `seen`, `sealed`: boxes. `broken`: of boxes that no key opens the table and the key that they
    // name, "person.box:5", a blank between.
    R"(CREATE TABLE key_rotation (through BIGINT NOT NULL PRIMARY KEY, actor TEXT NOT NULL,
       start_time BIGINT NOT NULL, step BIGINT NOT NULL, step_time BIGINT NOT NULL,
       table_name TEXT NOT NULL, after BYTEA NOT NULL, seen BIGINT NOT NULL,
       sealed BIGINT NOT NULL, broken TEXT NOT NULL, end_time BIGINT))",

    // owner: ingest
    // `contact`: of a contact of the issuer's, the event under which the ledger has it, which is
    // the first one that told of it; empty for the rest. `replaced`: another one tells of it since.
    R"(CREATE TABLE core_event (event_id TEXT NOT NULL PRIMARY KEY, actor TEXT NOT NULL,
       digest BYTEA NOT NULL, event_time BIGINT NOT NULL, contact TEXT NOT NULL,
       replaced BIGINT NOT NULL))",
    R"(CREATE INDEX core_event_time ON core_event (event_time))",
    R"(CREATE TABLE stratum_position (plan_id TEXT NOT NULL, stratum TEXT NOT NULL,
       position BIGINT NOT NULL, PRIMARY KEY (plan_id, stratum)))",
};

constexpr char kCreateVersions[] =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, apply_time "
    "BIGINT NOT NULL)";
constexpr char kSelectVersion[] = "SELECT MAX(version) FROM schema_version";
constexpr char kInsertVersion[] =
    "INSERT INTO schema_version (version, apply_time) VALUES ($1, $2)";

// Each waits as long as the engine lets a group wait for a key.
constexpr int kStartTries = 30;

absl::StatusOr<int64_t> VersionOf(Connection& connection) {
  int64_t version = 0;
  RETURN_IF_ERROR(connection.Query(kSelectVersion, {}, [&](const Row& row) {
    version = row.Integer(0);
    return absl::OkStatus();
  }));
  if (version > kSchemaVersion) {
    return Error(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW",
                 absl::StrCat("the database has version ", version, ", this program knows up to ",
                              kSchemaVersion, "; use the program that wrote it"));
  }
  if (version > 0 && version < kSchemaVersion) {
    return Error(
        absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_OLD",
        absl::StrCat("the database has version ", version, " of before the first release; ",
                     "this program writes version ", kSchemaVersion,
                     " and takes over nothing: begin with a new database, and let the ",
                     "core import and post again"));
  }
  return version;
}

absl::Status MakeTables(WriterConnection& writer, int64_t now_us) {
  ASSIGN_OR_RETURN(const int64_t version, VersionOf(writer));
  if (version == kSchemaVersion) return absl::OkStatus();
  for (const char* statement : kTables) RETURN_IF_ERROR(writer.Define(statement));
  return writer.Execute(kInsertVersion, {kSchemaVersion, now_us}).status();
}

}  // namespace

std::vector<std::string_view> Definitions() {
  std::vector<std::string_view> definitions = {kCreateVersions};
  definitions.insert(definitions.end(), std::begin(kTables), std::end(kTables));
  return definitions;
}

absl::Status Migrate(WriterConnection& writer, int64_t now_us,
                     absl::FunctionRef<absl::Status()> then) {
  // Two hubs that make this table at once: one of them fails and finds it there.
  if (!writer.Define(kCreateVersions).ok()) RETURN_IF_ERROR(writer.Define(kCreateVersions));
  return RunAlone(writer, [&]() -> absl::Status {
    RETURN_IF_ERROR(MakeTables(writer, now_us));
    return then();
  });
}

absl::Status Migrate(WriterConnection& writer, int64_t now_us) {
  return Migrate(writer, now_us, [] { return absl::OkStatus(); });
}

absl::Status RunAlone(WriterConnection& writer, absl::FunctionRef<absl::Status()> body) {
  const Key start = StartKey();
  for (int tries_left = kStartTries;; --tries_left) {
    RETURN_IF_ERROR(writer.Begin());
    absl::Status status = writer.Hold({&start, 1});
    if (status.ok()) status = body();
    if (status.ok()) return writer.Commit();
    writer.Rollback().IgnoreError();
    if (!AsksForRetry(status) || tries_left == 0) return status;
  }
}

}  // namespace switchboard::storage
