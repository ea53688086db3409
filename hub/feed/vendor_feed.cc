#include "hub/feed/vendor_feed.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/assignments/assignments.h"
#include "hub/assignments/vendor_counter.h"
#include "hub/audit/audit_log.h"
#include "hub/base/error.h"
#include "hub/book/terms_change.h"
#include "hub/disclosures/acknowledgements.h"
#include "hub/disclosures/answers.h"
#include "hub/feed/confirmations.h"
#include "hub/feed/vendor_row.h"
#include "hub/feed/withheld.h"
#include "hub/masking/exposure.h"
#include "hub/masking/shown_fields.h"

namespace switchboard::feed {
namespace {

using storage::Row;

constexpr char kInsertVendor[] =
    "INSERT INTO vendor (vendor_id, contract_version, generation, generation_floor, "
    "acknowledged_sequence, session, held_to, loosened_from, loosened_through) "
    "VALUES ($1, 0, $2, 0, 0, 0, '', 0, 0)";
constexpr char kSelectVersions[] =
    "SELECT vendor_id, contract_version FROM vendor ORDER BY vendor_id";
constexpr char kSetVersion[] =
    "UPDATE vendor SET contract_version = $1, retire_time = NULL WHERE vendor_id = $2";
constexpr char kSetLoosened[] =
    "UPDATE vendor SET loosened_from = $1, loosened_through = $2 WHERE vendor_id = $3";
constexpr char kSetSession[] = "UPDATE vendor SET session = $1 WHERE vendor_id = $2";
constexpr char kSetGeneration[] =
    "UPDATE vendor SET generation = $1, generation_floor = (SELECT newest_sequence FROM "
    "vendor_counter WHERE vendor_id = $2), acknowledged_sequence = 0, session = session + 1, "
    "loosened_from = 0, loosened_through = 0 WHERE vendor_id = $2";
// A withdrawal needs neither record, and outlives both where an account changed its owner.
constexpr char kSelectPage[] =
    "SELECT f.assignment_id, f.change_sequence, f.ended, f.withdraw_reason, f.work_type, "
    "f.expire_time, "
    "f.recall_reason, f.recall_time, f.recall_objected, f.person_id, f.account_id, p.box, a.box, "
    "f.former_assignment_id "
    "FROM assignment f LEFT JOIN person p ON p.person_id = f.person_id "
    "LEFT JOIN account a ON a.account_id = f.account_id "
    "WHERE f.vendor_id = $1 AND f.change_sequence > $2 AND f.change_sequence <= $3 "
    "AND (f.ended = 0 OR f.change_sequence > $4) ORDER BY f.change_sequence LIMIT $5";
constexpr char kSelectWithdrawals[] =
    "SELECT assignment_id, withdraw_reason, change_sequence FROM assignment WHERE vendor_id = $1 "
    "AND ended > 0 AND change_sequence > $2 AND change_sequence <= $3 ORDER BY change_sequence "
    "LIMIT $4";
constexpr char kSelectToPurge[] =
    "SELECT vendor_id FROM vendor WHERE EXISTS (SELECT 1 FROM assignment WHERE "
    "assignment.vendor_id = vendor.vendor_id AND ended > 0 AND change_sequence <= "
    "acknowledged_sequence) ORDER BY vendor_id LIMIT $1";

// Each vendor with the version of its contract that its feed follows, by id.
absl::StatusOr<std::vector<std::pair<std::string, int64_t>>> VersionsFollowed(
    storage::Connection& connection) {
  std::vector<std::pair<std::string, int64_t>> followed;
  RETURN_IF_ERROR(connection.Query(kSelectVersions, {}, [&](const Row& row) {
    followed.emplace_back(row.Text(0), row.Integer(1));
    return absl::OkStatus();
  }));
  return followed;
}

absl::Status Superseded() {
  return Error(absl::StatusCode::kAborted, "SUPERSEDED",
               "another stream of this vendor opened, or its feed began anew; reconnect");
}

// By which a session of the vendor's feed is shown rows at `now`.
absl::StatusOr<contracts::Contracts::Compiled> ContractOf(storage::Connection& connection,
                                                          contracts::Contracts& contracts,
                                                          std::string_view vendor_id,
                                                          const VendorRow& vendor, int64_t session,
                                                          absl::Time now) {
  if (vendor.session != session) return Superseded();
  ASSIGN_OR_RETURN(auto contract, contracts.InForce(connection, vendor_id, now));
  if (contract->version != vendor.contract_version) return Superseded();
  return contract;
}

// What of a row of kSelectPage is the hub's own, but for the acts.
masking::RowFrame FrameOf(const Row& row) {
  masking::RowFrame frame;
  frame.assignment_id = std::string(row.Text(0));
  frame.work_type = static_cast<v1::WorkType>(row.Integer(4));
  if (!row.IsNull(5)) frame.expire_time = absl::FromUnixMicros(row.Integer(5));
  if (!row.IsNull(7)) {
    auto& recall = frame.recall.emplace();
    recall.reason = static_cast<v1::RecallReason>(row.Integer(6));
    recall.final_time = absl::FromUnixMicros(row.Integer(7));
    recall.objected = row.Integer(8) != 0;
  }
  return frame;
}

}  // namespace

absl::StatusOr<bool> VendorFeed::FollowContract(storage::Transaction& transaction,
                                                std::string_view vendor_id,
                                                std::string_view actor) const {
  RETURN_IF_ERROR(HoldFeed(transaction, vendor_id));
  storage::Connection& connection = transaction.connection();
  auto vendor = ReadVendor(connection, vendor_id);
  if (absl::IsPermissionDenied(vendor.status())) {
    RETURN_IF_ERROR(assignments::AddVendorCounter(transaction, vendor_id));
    RETURN_IF_ERROR(transaction.Execute(kInsertVendor, {vendor_id, ids_.Next()}).status());
    book::NoteTermsChange(transaction);
    vendor = ReadVendor(connection, vendor_id);
  }
  RETURN_IF_ERROR(vendor.status());
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.FindAt(connection, vendor_id, transaction.now()));
  if (contract == nullptr || contract->version == vendor->contract_version) return false;
  masking::Change change = masking::Change::kSame;
  if (vendor->contract_version != 0) {
    const auto before = contracts_.FindVersion(connection, vendor_id, vendor->contract_version);
    // Nobody knows what a text that was altered since had shown; another one may take its place.
    if (!before.ok() && !absl::IsDataLoss(before.status())) return before.status();
    change =
        before.ok() ? contracts::ShownChange(**before, *contract) : masking::Change::kOtherwise;
  }
  RETURN_IF_ERROR(transaction.Execute(kSetVersion, {contract->version, vendor_id}).status());
  // Streams that wait for acks, or for anything to come, hear of it all the same.
  transaction.Announce(Topic::Contract(vendor_id));
  switch (change) {
    case masking::Change::kSame:
      return false;
    case masking::Change::kMore: {
      // Rows that an earlier change left waiting show what was before that one.
      const int64_t from =
          vendor->loosened_from != 0 ? vendor->loosened_from : vendor->contract_version;
      book::NoteTermsChange(transaction);
      RETURN_IF_ERROR(
          transaction.Execute(kSetLoosened, {from, vendor->newest, vendor_id}).status());
      return false;
    }
    case masking::Change::kLess:
    case masking::Change::kOtherwise:
      break;
  }
  RETURN_IF_ERROR(NewGeneration(transaction, vendor_id, actor,
                                v1::AuditEvent::GENERATION_REASON_CONTRACT_CHANGED));
  return true;
}

