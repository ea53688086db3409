#include <memory>

#include "absl/strings/str_cat.h"
#include "tests/attacks/attack.h"
#include "tests/http2_bytes.h"
#include "tests/raw_peer.h"
#include "tests/silent_connections.h"

namespace switchboard::attacks {
namespace {

using testing::RawPeer;

// From many addresses of its own, each within what one address may open in a second.
std::vector<std::unique_ptr<RawPeer>> ConnectionsOfOneIdentity(const Attacker& attacker,
                                                               int count) {
  std::vector<std::unique_ptr<RawPeer>> open;
  for (int i = 0; i < count; ++i) {
    RawPeer::Options options;
    options.folder = attacker.tls;
    options.from_address = absl::StrCat("127.0.1.", i % 250 + 1);
    auto peer = RawPeer::Connect(attacker.hub_address, options);
    if (!peer.ok()) continue;
    (*peer)->Send(testing::Hello());
    open.push_back(*std::move(peer));
  }
  return open;
}

int64_t StrangersWhoSayNothing(const Attacker& attacker) {
  const testing::SilentConnections strangers(attacker.hub_address, 700);
  return 0;
}

int64_t StrangersWhoTalkJunk(const Attacker& attacker) {
  const std::string junk = "GET / HTTP/1.1\r\n\r\n";
  const testing::SilentConnections strangers(attacker.hub_address, 200);
  for (size_t i = 0; i < 200; ++i) strangers.Say(i, junk);
  for (size_t i = 0; i < 200; ++i) strangers.ClosedByPeer(i);
  return static_cast<int64_t>(200 * junk.size());
}

int64_t HundredsOfConnections(const Attacker& attacker) {
  const testing::SilentConnections strangers(attacker.hub_address, 300);
  const auto open = ConnectionsOfOneIdentity(attacker, 100);
  return static_cast<int64_t>(open.size()) << 13;
}

}  // namespace

std::vector<Attack> ConnectionAttacks() {
  return {
      {"StrangersWhoSayNothing", StrangersWhoSayNothing},
      {"StrangersWhoTalkJunk", StrangersWhoTalkJunk},
      {"HundredsOfConnections", HundredsOfConnections},
  };
}

}  // namespace switchboard::attacks
