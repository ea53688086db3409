// What would leave for a vendor, and the records behind it, as any bytes: the guard on the wire.
//
// An input is a contract's number, two bytes of a length, so much of an AccountRecord, and a row or
// an answer.
#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "hub/base/text.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/account.pb.h"
#include "switchboard/v1/assignment.pb.h"

namespace switchboard::masking {
namespace {

using v1::Contract;

void Require(bool holds) {
  if (!holds) abort();
}

Contract::Disclosure Disclose(v1::DataClass data_class, Contract::Show show, Contract::Mask mask) {
  Contract::Disclosure disclosure;
  disclosure.set_data_class(data_class);
  disclosure.set_show(show);
  disclosure.set_mask(mask);
  return disclosure;
}

WireGuard GuardOf(const std::vector<Contract::Disclosure>& disclosures) {
  Contract contract;
  contract.mutable_permits()->set_dial(Contract::PermitTerms::DIAL_NUMBER);
  auto& terms = *contract.add_work_types();
  terms.set_work_type(v1::WORK_TYPE_CAMPAIGN);
  for (const auto& disclosure : disclosures) *terms.add_disclose() = disclosure;
  return {contract, v1::WORK_TYPE_CAMPAIGN};
}

Contract::Disclosure Notes() {
  return Disclose(v1::DATA_CLASS_FREE_TEXT, Contract::SHOW_CLEAR, Contract::MASK_UNSPECIFIED);
}

// One that grants notes alone, one that masks whatever can be masked, and one that shows all.
const std::vector<WireGuard>& Guards() {
  static const auto* const guards = [] {
    auto* made = new std::vector<WireGuard>();
    made->push_back(GuardOf({Notes()}));
    made->push_back(GuardOf({
        Disclose(v1::DATA_CLASS_NAME, Contract::SHOW_PARTIAL, Contract::MASK_FAMILY_NAME),
        Disclose(v1::DATA_CLASS_KANA, Contract::SHOW_PARTIAL, Contract::MASK_INITIALS),
        Disclose(v1::DATA_CLASS_ADDRESS, Contract::SHOW_PARTIAL, Contract::MASK_DISTRICT),
        Disclose(v1::DATA_CLASS_EMAIL, Contract::SHOW_PARTIAL, Contract::MASK_DOMAIN),
        Disclose(v1::DATA_CLASS_PHONE, Contract::SHOW_PARTIAL, Contract::MASK_AREA),
        Disclose(v1::DATA_CLASS_BIRTH_DATE, Contract::SHOW_PARTIAL, Contract::MASK_YEAR),
        Disclose(v1::DATA_CLASS_PRODUCT, Contract::SHOW_CLEAR, Contract::MASK_UNSPECIFIED),
        Notes(),
    }));
    std::vector<Contract::Disclosure> all;
    for (int data_class = 2; data_class < v1::DataClass_ARRAYSIZE; ++data_class) {
      all.push_back(Disclose(static_cast<v1::DataClass>(data_class), Contract::SHOW_CLEAR,
                             Contract::MASK_UNSPECIFIED));
    }
    made->push_back(GuardOf(all));
    return made;
  }();
  return *guards;
}

// What the program writes itself is always walked to its end.
void WalkWhole(const WireGuard& guard, const std::string& row) {
  v1::Assignment assignment;
  if (!assignment.ParseFromString(row)) return;
  assignment.DiscardUnknownFields();
  const auto finding = guard.Check(assignment.SerializeAsString(), {});
  Require(!finding.has_value() || (finding->kind != Finding::Kind::kMalformed &&
                                   finding->kind != Finding::Kind::kUnknownField));
}

void RequireFound(const RawRecord& raw, const std::string& note) {
  v1::Assignment assignment;
  assignment.mutable_handed_over()->set_note(note);
  Require(Guards().front().Check(assignment.SerializeAsString(), raw).has_value());
}

// "+81 905-001-…"
std::string Dressed(std::string_view phone) {
  std::string dressed;
  for (size_t i = 0; i < phone.size(); ++i) {
    if (i > 0 && i % 3 == 0) dressed += i % 2 == 0 ? ' ' : '-';
    dressed += phone[i];
  }
  return dressed;
}

bool IsNumber(std::string_view phone) {
  return phone.size() >= 8 && phone.size() <= 16 && phone.starts_with('+') &&
         phone.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// A value of the record in a text that is shown.
void PlantValues(const v1::AccountRecord& record) {
  const std::string person = record.person().SerializeAsString();
  const std::string account = record.account().SerializeAsString();
  const RawRecord raw = {person, account};
  for (const std::string& text :
       {record.person().given_name(), record.person().family_name_reading(),
        record.person().address().street()}) {
    if (text.size() >= 4 && CharactersIn(text) >= 2) RequireFound(raw, "for " + text + " only");
  }
  for (const v1::ContactPoint& point : record.person().contact_points()) {
    if (IsNumber(point.phone())) RequireFound(raw, "call " + Dressed(point.phone()));
  }
}

void Take(std::string_view bytes) {
  constexpr size_t kHeadBytes = 3;
  if (bytes.size() < kHeadBytes) return;
  const auto byte = [&](size_t at) { return static_cast<uint8_t>(bytes[at]); };
  const WireGuard& guard = Guards()[byte(0) % Guards().size()];
  const size_t length = byte(1) * size_t{256} + byte(2);
  bytes.remove_prefix(kHeadBytes);
  // Copies, so that a read beyond their ends is seen.
  const std::string record(bytes.substr(0, length));
  const std::string row(bytes.substr(record.size()));
  (void)guard.Check(row, {record, record});
  (void)guard.CheckPermit(row, {record, record}, "+819050012345");
  (void)guard.CheckPlan(row, {record, record}, "");
  WalkWhole(guard, row);
  v1::AccountRecord parsed;
  if (!parsed.ParseFromString(record)) return;
  const std::string person = parsed.person().SerializeAsString();
  const std::string account = parsed.account().SerializeAsString();
  (void)guard.Check(row, {person, account});
  PlantValues(parsed);
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