absl::StatusOr<std::vector<std::string>> VendorFeed::VendorsToFollow(
    storage::Connection& connection, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto followed, VersionsFollowed(connection));
  std::vector<std::string> vendors;
  for (const auto& [vendor_id, version] : followed) {
    ASSIGN_OR_RETURN(const auto contract, contracts_.FindAt(connection, vendor_id, now));
    if (contract != nullptr && contract->version != version) vendors.push_back(vendor_id);
  }
  return vendors;
}

absl::StatusOr<OpenedFeed> VendorFeed::Open(storage::Transaction& transaction,
                                            std::string_view vendor_id,
                                            const v1::Cursor& cursor) const {
  RETURN_IF_ERROR(
      contracts_.InForce(transaction.connection(), vendor_id, transaction.now()).status());
  RETURN_IF_ERROR(FollowContract(transaction, vendor_id, "hub").status());
  ASSIGN_OR_RETURN(VendorRow vendor, ReadVendor(transaction.connection(), vendor_id));
  OpenedFeed opened;
  const bool goes_on = cursor.generation() == vendor.generation &&
                       vendor.acknowledged <= cursor.sequence() &&
                       cursor.sequence() <= vendor.newest;
  // A generation of which nothing was acknowledged has lost nothing yet and is used again;
  // otherwise a vendor whose loads keep being cut would never finish one.
  if (!goes_on && vendor.acknowledged > 0) {
    RETURN_IF_ERROR(
        NewGeneration(transaction, vendor_id, "hub", v1::AuditEvent::GENERATION_REASON_CURSOR));
    ASSIGN_OR_RETURN(vendor, ReadVendor(transaction.connection(), vendor_id));
  }
  opened.session = vendor.session + 1;
  opened.cursor.set_generation(vendor.generation);
  opened.cursor.set_sequence(goes_on ? cursor.sequence() : 0);
  RETURN_IF_ERROR(transaction.Execute(kSetSession, {opened.session, vendor_id}).status());
  // Older streams of the vendor, at this hub or another, hear that they are superseded.
  transaction.Announce(Topic::Session(vendor_id, opened.session));
  return opened;
}

