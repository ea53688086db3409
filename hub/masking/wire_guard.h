#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "hub/masking/raw_values.h"
#include "hub/masking/wire_grants.h"
#include "hub/masking/wire_schema.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::masking {

// Why a message must not leave for a vendor. Never a value.
struct Finding {
  enum class Kind {
    kNotGranted,    // a field of a class that the contract does not name
    kShape,         // one that is not as the mask of its class leaves it
    kRawValue,      // one that holds what the record says elsewhere, and the vendor is not granted
    kUnknownField,  // one that this program does not know
    kMalformed,     // the bytes are no such message
  };
  Kind kind = Kind::kMalformed;
  std::string field;  // its path: "person.address.city"
  // Of the field; of kRawValue that of the value.
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
};
// "WITHHELD_RAW_VALUE".
std::string_view NameOf(Finding::Kind kind);

// The last look at what leaves for a vendor: reads the bytes that would be sent beside the bytes
// that the records are kept as, by what the contract says and by the classes of the schema. Shares
// nothing with those who mask (masker.h), so that a mistake there is found here, of whatever kind:
// a class too many, a mask that leaves more than its form, a value in the wrong field.
//
// A value that stands in a field is no finding where the field shows it by itself: a name that is
// part of the city's (さくら in さくら市), or of the family name (Anna in Anna-Maria); a word that
// says nothing, in the host of an address; a town in a note or a product's name. Of amounts and
// days only the field is looked at, not the number.
//
// Immutable; thread-safe.
class WireGuard {
 public:
  // REQUIRES: as Masker. A work type that the contract does not list is granted nothing.
  WireGuard(const v1::Contract& contract, v1::WorkType work_type);
  // Of an answer that shows more for a time: grants what may be unmasked of these classes too.
  WireGuard(const v1::Contract& contract, v1::WorkType work_type,
            absl::Span<const v1::DataClass> unmasked);

  // A row: the first thing found in a serialized Assignment. `raw`: the records that it shows.
  std::optional<Finding> Check(std::string_view assignment, const RawRecord& raw) const;

  // An answer: the same for a serialized RequestPermitResponse or PlanContactsResponse. `target`:
  // the number or address that the contact would be made at, the only one that it may name, and
  // only where the contract shows numbers (Contract.PermitTerms.dial). All else of the answer is
  // the hub's and the rules' own words: it is searched for what reaches somebody, and for ids and
  // streets.
  std::optional<Finding> CheckPermit(std::string_view response, const RawRecord& raw,
                                     std::string_view target) const;
  std::optional<Finding> CheckPlan(std::string_view response, const RawRecord& raw,
                                   std::string_view target) const;

 private:
  struct Shown;
  // What is asked of a row's field.
  enum class Look : uint8_t { kNothing, kNumber, kText, kPointValue, kNotGranted };

  std::optional<Finding> FindRawValue(absl::Span<const Shown> open, const RawRecord& raw) const;
  static std::vector<Look> LooksOf(const WireGrants& grants);
  std::optional<Finding> CheckAnswer(const WireSchema& schema, std::string_view response,
                                     const RawRecord& raw, std::string_view target) const;
  bool Tells(const Shown& shown, const RawValues& raw, const RawValues::Hit& hit) const;
  bool TellsName(const Shown& shown, const RawValues& raw, const RawValues::Hit& hit) const;

  const WireGrants grants_;
  const RawPlan values_;
  const std::vector<Look> looks_;  // by index of the row's field
  const bool shows_numbers_;
};

}  // namespace switchboard::masking
