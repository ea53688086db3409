#pragma once

#include <string>

#include "switchboard/v1/audit.pb.h"

namespace switchboard::cli {

// What an event says beyond its ids, for people: "PAID", "STOP ATTORNEY", "contract v3". Empty when
// it says nothing more.
std::string DetailText(const v1::AuditEvent& event);

}  // namespace switchboard::cli
