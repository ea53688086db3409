#include "hub/upkeep/held_work.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/topic.h"
#include "hub/book/holds.h"
#include "hub/book/terms_change.h"
#include "hub/stops/stops.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 200;

}  // namespace

// What a vendor's work is held to, as a word that changes with it; also with a contract that says
// what the last but one said, since something else was placed under the one between, and with the
// day on which one begins that was released before.
absl::StatusOr<std::string> HeldWork::TermsOf(storage::Connection& reader,
                                              const std::string& vendor_id, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto contract, parts_.placer.contracts.FindAt(reader, vendor_id, now));
  ASSIGN_OR_RETURN(const int64_t newest, parts_.placer.contracts.NewestVersion(reader, vendor_id));
  std::string terms = absl::StrCat(newest, " ");
  if (contract == nullptr) {
    absl::StrAppend(&terms, "none");
  } else {
    absl::StrAppend(&terms, contract->version);
  }
  ASSIGN_OR_RETURN(const auto stops,
                   stops::StopsOn(reader, {stops::StopSubject::Vendor(vendor_id)}, now));
  const bool leaves = std::any_of(stops.begin(), stops.end(),
                                  [](const stops::Stop& stop) { return !stop.keep_work; });
  return leaves ? terms + "/stopped" : terms;
}

absl::StatusOr<bool> HeldWork::Any(storage::Connection& reader, absl::Time now) {
  ASSIGN_OR_RETURN(const int64_t changes, book::TermsChanges(reader));
  const Basis basis(changes, absl::ToCivilDay(now, absl::UTCTimeZone()));
  if (in_line_ == basis && now < in_line_until_) return false;
  in_line_.reset();
  ASSIGN_OR_RETURN(const bool any, AnyVendor(reader, now));
  if (any) return true;
  ASSIGN_OR_RETURN(const auto stops, stops::StoppedVendors(reader, now));
  in_line_until_ = absl::InfiniteFuture();
  for (const stops::Stop& stop : stops) in_line_until_ = std::min(in_line_until_, stop.EndTime());
  in_line_ = basis;
  return false;
}

bool HeldWork::IsToFollow(const std::string& vendor_id) const {
  return std::find(to_follow_.begin(), to_follow_.end(), vendor_id) != to_follow_.end();
}

absl::StatusOr<bool> HeldWork::AnyVendor(storage::Connection& reader, absl::Time now) {
  to_hold_ = {};
  page_.clear();
  ASSIGN_OR_RETURN(to_follow_, parts_.feed.VendorsToFollow(reader, now));
  ASSIGN_OR_RETURN(const auto all, feed::AllHeldTo(reader));
  for (const feed::HeldTo& held : all) {
    // Its rows are looked through by the version that its feed follows then.
    if (IsToFollow(held.vendor_id)) continue;
    ASSIGN_OR_RETURN(const std::string terms, TermsOf(reader, held.vendor_id, now));
    if (terms == held.terms && held.loosened_from == 0) continue;
    feed::HeldTo to_hold = held;
    to_hold.terms = terms;
    RETURN_IF_ERROR(Begin(reader, to_hold));
    return true;
  }
  return !to_follow_.empty();
}

absl::Status HeldWork::Begin(storage::Connection& reader, const feed::HeldTo& held_to) {
  shown_before_ = shown_now_ = nullptr;
  if (held_to.loosened_from != 0) {
    contracts::Contracts& contracts = parts_.placer.contracts;
    auto before = contracts.FindVersion(reader, held_to.vendor_id, held_to.loosened_from);
    if (!before.ok() && !absl::IsDataLoss(before.status())) return before.status();
    if (before.ok()) shown_before_ = *std::move(before);
    auto now = contracts.FindVersion(reader, held_to.vendor_id, held_to.contract_version);
    if (!now.ok() && !absl::IsDataLoss(now.status())) return now.status();
    if (now.ok()) shown_now_ = *std::move(now);
  }
  if (sweep_ != held_to) after_ = 0;
  sweep_ = held_to;
  ASSIGN_OR_RETURN(page_,
                   assignments::LiveAssignmentsOfVendor(reader, held_to.vendor_id, after_, kPage));
  last_page_ = page_.size() < kPage;
  to_hold_ = held_to;
  return absl::OkStatus();
}

