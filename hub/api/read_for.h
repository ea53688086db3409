#pragma once

#include <functional>
#include <utility>

#include "hub/base/done.h"
#include "hub/base/executor.h"
#include "hub/storage/readers.h"

namespace switchboard::api {

// Runs a reading function on the executor and answers with what it yields. `readers` outlives it.
template <typename T>
void ReadFor(storage::Readers& readers, Executor& executor,
             std::function<absl::StatusOr<T>(storage::Connection&)> read, Done<T> done) {
  executor.Post([&readers, read = std::move(read), done = std::move(done)] {
    absl::StatusOr<T> result = absl::InternalError("not read");
    const absl::Status status = readers.Run([&](storage::Connection& reader) {
      result = read(reader);
      return result.status();
    });
    // A reader that was lost before it was asked has a status of its own.
    done(status.ok() ? std::move(result) : absl::StatusOr<T>(status));
  });
}

}  // namespace switchboard::api
