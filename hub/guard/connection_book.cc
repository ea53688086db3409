#include "hub/guard/connection_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/ids.h"

namespace switchboard::guard {
namespace {

constexpr size_t kOffendersMax = 4096;

bool IsOfIssuer(const OpenConnection& connection) {
  return connection.peer().ok() && connection.peer()->role != identity::Peer::Role::kVendor;
}

std::string KeyOf(const OpenConnection& connection) {
  return connection.peer().ok() ? connection.peer()->Actor() : std::string();
}

}  // namespace

ConnectionBook::ConnectionBook(const ConnectionShares& shares, std::string secret)
    : shares_(shares),
      secret_(std::move(secret)),
      offences_(shares.offences_of_vendor, kOffendersMax) {}

std::string ConnectionBook::NameOf(int64_t id) const {
  return absl::StrCat(kGrpcNamePrefix, secret_, "-", id);
}

ConnectionBook::Entry ConnectionBook::Enter(std::shared_ptr<const OpenConnection> connection,
                                            absl::Time now) {
  const bool of_issuer = IsOfIssuer(*connection);
  const std::string key = KeyOf(*connection);
  MutexLock lock(mutex_);
  const int all = static_cast<int>(by_name_.size());
  if (all >= shares_.connections_max) return Entry::kTooMany;
  if (!of_issuer && of_vendors_ >= shares_.connections_max - shares_.reserved_for_issuer)
    return Entry::kTooManyOfVendors;
  if (!of_issuer && !offences_.Has(key, now)) return Entry::kTooManyOffences;
  int& of_peer = of_peer_[key];
  if (of_peer >= shares_.per_peer_max) return Entry::kTooManyOfPeer;
  ++of_peer;
  of_vendors_ += of_issuer ? 0 : 1;
  const std::string& name = connection->grpc_name();
  const bool fresh = by_name_.emplace(name, std::move(connection)).second;
  SWITCHBOARD_ASSERT(fresh);
  return Entry::kMade;
}

void ConnectionBook::Leave(const OpenConnection& connection, Offence offence, absl::Time now) {
  const std::string key = KeyOf(connection);
  MutexLock lock(mutex_);
  if (by_name_.erase(connection.grpc_name()) == 0) return;
  const auto of_peer = of_peer_.find(key);
  if (--of_peer->second == 0) of_peer_.erase(of_peer);
  if (IsOfIssuer(connection)) return;
  --of_vendors_;
  if (IsHostile(offence)) (void)offences_.Take(key, now);
}

std::shared_ptr<const OpenConnection> ConnectionBook::Find(std::string_view grpc_name) const {
  MutexLock lock(mutex_);
  const auto found = by_name_.find(absl::string_view(grpc_name.data(), grpc_name.size()));
  return found == by_name_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const OpenConnection>> ConnectionBook::List() const {
  std::vector<std::shared_ptr<const OpenConnection>> all;
  {
    MutexLock lock(mutex_);
    all.reserve(by_name_.size());
    for (const auto& [name, connection] : by_name_) all.push_back(connection);
  }
  std::sort(all.begin(), all.end(),
            [](const auto& one, const auto& other) { return one->id() < other->id(); });
  return all;
}

int ConnectionBook::count() const {
  MutexLock lock(mutex_);
  return static_cast<int>(by_name_.size());
}

}  // namespace switchboard::guard