absl::Status HeldWork::Run(storage::Transaction& transaction) {
  for (const std::string& vendor_id : to_follow_)
    RETURN_IF_ERROR(parts_.feed.FollowContract(transaction, vendor_id, "hub").status());
  if (to_hold_.vendor_id.empty()) return absl::OkStatus();
  std::vector<storage::Key> keys = {book::PlacementKey()};
  for (const auto& found : page_) keys.push_back(book::PersonKey(found.assignment.person_id));
  RETURN_IF_ERROR(transaction.Hold(keys));
  assignments::Changes changes(transaction, parts_.sealer, parts_.ids, "hub");
  // What is shown anew is met again: so that the walk ends, that is what changes and nothing else.
  ingest::Placer placer(transaction, changes, parts_.placer, "hub",
                        ingest::Placer::Kept::kLeftAlone);
  for (const auto& found : page_) RETURN_IF_ERROR(Look(transaction, placer, changes, found));
  // A day ends a contract without anybody's word. At the first page, since there may be many, and
  // at the last, whose row tells those whom this word does not reach (News).
  if (after_ == 0 || last_page_) transaction.Announce(Topic::Contract(to_hold_.vendor_id));
  return last_page_ ? feed::SetHeldTo(transaction, to_hold_) : absl::OkStatus();
}

bool HeldWork::IsToBeShown(const assignments::InFeed& found) const {
  // Of a text that was altered since nothing is shown, and its cure begins a new generation.
  if (found.sequence > to_hold_.loosened_through || shown_now_ == nullptr) return false;
  // Nobody knows what a text that was altered since had shown.
  if (shown_before_ == nullptr) return true;
  return contracts::ShownChange(*shown_before_, *shown_now_, found.assignment.work_type) !=
         masking::Change::kSame;
}

absl::Status HeldWork::Look(storage::Transaction& transaction, ingest::Placer& placer,
                            assignments::Changes& changes, const assignments::InFeed& found) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto now,
                   assignments::FindAssignment(connection, found.assignment.assignment_id));
  if (!now.has_value() || !now->live) return absl::OkStatus();
  const auto person = parts_.book.ReadPerson(connection, now->person_id);
  if (absl::IsNotFound(person.status())) return absl::OkStatus();
  RETURN_IF_ERROR(person.status());
  ASSIGN_OR_RETURN(const bool may_hold, placer.MayHold(*now, *person));
  if (may_hold) {
    RETURN_IF_ERROR(placer.FollowReview(*now, *person));
  } else {
    ASSIGN_OR_RETURN(const auto account, parts_.book.ReadAccount(connection, now->account_id));
    ASSIGN_OR_RETURN(const auto known, parts_.book.FindAccount(connection, now->account_id));
    SWITCHBOARD_ASSERT(known.has_value());
    RETURN_IF_ERROR(placer.Place(*person, account, *known).status());
  }
  if (!IsToBeShown(found)) return absl::OkStatus();
  // A stopped vendor keeps what nobody else may have.
  ASSIGN_OR_RETURN(const auto kept, assignments::FindAssignment(connection, now->assignment_id));
  if (kept.has_value() && kept->live) changes.Touch(*kept);
  return absl::OkStatus();
}

bool HeldWork::Done() {
  if (to_hold_.vendor_id.empty()) return !to_follow_.empty();
  if (last_page_) {
    sweep_ = {};
    after_ = 0;
  } else {
    after_ = page_.back().sequence;
  }
  return true;
}

}  // namespace switchboard::upkeep
