#include "tests/simulation/stream_link.h"

#include <algorithm>
#include <utility>

namespace switchboard::simulation {

StreamLink::StreamLink(Hub& hub, const identity::Peer& vendor,
                       std::function<void(v1::SyncResponse&)> spoil)
    : spoil_(std::move(spoil)), stream_(hub.vendor_api().OpenStream(vendor, this)) {}

void StreamLink::HangUp() {
  if (stream_ == nullptr) return;
  stream_->Detach();
  stream_.reset();
}

void StreamLink::Send(masking::ToVendor<v1::SyncResponse> message) {
  v1::SyncResponse response = message.Read();
  if (response.has_opened()) window_ = response.opened().window();
  if (response.has_batch()) {
    sent_.push_back({response.batch().through().sequence(), response.batch().changes_size()});
    in_flight_ += response.batch().changes_size();
    in_flight_max_ = std::max(in_flight_max_, in_flight_);
  }
  if (spoil_) spoil_(response);
  to_vendor_.push_back(response.SerializeAsString());
}

std::optional<v1::SyncRequest> StreamLink::DeliverToHub(bool doubled) {
  v1::SyncRequest request;
  if (!anything_for_hub() || !request.ParseFromString(to_hub_.front())) return std::nullopt;
  if (!doubled) to_hub_.pop_front();
  while (request.has_ack() && !sent_.empty() &&
         sent_.front().through <= request.ack().cursor().sequence()) {
    in_flight_ -= sent_.front().changes;
    sent_.pop_front();
  }
  stream_->OnRequest(request);
  return request;
}

void StreamLink::SwapAcks() {
  v1::SyncRequest first;
  if (to_hub_.size() < 2 || !first.ParseFromString(to_hub_.front()) || !first.has_ack()) return;
  std::swap(to_hub_[0], to_hub_[1]);
}

void StreamLink::SwapForVendor() {
  if (to_vendor_.size() > 1) std::swap(to_vendor_[0], to_vendor_[1]);
}

v1::SyncResponse StreamLink::PeekForVendor() const {
  v1::SyncResponse response;
  if (!to_vendor_.empty()) response.ParseFromString(to_vendor_.front());
  return response;
}

std::optional<v1::SyncResponse> StreamLink::TakeForVendor() {
  v1::SyncResponse response;
  if (to_vendor_.empty() || !response.ParseFromString(to_vendor_.front())) return std::nullopt;
  to_vendor_.pop_front();
  return response;
}

}  // namespace switchboard::simulation
