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
#include "hub/contracts/released_version.h"
#include "hub/contracts/version_days.h"
#include "hub/masking/exposure.h"
#include "hub/masking/masker.h"
#include "hub/masking/wire_guard.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// A version of a contract, compiled. Immutable.
struct CompiledContract {
  v1::Contract contract;
  int64_t version = 0;  // 0: of a text that is no version yet
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

// What rows of a vendor show under `after`, beside `before`: what masks them, the acts that they
// list, and whether there are any of a work type.
masking::Change ShownChange(const CompiledContract& before, const CompiledContract& after);
// The same of rows of one work type.
masking::Change ShownChange(const CompiledContract& before, const CompiledContract& after,
                            v1::WorkType work_type);

// One version of a contract.
struct ContractVersion {
  VersionDays days;
  ReleaseRecord release;
  std::string ended_by;  // who ended it before its text does; empty: nobody
};

// What a file is, compared with what was released before, by what the texts mean: comments, line
// ends, the order of keys and defaults written out make no difference. A text that was altered in
// the database means nothing.
struct FileVerdict {
  enum class Kind {
    kNewest,  // the newest version says this
    kOlder,   // an older version said it: another one was released since
    kNew,     // never said
  };
  Kind kind = Kind::kNew;
  int64_t newest_version = 0;  // 0: none yet
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

  // Adds a checked contract as a version, and announces it. One that stands already changes
  // nothing, its text neither.
  absl::StatusOr<ReleasedVersion> Release(storage::Transaction& transaction, const ReleasedBy& by,
                                          const v1::Contract& contract, std::string_view yaml);
  // Whether the newest version means the same, and was not ended since. `contract`: that of the
  // text.
  absl::StatusOr<bool> Stands(storage::Connection& connection, const v1::Contract& contract,
                              std::string_view yaml);

  // Ends every version on this day at the latest, and announces it. False when they had ended by
  // then. NOT_FOUND, VENDOR_UNKNOWN.
  absl::StatusOr<bool> End(storage::Transaction& transaction, std::string_view actor,
                           std::string_view vendor_id, absl::CivilDay first_day_out);

  // A version whose text cannot be used is in force on no day: its vendor is given no work, sees
  // nothing and gets no permit until two operators release another, and no other vendor feels it.

  // The version in force on the day of `now`, or nullptr on a day without one. Whatever was
  // released counts, since the clock may have stepped back since.
  absl::StatusOr<Compiled> FindAt(storage::Connection& connection, std::string_view vendor_id,
                                  absl::Time now);
  // Why the version of the day of `now` cannot be used: DATA_LOSS, TEXT_ALTERED or TEXT_NOT_TAKEN.
  absl::Status CheckAt(storage::Connection& connection, std::string_view vendor_id, absl::Time now);

  // Of each of the following that compiles one version: DATA_LOSS, TEXT_ALTERED when its text is
  // not the one that was released; TEXT_NOT_TAKEN when this version of the program does not take
  // it.

  // The version that was in force at a time in the past, by what had been decided by then: what was
  // released or ended later does not count. Or nullptr.
  absl::StatusOr<Compiled> FindThen(storage::Connection& connection, std::string_view vendor_id,
                                    absl::Time time);
  // That of FindAt. PERMISSION_DENIED, NO_CONTRACT when there is none.
  absl::StatusOr<Compiled> InForce(storage::Connection& connection, std::string_view vendor_id,
                                   absl::Time now);
  // The number of the newest version, in force or not, whose text is not read; 0: there is none.
  absl::StatusOr<int64_t> NewestVersion(storage::Connection& connection,
                                        std::string_view vendor_id);
  // Whether the vendor ever had a contract, whatever became of its text. NOT_FOUND, VENDOR_UNKNOWN.
  absl::Status CheckKnown(storage::Connection& connection, std::string_view vendor_id);
  // The newest version, in force or not. NOT_FOUND, VENDOR_UNKNOWN when there is none.
  absl::StatusOr<Compiled> Newest(storage::Connection& connection, std::string_view vendor_id);
  // The newest version whose text can be used, in force or not; nullptr: there is none. For what
  // must not wait for a text to be put back.
  absl::StatusOr<Compiled> NewestUsable(storage::Connection& connection,
                                        std::string_view vendor_id);
  // One version. NOT_FOUND, VENDOR_UNKNOWN.
  absl::StatusOr<Compiled> FindVersion(storage::Connection& connection, std::string_view vendor_id,
                                       int64_t version);

  // Both leave out a version whose text cannot be used.

  // All that are in force at `now`, by vendor id.
  absl::StatusOr<std::vector<Compiled>> AllInForce(storage::Connection& connection, absl::Time now);
  // The newest of each vendor that has not ended by `now`, by vendor id: what will be in force,
  // unless another is released.
  absl::StatusOr<std::vector<Compiled>> AllToCome(storage::Connection& connection, absl::Time now);

  // A contract that is no version yet, compiled as one would be. Kept nowhere.
  Compiled CompileFor(v1::Contract contract) const { return Compile(std::move(contract), 0); }

  // Every vendor that ever had a contract, by id.
  absl::StatusOr<std::vector<std::string>> Vendors(storage::Connection& connection);
  // The versions of a vendor's contract, oldest first; empty for one that never had any.
  absl::StatusOr<std::vector<ContractVersion>> Versions(storage::Connection& connection,
                                                        std::string_view vendor_id);
  // A version's text as it was released. NOT_FOUND, VENDOR_UNKNOWN; DATA_LOSS, TEXT_ALTERED.
  absl::StatusOr<std::string> Text(storage::Connection& connection, std::string_view vendor_id,
                                   int64_t version);
  // `contract`: that of the text. Reads versions from the newest one back until one says the same.
  absl::StatusOr<FileVerdict> JudgeFile(storage::Connection& connection,
                                        const v1::Contract& contract, std::string_view yaml);

 private:
  absl::StatusOr<Compiled> CompiledAt(storage::Connection& connection, std::string_view vendor_id,
                                      absl::Time now);

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
