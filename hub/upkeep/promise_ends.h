#pragma once

#include <string>

#include "hub/book/book.h"
#include "hub/promises/promises.h"
#include "hub/upkeep/duty.h"

namespace switchboard::upkeep {

// Promises whose time is up are judged anew, and so are those for which money has arrived that was
// booked ahead.
class PromiseEnds final : public Duty {
 public:
  PromiseEnds(const promises::Promises& promises, const book::Book& book)
      : promises_(promises), book_(book) {}

  std::string name() const override { return "promise ends"; }
  absl::Duration interval() const override { return absl::Seconds(1); }
  absl::StatusOr<bool> Any(storage::Connection& reader, absl::Time now) override;
  absl::Status Run(storage::Transaction& transaction) override;
  bool Done() override { return true; }

 private:
  const promises::Promises& promises_;
  const book::Book& book_;
};

}  // namespace switchboard::upkeep
