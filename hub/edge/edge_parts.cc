#include "hub/edge/edge_parts.h"

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/edge/caller.h"

namespace switchboard::edge {

absl::StatusOr<identity::Peer> AdmittedCaller(const EdgeParts& parts,
                                              const grpc::ServerContextBase& context,
                                              const api::Method& method) {
  return AuthorizedCaller(context, parts.connections, parts.trust, method.name);
}

absl::StatusOr<Received> Receive(const EdgeParts& parts, const grpc::ByteBuffer& buffer,
                                 const api::Method& method) {
  const size_t limit = method.request_bytes_max();
  if (buffer.Length() > limit) {
    return Error(absl::StatusCode::kResourceExhausted, "REQUEST_TOO_LARGE",
                 absl::StrCat("a request of this method may hold at most ", limit, " bytes"),
                 {{"request_bytes_max", absl::StrCat(limit)}});
  }
  std::optional<MemoryBudget::Share> memory = parts.memory.Take(buffer.Length());
  if (!memory.has_value()) return MemoryBudget::Busy();
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok())
    return Received();
  return Received{std::string(reinterpret_cast<const char*>(slice.begin()), slice.size()),
                  *std::move(memory)};
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

void Count(const EdgeParts& parts, const api::Method& method, absl::Time begin,
           const absl::Status& status) {
  parts.metrics.rpcs.Add(1, method.name, absl::StatusCodeToString(status.code()));
  parts.metrics.rpc_seconds.Observe(parts.clock.Now() - begin, method.name);
}

}  // namespace switchboard::edge
