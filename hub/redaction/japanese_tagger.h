#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "hub/redaction/tagger.h"

namespace switchboard::redaction {

// Names and addresses in Japanese (japanese_names.h, japanese_address.h). `dictionary`: as
// JapaneseDictionary::Load (japanese_tokens.h) takes it, and with its errors.
absl::StatusOr<std::unique_ptr<const Tagger>> MakeJapaneseTagger(const std::string& dictionary);

}  // namespace switchboard::redaction
