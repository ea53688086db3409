#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "switchboard/v1/person.pb.h"

namespace switchboard::masking {

// MASK_DOMAIN: "***@example.com". Nothing of what is no e-mail address (email.h), and so has no
// host, nor where the host says more than whose service it is:
// - a phone or card number;
// - a name or mailbox of `person` (id_text.h), names in other writing than Latin and hosts in
//   their ASCII form ("xn--…") too;
// - a piece of the mailbox itself: taro.yamada@yamada.example.
// Thread-safe.
std::optional<std::string> DomainMask(std::string_view email, const v1::Person& person);

}  // namespace switchboard::masking