absl::StatusOr<Page> VendorFeed::ReadPage(storage::Connection& connection,
                                          std::string_view vendor_id, int64_t session,
                                          const v1::Cursor& after, int limit,
                                          absl::Time now) const {
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(connection, vendor_id));
  if (vendor.generation != after.generation()) return Superseded();
  ASSIGN_OR_RETURN(const auto contract,
                   ContractOf(connection, contracts_, vendor_id, vendor, session, now));
  masking::WirePage page(after);
  v1::Person person;
  v1::Account account;
  std::vector<Placed> accounts, handed_over;
  // Changes committed after the vendor's row was read lie beyond its newest sequence and wait for
  // the next page.
  auto visit = [&](const Row& row) -> absl::Status {
    const int64_t sequence = row.Integer(1);
    if (row.Integer(2) != 0) {
      page.AddWithdrawal(sequence, std::string(row.Text(0)),
                         static_cast<v1::WithdrawReason>(row.Integer(3)));
      return absl::OkStatus();
    }
    masking::RowFrame frame = FrameOf(row);
    const auto* terms = contract->Terms(frame.work_type);
    if (terms == nullptr) {
      page.AddFrame(sequence, frame);
      return absl::OkStatus();
    }
    for (const int act : terms->acts()) frame.acts.push_back(static_cast<v1::Act>(act));
    masking::OpenedRecord record{person, account, "", ""};
    RETURN_IF_ERROR(
        book_.OpenPerson(connection, row.Text(9), row.Blob(11), person, &record.person_bytes));
    RETURN_IF_ERROR(
        book_.OpenAccount(connection, row.Text(10), row.Blob(12), account, &record.account_bytes));
    const size_t place = page.AddRow(sequence, frame, *contract->maskers.at(frame.work_type),
                                     *contract->guards.at(frame.work_type), std::move(record), now);
    accounts.push_back({std::string(row.Text(10)), place});
    if (!row.Text(13).empty()) handed_over.push_back({frame.assignment_id, place});
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(connection.Query(
      kSelectPage, {vendor_id, after.sequence(), vendor.newest, vendor.floor, limit}, visit));
  RETURN_IF_ERROR(ShowBeside(connection, accounts, handed_over, page));
  auto made = std::move(page).Make({kPageBytesMax, limit, vendor.newest});
  std::vector<disclosures::ShownRow> rows;
  made.page.ForEachRow([&](const std::string& assignment_id, std::string_view row) {
    rows.push_back(
        {assignment_id, masking::ShownFieldsIn(row), disclosures::ShownDigest(sealer_, row)});
  });
  return Page{std::move(made.page),    std::string(vendor_id), session,
              contract->version,       vendor.newest,          std::move(rows),
              std::move(made.withheld)};
}

absl::Status VendorFeed::CheckSession(storage::Connection& connection, std::string_view vendor_id,
                                      int64_t session, absl::Time now) const {
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(connection, vendor_id));
  return ContractOf(connection, contracts_, vendor_id, vendor, session, now).status();
}

