#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/transport/backoff.h"
#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "switchboard/v1/core_service.pb.h"

namespace grpc {
class Channel;
}

namespace switchboard::clients {

struct CoreClientOptions {
  // "host:port" of each hub, at least one, in any order. hub_channels.h says how they are used. The
  // calls wait for a single hub to come back as long as they may take.
  std::vector<std::string> hub_addresses;
  // Certificate, key and authority of the core, as hub/identity reads them.
  std::string tls_directory;
  // Time given to one attempt of one unary call, and to each answer of an import.
  absl::Duration call_timeout = absl::Seconds(30);
  // Time given to a hub to be connected before the next one is tried, at least 100 ms.
  absl::Duration connect_timeout = absl::Seconds(2);
  // Between attempts, once every hub has failed; less when one is connected again before. A
  // RetryInfo of a hub asks for at least its own delay.
  transport::BackoffOptions backoff;
  // Attempts in a row without progress, at every hub there is, after which a call gives up with the
  // last error; at least 1.
  int attempts_max = 20;

  // Optional: sees the method's name and every serialized response or error. Called from several
  // threads.
  std::function<void(std::string_view method, std::string_view bytes)> tap;
  // Optional: makes the channel to one address instead of mutual TLS from tls_directory. For tests.
  std::function<std::shared_ptr<grpc::Channel>(const std::string& address)> make_channel;
};

// What an import did.
struct ImportSummary {
  // Highest sequence of the source that the hub has accepted, by its last answer. What was refused
  // moves it not: it may stay below the last record, for ever.
  int64_t through = 0;
  int64_t records = 0;     // given to the hub, each counted once
  int64_t accepted = 0;    // as the hub counts, in every answer received
  int64_t refused = 0;     // receipts that are none of the following
  int64_t repeated = 0;    // receipts REPEATED
  int64_t outdated = 0;    // receipts OUTDATED: a newer truth is known
  int64_t not_placed = 0;  // receipts NOT_PLACED
  int64_t batches = 0;     // answers received
  int64_t streams = 0;     // streams opened; more than one means cuts
};

// Speaks CoreService for the issuer's core. Calls block, try again over every hub after
// UNAVAILABLE, ABORTED, a cut or an overload, and are repeat-safe. Thread-safe: any number of calls
// at a time.
//
// Errors of all functions: those of the method in core_service.proto; the last error after
// attempts_max attempts without progress; CANCELLED, CLIENT_STOPPED after Cancel.
class CoreClient {
 public:
  // Fills in the next record; false: there is none.
  using RecordReader = absl::FunctionRef<absl::StatusOr<bool>(v1::AccountRecord& record)>;
  // Sees each answer, in batch order. A batch answered just before a cut may be answered twice, the
  // second time with REPEATED receipts.
  using AnswerVisitor = absl::FunctionRef<void(const v1::ImportAccountsResponse&)>;

  // `clock` and `ids` must outlive the client. Errors: INVALID_ARGUMENT, OPTION_INVALID; those of
  // the TLS files.
  static absl::StatusOr<std::unique_ptr<CoreClient>> Create(CoreClientOptions options, Clock& clock,
                                                            IdMint& ids);
  // Cancels, and REQUIRES that no call is under way.
  ~CoreClient();
  CoreClient(const CoreClient&) = delete;
  CoreClient& operator=(const CoreClient&) = delete;

  // Imports all records of `read` in batches of at most 1,000 records and 3 MiB, up to four under
  // way, and returns when every one is answered, and so durable or refused. After a cut it goes on
  // by itself behind the last answer. Keeps the batches under way in memory and nothing else.
  //
  // `as_of` is when the core read the records from its own books, not when it sends them: a payment
  // that arrived in between must not be undone by them. A record that carries an as_of_time of its
  // own is true as of that. When an import is begun again later, give the time of its data, not the
  // present one.
  //
  // Errors: INVALID_ARGUMENT, AS_OF_INVALID for a time that is none (InfinitePast, before year 1,
  // after 9999); INVALID_ARGUMENT, RECORD_TOO_LARGE for a record of more than 3 MiB; those of
  // `read`.
  absl::StatusOr<ImportSummary> ImportAccounts(std::string_view source, absl::Time as_of,
                                               RecordReader read, AnswerVisitor on_answer);
  absl::StatusOr<ImportSummary> ImportAccounts(std::string_view source, absl::Time as_of,
                                               RecordReader read);

  // The highest sequence of the source that was accepted; 0 for none. What was refused below it is
  // in quarantine and moves it not; resuming behind it, or anywhere before, is safe.
  absl::StatusOr<int64_t> ImportedThrough(std::string_view source);

  // Posts 1 to 500 events; the receipts are in the order of the events. Safe to repeat by event_id.
  absl::StatusOr<v1::PostEventsResponse> PostEvents(const v1::PostEventsRequest& request);

  // One long poll: what follows request.after, confirming everything up to it.
  absl::StatusOr<v1::ReadCoreFeedResponse> ReadCoreFeed(const v1::ReadCoreFeedRequest& request);

  // Ends all calls, for ever. They return within 100 ms.
  void Cancel();

  // What is behind the client; of no use to others.
  class Wire;

 private:
  explicit CoreClient(std::unique_ptr<Wire> wire);
  std::unique_ptr<Wire> wire_;
};

struct CoreFeedReaderOptions {
  // Most items in one batch, 1 to 1,000.
  int max_items = 500;
  // How long one poll waits for the first item, 0 to 60 s.
  absl::Duration max_wait = absl::Seconds(20);
  // Name of the reader within the core; each has a cursor of its own at the hub. At most 32 bytes
  // of [a-z0-9-]; empty: the only one.
  std::string reader = {};
  // Ends with OK once everything recorded has been kept, instead of waiting for more.
  bool stop_when_caught_up = false;
};

// Reads what the core must know in order, each item exactly once as long as the caller's store
// remembers the last sequence it kept. Remembers nothing itself. One Run at a time; end it by
// cancelling the client or from `keep`.
class CoreFeedReader {
 public:
  // Makes a batch durable at the caller; kinds of items that it does not know are to be skipped.
  // The items are confirmed to the hub only after it returned OK; any other status ends Run with
  // that status and confirms nothing of the batch.
  using Keep = absl::FunctionRef<absl::Status(const v1::ReadCoreFeedResponse&)>;

  // `client` must outlive the reader.
  explicit CoreFeedReader(CoreClient& client, CoreFeedReaderOptions options = {});

  // Reads what follows `after`, for ever. When it ends with OK, everything has been kept and
  // confirmed. Errors: DATA_LOSS, SEQUENCE_GAP when an answer does not follow on; those of
  // ReadCoreFeed.
  absl::Status Run(int64_t after, Keep keep);

 private:
  CoreClient& client_;
  const CoreFeedReaderOptions options_;
};

}  // namespace switchboard::clients
