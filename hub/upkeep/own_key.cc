#include "hub/upkeep/own_key.h"

#include <memory>
#include <utility>

#include "hub/base/error.h"
#include "hub/storage/data_keys.h"
#include "hub/storage/schema.h"
#include "hub/upkeep/key_rotation_row.h"

namespace switchboard::upkeep {
namespace {

// Behind a look that failed.
constexpr absl::Duration kPause = absl::Milliseconds(200);

}  // namespace

void OwnKey::Tick(absl::Time now) {
  // A time further away than the pause was set before the clock stepped back.
  if (!look_ || (now < next_look_ && next_look_ - now <= kPause)) return;
  if (under_way_.exchange(true)) return;
  look_ = false;
  next_look_ = now + kPause;
  executor_.Post([this] { Look(); });
}

void OwnKey::Look() {
  std::optional<KeyRotationRow> row;
  const absl::Status looked = readers_.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(row, NewestRotation(reader));
    return absl::OkStatus();
  });
  if (!looked.ok()) {
    look_ = true;
  } else if (row.has_value()) {
    if (row->end_us.has_value()) sealer_.Forget(row->through);
    // Also where the rotation ended before this hub heard of it.
    if (sealer_.sealing_key() <= row->through) return Renew(row->through);
  }
  under_way_ = false;
}

void OwnKey::Renew(int64_t through) {
  auto key = std::make_shared<std::shared_ptr<storage::BoxKey>>();
  auto unit = [this, key, through](storage::Transaction& transaction) -> absl::Status {
    key->reset();
    const storage::Key start = storage::StartKey();
    RETURN_IF_ERROR(transaction.Hold({&start, 1}));
    // A group that met the floor was quicker.
    if (sealer_.sealing_key() > through) return absl::OkStatus();
    ASSIGN_OR_RETURN(*key, sealer_.Renew(transaction.connection(), transaction.now_us()));
    // Nothing is stored under it yet, but so the commit asks whether the hub has its place: one
    // that lost it would write over what its successor said of itself.
    ASSIGN_OR_RETURN(const int64_t number, storage::NewestDataKey(transaction.connection()));
    transaction.NoteKey(number);
    return absl::OkStatus();
  };
  writer_.Submit(storage::Urgency::kUrgent, std::move(unit), [this, key](const absl::Status& done) {
    if (!done.ok()) {
      look_ = true;
    } else if (*key != nullptr) {
      sealer_.SealBy(std::move(*key));
    }
    under_way_ = false;
  });
}

}  // namespace switchboard::upkeep
