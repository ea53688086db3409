#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/audit/quarantine.h"
#include "hub/base/ids.h"
#include "hub/book/book.h"
#include "hub/contracts/contracts.h"
#include "hub/disclosures/disclosure_book.h"
#include "hub/feed/shown_beside.h"
#include "hub/masking/wire_page.h"
#include "hub/promises/promises.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/audit.pb.h"
#include "switchboard/v1/vendor_service.pb.h"

// A vendor's feed is the query "rows of this vendor with change_sequence > cursor, in order". From
// 0 it is the snapshot, from a cursor the delta; the table is the queue, so a slow vendor costs
// nothing (I11). Rules and their proof by model: a cursor is (generation, sequence); a session goes
// on where the vendor is if the generation is the present one and acknowledged <= sequence <=
// newest; anything else begins a new generation at 0.

namespace switchboard::feed {

// What opening a session gives.
struct OpenedFeed {
  v1::Cursor cursor;    // where the feed goes on
  int64_t session = 0;  // fences older sessions of the same vendor, at any hub
};

// Bytes of the changes of one page: a batch stays below the 4 MiB that clients of gRPC take by
// default.
inline constexpr size_t kPageBytesMax = size_t{2} << 20;

// One page of a feed, masked by the contract of the moment.
struct Page {
  masking::ShownPage shown;
  std::string vendor_id;
  int64_t session = 0;
  int64_t contract_version = 0;
  int64_t newest = 0;                             // the feed's end when it was read
  std::vector<disclosures::ShownRow> rows;        // what it shows of assignments
  std::vector<masking::WithheldChange> withheld;  // rows that are not on it, and should be

  // Whether anything is to be written down before it is sent.
  bool tells() const { return !rows.empty() || !withheld.empty(); }
};

// Feeds of all vendors. Owns the table vendor.
// Thread-safe apart from the connections and transactions passed in.
class VendorFeed {
 public:
  VendorFeed(const book::Book& book, contracts::Contracts& contracts,
             const promises::Promises& promises, storage::Sealer& sealer, IdMint& ids,
             const audit::Quarantine& quarantine)
      : book_(book),
        contracts_(contracts),
        beside_(book, promises, sealer),
        sealer_(sealer),
        ids_(ids),
        quarantine_(quarantine) {}

  // Brings a vendor's feed in line with the contract in force at the transaction's time: makes its
  // row when it is new, and begins a new generation when the contract shows anything less, or
  // otherwise, than the one by which the generation was masked. Where it only shows more, the
  // generation and the vendor's cursor stay, and a duty shows again, page by page, the rows that
  // look otherwise (HeldTo). True if a generation began. What a contract's days change by
  // themselves is noticed by whoever opens the feed, and by a duty. Announces a version that it had
  // not followed before.
  absl::StatusOr<bool> FollowContract(storage::Transaction& transaction, std::string_view vendor_id,
                                      std::string_view actor) const;

  // Vendors whose feed does not follow the contract in force at `now`, by id.
  absl::StatusOr<std::vector<std::string>> VendorsToFollow(storage::Connection& connection,
                                                           absl::Time now) const;

  // Applies the resume rule and fences older sessions. PERMISSION_DENIED, NO_CONTRACT when none is
  // in force.
  absl::StatusOr<OpenedFeed> Open(storage::Transaction& transaction, std::string_view vendor_id,
                                  const v1::Cursor& cursor) const;

  // Reads and masks the rows after `after`, at most `limit` and kPageBytesMax, but one at least
  // while there is any, in RandomOrder and with times by the hour (masking::CoarseTime); ages are
  // counted on the person's own day at `now`. What the guard on the wire finds is left out of it.
  // Nothing may be sent before Disclose has committed. PERMISSION_DENIED, NO_CONTRACT when none is
  // in force any more; ABORTED, SUPERSEDED when another session has opened, the generation has
  // changed, or another version of the contract came into force.
  absl::StatusOr<Page> ReadPage(storage::Connection& connection, std::string_view vendor_id,
                                int64_t session, const v1::Cursor& after, int limit,
                                absl::Time now) const;

  // Whether a session may still be shown anything, for streams that read no page. Errors: those of
  // ReadPage.
  absl::Status CheckSession(storage::Connection& connection, std::string_view vendor_id,
                            int64_t session, absl::Time now) const;

