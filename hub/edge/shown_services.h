#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "hub/identity/peer.h"

namespace switchboard::edge {

// What one caller may learn of the hub's services by reflection: those of which it may call a
// method, and the proto files that these need. Everything else is to it as if it were not there.
// Reads descriptors only; thread-safe.
class ShownServices {
 public:
  // `all`: the hub's, which live as long as the process.
  ShownServices(const std::vector<const google::protobuf::ServiceDescriptor*>& all,
                const identity::Peer& caller);

  const std::vector<const google::protobuf::ServiceDescriptor*>& services() const {
    return services_;
  }
  // Null: there is no such file, or it is none of this caller's. So with all of these.
  const google::protobuf::FileDescriptor* FileNamed(const std::string& name) const;
  // Of a service, method, message, field, enum or value, by its full name.
  const google::protobuf::FileDescriptor* FileOfSymbol(const std::string& symbol) const;
  const google::protobuf::FileDescriptor* FileOfExtension(const std::string& extended_type,
                                                          int number) const;
  // The numbers by which this caller's files extend a message, ascending.
  std::vector<int> ExtensionsOf(const std::string& type) const;

 private:
  bool Shows(const google::protobuf::FileDescriptor* file) const;

  std::vector<const google::protobuf::ServiceDescriptor*> services_;
  std::vector<const google::protobuf::FileDescriptor*> files_;
};

// The file and all that it imports, each once, the file itself first.
std::vector<const google::protobuf::FileDescriptor*> WithImports(
    const google::protobuf::FileDescriptor& file);

}  // namespace switchboard::edge
