#pragma once

#include "absl/functional/function_ref.h"
#include "google/protobuf/message.h"

namespace switchboard::rules {

// Visits a message and every message that stands anywhere within it.
void ForEachMessageWithin(const google::protobuf::Message& message,
                          absl::FunctionRef<void(const google::protobuf::Message&)> visit);

}  // namespace switchboard::rules
