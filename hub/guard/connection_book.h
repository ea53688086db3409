#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/mutex.h"
#include "hub/guard/offence.h"
#include "hub/guard/token_buckets.h"
#include "hub/identity/peer.h"
#include "hub/identity/peer_certificate.h"

namespace switchboard::guard {

// How gRPC begins the name of a peer whose socket has an abstract name.
inline constexpr char kGrpcNamePrefix[] = "unix-abstract:";

// How many connections may be open past the handshake.
struct ConnectionShares {
  int connections_max = 2000;
  // Of one peer, that is of one identity, over whatever addresses.
  int per_peer_max = 64;
  // Of connections_max, these are for cores, operators and hubs alone, however many vendors come.
  int reserved_for_issuer = 100;
  // How often connections of one vendor may be ended for what it sent (IsHostile) before new ones
  // of it have to wait: a flood that is cut off must not simply begin anew. Nobody's count as one
  // vendor's; cores, operators and hubs never wait.
  Rate offences_of_vendor = {12.0 / 60, 12};
};

// A connection whose handshake is over, and who showed itself in it. Facts are immutable;
// thread-safe.
class OpenConnection {
 public:
  OpenConnection(int64_t id, std::string grpc_name, std::string address, absl::Time opened,
                 identity::PeerCertificate certificate, absl::StatusOr<identity::Peer> peer)
      : id_(id),
        grpc_name_(std::move(grpc_name)),
        address_(std::move(address)),
        opened_(opened),
        certificate_(std::move(certificate)),
        peer_(std::move(peer)) {}

  // From 1, of this process; never used twice.
  int64_t id() const { return id_; }
  // What gRPC calls the peer of each of its calls; never used twice either, because a call may
  // outlive its connection.
  const std::string& grpc_name() const { return grpc_name_; }
  // "192.0.2.7"; the true one where a listed proxy has told it.
  const std::string& address() const { return address_; }
  absl::Time opened() const { return opened_; }
  const identity::PeerCertificate& certificate() const { return certificate_; }
  // Whose certificate it is; or why it is nobody's (UNAUTHENTICATED, NO_IDENTITY), which every call
  // is then told.
  const absl::StatusOr<identity::Peer>& peer() const { return peer_; }

  // Somebody wants its end; its pump sees to that within a second.
  void AskToClose() const { close_asked_ = true; }
  bool close_asked() const { return close_asked_; }

 private:
  const int64_t id_;
  const std::string grpc_name_;
  const std::string address_;
  const absl::Time opened_;
  const identity::PeerCertificate certificate_;
  const absl::StatusOr<identity::Peer> peer_;
  mutable std::atomic<bool> close_asked_ = false;
};

// Every open connection of the hub, and their shares. Thread-safe.
class ConnectionBook {
 public:
  // `secret` goes into the names, so that nobody can take one before the hub does: a random id.
  ConnectionBook(const ConnectionShares& shares, std::string secret);

  enum class Entry {
    kMade,
    kTooManyOfPeer,
    kTooManyOfVendors,  // what is left is reserved
    kTooMany,
    kTooManyOffences,
  };
  // The next id, and the name that goes with it.
  int64_t NextId() { return ++last_id_; }
  std::string NameOf(int64_t id) const;

  // Enters a connection, if its share has room. Nobody's connections share one room of one peer.
  // `now`, here and below, is of a clock that never steps back.
  Entry Enter(std::shared_ptr<const OpenConnection> connection, absl::Time now);
  // The connection ended, with an offence when the guard ended it.
  void Leave(const OpenConnection& connection, Offence offence, absl::Time now);

  // Whose call it is; null once the connection is over.
  std::shared_ptr<const OpenConnection> Find(std::string_view grpc_name) const;

  // By id, from the oldest.
  std::vector<std::shared_ptr<const OpenConnection>> List() const;
  int count() const;

 private:
  const ConnectionShares shares_;
  const std::string secret_;
  std::atomic<int64_t> last_id_ = 0;
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const OpenConnection>> by_name_
      SWITCHBOARD_GUARDED_BY(mutex_);
  std::map<std::string, int> of_peer_ SWITCHBOARD_GUARDED_BY(mutex_);  // by actor
  int of_vendors_ SWITCHBOARD_GUARDED_BY(mutex_) = 0;                  // and of nobody
  TokenBuckets offences_ SWITCHBOARD_GUARDED_BY(mutex_);               // of those, by actor
};

}  // namespace switchboard::guard
