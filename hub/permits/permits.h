#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contacts/contact_book.h"
#include "hub/contracts/contracts.h"
#include "hub/contracts/rule_packs.h"
#include "hub/disclosures/answers.h"
#include "hub/permits/judge.h"
#include "hub/permits/last_look.h"
#include "hub/permits/permit_book.h"
#include "hub/rules/day_plan.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/vendor_service.pb.h"

// Permits: the only "yes" to a contact there is.

namespace switchboard::permits {

// Gives and takes back permits. Thread-safe apart from the transactions passed in.
class Permits {
 public:
  // `rule_pack_elsewhere`: as Config has it.
  Permits(const book::Book& book, contracts::Contracts& contracts, contracts::RulePacks& rule_packs,
          std::string rule_pack_elsewhere, storage::Sealer& sealer, IdMint& ids)
      : book_(book),
        contracts_(contracts),
        judge_(book, rule_packs, std::move(rule_pack_elsewhere)),
        ids_(ids),
        answers_(sealer, ids),
        trunk_key_(sealer.DeriveKey("trunk")) {}

  // Decides, writes the answer down and returns it; see VendorService.RequestPermit. A repeated
  // request is judged again: the old yes is said again only if it would be given now.
  // PERMISSION_DENIED, NO_CONTRACT when none is in force; INTERNAL, WITHHELD when the answer holds
  // what the contract does not grant: it is in `withheld` then, and the unit must fail.
  absl::StatusOr<masking::ToVendor<v1::RequestPermitResponse>> Request(
      storage::Transaction& transaction, std::string_view vendor_id,
      const v1::RequestPermitRequest& request, WithheldAnswer& withheld) const;

  // The same for several attempts on one day; see VendorService.PlanContacts.
  absl::StatusOr<masking::ToVendor<v1::PlanContactsResponse>> Plan(
      storage::Transaction& transaction, std::string_view vendor_id,
      const v1::PlanContactsRequest& request, WithheldAnswer& withheld) const;

  // Whose rules make an open permit void when it is judged anew.
  enum class Packs {
    kThatVoid,  // of packs that say so of themselves
    kAll,
  };
  // Judges an open permit anew, and makes it void if it would not be given as it stands.
  // True if it did.
  absl::StatusOr<bool> Review(storage::Transaction& transaction, std::string_view permit_id,
                              Packs heard) const;
  // Makes an open permit, a day's plan also, void when its vendor's contract does not allow it any
  // more: none is in force, or the one that is lacks the work type, the language, the act, the
  // party or the sub-contractor. True if it did.
  absl::StatusOr<bool> ReviewTerms(storage::Transaction& transaction,
                                   std::string_view permit_id) const;
  // A contact came into the ledger that no permit had kept room for: open permits that count it
  // are judged anew. How many became void. REQUIRES: its person is held.
  absl::StatusOr<int64_t> ReviewAfter(storage::Transaction& transaction,
                                      const contacts::ContactRow& made) const;

  // A correction says that a contact was not made under the permit: as ReturnUse. One that would be
  // open, and would not be given as it stands, or beside another one of the person's, is void since
  // that is so; promises are not looked at. REQUIRES: its person is held. The permit as it is now;
  // nothing: it is erased.
  absl::StatusOr<std::optional<PermitRow>> GiveUseBack(storage::Transaction& transaction,
                                                       std::string_view permit_id,
                                                       std::string_view outcome_id) const;
  // The same of one that is open again, by promises too: a live one may keep from some of the time
  // that is left. REQUIRES: its person is held.
  absl::Status VoidIfBarred(storage::Transaction& transaction, std::string_view permit_id) const;

  // What decides, for whoever only wants to know.
  const Judge& judge() const { return judge_; }

  // See VendorService.ReleasePermit.
  absl::Status Release(storage::Transaction& transaction, std::string_view vendor_id,
                       std::string_view permit_id) const;

 private:
  struct Asked;
  // The permit if it is open still, with its person held; nothing: it is not.
  static absl::StatusOr<std::optional<PermitRow>> HoldOpen(storage::Transaction& transaction,
                                                           std::string_view permit_id);
  // The contact that a permit was given for, as it was asked for.
  static v1::RequestPermitRequest RequestOf(const PermitRow& permit);
  // Why an open permit would not be given as it stands, and since when.
  struct Bar {
    VoidCause cause;
    absl::Time since;
  };
  enum class Promises { kHeard, kNotHeard };
  // Whatever rules say; nothing: it would be given.
  absl::StatusOr<std::optional<Bar>> FindBar(storage::Transaction& transaction,
                                             const PermitRow& permit, Promises promises) const;
  absl::Status HoldSubjects(Asked& asked) const;
  absl::Status Aim(storage::Transaction& transaction, Judgement& judgement) const;
  absl::Status ReadAssignment(Asked& asked) const;
  absl::Status LookAtBefore(Asked& asked) const;
  absl::Status Gather(Asked& asked) const;
  void LookAtBudget(Asked& asked) const;
  // Everything that decides. INVALID_ARGUMENT when the request's id is used up, or tells of whom it
  // is.
  absl::Status Look(Asked& asked) const;
  absl::Status CheckRequestId(const Asked& asked) const;
  static absl::StatusOr<rules::Span> DayOf(const Asked& asked,
                                           const v1::PlanContactsRequest& request);
  absl::Status PlanDay(Asked& asked, const v1::PlanContactsRequest& request) const;
  absl::StatusOr<rules::DayPlan> PlanWithin(Asked& asked, rules::Span within, int attempts) const;
  static bool IsConsented(const Asked& asked);
  // What was given before is said again, if it is open still.
  absl::StatusOr<v1::Permit> GiveOrRepeat(Asked& asked) const;
  absl::StatusOr<v1::Permit> Give(Asked& asked) const;
  absl::Status NoteNumberShown(const Asked& asked, const PermitRow& permit,
                               const v1::Permit& described) const;
  absl::StatusOr<v1::Denial> Refuse(Asked& asked,
                                    const std::vector<v1::Denial::Reason>& reasons) const;
  v1::Permit Describe(const Asked& asked, const PermitRow& permit, bool show_number) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  const Judge judge_;
  IdMint& ids_;
  const disclosures::Answers answers_;
  const Secret trunk_key_;
};

}  // namespace switchboard::permits
