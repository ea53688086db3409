#pragma once

#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "hub/base/done.h"

namespace switchboard::testing {

// Calls something asynchronous of a hub that has threads of its own, and waits for its answer.
template <typename T>
absl::StatusOr<T> Wait(const std::function<void(Done<T>)>& call) {
  auto answer = std::make_shared<std::promise<absl::StatusOr<T>>>();
  auto future = answer->get_future();
  call([answer](absl::StatusOr<T> value) { answer->set_value(std::move(value)); });
  return future.get();
}

}  // namespace switchboard::testing
