#include "hub/disclosures/acknowledgements.h"

#include "hub/base/error.h"

namespace switchboard::disclosures {
namespace {

constexpr char kInsert[] =
    "INSERT INTO acknowledgement (vendor_id, generation, sequence, ack_time) VALUES ($1, $2, $3, "
    "$4)";

}  // namespace

absl::Status WriteAcknowledgement(storage::Transaction& transaction, std::string_view vendor_id,
                                  std::string_view generation, int64_t sequence) {
  return transaction.Execute(kInsert, {vendor_id, generation, sequence, transaction.now_us()})
      .status();
}

}  // namespace switchboard::disclosures
