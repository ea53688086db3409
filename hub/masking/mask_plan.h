#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/privacy.pb.h"

namespace switchboard::masking {

// What happens to a class of data.
enum class Treatment : uint8_t {
  kWithheld,
  kClear,
  kToken,
  kBand,
  kFamilyName,
  kHonorific,
  kInitials,
  kLastFour,
  kArea,
  kCountry,
  kRegion,
  kCity,
  kDistrict,
  kYear,
  kBirthdayHidden,
  kDomain,
  kBucket,
};

// The disclosures of one contract for one work type, ready to run.
struct MaskPlan {
  std::array<Treatment, v1::DataClass_ARRAYSIZE> treatments{};  // by class; kWithheld unless set
  std::vector<int64_t> amount_band_ends;                        // growing; set when AMOUNT is kBand
  std::vector<int64_t> credit_band_ends;                        // growing; set when CREDIT is kBand
  // Sorted: which ones may be shown when PRODUCT, or CREDIT, is kClear. Empty: the contract has no
  // list.
  std::vector<std::string> products;
  std::vector<std::string> grades;

  Treatment operator[](v1::DataClass data_class) const {
    return treatments[static_cast<size_t>(data_class)];
  }
  // What it shows of these classes, and nothing else.
  MaskPlan Only(absl::Span<const v1::DataClass> classes) const;
  bool operator==(const MaskPlan&) const = default;
};

// Compiles what `contract` discloses for `work_type`. Fails closed: combinations that do not exist,
// of numbers this program does not know for instance, and classes named twice are withheld.
MaskPlan CompileMaskPlan(const v1::Contract& contract, v1::WorkType work_type);

// The same of what it lets be unmasked in such work, for a time. Neither a card number nor free
// text ever is.
MaskPlan CompileUnmaskPlan(const v1::Contract& contract, v1::WorkType work_type);

}  // namespace switchboard::masking
