#pragma once

#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds e-mail addresses: an addr-spec around an "@" of any width, with a blank beside it or dots of
// any width, and as people spell them out: "taro at example dot com", "taro[at]example.com",
// "taroアットマークexample.com". A host without a dot counts when it is a well-known provider's.
// What has nothing before its "@", as a handle, is none.
void FindEmails(Marks* marks);

}  // namespace switchboard::redaction