// What is promised on the accounts of a page, and why others handed over what it shows.
absl::Status VendorFeed::ShowBeside(storage::Connection& connection,
                                    const std::vector<Placed>& accounts,
                                    const std::vector<Placed>& handed_over,
                                    masking::WirePage& page) const {
  const auto ids_of = [](const std::vector<Placed>& placed) {
    std::vector<std::string> ids;
    for (const Placed& one : placed) ids.push_back(one.id);
    return ids;
  };
  RETURN_IF_ERROR(beside_.ForEachPromised(
      connection, ids_of(accounts),
      [&](size_t at, const masking::ShownPromise* promise, const masking::ShownPromise* proposed) {
        page.ShowPromises(accounts[at].place, promise, proposed);
      }));
  return beside_.ForEachHandOver(connection, ids_of(handed_over),
                                 [&](size_t at, const masking::ShownHandOver& hand_over) {
                                   page.ShowHandOver(handed_over[at].place, hand_over);
                                 });
}

absl::StatusOr<std::vector<v1::SyncResponse::WithdrawnNow>> VendorFeed::ReadWithdrawals(
    storage::Connection& connection, std::string_view vendor_id, int64_t session,
    const v1::Cursor& after, int limit) const {
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(connection, vendor_id));
  if (vendor.session != session || vendor.generation != after.generation()) return Superseded();
  std::vector<v1::SyncResponse::WithdrawnNow> withdrawals;
  RETURN_IF_ERROR(
      connection.Query(kSelectWithdrawals,
                       {vendor_id, std::max(after.sequence(), vendor.floor), vendor.newest, limit},
                       [&](const Row& row) {
                         auto& withdrawn = withdrawals.emplace_back();
                         withdrawn.set_assignment_id(std::string(row.Text(0)));
                         withdrawn.set_reason(static_cast<v1::WithdrawReason>(row.Integer(1)));
                         withdrawn.set_change_sequence(row.Integer(2));
                         return absl::OkStatus();
                       }));
  return withdrawals;
}

// What units of this group ended has its new place in the feed only at the group's end.
absl::StatusOr<std::set<std::string, std::less<>>> VendorFeed::EndedSince(
    storage::Transaction& transaction, const Page& page, int64_t newest) {
  std::set<std::string, std::less<>> ended;
  const auto add = [&](int64_t after, int64_t through) -> absl::Status {
    ASSIGN_OR_RETURN(auto ids, assignments::EndedBetween(transaction.connection(), page.vendor_id,
                                                         after, through));
    std::move(ids.begin(), ids.end(), std::inserter(ended, ended.end()));
    return absl::OkStatus();
  };
  if (newest > page.newest) RETURN_IF_ERROR(add(page.newest, newest));
  const auto* left = assignments::VendorCounter::Left(transaction, page.vendor_id);
  if (left != nullptr && !left->touches.empty())
    RETURN_IF_ERROR(add(page.shown.after().sequence(), page.shown.through().sequence()));
  return ended;
}

absl::StatusOr<std::vector<std::string>> VendorFeed::Disclose(storage::Transaction& transaction,
                                                              const Page& page) const {
  RETURN_IF_ERROR(HoldFeed(transaction, page.vendor_id));
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(transaction.connection(), page.vendor_id));
  if (vendor.session != page.session) return Superseded();
  ASSIGN_OR_RETURN(const auto contract,
                   contracts_.InForce(transaction.connection(), page.vendor_id, transaction.now()));
  if (contract->version != page.contract_version) {
    return Error(absl::StatusCode::kAborted, "CONTRACT_CHANGED",
                 "the contract changed while the page was read");
  }
  ASSIGN_OR_RETURN(const auto ended, EndedSince(transaction, page, vendor.newest));
  std::vector<std::string> left_out;
  disclosures::Disclosure disclosure{page.vendor_id,
                                     page.contract_version,
                                     page.shown.through().generation(),
                                     page.shown.after().sequence(),
                                     page.shown.through().sequence(),
                                     {}};
  for (const disclosures::ShownRow& row : page.rows) {
    if (ended.contains(row.assignment_id)) {
      left_out.push_back(row.assignment_id);
    } else {
      disclosure.rows.push_back(row);
    }
  }
  if (!disclosure.rows.empty())
    disclosures::DisclosureBook::Write(transaction, std::move(disclosure));
  for (const masking::WithheldChange& one : page.withheld) {
    v1::WithheldRow row;
    row.set_vendor_id(page.vendor_id);
    row.set_contract_version(page.contract_version);
    *row.mutable_assigned() = one.assigned;
    RETURN_IF_ERROR(PutWithheld(transaction, quarantine_, one.finding, row));
  }
  return left_out;
}

