#include "tests/simulation/code_maps.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace switchboard::simulation {
namespace {

using adapters::CallCode;

const CallCode kCodes[] = {
    CallCode::kNoContact,  CallCode::kNoAnswer,     CallCode::kDisconnected,
    CallCode::kDelivered,  CallCode::kWrongNumber,  CallCode::kRightParty,
    CallCode::kCallBack,   CallCode::kPromiseToPay, CallCode::kRefusedToPay,
    CallCode::kClaimsPaid, CallCode::kDispute,      CallCode::kCeaseContact,
};

std::string TextOf(std::string_view text) { return std::string(text); }

// "{connection: ANSWERED, …}"
std::string ResultText(const v1::Outcome::Result& result) {
  std::vector<std::string> fields = {"connection: " + v1::Connection_Name(result.connection()),
                                     "reached: " + v1::Reached_Name(result.reached()),
                                     "disposition: " + v1::Disposition_Name(result.disposition())};
  if (result.stop_wanted()) fields.push_back("stop_wanted: true");
  if (result.disputed()) fields.push_back("disputed: true");
  return absl::StrCat("{", absl::StrJoin(fields, ", "), "}");
}

}  // namespace

std::string CodeMapYaml(int version) {
  std::vector<std::string> codes;
  std::string meanings;
  for (const CallCode code : kCodes) {
    if (code == CallCode::kClaimsPaid && version == 1) continue;
    const bool turns = code == CallCode::kCallBack || code == CallCode::kRefusedToPay;
    const bool otherwise = turns && version % 2 == 0;
    codes.push_back(TextOf(NameOf(code)));
    absl::StrAppend(&meanings, "  - codes: [", codes.back(), "]\n    result: ",
                    ResultText(ResultOf(otherwise ? CallCode::kRightParty : code)), "\n");
  }
  return absl::StrCat("vendor_id: ", kCodingVendor, "\nversion: ", version,
                      "\ntitle: Codes of the simulation\ndeclared_codes: [",
                      absl::StrJoin(codes, ", "), "]\nmeanings:\n", meanings);
}

}  // namespace switchboard::simulation
