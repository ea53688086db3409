#pragma once

#include <functional>
#include <utility>

#include "hub/base/done.h"
#include "hub/base/error.h"
#include "hub/base/party_executor.h"
#include "hub/storage/readers.h"

namespace switchboard::api {

// Runs an operator's reading function on the executor and answers with what it yields; OVERLOADED
// when he has asked for too much that waits. `readers` outlives it.
template <typename T>
void ReadFor(storage::Readers& readers, PartyExecutor& executor, const std::string& party,
             std::function<absl::StatusOr<T>(storage::Connection&)> read, const Done<T>& done) {
  const bool posted = executor.Post(party, [&readers, read = std::move(read), done] {
    absl::StatusOr<T> result = absl::InternalError("not read");
    const absl::Status status = readers.Run([&](storage::Connection& reader) {
      result = read(reader);
      return result.status();
    });
    // A reader that was lost before it was asked has a status of its own.
    done(status.ok() ? std::move(result) : absl::StatusOr<T>(status));
  });
  if (!posted) done(OverloadedError("too many of your reports are waiting", absl::Seconds(1)));
}

}  // namespace switchboard::api
