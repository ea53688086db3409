#include "hub/storage/unit_chain.h"

#include <limits>
#include <utility>

namespace switchboard::storage {

struct UnitChain::State {
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();

  explicit State(absl::Status status) : behind_a_failure(std::move(status)) {}

  const absl::Status behind_a_failure;
  size_t failed = kNone;                      // in its newest run; used by the lane's thread
  std::atomic<size_t> answered_first{kNone};  // the first that was answered a failure

  absl::Status Run(Transaction& transaction, size_t number, const Unit& unit) {
    if (failed < number || answered_first < number) return behind_a_failure;
    absl::Status status = unit(transaction);
    if (!status.ok()) {
      failed = number;
    } else if (failed == number) {
      failed = kNone;
    }
    return status;
  }

  // On the submitting thread, when there was no room, or on the lane's.
  void Answer(size_t number, const absl::Status& status) {
    if (status.ok()) return;
    size_t first = answered_first;
    while (number < first && !answered_first.compare_exchange_weak(first, number)) {
    }
  }
};

UnitChain::UnitChain(Writer& writer, Urgency urgency, std::string party,
                     absl::Status behind_a_failure)
    : writer_(writer),
      urgency_(urgency),
      party_(std::move(party)),
      state_(std::make_shared<State>(std::move(behind_a_failure))) {}

void UnitChain::Submit(Unit unit, UnitDone done) {
  const size_t number = count_++;
  writer_.Submit(
      urgency_, party_,
      [state = state_, number, unit = std::move(unit)](Transaction& transaction) {
        return state->Run(transaction, number, unit);
      },
      // At once: what waits behind it must not be written.
      [state = state_, number, done = std::move(done)](const absl::Status& status) {
        state->Answer(number, status);
        done(status);
      });
}

bool UnitChain::broken() const { return state_->answered_first != State::kNone; }

}  // namespace switchboard::storage
