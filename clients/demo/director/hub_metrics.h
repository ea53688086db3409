#pragma once

#include <set>
#include <string>
#include <string_view>

namespace switchboard::demo {

// The vendors that have a stream open at a hub, by the body of its /metrics (servers/web_page.h):
// behind a proxy there is no other way to ask a certain hub. Pure.
std::set<std::string> StreamingVendors(std::string_view metrics);

}  // namespace switchboard::demo
