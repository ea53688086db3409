#include "hub/book/terms_change.h"

#include "hub/book/holds.h"
#include "hub/storage/counter.h"

namespace switchboard::book {
namespace {

constexpr char kCounter[] = "terms_change";

// One for all units of a group.
class TermsChange final : public storage::ClosingWork {
 public:
  void Absorb(storage::ClosingWork&) override {}
  absl::Status Run(storage::Transaction& transaction) override {
    return storage::TakeNumbers(transaction, kCounter, 1).status();
  }
};

}  // namespace

void NoteTermsChange(storage::Transaction& transaction) {
  transaction.Leave<TermsChange>(ClosingKeyOf(ClosingPlace::kTermsChange));
}

absl::StatusOr<int64_t> TermsChanges(storage::Connection& connection) {
  return storage::NewestNumber(connection, kCounter);
}

}  // namespace switchboard::book
