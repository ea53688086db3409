#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "hub/base/done.h"
#include "hub/storage/writer.h"

namespace switchboard::storage {

// Submits a unit of a party that yields a value; `done` gets it once it is durable.
template <typename T>
void SubmitFor(Writer& writer, Urgency urgency, std::string_view party,
               std::function<absl::StatusOr<T>(Transaction&)> unit, Done<T> done) {
  auto result = std::make_shared<T>();
  writer.Submit(
      urgency, party,
      [unit = std::move(unit), result](Transaction& transaction) {
        absl::StatusOr<T> value = unit(transaction);
        if (value.ok()) *result = *std::move(value);
        return value.status();
      },
      [result, done = std::move(done)](const absl::Status& status) {
        if (status.ok()) {
          done(std::move(*result));
        } else {
          done(status);
        }
      });
}

// Joins the answers of units that belong together: what it returns is called once for each of
// `count` units, on any thread; the last call tells `done` the first failure, if there was one.
UnitDone Joined(size_t count, UnitDone done);

}  // namespace switchboard::storage
