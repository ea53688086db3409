#pragma once

#include <string>

#include "switchboard/v1/audit_steps.pb.h"

namespace switchboard::cli {

// What the audit log says of keys, of what was shown for a time, of deletions and of what is kept,
// for people (audit_detail.h).
std::string DetailText(const v1::KeyStep& step);
std::string DetailText(const v1::UnmaskingStep& step);
std::string DetailText(const v1::DeletionStep& step);
std::string DetailText(const v1::LegalHoldStep& step);
std::string DetailText(const v1::PersonRequestStep& step);

}  // namespace switchboard::cli
