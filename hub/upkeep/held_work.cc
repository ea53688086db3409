#include "hub/upkeep/held_work.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/book/terms_change.h"
#include "hub/stops/stops.h"

namespace switchboard::upkeep {
namespace {

constexpr int kPage = 200;

}  // namespace

// What a vendor's work is held to, as a word that changes with it; also with a contract that says
// what the last but one said, since something else was placed under the one between.
absl::StatusOr<std::string> HeldWork::TermsOf(storage::Connection& reader,
                                              const std::string& vendor_id, absl::Time now) const {
  ASSIGN_OR_RETURN(const auto contract, parts_.placer.contracts.FindAt(reader, vendor_id, now));
  const auto newest = parts_.placer.contracts.Newest(reader, vendor_id);
  if (!newest.ok() && !absl::IsNotFound(newest.status())) return newest.status();
  const std::string terms =
      absl::StrCat(newest.ok() ? (*newest)->version : 0, " ",
                   contract == nullptr ? "none" : contracts::DigestOfTerms(*contract));
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

absl::StatusOr<bool> HeldWork::AnyVendor(storage::Connection& reader, absl::Time now) {
  to_hold_ = {};
  page_.clear();
  ASSIGN_OR_RETURN(to_follow_, parts_.feed.VendorsToFollow(reader, now));
  ASSIGN_OR_RETURN(const auto all, feed::AllHeldTo(reader));
  for (const feed::HeldTo& held : all) {
    ASSIGN_OR_RETURN(const std::string terms, TermsOf(reader, held.vendor_id, now));
    if (terms == held.terms) continue;
    to_hold_ = {held.vendor_id, terms};
    break;
  }
  if (to_hold_.vendor_id.empty()) return !to_follow_.empty();
  const bool goes_on = sweep_.vendor_id == to_hold_.vendor_id && sweep_.terms == to_hold_.terms;
  if (!goes_on) after_ = 0;
  sweep_ = to_hold_;
  ASSIGN_OR_RETURN(page_,
                   assignments::LiveAssignmentsOfVendor(reader, to_hold_.vendor_id, after_, kPage));
  last_page_ = page_.size() < kPage;
  return true;
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
  for (const auto& found : page_) RETURN_IF_ERROR(Look(transaction, placer, found.assignment));
  return last_page_ ? feed::SetHeldTo(transaction, to_hold_) : absl::OkStatus();
}

absl::Status HeldWork::Look(storage::Transaction& transaction, ingest::Placer& placer,
                            const assignments::Assignment& found) const {
  storage::Connection& connection = transaction.connection();
  ASSIGN_OR_RETURN(const auto now, assignments::FindAssignment(connection, found.assignment_id));
  if (!now.has_value() || !now->live) return absl::OkStatus();
  const auto person = parts_.book.ReadPerson(connection, now->person_id);
  if (absl::IsNotFound(person.status())) return absl::OkStatus();
  RETURN_IF_ERROR(person.status());
  ASSIGN_OR_RETURN(const bool may_hold, placer.MayHold(*now, *person));
  if (may_hold) return placer.FollowReview(*now, *person);
  ASSIGN_OR_RETURN(const v1::Account account, parts_.book.ReadAccount(connection, now->account_id));
  ASSIGN_OR_RETURN(const auto known, parts_.book.FindAccount(connection, now->account_id));
  SWITCHBOARD_ASSERT(known.has_value());
  return placer.Place(*person, account, *known).status();
}

bool HeldWork::Done() {
  if (to_hold_.vendor_id.empty()) return false;
  if (last_page_) {
    sweep_ = {};
    after_ = 0;
  } else {
    after_ = page_.back().sequence;
  }
  return true;
}

}  // namespace switchboard::upkeep
