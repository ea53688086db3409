#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace switchboard::contracts {

// What messages say in the words in which people write them as YAML (base/yaml.h), on one line.

// The values of a field, one each: "90d", "2026-11-01", "REMIND", "{zone: Asia/Tokyo}". Empty: it
// says nothing.
std::vector<std::string> ValuesOf(const google::protobuf::Message& message,
                                  const google::protobuf::FieldDescriptor& field);

// All that a message says: "{acts: [REMIND, NEGOTIATE], term: 90d}".
std::string WordsOf(const google::protobuf::Message& message);

}  // namespace switchboard::contracts
