#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "hub/base/done.h"
#include "hub/storage/writer.h"

namespace switchboard::storage {

// A unit that yields a value, and what hands that to `done` once it is durable.
template <typename T>
std::pair<Unit, UnitDone> Yielding(std::function<absl::StatusOr<T>(Transaction&)> unit,
                                   Done<T> done) {
  auto result = std::make_shared<T>();
  return {[unit = std::move(unit), result](Transaction& transaction) {
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
          }};
}

// Submits such a unit of a party …
template <typename T>
void SubmitFor(Writer& writer, Urgency urgency, std::string_view party,
               std::function<absl::StatusOr<T>(Transaction&)> unit, Done<T> done) {
  auto [work, answer] = Yielding<T>(std::move(unit), std::move(done));
  writer.Submit(urgency, party, std::move(work), std::move(answer));
}
// … or one about one person of a shard.
template <typename T>
void SubmitFor(Writer& writer, Urgency urgency, std::string_view party, std::string_view shard,
               std::function<absl::StatusOr<T>(Transaction&)> unit, Done<T> done) {
  auto [work, answer] = Yielding<T>(std::move(unit), std::move(done));
  writer.Submit(urgency, party, shard, std::move(work), std::move(answer));
}

// Joins the answers of units that belong together: what it returns is called once for each of
// `count` units, on any thread; the last call tells `done` the first failure, if there was one.
UnitDone Joined(size_t count, UnitDone done);

}  // namespace switchboard::storage
