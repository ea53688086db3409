#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/guard/connection_book.h"
#include "hub/guard/frame_limits.h"
#include "hub/guard/offence.h"
#include "hub/guard/peer_frames.h"
#include "hub/guard/poller.h"
#include "hub/guard/server_frames.h"
#include "hub/guard/socket.h"
#include "hub/guard/streams.h"
#include "hub/guard/tls_session.h"
#include "hub/guard/token_bucket.h"

namespace switchboard::guard {

// What a thread needs to move bytes; one set for all of its connections, so that one that is idle
// owns no buffers.
struct PumpBuffers {
  // Bytes moved at a time. With a quarter of it a record costs 0.2 to 0.4 µs more.
  static constexpr size_t kChunk = 256 << 10;

  std::vector<char> cipher = std::vector<char>(kChunk);
  std::vector<char> plain = std::vector<char>(kChunk + TlsSession::kPlainSlack);
  std::string out;                        // what TLS wants sent
  std::vector<std::string_view> through;  // what goes on to gRPC
};

// One connection past its handshake: moves bytes between the peer's socket and a pair of sockets of
// which gRPC has the other end, through TLS and the checks of frames. Each side waits for the
// other: what one does not take is not read from the other, so a connection holds at most about 1.3
// MiB. Not thread-safe.
class GuardedConnection {
 public:
  // `tcp` is non-blocking; `limits` outlives it. `now` and all later times: of one clock that never
  // steps back.
  GuardedConnection(Socket tcp, std::unique_ptr<TlsSession> tls,
                    std::shared_ptr<const OpenConnection> facts, const FrameLimits& limits,
                    absl::Time now);

  // Makes the pair and names this end as the facts say. Returns gRPC's end, which the caller owns.
  // Errors: UNAVAILABLE, SOCKETS_EXHAUSTED.
  absl::StatusOr<Socket> MakePair();

  const OpenConnection& facts() const { return *facts_; }
  int tcp() const { return tcp_.get(); }
  int pair() const { return pair_.get(); }

  // What the system said of a socket since the last Serve.
  void NoteTcp(const Poller::Event& event) { tcp_ready_.Note(event); }
  void NotePair(const Poller::Event& event) { pair_ready_.Note(event); }
  // Bytes wait for gRPC, which has not taken those before: Poller::AskWritable.
  bool awaits_pair() const { return !pair_ready_.writable; }

  enum class Next {
    kWait,   // for the system
    kAgain,  // there is more to do; others first
    kOver,   // let go of it
  };
  // Moves what can be moved.
  Next Serve(absl::Time now, PumpBuffers& buffers);

  // What the peer should have done by now, and did not.
  Offence Late(absl::Time now) const;

  // Says goodbye with the reason, where a frame may stand, and from then on only drains what still
  // comes, for half a second: closing over unread bytes is a TCP reset that would overtake the
  // reason. gRPC sees its end closed at once. REQUIRES: not ending yet.
  void End(Offence offence, absl::Time now, PumpBuffers& buffers);
  // kNone until End.
  Offence ending() const { return ending_; }
  // The half second is over.
  bool IsDrained(absl::Time now) const { return ending_ != Offence::kNone && now >= drain_until_; }

 private:
  // What is known of a socket.
  struct Readiness {
    bool readable = true;
    bool writable = true;
    bool ended = false;  // the other side sends no more

    void Note(const Poller::Event& event);
    // After as many bytes as that were read of those asked for.
    void NoteRead(size_t got, size_t asked);
  };

  Next ToPeer(absl::Time now, PumpBuffers& buffers);
  Next FromPeer(absl::Time now, PumpBuffers& buffers);
  Next Drain(absl::Time now, PumpBuffers& buffers);
  // One portion from the peer; kAgain when it went on.
  Next TakePortion(absl::Time now, PumpBuffers& buffers);
  // Sends what waits and then `out`, and keeps what the socket does not take. False: broken.
  bool Send(std::string& out, absl::Time now);
  void Forward(const std::vector<std::string_view>& through);
  // Hands gRPC what waits. False: something still waits.
  bool FlushToGrpc();

  const std::shared_ptr<const OpenConnection> facts_;
  const FrameLimits& limits_;
  Socket tcp_;
  Socket pair_;
  std::unique_ptr<TlsSession> tls_;
  Streams streams_;
  PeerFrames peer_frames_;
  ServerFrames server_frames_;
  TokenBucket key_updates_;

  std::string to_peer_;  // encrypted; the socket did not take it
  std::string to_grpc_;  // plain; the pair did not take it
  Readiness tcp_ready_;
  Readiness pair_ready_;
  bool grpc_ended_ = false;
  absl::Time stalled_since_ = absl::InfiniteFuture();  // bytes wait, and the peer takes none
  Offence ending_ = Offence::kNone;
  absl::Time drain_until_ = absl::InfiniteFuture();
};

}  // namespace switchboard::guard
