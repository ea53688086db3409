#include "tests/simulation/network.h"

#include <utility>

namespace switchboard::simulation {

void Network::Call(AtHub at_hub, AtCaller at_caller) {
  Begin(std::move(at_hub), std::move(at_caller), !calm_ && dice_.Chance(faults_.request_doubled));
}

void Network::CallOnce(AtHub at_hub, AtCaller at_caller) {
  Begin(std::move(at_hub), std::move(at_caller), /*doubled=*/false);
}

void Network::Begin(AtHub at_hub, AtCaller at_caller, bool doubled) {
  const int64_t call = ++calls_made_;
  callers_[call] = std::move(at_caller);
  auto deliver = [this, call, at_hub = std::move(at_hub)] {
    at_hub([this, call, life = hub_life_](absl::StatusOr<std::string> answer) {
      // What a hub says when it dies is never heard.
      if (life != hub_life_) return;
      messages_.push_back(
          {call, false, [this, call, answer = std::move(answer)] { Settle(call, answer); }});
    });
  };
  if (doubled) messages_.push_back({call, true, deliver});
  messages_.push_back({call, true, std::move(deliver)});
}

bool Network::DeliverOne() {
  if (messages_.empty()) return false;
  const int index = dice_.Below(static_cast<int64_t>(messages_.size()));
  const Message message = std::move(messages_[index]);
  messages_.erase(messages_.begin() + index);
  const double lost = message.request ? faults_.request_lost : faults_.answer_lost;
  if (!calm_ && dice_.Chance(lost)) {
    Settle(message.call, absl::UnavailableError("lost"));
  } else {
    message.deliver();
  }
  return true;
}

void Network::HubIsGone() {
  ++hub_life_;
  messages_.clear();
  std::map<int64_t, AtCaller> callers;
  callers.swap(callers_);
  for (const auto& [call, at_caller] : callers)
    at_caller(absl::UnavailableError("the hub is gone"));
}

void Network::Settle(int64_t call, const absl::StatusOr<std::string>& answer) {
  const auto found = callers_.find(call);
  if (found == callers_.end()) return;  // a doubled request was answered before
  const AtCaller at_caller = std::move(found->second);
  callers_.erase(found);
  at_caller(answer);
}

}  // namespace switchboard::simulation
