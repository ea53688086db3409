#include <algorithm>
#include <set>
#include <string>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "tests/simulation/vendor_party.h"
#include "tests/simulation/word_signature.h"

// Orders to delete: the vendor confirms what its copy has no more.

namespace switchboard::simulation {
namespace {

using google::protobuf::util::TimeUtil;

constexpr absl::Duration kAskInterval = absl::Seconds(20);

// All work that there is is marked as such of which nothing is to be deleted.
constexpr char kForgetOrders[] =
    "UPDATE assignment SET deletion_order_id = 'none' WHERE ended > 0 AND deletion_order_id = ''";

v1::ConfirmDeletionRequest WordOn(const v1::ListDeletionOrdersResponse::Order& order,
                                  const std::string& vendor_id, absl::Time now) {
  v1::DeletionStatement statement;
  statement.set_order_id(order.deletion_order().order_id());
  statement.set_vendor_id(vendor_id);
  statement.set_count(order.assignment_ids_size());
  statement.set_digest(order.deletion_order().digest());
  *statement.mutable_delete_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now));
  *statement.mutable_sub_contractor_ids() = order.sub_contractor_ids();
  v1::ConfirmDeletionRequest request;
  request.set_statement(statement.SerializeAsString());
  request.set_signature(SignatureOf(vendor_id, request.statement()));
  request.add_certificates("der");
  return request;
}

}  // namespace

void VendorParty::AskForOrders() {
  next_orders_ = world_.clock.Now() + kAskInterval;
  ++calls_under_way_;
  auto at_hub = [this](Network::Answer answer) {
    if (world_.Planted(Mistake::kOrderForgotten)) world_.hub.Corrupt(kForgetOrders);
    world_.hub.hub().vendor_api().ListDeletionOrders(
        peer_, v1::ListDeletionOrdersRequest(),
        AsBytes<v1::ListDeletionOrdersResponse>(std::move(answer)));
  };
  auto at_vendor = [this, life = life_](const absl::StatusOr<std::string>& bytes) {
    if (life != life_) return;
    --calls_under_way_;
    const auto orders = FromBytes<v1::ListDeletionOrdersResponse>(bytes);
    world_.Judge(orders.status());
    if (!orders.ok()) return;
    for (const auto& order : orders->orders()) {
      for (const std::string& id : order.assignment_ids())
        world_.ledger.orders_told[id] = order.deletion_order().order_id();
    }
    if (!Confirm(*orders).ok()) world_.Accuse("a mirror cannot be read");
  };
  world_.network.Call(std::move(at_hub), std::move(at_vendor));
}

absl::Status VendorParty::Confirm(const v1::ListDeletionOrdersResponse& orders) {
  if (orders.orders().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto rows,
                   store_.mirror().NextWorkable("", 1'000'000, absl::InfinitePast()));
  std::set<std::string> here;
  for (const auto& row : rows) here.insert(row.assignment_id());
  for (const auto& order : orders.orders()) {
    const auto& ids = order.assignment_ids();
    const bool deleted =
        std::none_of(ids.begin(), ids.end(), [&](const auto& id) { return here.contains(id); });
    v1::ConfirmDeletionRequest word = WordOn(order, vendor_id_, world_.clock.Now());
    // Now and then somebody says so who is not the vendor, but has its place on the line.
    const bool forged = world_.Fault(world_.options.faults.word_forged);
    if (!deleted && !forged) continue;
    if (forged) {
      word.set_signature(SignatureOf("somebody else", word.statement()));
    } else {
      world_.ledger.words_signed[vendor_id_].emplace(word.statement(), word.signature());
    }
    ++calls_under_way_;
    auto at_hub = [this, word](Network::Answer answer) {
      world_.hub.hub().vendor_api().ConfirmDeletion(
          peer_, word, AsBytes<v1::ConfirmDeletionResponse>(std::move(answer)));
    };
    world_.network.Call(std::move(at_hub),
                        [this, life = life_](const absl::StatusOr<std::string>& bytes) {
                          if (life == life_) --calls_under_way_;
                          world_.Judge(bytes.status());
                        });
  }
  return absl::OkStatus();
}

}  // namespace switchboard::simulation
