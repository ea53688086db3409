#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>
#include <string_view>

#include "switchboard/v1/person.pb.h"

namespace google::protobuf {
class Message;
}

namespace switchboard::masking {

// A message for people who must see what is wrong with it and may not see whose it is: every text
// and number of a personal class (privacy.proto) is shown by its shape only, letters as "a", digits
// as "9", other writing as "字" and the rest as it stands. So is a text of no personal class that
// holds what looks like a phone or card number (id_text.h, card_number.h) or an "@", and an id of a
// contact point that gives something away or is longer than ids are; all else is shown as it is: a
// name in an id of an event, for instance, which nothing here tells from other words. Of a person
// larger than any that is taken all is shown by its shape. Absent fields are left out. Texts shown
// so are cut behind 100 characters, with "…" behind them.
google::protobuf::Struct ShapeOf(const google::protobuf::Message& message);

// A text alone by its shape, cut as above. What is no UTF-8 is shown as "�".
std::string ShapeOf(std::string_view text);

// A code of a vendor's own (Outcome.vendor_code) for people who may see what it is and not whose:
// as it stands where it can be a code, which is letters, digits and any of . _ : - (IsIdText) that
// give away neither a number nor a name of `person` (GivesAwayContactPoint); otherwise by its
// shape. A name of somebody else is not told from a code.
std::string ShownCode(const std::string& code, const v1::Person& person);

}  // namespace switchboard::masking
