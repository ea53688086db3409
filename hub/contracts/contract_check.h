#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "switchboard/v1/contract.pb.h"

namespace switchboard::contracts {

// Reads a contract as people write it, checks it, and fills in what it leaves out: vendor_group is
// the vendor_id, permits live 2 minutes, recalls are pending for 3 days and an objection moves them
// by 7. `file_name` names the text in errors. Errors: INVALID_ARGUMENT with metadata file, line,
// column, field; YAML_INVALID when the text does not fit the schema, CONTRACT_INVALID when it
// breaks a rule. The message says what is allowed instead.
absl::StatusOr<v1::Contract> ParseContract(std::string_view yaml, std::string_view file_name);

// The rules of contract.proto, on their own: forms of ids and languages, no entry twice, periods
// that make sense, and for each class of data only the ways of showing it that exist:
//
//   REFERENCE                  TOKEN
//   NAME, KANA                 CLEAR, PARTIAL with FAMILY_NAME, HONORIFIC or INITIALS
//   BIRTH_DATE                 CLEAR, PARTIAL with YEAR or BIRTHDAY_HIDDEN, BAND without band_ends
//                              (ten years of age)
//   PHONE                      CLEAR, PARTIAL with LAST_FOUR, AREA or COUNTRY
//   EMAIL                      CLEAR, PARTIAL with DOMAIN
//   ADDRESS                    CLEAR, PARTIAL with REGION, CITY or DISTRICT
//   CARD_NUMBER                PARTIAL with CARD_LAST_FOUR
//   AMOUNT                     CLEAR, BAND with band_ends
//   CREDIT                     CLEAR, also with values (the grades), BAND with band_ends
//   DELINQUENCY                CLEAR, PARTIAL with BUCKET
//   PRODUCT                    CLEAR, also with values (the products)
//   LANGUAGE, FREE_TEXT        CLEAR
//   INTERNAL, NOT_PERSONAL     must not be named
//
// ABSENT fits every class that may be named. What may be unmasked for a time is shown CLEAR or
// PARTIAL, more of it than rows show, and is neither a REFERENCE, a CARD_NUMBER nor FREE_TEXT; it
// lasts 15 minutes, twice for an account on a day and 20 times an hour, and an operator agrees,
// where nothing else is said. Values are at most 500 lines of 1 to 64 bytes, each
// once. Periods are at most 3,650 days.
// Errors: INVALID_ARGUMENT, CONTRACT_INVALID with metadata field.
absl::Status CheckContract(const v1::Contract& contract);

// What is allowed, and shows more than whoever wrote it may think, worded as an error is: an age
// band that changes on the birthday, products and grades that no list names.
// REQUIRES: `contract` is what ParseContract made of `yaml`.
std::vector<std::string> ContractWarnings(const v1::Contract& contract, std::string_view yaml,
                                          std::string_view file_name);

// Most bytes of the name that a hub takes for the file of a contract or a plan.
inline constexpr size_t kFileNameBytesMax = 200;
// A name that a hub takes: the path; of one that is too long, or holds what readers do not see, its
// last part; or else "file".
std::string FileNameForErrors(std::string_view path);

}  // namespace switchboard::contracts
