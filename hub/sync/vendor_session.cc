#include "hub/sync/vendor_session.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/field_problem.h"

namespace switchboard::sync {
namespace {

using masking::StreamMessage;

constexpr int kRejectionsMax = 500;
constexpr size_t kAdapterBytesMax = 100;

absl::Status AckOutOfOrder(std::string_view message) {
  return Error(absl::StatusCode::kFailedPrecondition, "ACK_OUT_OF_ORDER", message);
}

absl::Status OpenExpected() {
  return Error(absl::StatusCode::kInvalidArgument, "OPEN_EXPECTED",
               "message: the first one must be Open, every later one Ack");
}

}  // namespace

VendorSession::Actions VendorSession::OnRequest(const v1::SyncRequest& request, absl::Time now) {
  if (state_ == State::kFinished) return {};
  if (state_ == State::kAwaitingOpen && request.has_open()) {
    open_time_ = last_sent_time_ = now;
    return OnOpen(request.open());
  }
  if (state_ == State::kStreaming && request.has_ack()) return OnAck(request.ack());
  return End(OpenExpected());
}

VendorSession::Actions VendorSession::OnHalfClose() {
  if (state_ == State::kAwaitingOpen) return End(OpenExpected());
  half_closed_ = true;
  Actions actions;
  AddEnd(actions);
  return actions;
}

void VendorSession::AddEnd(Actions& actions) {
  if (state_ != State::kStreaming || !half_closed_ || !page_sent_ || storing_ack_) return;
  state_ = State::kFinished;
  actions.push_back(Finish{absl::OkStatus()});
}

VendorSession::Actions VendorSession::OnOpen(const v1::SyncRequest::Open& open) {
  window_ = open.window() == 0 ? limits_.window_default : open.window();
  if (window_ < 1 || window_ > limits_.window_max) {
    return End(Error(absl::StatusCode::kInvalidArgument, "WINDOW_INVALID",
                     "open.window: must be 1 to 10,000"));
  }
  adapter_ = open.adapter();
  FieldCheck check;
  check.Name(&adapter_, 0, kAdapterBytesMax, "open.adapter");
  if (!check.ok()) return End(FieldInvalid(*check.problem()));
  state_ = State::kOpening;
  return {OpenFeed{open.cursor()}};
}

VendorSession::Actions VendorSession::OnOpened(const absl::StatusOr<v1::Cursor>& opened,
                                               absl::Time now) {
  if (state_ != State::kOpening) return {};
  if (!opened.ok()) return End(opened.status());
  state_ = State::kStreaming;
  sent_ = *opened;
  acknowledged_ = opened->sequence();
  Actions actions;
  v1::SyncResponse::Opened answer;
  *answer.mutable_cursor() = sent_;
  answer.set_window(window_);
  *answer.mutable_heartbeat_interval() = google::protobuf::util::TimeUtil::MicrosecondsToDuration(
      absl::ToInt64Microseconds(limits_.heartbeat_interval));
  last_sent_time_ = now;
  actions.push_back(Send{StreamMessage::Of(std::move(answer))});
  AddRead(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnAck(const v1::SyncRequest::Ack& ack) {
  const v1::Cursor& cursor = ack.cursor();
  if (cursor.generation() != sent_.generation())
    return End(AckOutOfOrder("ack.cursor: of another generation"));
  if (cursor.sequence() > sent_.sequence())
    return End(AckOutOfOrder("ack.cursor: beyond what was sent"));
  if (ack.rejections_size() > kRejectionsMax) {
    return End(Error(absl::StatusCode::kInvalidArgument, "BATCH_TOO_LARGE",
                     "ack.rejections: at most 500"));
  }
  rejections_left_ -= ack.rejections_size();
  if (rejections_left_ < 0) {
    return End(Error(absl::StatusCode::kFailedPrecondition, "TOO_MANY_REJECTIONS",
                     "ack.rejections: more than the stream brought changes, and 1,000; an "
                     "assignment is rejected once"));
  }
  if (cursor.sequence() < acknowledged_) return {};
  // Each heartbeat is answered with the same word: there is nothing to store.
  if (said_so_ && cursor.sequence() == acknowledged_ && ack.rejections().empty()) return {};
  said_so_ = true;
  acknowledged_ = cursor.sequence();
  while (!outstanding_.empty() && outstanding_.front().through <= acknowledged_) {
    in_flight_ -= outstanding_.front().changes;
    outstanding_.pop_front();
  }
  while (!overtaking_.empty() && overtaking_.front() <= acknowledged_) overtaking_.pop_front();
  Actions actions;
  if (storing_ack_) {
    *waiting_ack_.mutable_cursor() = cursor;
    // Merged acks keep their refusals, up to what one ack may hold: they are for people, not for
    // the protocol.
    for (const auto& rejection : ack.rejections()) {
      if (waiting_ack_.rejections_size() < kRejectionsMax)
        *waiting_ack_.add_rejections() = rejection;
    }
    ack_waits_ = true;
  } else {
    storing_ack_ = true;
    actions.push_back(StoreAck{ack});
  }
  AddRead(actions);
  AddReadWithdrawals(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnAckStored(const absl::Status& status) {
  if (state_ != State::kStreaming) return {};
  storing_ack_ = false;
  if (!status.ok()) return End(status);
  if (!ack_waits_) {
    Actions actions;
    AddEnd(actions);
    return actions;
  }
  ack_waits_ = false;
  storing_ack_ = true;
  return {StoreAck{std::exchange(waiting_ack_, {})}};
}

VendorSession::Actions VendorSession::OnPage(absl::StatusOr<masking::ShownPage> page,
                                             absl::Time now) {
  if (state_ != State::kStreaming) return {};
  reading_ = false;
  Actions actions;
  if (!page.ok()) {
    if (ErrorReason(page.status()) != "CONTRACT_CHANGED") return End(page.status());
    more_ = true;
    AddRead(actions);
    return actions;
  }
  // What changed while the page was read set more_ again.
  if (!page->caught_up()) more_ = true;
  // A page of which all was withheld brings the cursor on, and nothing else.
  const bool news =
      page->changes() > 0 || page->skips() || (page->caught_up() && !more_ && !told_caught_up_);
  if (more_) page->set_caught_up(false);
  // All that were withdrawn have come, each in its place.
  if (page->caught_up()) withdrawals_came_ = false;
  if (news) {
    SendPage(*page, now, actions);
    page_sent_ = true;
    AddEnd(actions);
  }
  AddRead(actions);
  AddReadWithdrawals(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnFeedAdvanced() {
  Actions actions;
  if (state_ != State::kStreaming) return actions;
  more_ = true;
  AddRead(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnWithdrawalsCame() {
  Actions actions;
  withdrawals_came_ = true;
  AddReadWithdrawals(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnWithdrawals(
    absl::StatusOr<std::vector<v1::SyncResponse::WithdrawnNow>> withdrawals) {
  if (state_ != State::kStreaming) return {};
  reading_withdrawals_ = false;
  if (!withdrawals.ok()) return End(withdrawals.status());
  Actions actions;
  for (auto& withdrawn : *withdrawals) {
    overtaken_to_ = withdrawn.change_sequence();
    // Sent in its place meanwhile.
    if (overtaken_to_ <= sent_.sequence()) continue;
    overtaking_.push_back(overtaken_to_);
    actions.push_back(Send{StreamMessage::Of(std::move(withdrawn))});
  }
  // There may be more than there was room for.
  if (overtaking_.size() >= static_cast<size_t>(limits_.overtaking_max)) withdrawals_came_ = true;
  AddReadWithdrawals(actions);
  return actions;
}

VendorSession::Actions VendorSession::OnTick(absl::Time now) {
  if (state_ == State::kFinished) return {};
  // A clock that stepped back must not silence the heartbeats until it is where it was.
  open_time_ = std::min(open_time_, now);
  last_sent_time_ = std::min(last_sent_time_, now);
  if (state_ != State::kStreaming) {
    if (open_time_ == absl::Time()) open_time_ = now;
    // A peer that opens no feed holds nothing but its connection; it is not kept for ever either.
    return now - open_time_ < limits_.heartbeat_interval * 6
               ? Actions()
               : End(absl::DeadlineExceededError("no Open came"));
  }
  if (now - open_time_ >= limits_.lifetime) return End(absl::OkStatus());
  Actions actions;
  if (now - last_sent_time_ >= limits_.heartbeat_interval) {
    SendPage(masking::ShownPage::Heartbeat(sent_, !more_ && !reading_), now, actions);
  }
  return actions;
}

VendorSession::Actions VendorSession::OnSuperseded() {
  return End(Error(absl::StatusCode::kAborted, "SUPERSEDED",
                   "another stream of this vendor opened; reconnect"));
}

VendorSession::Actions VendorSession::OnBarred(const absl::Status& status) { return End(status); }

VendorSession::Actions VendorSession::OnShutdown() {
  return End(Error(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                   "the hub is shutting down; reconnect"));
}

VendorSession::Actions VendorSession::End(absl::Status status) {
  if (state_ == State::kFinished) return {};
  state_ = State::kFinished;
  return {Finish{std::move(status)}};
}

void VendorSession::AddRead(Actions& actions) {
  const int free = window_ - in_flight_;
  // Waiting until half a page is free keeps a vendor that acks row by row from being served row by
  // row.
  const bool worth_it = in_flight_ == 0 || free >= std::min(window_, limits_.page_max) / 2;
  if (half_closed_ && page_sent_) return;
  if (state_ != State::kStreaming || reading_ || !more_ || free <= 0 || !worth_it) return;
  reading_ = true;
  reads_from_end_ = told_caught_up_;
  more_ = false;
  actions.push_back(ReadPage{sent_, std::min(free, limits_.page_max)});
}

void VendorSession::AddReadWithdrawals(Actions& actions) {
  const int free = limits_.overtaking_max - static_cast<int>(overtaking_.size());
  const bool shown_anyway = reading_ && reads_from_end_;
  if (state_ != State::kStreaming || half_closed_ || !withdrawals_came_ || reading_withdrawals_ ||
      shown_anyway || free <= 0) {
    return;
  }
  withdrawals_came_ = false;
  reading_withdrawals_ = true;
  v1::Cursor after = sent_;
  after.set_sequence(std::max(sent_.sequence(), overtaken_to_));
  actions.push_back(ReadWithdrawals{std::move(after), free});
}

void VendorSession::SendPage(const masking::ShownPage& page, absl::Time now, Actions& actions) {
  sent_ = page.through();
  last_sent_time_ = now;
  told_caught_up_ = page.caught_up();
  if (page.changes() > 0 || page.Advances()) {
    outstanding_.push_back({page.through().sequence(), page.changes()});
    in_flight_ += page.changes();
    rejections_left_ += page.changes();
  }
  actions.push_back(Send{StreamMessage::Of(page), page.changes()});
}

}  // namespace switchboard::sync
