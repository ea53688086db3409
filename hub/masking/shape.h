#pragma once

#include <google/protobuf/struct.pb.h>

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

}  // namespace switchboard::masking
