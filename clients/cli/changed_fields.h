#pragma once

#include <string>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace switchboard::cli {

// The names of the fields in which two messages of one type differ, in the proto's order.
std::vector<std::string> ChangedFields(const google::protobuf::Message& before,
                                       const google::protobuf::Message& after);

}  // namespace switchboard::cli
