#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/client/deletion_answer.h"
#include "clients/transport/backoff.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace grpc {
class Channel;
}

namespace switchboard::adapters {

// Sees what the hub sends: the name of the method and the serialized response, or the error's text
// and details. Called from several threads, before anything else looks at the message.
using Tap = std::function<void(std::string_view method, std::string_view bytes)>;

struct SyncClientOptions {
  // "host:port" of each hub, at least one, in any order. hub_channels.h says how they are used.
  std::vector<std::string> hub_addresses;
  // Certificate, key and authority of the vendor, as hub/identity reads them.
  std::string tls_directory;
  // The vendor's own durable file; made when it does not exist. Holds personal data in the clear.
  std::string mirror_path;
  // Name and version of the adapter, at most 100 bytes of printable text; operators see it in the
  // list of vendors.
  std::string adapter = "sync_client/1";
  // Most changes under way, 1 to 10,000. More is quicker over a long link and costs memory.
  int window = 500;
  // Time given to one attempt to report outcomes, and to all attempts of any other call together.
  // Where there are several hubs, one attempt gets half of the latter, so that another hub can
  // still answer when one falls silent.
  absl::Duration call_timeout = absl::Seconds(10);
  // Time given to a hub to be connected before the next one is tried, at least 100 ms.
  absl::Duration connect_timeout = absl::Seconds(2);
  // Between attempts to connect, and between attempts to report, once every hub has failed.
  transport::BackoffOptions backoff;
  // In a rehearsal, the clock by which everybody goes (HubClock): whether a row may still be
  // worked is read by it; outlives the client. Null: the client's own, which says the true time.
  Clock* hub_clock = nullptr;
  // How often the client looks at its clock. Retries and heartbeats are as exact as this.
  absl::Duration tick_interval = absl::Milliseconds(50);

  // The callbacks below run on the client's own thread, one at a time. They may call any function
  // of the client except Stop and the waiting ones. A slow one holds up the feed, nothing else.
  //
  // The copy begins again: nothing may be worked until it comes anew. Drop what you derived from
  // it.
  std::function<void()> on_new_generation;
  // One change, after the batch it came in is durable in the mirror. A crash in between loses the
  // call, not the change: at start, read the mirror (ForEachWorkable) rather than rely on calls. A
  // withdrawal that overtook the feed is told at once, and again in its place.
  std::function<void(const v1::SyncResponse::Change&)> on_change;
  // The mirror now holds everything the hub had, and nothing else.
  std::function<void()> on_caught_up;
  // The hub has recorded an outcome, now or before; it is forgotten here. May come twice. That the
  // promise in it binds nobody, only this receipt says (promise_not_binding).
  std::function<void(const v1::ReportOutcomesResponse::Receipt&)> on_recorded;
  // An outcome was refused. It is kept in the mirror's file until DropRefused, or until it is
  // reported again. One that the hub has not kept (not_kept) is sent again by itself, after a
  // minute at first and after an hour in the end, until the hub has recorded or kept it: told then
  // by on_recorded, or here once more, as it is when the reason becomes another.
  std::function<void(const v1::ReportOutcomesResponse::Receipt&)> on_refused;
  // The hub orders the deletion of what it showed of work that has ended. What the mirror had of it
  // is deleted before this is called, and told by on_change if the feed had not told it; the answer
  // is about everything else: files and tables of the dialler's, copies of its sub-contractors
  // (sub_contractor_ids). kDeleted is confirmed to the hub under the vendor's signature, by the key
  // in tls_directory. Called again while an order is open. Unset: the mirror is all there is;
  // orders that name sub-contractors stay open then, and on_trouble says so.
  std::function<DeletionAnswer(const v1::ListDeletionOrdersResponse::Order&)> on_deletion_order;
  // The stream ended, or a call failed and will be tried again. For logs; holds no personal data.
  std::function<void(const absl::Status&)> on_trouble;

  // Optional. See Tap.
  Tap tap;
  // Optional: makes the channel to one address instead of mutual TLS from tls_directory. For tests.
  std::function<std::shared_ptr<grpc::Channel>(const std::string& address)> make_channel;
};

// What the client holds and has done, at one instant.
struct SyncClientState {
  bool streaming = false;         // a stream is open and its Open was answered
  bool caught_up = false;         // the last batch of this stream said so
  int64_t workable_rows = 0;      // rows of the current generation
  int64_t pending_outcomes = 0;   // durable here, no receipt yet
  int64_t refused_outcomes = 0;   // refused by the hub, kept apart
  int64_t not_kept_outcomes = 0;  // of these: not kept by the hub either, and sent again
  int64_t streams_opened = 0;     // since Start
  int64_t changes_applied = 0;    // since Start
  v1::Cursor cursor;              // the stored one
};

// Speaks VendorService for one vendor: keeps its durable copy in step with the hub, reports
// outcomes until each has its receipt, and asks for permits. Survives the loss of the hub, of the
// network and of its own process at any instant. All functions are thread-safe and all statuses are
// free of personal data.
//
// Errors of all functions: CANCELLED, CLIENT_STOPPED after Stop.
class SyncClient {
 public:
  using PermitCallback = std::function<void(absl::StatusOr<v1::RequestPermitResponse>)>;
  using OutcomeCallback = std::function<void(absl::StatusOr<std::string>)>;
  using HandOverCallback = std::function<void(const absl::Status&)>;
  using RowVisitor = std::function<absl::Status(const v1::Assignment&)>;

