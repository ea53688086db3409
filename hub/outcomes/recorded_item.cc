#include "hub/outcomes/recorded_item.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/base/canonical.h"
#include "hub/core_feed/sealed_tables.h"

namespace switchboard::outcomes {
namespace {

constexpr auto kKind = core_feed::ItemKind::kOutcome;

std::string PlaceOf(std::string_view vendor_id, const v1::Outcome& outcome) {
  return ItemPlace(vendor_id, outcome.outcome_id(), outcome.version());
}

}  // namespace

std::string ItemPlace(std::string_view vendor_id, std::string_view outcome_id, int64_t version) {
  return absl::StrCat("outcome|", absl::string_view(vendor_id.data(), vendor_id.size()), "|",
                      absl::string_view(outcome_id.data(), outcome_id.size()), "|", version);
}

storage::EarlyBox SealItem(storage::Sealer& sealer, std::string_view vendor_id,
                           v1::Outcome& outcome) {
  return sealer.SealEarly(core_feed::PlaceOfItem(kKind, PlaceOf(vendor_id, outcome)),
                          CanonicalBytes(outcome));
}

storage::EarlyBox SealHidden(storage::Sealer& sealer, std::string_view vendor_id,
                             const v1::Outcome& outcome, const v1::HiddenText& hidden) {
  return sealer.SealEarly(core_feed::PlaceOfHidden(kKind, PlaceOf(vendor_id, outcome)),
                          hidden.SerializeAsString());
}

core_feed::NewItem ItemOf(storage::Transaction& transaction, storage::Sealer& sealer,
                          std::string_view vendor_id, const ReceivedOutcome& received,
                          const v1::RecordedOutcome& recorded) {
  std::string place = PlaceOf(vendor_id, received.outcome());
  std::string box = sealer.Take(transaction, core_feed::PlaceOfItem(kKind, place), received.box);
  std::string hidden =
      sealer.Take(transaction, core_feed::PlaceOfHidden(kKind, place), received.hidden_box);
  return {kKind, std::move(place), recorded.SerializeAsString(), std::move(box),
          "",    std::move(hidden)};
}

}  // namespace switchboard::outcomes
