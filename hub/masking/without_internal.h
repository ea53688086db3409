#pragma once

#include <google/protobuf/message.h>

namespace switchboard::masking {

// Clears whatever is the issuer's own (DATA_CLASS_INTERNAL) in a message and all that it holds,
// also what this version does not know, of which nobody can say what it is.
void RemoveInternal(google::protobuf::Message& message);

}  // namespace switchboard::masking