  // Opens the mirror; nothing is sent before Start. `clock` and `ids` must outlive the client.
  // Errors: INVALID_ARGUMENT, OPTION_INVALID; those of SqliteDatabase::Open and of the TLS files.
  static absl::StatusOr<std::unique_ptr<SyncClient>> Create(SyncClientOptions options, Clock& clock,
                                                            IdMint& ids);
  // Stops.
  ~SyncClient();
  SyncClient(const SyncClient&) = delete;
  SyncClient& operator=(const SyncClient&) = delete;

  // Connects and stays connected. Once.
  void Start();
  // Ends the stream and all calls; returns when no callback runs any more. What is durable stays
  // so.
  void Stop();

  // Asks for one contact; the client gives the request its request_id. Blocks until the answer, at
  // most call_timeout in all; asks the next hub, with the same request_id, when one fails. A Denial
  // is an OK answer.
  // Errors: those of VendorService.RequestPermit; DEADLINE_EXCEEDED.
  absl::StatusOr<v1::RequestPermitResponse> RequestPermit(v1::RequestPermitRequest request);
  // The same without waiting: any number may be outstanding. `done` runs once, on a thread of gRPC
  // or of the client: it must be quick and must not call a function that blocks (ReportOutcomeAsync
  // does not).
  void RequestPermitAsync(v1::RequestPermitRequest request, PermitCallback done);

  // Gives back a permit. Errors: those of VendorService.ReleasePermit; DEADLINE_EXCEEDED.
  absl::Status ReleasePermit(std::string_view permit_id);

  // Objects to a pending recall; the final time as it stands.
  // Errors: those of VendorService.ObjectToRecall; DEADLINE_EXCEEDED.
  absl::StatusOr<absl::Time> ObjectToRecall(std::string_view assignment_id,
                                            v1::ObjectToRecallRequest::Reason reason);

  // Hands an assignment to another party, without waiting; its withdrawal comes with the feed. What
  // came of it is best recorded before: later it is marked. `done` runs as that of
  // RequestPermitAsync. Errors: those of VendorService.HandOver; DEADLINE_EXCEEDED.
  void HandOverAsync(v1::HandOverRequest request, HandOverCallback done);

  // Says that a sub-contractor of the contract's is given data of these assignments, 1 to 500; OK:
  // it may be given now. Errors: those of VendorService.PassOn; DEADLINE_EXCEEDED.
  absl::Status PassOn(std::string_view sub_contractor_id,
                      const std::vector<std::string>& assignment_ids);

  // Takes an outcome for delivery and returns its id once it is durable here; an empty outcome_id
  // is filled in, a version of 0 becomes 1. Outcomes given by several threads share one commit.
  // Errors: those of Outbox::Put.
  absl::StatusOr<std::string> ReportOutcome(v1::Outcome outcome);
  // The same without waiting. `done` (may be empty) runs on the client's thread once it is durable.
  void ReportOutcomeAsync(v1::Outcome outcome, OutcomeCallback done);

  // Tells the hub, with the next ack, that a row cannot be used. Lost if the stream is cut before
  // that.
  void Reject(std::string_view assignment_id, v1::SyncRequest::Rejection::Reason reason);

  // The row, if it may be worked now. Errors: NOT_FOUND, NOT_WORKABLE.
  absl::StatusOr<v1::Assignment> Workable(std::string_view assignment_id);
  // Up to `limit` workable rows whose ids follow `after_id`, in order of id.
  absl::StatusOr<std::vector<v1::Assignment>> NextWorkable(std::string_view after_id, int limit);
  // Visits every workable row in order of id, on the calling thread; the feed may go on meanwhile.
  absl::Status ForEachWorkable(const RowVisitor& visit);

  // Visits the refused outcomes, oldest first; not_kept of the receipt says that one is sent again.
  absl::Status ForEachRefused(
      const std::function<absl::Status(const v1::Outcome&,
                                       const v1::ReportOutcomesResponse::Receipt&)>& visit);
  // Forgets a refused outcome, which is not sent again then. Errors: NOT_FOUND, OUTCOME_UNKNOWN.
  absl::Status DropRefused(std::string_view outcome_id, int version);

  // Waits until every outcome taken so far has its receipt. Errors: DEADLINE_EXCEEDED, NOT_DRAINED.
  absl::Status WaitUntilDrained(absl::Duration timeout);
  // Waits until the mirror has caught up on an open stream. Errors: DEADLINE_EXCEEDED,
  // NOT_CAUGHT_UP.
  absl::Status WaitUntilCaughtUp(absl::Duration timeout);

  SyncClientState State() const;

 private:
  class Engine;
  explicit SyncClient(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace switchboard::adapters
