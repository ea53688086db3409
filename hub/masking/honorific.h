#pragma once

#include <string>
#include <string_view>

#include "hub/masking/name_order.h"

namespace switchboard::masking {

// MASK_HONORIFIC: the family name as MASK_FAMILY_NAME leaves it, with the form of address of the
// person's language that fits any sex, for none is known: 山田様, 王先生/女士, "Mr/Ms Smith", "Nagy
// úr/asszony". Thai addresses by the given name, which stays inside: initials behind the form. A
// language without a form here leaves the family name alone, and a mononym its initials.
// `language`: a BCP 47 tag, or empty. `order`: of the same name (name_order.h).
std::string HonorificMask(NameParts name, std::string_view language, NameOrder order);

}  // namespace switchboard::masking
