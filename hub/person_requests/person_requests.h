#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "hub/book/book.h"
#include "hub/storage/box_place.h"
#include "hub/storage/sealer.h"
#include "hub/storage/transaction.h"
#include "switchboard/v1/person_request.pb.h"

// What persons ask of what is kept of them: to know it, to have it put right, to have it deleted.
// It takes two operators: one who opens a request, another who agrees. Owns the table
// person_request. Requests stay: they are the proof of what was asked, and what came of it.

namespace switchboard::person_requests {

// So long may be read from the other operator's word on.
inline constexpr absl::Duration kReadFor = absl::Hours(24);

// Where the box of a request lies.
storage::BoxPlace PlaceOf(std::string_view request_id, std::string_view person_id);

// Thread-safe apart from the connections and transactions passed in.
class PersonRequests {
 public:
  // Both outlive it.
  PersonRequests(storage::Sealer& sealer, const book::Book& book) : sealer_(sealer), book_(book) {}

  // Opens a request of which id, person, kind, reference and fields are right; as it stands. The
  // same again changes nothing. NOT_FOUND, PERSON_UNKNOWN; ALREADY_EXISTS, PERSON_REQUEST_EXISTS.
  absl::StatusOr<v1::PersonRequest> Open(storage::Transaction& transaction, std::string_view actor,
                                         const v1::PersonRequest& asked) const;

  // Another operator's word. A correction and a deletion go to the core with it. NOT_FOUND,
  // PERSON_REQUEST_UNKNOWN; FAILED_PRECONDITION, TWO_OPERATORS_NEEDED, PERSON_REQUEST_CLOSED, or
  // WORK_IS_LIVE.
  absl::StatusOr<v1::PersonRequest> Decide(storage::Transaction& transaction,
                                           std::string_view actor, std::string_view request_id,
                                           bool agreed) const;

  // By id, behind `after`, at most `limit`; those that are done or refused where `closed_too`. One
  // whose box does not open is there, without its reference and fields.
  absl::StatusOr<std::vector<v1::PersonRequest>> List(storage::Connection& connection,
                                                      std::string_view after, bool closed_too,
                                                      int limit) const;

  // A request by which `actor` may read what is kept of its person. NOT_FOUND,
  // PERSON_REQUEST_UNKNOWN: none of his, or not one to know; FAILED_PRECONDITION,
  // TWO_OPERATORS_NEEDED: nobody agreed, or longer ago than kReadFor.
  absl::StatusOr<v1::PersonRequest> FindReadable(storage::Connection& connection,
                                                 std::string_view actor,
                                                 std::string_view request_id, absl::Time now) const;
  // Writes down that a page is read by it, before it leaves; with the last one it is done.
  // `digest`: keyed, of the page. Errors as FindReadable.
  absl::Status NotePage(storage::Transaction& transaction, std::string_view actor,
                        std::string_view request_id, bool last, std::string_view digest) const;

 private:
  storage::Sealer& sealer_;
  const book::Book& book_;
};

// What is known of a person is true as of this time now.
struct PersonAsOf {
  std::string person_id;
  int64_t as_of_us = 0;
};
// Corrections that were agreed to before what is now known of their persons was true are done.
// REQUIRES: the persons are held.
absl::Status CloseCorrections(storage::Transaction& transaction,
                              const std::vector<PersonAsOf>& known);

// A deletion that is to be carried out.
struct AgreedDeletion {
  std::string request_id;
  std::string person_id;
  int64_t agree_time_us = 0;  // what came in later stays
};
// By request id, behind `after`, at most `limit`.
absl::StatusOr<std::vector<AgreedDeletion>> AgreedDeletions(storage::Connection& connection,
                                                            std::string_view after, int limit);
// Nothing: it was not agreed to, or is done.
absl::StatusOr<std::optional<AgreedDeletion>> FindAgreedDeletion(storage::Connection& connection,
                                                                 std::string_view request_id);
// Whose item in the core feed that of a request is (core_feed::NewItem::of_assignment). No
// assignment has such an id.
std::string ItemOwner(std::string_view request_id);
// This one is done, and what told the core of it goes. Nothing if it was not agreed to. REQUIRES:
// nothing that it is about is left, and it does not wait for the core.
absl::Status FinishDeletion(storage::Transaction& transaction, const AgreedDeletion& deletion);
// Of each of these persons whether what told the core of a correction that they asked for waits for
// a reader: nothing else would take it along once the person is erased.
absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Connection& connection,
                                                  const std::vector<std::string>& person_ids);
// The same of a reader that has confirmed up to `confirmed`.
absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Connection& connection,
                                                  const std::vector<std::string>& person_ids,
                                                  int64_t confirmed);
// The first inside a unit, which also sees what the group is about to tell. What is false stays so
// until the unit ends. REQUIRES: the persons are held.
absl::StatusOr<std::vector<bool>> CorrectionsWait(storage::Transaction& transaction,
                                                  const std::vector<std::string>& person_ids);
// These persons are erased: nothing of theirs is left to be put right, and corrections that wait
// for a word are done as well. Takes along what told the
// core of corrections that they asked for. REQUIRES: none of it waits for a reader.
absl::Status ForgetPersons(storage::Transaction& transaction,
                           const std::vector<std::string>& person_ids);

}  // namespace switchboard::person_requests
