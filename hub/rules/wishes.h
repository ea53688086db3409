#pragma once

#include <string>
#include <vector>

#include "hub/base/field_problem.h"
#include "hub/rules/facts.h"
#include "switchboard/v1/wishes.pb.h"

namespace switchboard::rules {

// Wishes and consents, as somebody wrote them down, held to what wishes.proto states. What is wrong
// is told to `check`, under `path`. Ids in them are for the sender's own check.
void CheckWish(const v1::Wish& wish, const std::string& path, FieldCheck& check);
void CheckConsent(const v1::Consent& consent, const std::string& path, FieldCheck& check);

// The same as rules are asked about them. REQUIRES: the check above found nothing.
Wish WishOf(const v1::Wish& wish);
// What the consent leaves empty stays so. One that was taken back ends then.
Consent ConsentOf(const v1::Consent& consent);

}  // namespace switchboard::rules
