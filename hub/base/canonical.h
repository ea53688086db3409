#pragma once

#include <string>

namespace google::protobuf {
class Message;
}

namespace switchboard {

// The bytes of what a message means: the same for every encoding of it that a peer's language may
// choose (order of fields, defaults written out, long varints). Fields that this version does not
// know mean nothing to it: they are dropped from the message too. For digests; REQUIRES that its
// texts are in their normal form.
std::string CanonicalBytes(google::protobuf::Message& message);

}  // namespace switchboard
