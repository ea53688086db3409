#include "hub/releases/proposals.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "hub/base/day_number.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/book/holds.h"

namespace switchboard::releases {
namespace {

using google::protobuf::util::TimeUtil;
using storage::Row;
using storage::Value;

#define PROPOSAL_COLUMNS                                                                     \
  "proposal_id, kind, text_id, version, replaces_version, basis, digest, from_day, to_day, " \
  "proposed_by, propose_time, expire_time, state, decided_by, decide_time, "                 \
  "released_version, meaning"

constexpr int kProposalColumns = 17;

constexpr char kInsert[] =
    "INSERT INTO text_proposal (proposal_id, kind, text_id, version, replaces_version, basis, "
    "digest, meaning, yaml, from_day, to_day, proposed_by, propose_time, expire_time, state, "
    "decided_by, decide_time, released_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, $14, $15, '', NULL, 0)";
constexpr char kSelectOne[] =
    "SELECT " PROPOSAL_COLUMNS ", yaml FROM text_proposal WHERE proposal_id = $1";
constexpr char kList[] = "SELECT " PROPOSAL_COLUMNS
                         " FROM text_proposal WHERE proposal_id > $1 AND ($2 = 0 OR kind = $2) AND "
                         "($3 = '' OR text_id = $3) ORDER BY proposal_id LIMIT $4";
// However many were decided, the index of those that wait is read alone.
constexpr char kListOpen[] =
    "SELECT " PROPOSAL_COLUMNS
    " FROM text_proposal WHERE state = 1 AND proposal_id > $1 AND ($2 = 0 OR kind = $2) AND ($3 = "
    "'' OR text_id = $3) AND expire_time > $4 ORDER BY proposal_id LIMIT $5";
constexpr char kClose[] =
    "UPDATE text_proposal SET state = $1, decided_by = $2, decide_time = $3, released_version = "
    "$4, yaml = '' WHERE proposal_id = $5 AND state = 1";

google::protobuf::Timestamp TimeAt(int64_t time_us) {
  return TimeUtil::MicrosecondsToTimestamp(time_us);
}

Value DayOrNull(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? Value(DayNumberOf(*day)) : Value(nullptr);
}

// Whether the hub writes such rows; somebody with the database may have.
bool IsOurs(int64_t kind, int64_t state) {
  const bool is_kind = kind >= v1::TEXT_KIND_CONTRACT && kind <= v1::TEXT_KIND_SCRIPT;
  return is_kind &&
         (state == v1::TextProposal::STATE_OPEN || state == v1::TextProposal::STATE_RELEASED ||
          state == v1::TextProposal::STATE_DROPPED);
}

StoredProposal FromRow(const Row& row, absl::Time now) {
  StoredProposal stored;
  v1::TextProposal& proposal = stored.proposal;
  proposal.set_proposal_id(std::string(row.Text(0)));
  proposal.set_kind(static_cast<v1::TextKind>(row.Integer(1)));
  proposal.set_text_id(std::string(row.Text(2)));
  proposal.set_version(row.Integer(3));
  proposal.set_replaces_version(row.Integer(4));
  stored.basis = std::string(row.Blob(5));
  proposal.set_digest(std::string(row.Blob(6)));
  if (!row.IsNull(7)) *proposal.mutable_effective_from() = DateOf(DayOfNumber(row.Integer(7)));
  if (!row.IsNull(8)) *proposal.mutable_effective_to() = DateOf(DayOfNumber(row.Integer(8)));
  proposal.set_proposed_by(std::string(row.Text(9)));
  *proposal.mutable_propose_time() = TimeAt(row.Integer(10));
  *proposal.mutable_expire_time() = TimeAt(row.Integer(11));
  proposal.set_state(static_cast<v1::TextProposal::State>(row.Integer(12)));
  if (proposal.state() == v1::TextProposal::STATE_OPEN &&
      row.Integer(11) <= absl::ToUnixMicros(now))
    proposal.set_state(v1::TextProposal::STATE_EXPIRED);
  proposal.set_decided_by(std::string(row.Text(13)));
  if (!row.IsNull(14)) *proposal.mutable_decide_time() = TimeAt(row.Integer(14));
  proposal.set_released_version(row.Integer(15));
  stored.meaning = std::string(row.Blob(16));
  if (!IsOurs(row.Integer(1), row.Integer(12)))
    proposal.set_state(v1::TextProposal::STATE_UNSPECIFIED);
  return stored;
}

}  // namespace

absl::StatusOr<StoredProposal> Proposals::Add(storage::Transaction& transaction,
                                              std::string_view proposal_id, const ReadText& text,
                                              std::string_view meaning, int64_t replaces_version,
                                              std::string_view basis,
                                              std::string_view proposed_by) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::ProposalsKey()));
  const int64_t expire_time_us = absl::ToUnixMicros(transaction.now() + kProposalLife);
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert,
                   {proposal_id, int{text.kind}, text.id, text.version, replaces_version,
                    Value::Blob(basis), Value::Blob(text.digest), Value::Blob(meaning), text.yaml,
                    DayOrNull(text.from_day), DayOrNull(text.to_day), proposed_by,
                    transaction.now_us(), expire_time_us, int{v1::TextProposal::STATE_OPEN}})
          .status());
  ASSIGN_OR_RETURN(auto added, Find(transaction.connection(), proposal_id, transaction.now()));
  SWITCHBOARD_ASSERT(added.has_value());
  return *std::move(added);
}

absl::StatusOr<std::optional<StoredProposal>> Proposals::Find(storage::Connection& connection,
                                                              std::string_view proposal_id,
                                                              absl::Time now) {
  std::optional<StoredProposal> found;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {proposal_id}, [&](const Row& row) {
    found = FromRow(row, now);
    found->yaml = std::string(row.Text(kProposalColumns));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<StoredProposal>> Proposals::List(storage::Connection& connection,
                                                            const ProposalFilter& filter,
                                                            absl::Time now, int limit) {
  std::vector<StoredProposal> found;
  const auto take = [&](const Row& row) {
    found.push_back(FromRow(row, now));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      filter.decided_too
          ? connection.Query(kList, {filter.after, int{filter.kind}, filter.text_id, limit}, take)
          : connection.Query(
                kListOpen,
                {filter.after, int{filter.kind}, filter.text_id, absl::ToUnixMicros(now), limit},
                take));
  return found;
}

absl::Status Proposals::Close(storage::Transaction& transaction, std::string_view proposal_id,
                              v1::TextProposal::State state, std::string_view decided_by,
                              int64_t released_version) {
  SWITCHBOARD_ASSERT(transaction.Holds(book::ProposalsKey()));
  ASSIGN_OR_RETURN(const int64_t closed,
                   transaction.Execute(kClose, {int{state}, decided_by, transaction.now_us(),
                                                released_version, proposal_id}));
  SWITCHBOARD_ASSERT(closed == 1);
  return absl::OkStatus();
}

}  // namespace switchboard::releases
