#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "hub/masking/exposure.h"
#include "hub/masking/mask_plan.h"
#include "hub/masking/token_maker.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/hand_over.pb.h"
#include "switchboard/v1/promise.pb.h"

namespace switchboard::masking {

// A promise to pay, as far as a vendor may see any of it.
struct ShownPromise {
  v1::PromiseStanding standing = v1::PROMISE_STANDING_UNSPECIFIED;
  const v1::Outcome::Promise& agreed;  // what binds, or would; outlives it, as the next one
  const v1::PromiseRecord& record;
};

// Work that another party handed over, as far as a vendor may see any of it.
struct ShownHandOver {
  v1::HandOverReason reason = v1::HAND_OVER_REASON_UNSPECIFIED;
  absl::Time time;
  std::string_view note;  // outlives this
};

// What one contract shows for one work type, compiled once and then run per record. Only this class
// builds the person and account that a vendor sees. Default deny: a class that the contract does
// not name, or that the compiler does not know, is withheld. Immutable and thread-safe.
class Masker {
 public:
  // `token_key` (32 bytes) keys the vendor's tokens; tokens of two vendors cannot be joined. A
  // contact point is shown under one always, whatever else of it is shown.
  // REQUIRES: `contract` passed contracts::CheckContract and lists `work_type`. A work type that it
  // does not list shows nothing.
  Masker(const v1::Contract& contract, v1::WorkType work_type, std::string_view token_key);

  // Replaces `assignment->person` and `assignment->account`; every other field is the caller's.
  // Ages are counted on the person's own day at `now` (own_day.h). A field whose class is shown is
  // present, and empty when the core has nothing; dates and amounts that the core has not are
  // absent. What is malformed (a card number with letters, a birthday in the future) is withheld or
  // masked whole. A product or grade that the contract's list does not name is withheld; without a
  // list so is one that cannot be a code (IsIdText), or gives something of the person away
  // (GivesAwayContactPoint; both id_text.h).
  void Mask(const v1::Person& person, const v1::Account& account, absl::Time now,
            v1::Assignment* assignment) const;
  // The same with what the contract lets be unmasked of these classes, and nothing else: neither
  // tokens of persons and accounts nor contact points of which nothing is shown.
  void Unmask(const v1::Person& person, const v1::Account& account,
              absl::Span<const v1::DataClass> classes, absl::Time now,
              v1::Assignment* assignment) const;
  // Replaces `assignment->promise` and `assignment->proposed_plan` by what is shown of these; of
  // null nothing is.
  void MaskPromises(const ShownPromise* promise, const ShownPromise* proposed,
                    v1::Assignment* assignment) const;

  // Replaces `assignment->handed_over`: why and in which hour, and with FREE_TEXT what is said of
  // it.
  void MaskHandedOver(const ShownHandOver& hand_over, v1::Assignment* assignment) const;

  // The person's contact point that is shown under this id, or that the core calls so; nullptr:
  // there is none. What other parties have, no row shows.
  const v1::ContactPoint* FindShown(const v1::Person& person, std::string_view id) const;
  // Whether this contact point of the person's, which may be gone, is shown under this id, or the
  // core calls it so.
  bool IsShownAs(std::string_view person_id, std::string_view contact_point_id,
                 std::string_view id) const;

  // When this row must be shown anew because the person's age band changes: the first instant after
  // `now`, with MASK_BIRTHDAY_HIDDEN always one at which a month begins. Nothing when no band is
  // shown, or none will change.
  std::optional<absl::Time> NextChange(const v1::Person& person, absl::Time now) const;

  // What rows show of anybody under `after`, beside this one. What may be unmasked changes no row.
  Change ChangeTo(const Masker& after) const;
  // How rows are masked.
  const MaskPlan& plan() const { return plan_; }

 private:
  void MaskBy(const MaskPlan& plan, const v1::Person& person, const v1::Account& account,
              absl::Time now, v1::Assignment* assignment) const;
  void MaskPerson(const MaskPlan& plan, const v1::Person& person, absl::Time now,
                  v1::MaskedPerson* masked) const;
  void MaskAccount(const MaskPlan& plan, const v1::Account& account, const v1::Person& person,
                   v1::MaskedAccount* masked) const;
  std::optional<v1::MaskedPromise> MaskPromise(const ShownPromise& promise) const;
  template <typename Masked>
  void MaskSum(const v1::Money& amount, const v1::Date& due_date, Masked* masked) const;
  static void MaskContactPoint(const MaskPlan& plan, const v1::ContactPoint& point,
                               const v1::Person& person, const PersonTokens& tokens,
                               v1::MaskedContactPoint* masked);

  const MaskPlan plan_;         // of rows
  const MaskPlan unmask_plan_;  // of what may be seen for a time
  const TokenMaker tokens_;
};

}  // namespace switchboard::masking