  // Withdrawals whose place in the feed is behind `after`, in feed order, at most `limit`. They
  // show nothing, so that nothing need be written down. ABORTED, SUPERSEDED as above.
  absl::StatusOr<std::vector<v1::SyncResponse::WithdrawnNow>> ReadWithdrawals(
      storage::Connection& connection, std::string_view vendor_id, int64_t session,
      const v1::Cursor& after, int limit) const;

  // Writes down what the page shows and what was withheld of it, before it is sent. What is
  // returned must not be on it any more: assignments that ended since it was read, whose withdrawal
  // lies behind it. ABORTED, SUPERSEDED as above; ABORTED, CONTRACT_CHANGED when the page was
  // masked by an older contract and must be read again.
  absl::StatusOr<std::vector<std::string>> Disclose(storage::Transaction& transaction,
                                                    const Page& page) const;

  // Remembers that the vendor has stored everything up to the cursor. ABORTED, SUPERSEDED as above;
  // FAILED_PRECONDITION, ACK_OUT_OF_ORDER beyond the end of the feed.
  absl::Status Acknowledge(
      storage::Transaction& transaction, std::string_view vendor_id, int64_t session,
      const v1::Cursor& cursor,
      const google::protobuf::RepeatedPtrField<v1::SyncRequest::Rejection>& rejections) const;

  // Begins the feed anew: the vendor may work nothing until it has received it again. Ends open
  // sessions. As all is shown again, no row waits for that by itself any more (HeldTo).
  absl::Status NewGeneration(storage::Transaction& transaction, std::string_view vendor_id,
                             std::string_view actor, v1::AuditEvent::GenerationReason why) const;

  // Vendors without a contract for 30 days that have not acknowledged their last withdrawals, by
  // id. Somebody who cannot open a stream cannot do so either.
  absl::StatusOr<std::vector<std::string>> VendorsThatLeft(storage::Connection& connection,
                                                           absl::Time now) const;
  // Begins the feed of such a vendor anew, and counts what there was as acknowledged. Nothing if it
  // is none any more.
  absl::Status WaitNoLonger(storage::Transaction& transaction, const std::string& vendor_id,
                            absl::Time now) const;
  // An operator says that a vendor will not come back: the same at once, and its row says so until
  // a contract comes into force. How many withdrawals it never acknowledged. NOT_FOUND,
  // VENDOR_UNKNOWN; FAILED_PRECONDITION, CONTRACT_IN_FORCE or WORK_IS_LIVE.
  absl::StatusOr<int64_t> Retire(storage::Transaction& transaction, const std::string& vendor_id,
                                 std::string_view actor) const;
  // Vendors of whose feeds Purge takes something, at most `limit`, by id.
  absl::StatusOr<std::vector<std::string>> VendorsToPurge(storage::Connection& connection,
                                                          int limit) const;
  // Takes withdrawals that the vendor has acknowledged out of the feed, at most `limit`; how many.
  // Those of before a new generation are not told again, but the vendor may go on with what they
  // end until it has loaded anew: so they too wait for its acknowledgement.
  absl::StatusOr<int64_t> Purge(storage::Transaction& transaction, std::string_view vendor_id,
                                int limit) const;

  // What its rows show beside a person and an account.
  const ShownBeside& beside() const { return beside_; }

 private:
  // An account, or an assignment, that a page shows, and at which place.
  struct Placed {
    std::string id;
    size_t place = 0;
  };
  absl::Status ShowBeside(storage::Connection& connection, const std::vector<Placed>& accounts,
                          const std::vector<Placed>& handed_over, masking::WirePage& page) const;
  static absl::StatusOr<std::set<std::string, std::less<>>> EndedSince(
      storage::Transaction& transaction, const Page& page, int64_t newest);
  absl::StatusOr<bool> HasLeft(storage::Connection& connection, const std::string& vendor_id,
                               absl::Time now) const;

  const book::Book& book_;
  contracts::Contracts& contracts_;
  const ShownBeside beside_;
  storage::Sealer& sealer_;
  IdMint& ids_;
  const audit::Quarantine& quarantine_;
};

}  // namespace switchboard::feed
