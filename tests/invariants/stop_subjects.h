#pragma once

#include <string>

#include "absl/strings/str_cat.h"

// What a stop may lie on, as one key.

namespace switchboard::invariants {

inline std::string OfPerson(const std::string& person_id) { return "p " + person_id; }
inline std::string OfAccount(const std::string& account_id) { return "a " + account_id; }
inline std::string OfVendor(const std::string& vendor_id) { return "v " + vendor_id; }
inline std::string OfWork(int work_type) { return absl::StrCat("w ", work_type); }
inline std::string OfNumber(const std::string& number) { return "n " + number; }

}  // namespace switchboard::invariants
