#include "hub/sync/sync_stream.h"

#include "hub/base/error.h"
#include "hub/storage/submit.h"

namespace switchboard::sync {

using storage::Transaction;
using storage::Urgency;

void SyncStream::OnRequest(const v1::SyncRequest& request) {
  MutexLock lock(mutex_);
  Run(session_.OnRequest(request, parts_.true_clock.Now()));
}

void SyncStream::OnHalfClose() {
  MutexLock lock(mutex_);
  Run(session_.OnHalfClose());
}

void SyncStream::Detach() {
  MutexLock lock(mutex_);
  outlet_ = nullptr;
  session_.OnShutdown();
}

void SyncStream::FeedAdvanced() {
  MutexLock lock(mutex_);
  Run(session_.OnFeedAdvanced());
}

void SyncStream::WithdrawalsCame() {
  MutexLock lock(mutex_);
  Run(session_.OnWithdrawalsCame());
}

void SyncStream::Tick() {
  MutexLock lock(mutex_);
  Run(session_.OnTick(parts_.true_clock.Now()));
}

void SyncStream::Shutdown() {
  MutexLock lock(mutex_);
  Run(session_.OnShutdown());
}

void SyncStream::Run(VendorSession::Actions actions) {
  for (auto& action : actions) {
    std::visit([this](auto& one) SWITCHBOARD_REQUIRES(mutex_) { RunOne(one); }, action);
  }
}

void SyncStream::Later(std::function<void(SyncStream&)> task) {
  parts_.executor.Post([self = weak_from_this(), task = std::move(task)] {
    if (auto stream = self.lock()) task(*stream);
  });
}

void SyncStream::RunOne(const VendorSession::OpenFeed& action) {
  storage::SubmitFor<feed::OpenedFeed>(
      parts_.writer, Urgency::kUrgent, "vendor/" + vendor_id_,
      [feed = &parts_.feed, vendor_id = vendor_id_, cursor = action.cursor](
          Transaction& transaction) { return feed->Open(transaction, vendor_id, cursor); },
      [self = shared_from_this()](absl::StatusOr<feed::OpenedFeed> opened) {
        self->Later([opened = std::move(opened)](SyncStream& stream) { stream.Opened(opened); });
      });
}

void SyncStream::Opened(const absl::StatusOr<feed::OpenedFeed>& opened) {
  MutexLock lock(mutex_);
  if (opened.ok()) {
    fence_ = opened->session;
    if (tell_) tell_(session_.adapter());
  }
  const absl::StatusOr<v1::Cursor> cursor = opened.ok()
                                                ? absl::StatusOr<v1::Cursor>(opened->cursor)
                                                : absl::StatusOr<v1::Cursor>(opened.status());
  Run(session_.OnOpened(cursor, parts_.true_clock.Now()));
}

void SyncStream::OpenedElsewhere(int64_t session) {
  MutexLock lock(mutex_);
  if (fence_ != 0 && fence_ < session) Run(session_.OnSuperseded());
}

void SyncStream::ContractChanged() {
  Later([](SyncStream& stream) { stream.CheckSession(); });
}

void SyncStream::CheckSession() {
  int64_t session;
  {
    MutexLock lock(mutex_);
    session = fence_;
  }
  // One that is still opening reads its first page behind that, and is judged then.
  if (session == 0) return;
  const absl::Status status = parts_.readers.Run([&](storage::Connection& reader) {
    return parts_.feed.CheckSession(reader, vendor_id_, session, parts_.clock.Now());
  });
  if (status.ok()) return;
  MutexLock lock(mutex_);
  Run(session_.OnBarred(status));
}

void SyncStream::RunOne(const VendorSession::ReadPage& action) {
  Later([after = action.after, limit = action.limit, fence = fence_](SyncStream& stream) {
    stream.LoadPage(after, limit, fence);
  });
}

void SyncStream::LoadPage(const v1::Cursor& after, int limit, int64_t session) {
  auto page = std::make_shared<feed::Page>();
  absl::Status read = parts_.readers.Run([&](storage::Connection& reader) -> absl::Status {
    ASSIGN_OR_RETURN(
        *page, parts_.feed.ReadPage(reader, vendor_id_, session, after, limit, parts_.clock.Now()));
    return absl::OkStatus();
  });
  if (!read.ok()) return PageLoaded(read);
  // A withdrawal shows nothing and need not wait for a commit.
  if (!page->tells()) return PageLoaded(std::move(page->shown));
  // One row, for which a page waits: behind a day's file the feed, and with it every withdrawal,
  // would fall behind the import.
  using Ended = std::vector<std::string>;
  storage::SubmitFor<Ended>(
      parts_.writer, Urgency::kUrgent, "vendor/" + vendor_id_,
      [feed = &parts_.feed, page](Transaction& transaction) {
        return feed->Disclose(transaction, *page);
      },
      [self = shared_from_this(), page](absl::StatusOr<Ended> ended) {
        self->Later([ended = std::move(ended), page](SyncStream& stream) {
          if (!ended.ok()) return stream.PageLoaded(ended.status());
          stream.TellWithheld(*page);
          page->shown.LeaveOut(*ended);
          stream.PageLoaded(std::move(page->shown));
        });
      });
}

void SyncStream::TellWithheld(const feed::Page& page) const {
  if (!parts_.withheld) return;
  for (const masking::WithheldChange& one : page.withheld)
    parts_.withheld(page.vendor_id, one.finding.data_class);
}

void SyncStream::PageLoaded(absl::StatusOr<masking::ShownPage> page) {
  MutexLock lock(mutex_);
  Run(session_.OnPage(std::move(page), parts_.true_clock.Now()));
}

void SyncStream::RunOne(const VendorSession::ReadWithdrawals& action) {
  Later([after = action.after, limit = action.limit, fence = fence_](SyncStream& stream) {
    absl::StatusOr<std::vector<v1::SyncResponse::WithdrawnNow>> withdrawals;
    const absl::Status read = stream.parts_.readers.Run([&](storage::Connection& reader) {
      withdrawals =
          stream.parts_.feed.ReadWithdrawals(reader, stream.vendor_id_, fence, after, limit);
      return withdrawals.status();
    });
    MutexLock lock(stream.mutex_);
    stream.Run(stream.session_.OnWithdrawals(read.ok() ? std::move(withdrawals) : read));
  });
}

void SyncStream::RunOne(const VendorSession::StoreAck& action) {
  parts_.writer.Submit(
      Urgency::kBulk, "vendor/" + vendor_id_,
      [feed = &parts_.feed, vendor_id = vendor_id_, fence = fence_,
       ack = action.ack](Transaction& transaction) {
        return feed->Acknowledge(transaction, vendor_id, fence, ack.cursor(), ack.rejections());
      },
      [self = shared_from_this()](const absl::Status& status) {
        self->Later([status](SyncStream& stream) {
          MutexLock lock(stream.mutex_);
          stream.Run(stream.session_.OnAckStored(status));
        });
      });
}

void SyncStream::RunOne(VendorSession::Send& action) {
  if (outlet_ == nullptr) return;
  if (parts_.observe && action.changes.has_value()) parts_.observe(vendor_id_, *action.changes);
  outlet_->Send(std::move(action.message));
}

void SyncStream::RunOne(const VendorSession::Finish& action) {
  if (outlet_ == nullptr) return;
  Outlet* outlet = std::exchange(outlet_, nullptr);
  outlet->Finish(action.status);
}

}  // namespace switchboard::sync
