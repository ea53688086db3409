#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/masking/masker.h"
#include "hub/masking/wire_guard.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// A version of a contract, compiled. Immutable.
struct CompiledContract {
  v1::Contract contract;
  int64_t version = 0;
  // Of the same work types: what masks rows, and what looks at them before they leave.
  std::map<v1::WorkType, std::shared_ptr<const masking::Masker>> maskers;
  std::map<v1::WorkType, std::shared_ptr<const masking::WireGuard>> guards;

  // The terms of a work type; nullptr when the contract does not list it.
  const v1::Contract::WorkTerms* Terms(v1::WorkType work_type) const;
  // Whether it lets the vendor hold work of this type for a person who speaks this language (BCP
  // 47).
  bool Allows(v1::WorkType work_type, std::string_view language) const;
  // Whether it lets the vendor contact this kind of party for this in such work. Who answers what
  // was asked needs no act of the contract's own.
  bool AllowsContact(v1::WorkType work_type, v1::Act act, v1::Party party) const;
  // Whether in such work it lets the vendor remind of a debt, and no more: neither talk about how
  // it is paid nor take a promise.
  bool OnlyInforms(v1::WorkType work_type) const;
  // Whether in such work it lets the vendor take promises to pay, at once or in parts.
  bool TakesPromises(v1::WorkType work_type) const;
  // In whose place the vendor collects.
  v1::CollectorKind CollectorKind() const;
  // The person's contact point that rows of this vendor show under this id, or that the core calls
  // so; nullptr: there is none. Every version of the vendor's contract says the same.
  const v1::ContactPoint* FindShown(const v1::Person& person, std::string_view id) const;
  // Whether they show this contact point of the person's, which may be gone, under this id, or the
  // core calls it so.
  bool IsShownAs(std::string_view person_id, std::string_view contact_point_id,
                 std::string_view id) const;
};

// What a vendor may hold, apart from whether it is in force, and what of it is shown as a band,
// which may change by time alone; two contracts of the same digest differ in nothing that could
// make an assignment its own no longer, or have its row shown anew on another day.
std::string DigestOfTerms(const CompiledContract& contract);

// True if a vendor under `after` is shown something else than under `before`.
bool MasksDiffer(const CompiledContract& before, const CompiledContract& after);

// One version of a contract, as it was applied.
struct ContractVersion {
  int64_t version = 0;
  absl::Time apply_time;
  std::string actor;                       // "operator/ito", or "hub" for the configuration's file
  std::optional<absl::CivilDay> from_day;  // nothing: from when it was applied
  std::optional<absl::CivilDay> to_day;    // first day out of force; nothing: until replaced
};

// What a contract file is, compared with what was applied before, by what the texts mean: comments,
// line ends, the order of keys and defaults written out make no difference.
struct FileVerdict {
  enum class Kind {
    kNewest,  // the newest version says this
    kOlder,   // an older version said it: somebody has applied another one since
    kNew,     // never said
  };
  Kind kind = Kind::kNew;
  int64_t newest_version = 0;   // 0: none yet
  bool is_of_operator = false;  // an operator applied the newest version, or ended it
};

// Contracts of all vendors, by version. A version replaces the one before from its first day on, in
// UTC; a day without a version in force is a day without a contract. What happened on a day is
// judged by the version of that day. The database holds the truth; compiled versions are kept by
// vendor, version and text. Owns the table contract. Thread-safe.
class Contracts {
 public:
  using Compiled = std::shared_ptr<const CompiledContract>;

  // A mistake that is planted in what masks: maskers are compiled from the contract as this leaves
  // it, and nothing else is. Empty but in rehearsals of the guard on the wire.
  using Plant = std::function<void(v1::Contract&)>;

  explicit Contracts(storage::Sealer& sealer, Plant plant = {})
      : sealer_(sealer), plant_(std::move(plant)) {}

  struct Applied {
    int64_t version = 0;
    bool changed = false;
  };
  // Adds a checked contract as a version. One that means the same as the newest changes nothing,
  // its text neither, unless that version was ended since.
  absl::StatusOr<Applied> Apply(storage::Transaction& transaction, std::string_view actor,
                                const v1::Contract& contract, std::string_view yaml);

  // Ends every version on this day at the latest. False when they had ended by then. NOT_FOUND,
  // VENDOR_UNKNOWN.
  absl::StatusOr<bool> End(storage::Transaction& transaction, std::string_view actor,
                           std::string_view vendor_id, absl::CivilDay first_day_out);

  // The version in force on the day of `now`, or nullptr on a day without one. Whatever was applied
  // counts, since the clock may have stepped back since.
  absl::StatusOr<Compiled> FindAt(storage::Connection& connection, std::string_view vendor_id,
                                  absl::Time now);
  // The version that was in force at a time in the past, by what had been decided by then: what was
  // applied or ended later does not count. Or nullptr.
  absl::StatusOr<Compiled> FindThen(storage::Connection& connection, std::string_view vendor_id,
                                    absl::Time time);
  // The version in force now. PERMISSION_DENIED, NO_CONTRACT when there is none.
  absl::StatusOr<Compiled> InForce(storage::Connection& connection, std::string_view vendor_id,
                                   absl::Time now);
  // The newest version, in force or not. NOT_FOUND, VENDOR_UNKNOWN when there is none.
  absl::StatusOr<Compiled> Newest(storage::Connection& connection, std::string_view vendor_id);
  // One version. NOT_FOUND, VENDOR_UNKNOWN.
  absl::StatusOr<Compiled> FindVersion(storage::Connection& connection, std::string_view vendor_id,
                                       int64_t version);

  // All that are in force at `now`, by vendor id.
  absl::StatusOr<std::vector<Compiled>> AllInForce(storage::Connection& connection, absl::Time now);
  // The newest of each vendor that has not ended by `now`, by vendor id: what will be in force,
  // unless somebody applies another.
  absl::StatusOr<std::vector<Compiled>> AllToCome(storage::Connection& connection, absl::Time now);

  // Every vendor that ever had a contract, by id.
  absl::StatusOr<std::vector<std::string>> Vendors(storage::Connection& connection);
  // The versions of a vendor's contract, oldest first; empty for one that never had any.
  absl::StatusOr<std::vector<ContractVersion>> Versions(storage::Connection& connection,
                                                        std::string_view vendor_id);
  // A version's text as it was applied. NOT_FOUND, VENDOR_UNKNOWN.
  absl::StatusOr<std::string> Text(storage::Connection& connection, std::string_view vendor_id,
                                   int64_t version);
  // `contract`: that of the text. Reads versions from the newest one back until one says the same.
  absl::StatusOr<FileVerdict> JudgeFile(storage::Connection& connection,
                                        const v1::Contract& contract, std::string_view yaml);

 private:
  using Key = std::tuple<std::string, int64_t, std::string>;  // vendor, version, digest of the text

  absl::StatusOr<Compiled> FindCompiled(storage::Connection& connection, std::string_view vendor_id,
                                        int64_t version, const std::string& digest);
  Compiled Compile(v1::Contract contract, int64_t version) const;

  storage::Sealer& sealer_;
  const Plant plant_;
  Mutex mutex_;
  std::map<Key, Compiled> compiled_ SWITCHBOARD_GUARDED_BY(mutex_);
};

// PERMISSION_DENIED, NO_CONTRACT.
absl::Status NoContract();

}  // namespace switchboard::contracts
