// Records as any bytes, through every mask: what would be shown of them.
//
// An input is a byte for each class that a contract can show, which says how, and an AccountRecord.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/ingest/record_check.h"
#include "hub/masking/masker.h"
#include "hub/masking/place_table.h"
#include "hub/masking/postal_place.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/account.pb.h"

namespace switchboard::masking {
namespace {

using v1::Contract;

struct Choice {
  Contract::Show show = Contract::SHOW_ABSENT;
  Contract::Mask mask = Contract::MASK_UNSPECIFIED;
};
struct Choices {
  v1::DataClass data_class;
  std::vector<Choice> choices;
};

void Require(bool holds) {
  if (!holds) abort();
}

const std::vector<Choices>& AllChoices() {
  constexpr Choice kAbsent{};
  constexpr Choice kClear{Contract::SHOW_CLEAR, Contract::MASK_UNSPECIFIED};
  constexpr Choice kBand{Contract::SHOW_BAND, Contract::MASK_UNSPECIFIED};
  constexpr Choice kToken{Contract::SHOW_TOKEN, Contract::MASK_UNSPECIFIED};
  const auto part = [](Contract::Mask mask) { return Choice{Contract::SHOW_PARTIAL, mask}; };
  static const auto& all = *new std::vector<Choices>{
      {v1::DATA_CLASS_NAME,
       {kAbsent, kClear, part(Contract::MASK_FAMILY_NAME), part(Contract::MASK_INITIALS),
        part(Contract::MASK_HONORIFIC)}},
      {v1::DATA_CLASS_KANA,
       {kAbsent, kClear, part(Contract::MASK_FAMILY_NAME), part(Contract::MASK_INITIALS),
        part(Contract::MASK_HONORIFIC)}},
      {v1::DATA_CLASS_PHONE,
       {kAbsent, kClear, part(Contract::MASK_LAST_FOUR), part(Contract::MASK_AREA),
        part(Contract::MASK_COUNTRY)}},
      {v1::DATA_CLASS_EMAIL, {kAbsent, kClear, part(Contract::MASK_DOMAIN)}},
      {v1::DATA_CLASS_ADDRESS,
       {kAbsent, kClear, part(Contract::MASK_REGION), part(Contract::MASK_CITY),
        part(Contract::MASK_DISTRICT)}},
      {v1::DATA_CLASS_BIRTH_DATE,
       {kAbsent, kClear, kBand, part(Contract::MASK_YEAR), part(Contract::MASK_BIRTHDAY_HIDDEN)}},
      {v1::DATA_CLASS_AMOUNT, {kAbsent, kClear, kBand}},
      {v1::DATA_CLASS_CREDIT, {kAbsent, kClear, kBand}},
      {v1::DATA_CLASS_DELINQUENCY, {kAbsent, kClear, part(Contract::MASK_BUCKET)}},
      {v1::DATA_CLASS_CARD_NUMBER, {kAbsent, part(Contract::MASK_CARD_LAST_FOUR)}},
      {v1::DATA_CLASS_PRODUCT, {kAbsent, kClear}},
      {v1::DATA_CLASS_LANGUAGE, {kAbsent, kClear}},
      {v1::DATA_CLASS_REFERENCE, {kAbsent, kToken}},
  };
  return all;
}

Contract ContractOf(std::string_view bytes) {
  Contract contract;
  auto& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  for (size_t i = 0; i < AllChoices().size(); ++i) {
    const Choices& of_class = AllChoices()[i];
    const Choice& choice =
        of_class.choices[static_cast<uint8_t>(bytes[i]) % of_class.choices.size()];
    Contract::Disclosure& disclosure = *terms.add_disclose();
    disclosure.set_data_class(of_class.data_class);
    disclosure.set_show(choice.show);
    disclosure.set_mask(choice.mask);
    if (choice.show != Contract::SHOW_BAND) continue;
    if (of_class.data_class == v1::DATA_CLASS_BIRTH_DATE) continue;  // its bands are of ten years
    for (const int64_t end : {0, 10'000, 500'000}) disclosure.add_band_ends(end);
  }
  return contract;
}

bool HoldsDigit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whatever field it was typed in, a region is one of the tables, and no number of a house is shown.
void RequirePlaces(const v1::Address& address) {
  const Place place = PlaceOf(address);
  const CountryPlaces* const table = PlacesOf(address.country());
  Require(place.region.empty() || (table != nullptr && table->Region(place.region).region != 0));
  Require(!HoldsDigit(place.city) && !HoldsDigit(place.district));
  const Place without_district = PlaceWithoutDistrict(address);
  Require(without_district.region == place.region && without_district.city == place.city);
}

// The guard, which shares nothing with the masker, finds each field granted and in its form. That a
// value of the record stands in another field may be so: "Tokyo" as a name and as a city.
void RequireInForm(const Contract& contract, const v1::AccountRecord& record,
                   const v1::Assignment& shown) {
  const WireGuard guard(contract, v1::WORK_TYPE_CAMPAIGN);
  const std::string person = record.person().SerializeAsString();
  const std::string account = record.account().SerializeAsString();
  const auto finding = guard.Check(shown.SerializeAsString(), {person, account});
  Require(!finding.has_value() || finding->kind == Finding::Kind::kRawValue);
}

void Take(std::string_view bytes) {
  if (bytes.size() < AllChoices().size()) return;
  const Contract contract = ContractOf(bytes);
  bytes.remove_prefix(AllChoices().size());
  v1::AccountRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const absl::Time now = absl::FromUnixSeconds(1'795'771'800);
  // What the book refuses is never masked.
  if (ingest::AdmitRecord(record, now).has_value()) return;
  const v1::Person& person = record.person();
  RequirePlaces(person.address());
  const Masker masker(contract, v1::WORK_TYPE_CAMPAIGN, std::string(32, 'k'));
  v1::Assignment shown;
  masker.Mask(person, record.account(), now, &shown);
  RequireInForm(contract, record, shown);
  for (const v1::ContactPoint& point : person.contact_points()) {
    (void)masker.FindShown(person, point.contact_point_id());
  }
  const std::optional<absl::Time> change = masker.NextChange(person, now);
  Require(!change.has_value() || *change > now);
  v1::Assignment again;
  masker.Mask(person, record.account(), now, &again);
  Require(again.SerializeAsString() == shown.SerializeAsString());
}

}  // namespace
}  // namespace switchboard::masking

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // What is no UTF-8 is told of each time.
  static auto* const told = google::protobuf::SetLogHandler(nullptr);
  (void)told;
  switchboard::masking::Take({reinterpret_cast<const char*>(data), size});
  return 0;
}
