#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "switchboard/v1/privacy.pb.h"

namespace switchboard::masking {

// What a field is to the guard on the wire, beside its class (wire_guard.h).
enum class WireForm : uint8_t {
  kPlain,         // its class says all
  kMinted,        // made by the hub at random
  kToken,         // made by the hub in the place of a person's or an account's id
  kPointToken,    // the same of a contact point's, which always is shown
  kPointValue,    // a number or an address, by what stands in it
  kPartyPoint,    // the same, of somebody else than the person
  kWholeName,     // family and given name, or what a mask leaves of them
  kExact,         // a sum to the unit, a number of days
  kBandCurrency,  // of a band of sums
  kBandEnd,       // an end of one
  kBucket,
  kProduct,
  kGrade,
  kFamilyName,
  kGivenName,
  kFamilyReading,
  kGivenReading,
  kCountry,
  kPostalCode,
  kRegion,
  kCity,
  kDistrict,
  kStreet,
  kYear,
  kMonth,
  kDay,
  kZone,
  kDial,  // the last one
};
inline constexpr size_t kWireForms = static_cast<size_t>(WireForm::kDial) + 1;

// A message as it stands on the wire: which fields there are at which numbers, and whose data they
// hold. Made of the descriptors and their classes (privacy.proto) alone, so that a field that is
// added there is guarded without a word here. Immutable.
class WireSchema {
 public:
  struct Field;

  // The fields of one message, at one place of another one.
  class Node {
   public:
    // Null when the message has no such field. `wire_type`: as the wire has it; a field of another
    // type is none, but for numbers that are packed.
    const Field* Find(uint64_t number, uint32_t wire_type) const;

   private:
    friend class WireSchema;
    std::vector<Field> fields_;  // by number; without a path: there is none
  };

  struct Field {
    std::string path = {};  // "person.address.city"
    // Its own class or, if that has one, that of the field around it.
    v1::DataClass data_class = v1::DATA_CLASS_UNSPECIFIED;
    WireForm form = WireForm::kPlain;
    bool is_packable = false;  // numbers, of which many may stand in one piece
    uint32_t wire_type = 0;
    size_t index = 0;                         // its place among all fields of the schema
    std::unique_ptr<const Node> inside = {};  // of a message
  };

  // Ends the process for a message that is deeper than kDepthMax: of the program's own ones none
  // is, and whoever adds one is told at the first start.
  explicit WireSchema(const google::protobuf::Descriptor& message);
  WireSchema(const WireSchema&) = delete;
  WireSchema& operator=(const WireSchema&) = delete;

  const Node& root() const { return root_; }

  // All fields, by their index.
  const std::vector<const Field*>& fields() const { return fields_; }

  static constexpr int kDepthMax = 8;

 private:
  void Fill(const google::protobuf::Descriptor& message, v1::DataClass around,
            const std::string& path, int depth, Node* node);

  Node root_;
  std::vector<const Field*> fields_;
};

inline const WireSchema::Field* WireSchema::Node::Find(uint64_t number, uint32_t wire_type) const {
  constexpr uint32_t kLengthDelimited = 2;
  if (number >= fields_.size()) return nullptr;
  const Field& field = fields_[number];
  if (field.path.empty()) return nullptr;
  const bool fits =
      field.wire_type == wire_type || (field.is_packable && wire_type == kLengthDelimited);
  return fits ? &field : nullptr;
}

}  // namespace switchboard::masking
