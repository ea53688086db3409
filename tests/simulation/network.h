#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "hub/base/done.h"
#include "tests/simulation/options.h"

namespace switchboard::simulation {

// Unary calls under way, as bytes. Delivered in any order, sometimes twice, sometimes never; a
// caller always hears something, if only UNAVAILABLE.
class Network {
 public:
  // What the hub does with a request; it must call its argument at most once.
  using Answer = std::function<void(absl::StatusOr<std::string>)>;
  using AtHub = std::function<void(Answer)>;
  using AtCaller = std::function<void(const absl::StatusOr<std::string>&)>;

  Network(Dice& dice, const Faults& faults) : dice_(dice), faults_(faults) {}

  void Call(AtHub at_hub, AtCaller at_caller);
  // As Call, by a caller who never sends twice; the request arrives once at most.
  void CallOnce(AtHub at_hub, AtCaller at_caller);
  // Delivers, doubles or loses one message; false when none is under way.
  bool DeliverOne();
  // The hub is gone: whatever was under way fails.
  void HubIsGone();

  size_t under_way() const { return messages_.size(); }
  // No message is lost or doubled any more.
  void Calm() { calm_ = true; }

 private:
  struct Message {
    int64_t call;
    bool request;
    std::function<void()> deliver;
  };
  // Puts a request under way.
  void Begin(AtHub at_hub, AtCaller at_caller, bool doubled);
  void Settle(int64_t call, const absl::StatusOr<std::string>& answer);

  Dice& dice_;
  const Faults& faults_;
  bool calm_ = false;
  int64_t calls_made_ = 0;
  int64_t hub_life_ = 0;
  std::map<int64_t, AtCaller> callers_;
  std::vector<Message> messages_;
};

// Passes a typed result on as bytes.
template <typename Response>
Done<Response> AsBytes(Network::Answer answer) {
  return [answer = std::move(answer)](const absl::StatusOr<Response>& response) {
    if (response.ok()) {
      answer(response->SerializeAsString());
    } else {
      answer(response.status());
    }
  };
}

template <typename Message>
absl::StatusOr<Message> FromBytes(const absl::StatusOr<std::string>& bytes) {
  if (!bytes.ok()) return bytes.status();
  Message message;
  if (!message.ParseFromString(*bytes)) return absl::InternalError("bytes cannot be parsed");
  return message;
}

}  // namespace switchboard::simulation
