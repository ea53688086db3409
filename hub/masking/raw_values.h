#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "hub/masking/wire_grants.h"
#include "hub/masking/wire_walk.h"

namespace switchboard::masking {

// The records of one row as their boxes hold them: a Person and an Account, serialized.
struct RawRecord {
  std::string_view person;
  std::string_view account;
};

// Which fields of such records are looked for, and how; compiled once. Immutable.
class RawPlan {
 public:
  // Those that are not granted.
  explicit RawPlan(const WireGrants& grants);

 private:
  friend class RawValues;
  enum class Cut : uint8_t { kNothing, kText, kNote, kId, kCode, kDigits, kPostalCode, kEmail };

  static std::vector<Cut> CutsOf(const WireSchema& schema, const WireGrants& grants);
  static Cut CutOf(const WireSchema::Field& field);

  const std::vector<Cut> person_;  // by index of the field
  const std::vector<Cut> account_;
  const bool birth_date_;
};

// A value of a record.
struct RawValue {
  std::string_view text;                                  // what of it is looked for
  v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;  // unspecified: of a field not known
  uint32_t email_bytes = 0;  // of a local part: those of the address that it begins
  WireForm form = WireForm::kPlain;
  bool begins = false;  // found only where a word begins …
  bool ends = false;    // … or ends
  bool alone = false;   // found only as a whole text
};

// Looks for what the records of one row hold in the texts that would be shown of it: whole, or by
// its begin or end. Read from the bytes, so that fields of a newer core are looked for too. Numbers
// are found whatever divides their digits and whatever dress they wear. Texts, records and plan
// outlive it.
class RawValues {
 public:
  RawValues(absl::Span<const std::string_view> texts, const RawRecord& record, const RawPlan& plan);
  RawValues(const RawValues&) = delete;
  RawValues& operator=(const RawValues&) = delete;

  // Whether the bytes are no records.
  bool malformed() const { return malformed_; }

  // A value that stands in a text.
  struct Hit {
    RawValue value;
    size_t text = 0;          // which one
    bool whole_word = false;  // between blanks, at least once
  };
  // In the order of the records; each value once for each text.
  const std::vector<Hit>& hits() const { return hits_; }

  // What the records have in a field, granted or not; empty where they have nothing.
  std::string_view Own(WireForm form) const { return own_[static_cast<size_t>(form)]; }
  // Whether a contact point of the person has this in its number or address.
  bool StandsInPoint(std::string_view text) const;

 private:
  void Index(absl::Span<const std::string_view> texts);
  void Read(std::string_view bytes, const WireSchema& schema,
            const std::vector<RawPlan::Cut>& cuts);
  void Add(const WireSchema::Field& field, std::string_view text, RawPlan::Cut cut);
  void LookForText(const RawValue& value, size_t piece_bytes);
  void LookForNumber(const RawValue& value);
  void LookForPostalCode(const RawValue& value);
  void LookForEmail(const RawValue& value);
  void LookForBirthDate();
  void LookFor(const RawValue& value);
  void LookForDigits(std::string_view digits, const RawValue& value);

  const absl::Span<const std::string_view> texts_;
  // Of every four bytes in a row of the texts a bit for their hash.
  std::array<uint64_t, 64> fours_{};
  // The digits of each text that has enough of them; empty: none has.
  std::vector<std::string> digits_;
  bool malformed_ = false;
  std::vector<Hit> hits_;
  std::array<std::string_view, kWireForms> own_{};
  absl::InlinedVector<std::string_view, 8> points_;
  std::array<uint64_t, 3> birth_date_{};  // year, month, day
  std::string birth_digits_;
};

}  // namespace switchboard::masking
