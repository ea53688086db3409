#include "hub/retention/swept.h"

#include "hub/base/error.h"
#include "hub/book/holds.h"
#include "hub/storage/counter.h"

namespace switchboard::retention {
namespace {

constexpr char kSwept[] = "retention/swept";

// One for all units of a group.
class Note final : public storage::ClosingWork {
 public:
  void Absorb(storage::ClosingWork&) override {}
  absl::Status Run(storage::Transaction& transaction) override {
    return storage::RaiseNumber(transaction, kSwept, transaction.now_us());
  }
};

}  // namespace

absl::StatusOr<std::optional<absl::Time>> Swept(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t swept_us, storage::NewestNumber(connection, kSwept));
  if (swept_us == 0) return std::nullopt;
  return absl::FromUnixMicros(swept_us);
}

void NoteSwept(storage::Transaction& transaction) {
  transaction.Leave<Note>(book::ClosingKeyOf(book::ClosingPlace::kSwept));
}

}  // namespace switchboard::retention
