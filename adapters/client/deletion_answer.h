#pragma once

namespace switchboard::adapters {

// What an adapter says of an order to delete (SyncClientOptions::on_deletion_order).
enum class DeletionAnswer {
  // Nothing that the vendor was shown of this work is left, but what it must keep by law: not with
  // the vendor, and not with the order's sub-contractors. The client confirms it.
  kDeleted,
  // Not yet; the client asks again, after a minute at first and after an hour in the end.
  kLater,
};

}  // namespace switchboard::adapters