absl::Status VendorFeed::Acknowledge(
    storage::Transaction& transaction, std::string_view vendor_id, int64_t session,
    const v1::Cursor& cursor,
    const google::protobuf::RepeatedPtrField<v1::SyncRequest::Rejection>& rejections) const {
  RETURN_IF_ERROR(HoldFeed(transaction, vendor_id));
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(transaction.connection(), vendor_id));
  if (vendor.session != session || vendor.generation != cursor.generation()) return Superseded();
  if (cursor.sequence() > vendor.newest) {
    return Error(absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER",
                 "the ack is beyond the end of the feed");
  }
  if (cursor.sequence() < vendor.acknowledged) return absl::OkStatus();
  RETURN_IF_ERROR(SetAcknowledged(transaction, vendor_id, cursor.sequence()));
  const std::string actor =
      absl::StrCat("vendor/", absl::string_view(vendor_id.data(), vendor_id.size()));
  // An ack of what was acknowledged before is not worth a line for ever.
  if (cursor.sequence() > vendor.acknowledged) {
    v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_ACKNOWLEDGED, actor);
    event.set_vendor_id(std::string(vendor_id));
    event.set_subject_id(cursor.generation());
    event.set_count(cursor.sequence());
    audit::Record(transaction, std::move(event));
    RETURN_IF_ERROR(disclosures::WriteAcknowledgement(transaction, vendor_id, cursor.generation(),
                                                      cursor.sequence()));
    RETURN_IF_ERROR(
        CountConfirmations(transaction, vendor_id, vendor.acknowledged, cursor.sequence()));
  }
  for (const auto& rejection : rejections) {
    // What names no assignment of the vendor's own is its own text, which has no place in the log.
    ASSIGN_OR_RETURN(const auto assignment, assignments::FindAssignment(transaction.connection(),
                                                                        rejection.assignment_id()));
    if (!assignment.has_value() || assignment->vendor_id != vendor_id) continue;
    // Any number of the vendor's own may stand on the wire.
    const auto reason = v1::SyncRequest::Rejection::Reason_IsValid(rejection.reason())
                            ? rejection.reason()
                            : v1::SyncRequest::Rejection::REASON_UNSPECIFIED;
    ASSIGN_OR_RETURN(const bool is_new,
                     assignments::NoteRejection(transaction, assignment->assignment_id, reason));
    if (!is_new) continue;
    v1::AuditEvent refused = audit::Event(v1::AuditEvent::KIND_ACKNOWLEDGED, actor);
    refused.set_vendor_id(std::string(vendor_id));
    refused.set_assignment_id(rejection.assignment_id());
    refused.set_rejected(reason);
    audit::Record(transaction, std::move(refused));
  }
  return absl::OkStatus();
}

absl::Status VendorFeed::NewGeneration(storage::Transaction& transaction,
                                       std::string_view vendor_id, std::string_view actor,
                                       v1::AuditEvent::GenerationReason why) const {
  RETURN_IF_ERROR(HoldFeed(transaction, vendor_id));
  const std::string generation = ids_.Next();
  RETURN_IF_ERROR(transaction.Execute(kSetGeneration, {generation, vendor_id}).status());
  v1::AuditEvent event = audit::Event(v1::AuditEvent::KIND_GENERATION, actor);
  event.set_vendor_id(std::string(vendor_id));
  event.set_subject_id(generation);
  event.set_generation(why);
  audit::Record(transaction, std::move(event));
  transaction.Announce(Topic::Feed(vendor_id));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> VendorFeed::VendorsToPurge(storage::Connection& connection,
                                                                    int limit) const {
  std::vector<std::string> vendors;
  RETURN_IF_ERROR(connection.Query(kSelectToPurge, {limit}, [&](const Row& row) {
    vendors.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return vendors;
}

absl::StatusOr<int64_t> VendorFeed::Purge(storage::Transaction& transaction,
                                          std::string_view vendor_id, int limit) const {
  ASSIGN_OR_RETURN(const VendorRow vendor, ReadVendor(transaction.connection(), vendor_id));
  return assignments::LeaveFeed(transaction, vendor_id, vendor.acknowledged, limit);
}

}  // namespace switchboard::feed
