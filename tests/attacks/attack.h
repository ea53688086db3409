#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/base/clock.h"

namespace switchboard::attacks {

// Who attacks: a peer with a good certificate, from the loopback.
struct Attacker {
  std::string hub_address;  // "127.0.0.1:PORT"
  std::string tls;          // folder of its material; a vendor's
  Clock& clock;
};

// What a peer can do by itself, bounded in bytes and ending by itself. What the hub does about it
// is for whoever runs it to judge.
struct Attack {
  const char* name;  // as of a test
  // Returns how many bytes were sent, as far as the hub took them.
  int64_t (*run)(const Attacker& attacker);
};

// Frames that break HTTP/2 or use it up, written by hand.
std::vector<Attack> FrameAttacks();
// Connections: strangers who only connect, junk, one identity with hundreds.
std::vector<Attack> ConnectionAttacks();
// Calls as a program of the vendor's would make them, and messages that nobody should
// send.
std::vector<Attack> CallAttacks();
// All of these.
std::vector<Attack> AllAttacks();

}  // namespace switchboard::attacks
