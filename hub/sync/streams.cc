#include "hub/sync/streams.h"

namespace switchboard::sync {

void Streams::Add(const std::shared_ptr<SyncStream>& stream) {
  stream->OnAdapter([this, vendor_id = stream->vendor_id()](const std::string& adapter) {
    MutexLock lock(mutex_);
    adapters_[vendor_id] = adapter;
  });
  bool late;
  {
    MutexLock lock(mutex_);
    late = shutting_down_;
    streams_.Add(stream->vendor_id(), stream);
  }
  if (late) stream->Shutdown();
}

void Streams::FeedAdvanced(const std::string& vendor_id) {
  for (const auto& stream : streams_.Of(vendor_id)) stream->FeedAdvanced();
}

void Streams::WithdrawalsCame(const std::string& vendor_id) {
  for (const auto& stream : streams_.Of(vendor_id)) stream->WithdrawalsCame();
}

void Streams::Opened(const std::string& vendor_id, int64_t session) {
  for (const auto& stream : streams_.Of(vendor_id)) stream->OpenedElsewhere(session);
}

void Streams::ContractChanged(const std::string& vendor_id) {
  for (const auto& stream : streams_.Of(vendor_id)) stream->ContractChanged();
}

void Streams::Tick() {
  for (const auto& stream : streams_.All()) stream->Tick();
}

void Streams::Shutdown() {
  {
    MutexLock lock(mutex_);
    shutting_down_ = true;
  }
  for (const auto& stream : streams_.All()) stream->Shutdown();
}

bool Streams::Connected(const std::string& vendor_id) { return !streams_.Of(vendor_id).empty(); }

std::string Streams::Adapter(const std::string& vendor_id) {
  MutexLock lock(mutex_);
  const auto found = adapters_.find(vendor_id);
  return found == adapters_.end() ? std::string() : found->second;
}

std::map<std::string, int64_t> Streams::Counts() {
  const auto open = streams_.All();
  MutexLock lock(mutex_);
  for (auto& [vendor_id, count] : counts_) count = 0;
  for (const auto& stream : open) ++counts_[stream->vendor_id()];
  return counts_;
}

}  // namespace switchboard::sync
