#include "adapters/client/outbox.h"

#include <utility>

#include "hub/base/error.h"

namespace switchboard::adapters {
namespace {

using storage::Row;
using storage::Value;

constexpr char kCountPending[] = "SELECT COUNT(*) FROM outbox";
constexpr char kCountRefused[] = "SELECT COUNT(*) FROM refused";
constexpr char kFind[] = "SELECT outcome FROM outbox WHERE outcome_id = $1 AND version = $2";
constexpr char kAdd[] = "INSERT INTO outbox (outcome_id, version, outcome) VALUES ($1, $2, $3)";
constexpr char kOldest[] = "SELECT outcome FROM outbox ORDER BY position LIMIT $1";
constexpr char kForget[] = "DELETE FROM outbox WHERE outcome_id = $1 AND version = $2";
constexpr char kSetApart[] =
    "INSERT INTO refused (outcome_id, version, outcome, status, field, problem)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (outcome_id, version) DO UPDATE SET outcome = excluded.outcome,"
    " status = excluded.status, field = excluded.field, problem = excluded.problem";
constexpr char kReadRefused[] =
    "SELECT r.outcome_id, r.version, r.outcome, r.status, r.field, r.problem, n.position FROM "
    "refused r LEFT JOIN not_kept n ON n.outcome_id = r.outcome_id AND n.version = r.version "
    "ORDER BY r.position";
constexpr char kDropRefused[] = "DELETE FROM refused WHERE outcome_id = $1 AND version = $2";
constexpr char kCountNotKept[] = "SELECT COUNT(*) FROM not_kept";
constexpr char kOldestNotKept[] =
    "SELECT r.outcome FROM not_kept n JOIN refused r ON r.outcome_id = n.outcome_id AND r.version "
    "= n.version ORDER BY n.position LIMIT $1";
constexpr char kFindNotKept[] =
    "SELECT r.outcome, r.status, r.field FROM not_kept n JOIN refused r ON r.outcome_id = "
    "n.outcome_id AND r.version = n.version WHERE n.outcome_id = $1 AND n.version = $2";
constexpr char kSendAgain[] =
    "INSERT INTO not_kept (outcome_id, version) VALUES ($1, $2) ON CONFLICT (outcome_id, version) "
    "DO NOTHING";
constexpr char kSendNoMore[] = "DELETE FROM not_kept WHERE outcome_id = $1 AND version = $2";

absl::Status CheckSendable(const v1::Outcome& outcome, const std::string& bytes) {
  if (static_cast<int64_t>(bytes.size()) > Outbox::kOutcomeBytesMax) {
    return Error(absl::StatusCode::kInvalidArgument, "OUTCOME_TOO_LARGE",
                 "an outcome takes at most 64 KiB");
  }
  // Text that is not UTF-8 can be written and never be read: it would block everything behind it.
  if (v1::Outcome read; !read.ParseFromString(bytes)) {
    return Error(absl::StatusCode::kInvalidArgument, "OUTCOME_MALFORMED", "text must be UTF-8",
                 {{"outcome_version", std::to_string(outcome.version())}});
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Outcome> Parse(std::string_view bytes) {
  v1::Outcome outcome;
  if (!outcome.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(absl::StatusCode::kDataLoss, "ROW_DAMAGED", "a stored outcome cannot be read");
  }
  return outcome;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Outbox>> Outbox::Open(VendorFile& file, IdMint& ids) {
  std::unique_ptr<Outbox> outbox(new Outbox(file, ids));
  RETURN_IF_ERROR(outbox->Load());
  return outbox;
}

bool Outbox::Delivered(const Receipt& receipt) {
  return receipt.status() == v1::ReportOutcomesResponse::STATUS_RECORDED ||
         receipt.status() == v1::ReportOutcomesResponse::STATUS_REPEATED;
}

absl::Status Outbox::Load() {
  RETURN_IF_ERROR(file_.connection().Query(kCountPending, {}, [this](const Row& row) {
    pending_ = row.Integer(0);
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(file_.connection().Query(kCountRefused, {}, [this](const Row& row) {
    refused_ = row.Integer(0);
    return absl::OkStatus();
  }));
  return file_.connection().Query(kCountNotKept, {}, [this](const Row& row) {
    not_kept_ = row.Integer(0);
    return absl::OkStatus();
  });
}

absl::Status Outbox::Transact(absl::FunctionRef<absl::Status()> body) {
  absl::Status status = file_.Transact(body);
  if (!status.ok()) Load().IgnoreError();  // the counts follow the file
  return status;
}

absl::StatusOr<bool> Outbox::Waits(const v1::Outcome& outcome, std::string_view bytes) {
  bool waits = false, same = false;
  RETURN_IF_ERROR(file_.connection().Query(
      kFind, {outcome.outcome_id(), int64_t{outcome.version()}}, [&](const Row& row) {
        waits = true;
        same = row.Blob(0) == bytes;
        return absl::OkStatus();
      }));
  if (waits && !same) {
    return Error(absl::StatusCode::kAlreadyExists, "OUTCOME_REUSED",
                 "this outcome_id and version wait with other content",
                 {{"outcome_id", outcome.outcome_id()}});
  }
  return waits;
}

absl::StatusOr<std::string> Outbox::PutOne(v1::Outcome& outcome, absl::Status& connection_status) {
  if (outcome.outcome_id().empty()) outcome.set_outcome_id(ids_.Next());
  if (outcome.version() == 0) outcome.set_version(1);
  const std::string bytes = outcome.SerializeAsString();
  RETURN_IF_ERROR(CheckSendable(outcome, bytes));
  absl::StatusOr<bool> waits = Waits(outcome, bytes);
  if (!waits.ok()) {
    if (ErrorReason(waits.status()).empty()) connection_status = waits.status();
    return waits.status();
  }
  if (!*waits) {
    connection_status =
        file_.connection()
            .Execute(kAdd, {outcome.outcome_id(), int64_t{outcome.version()}, Value::Blob(bytes)})
            .status();
    RETURN_IF_ERROR(connection_status);
    ++pending_;
    connection_status = ForgetRefusal(outcome);
    RETURN_IF_ERROR(connection_status);
  }
  return outcome.outcome_id();
}

// Or it would still look refused when the hub has taken it.
absl::Status Outbox::ForgetRefusal(const v1::Outcome& outcome) {
  if (refused_ == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const int64_t forgotten,
      file_.connection().Execute(kDropRefused, {outcome.outcome_id(), int64_t{outcome.version()}}));
  refused_ -= forgotten;
  if (not_kept_ == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const int64_t no_more,
      file_.connection().Execute(kSendNoMore, {outcome.outcome_id(), int64_t{outcome.version()}}));
  not_kept_ -= no_more;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<absl::StatusOr<std::string>>> Outbox::PutAll(
    std::vector<v1::Outcome> outcomes) {
  std::vector<absl::StatusOr<std::string>> results;
  results.reserve(outcomes.size());
  RETURN_IF_ERROR(Transact([&] {
    absl::Status connection_status;
    for (auto& outcome : outcomes) {
      results.push_back(PutOne(outcome, connection_status));
      if (!connection_status.ok()) break;
    }
    return connection_status;
  }));
  return results;
}

absl::StatusOr<std::string> Outbox::Put(v1::Outcome outcome) {
  std::vector<v1::Outcome> one;
  one.push_back(std::move(outcome));
  ASSIGN_OR_RETURN(auto results, PutAll(std::move(one)));
  return results.front();
}

absl::StatusOr<v1::ReportOutcomesRequest> Outbox::NextBatch(int limit) {
  return ReadBatch(kOldest, limit);
}

absl::StatusOr<v1::ReportOutcomesRequest> Outbox::NextNotKept(int limit) {
  return ReadBatch(kOldestNotKept, limit);
}

absl::StatusOr<v1::ReportOutcomesRequest> Outbox::ReadBatch(const char* statement, int limit) {
  v1::ReportOutcomesRequest request;
  int64_t bytes = 0;
  const absl::Status full = absl::CancelledError("full");
  const absl::Status status = file_.connection().Query(statement, {limit}, [&](const Row& row) {
    bytes += static_cast<int64_t>(row.Blob(0).size());
    if (bytes > kBatchBytesMax) return full;
    absl::StatusOr<v1::Outcome> outcome = Parse(row.Blob(0));
    if (outcome.ok()) *request.add_outcomes() = *std::move(outcome);
    return outcome.status();
  });
  if (!status.ok() && status != full) return status;
  return request;
}

absl::StatusOr<std::vector<Outbox::Receipt>> Outbox::Settle(
    const v1::ReportOutcomesResponse& response) {
  return SettleEach(response, &Outbox::SettleOne);
}

absl::StatusOr<std::vector<Outbox::Receipt>> Outbox::SettleNotKept(
    const v1::ReportOutcomesResponse& response) {
  return SettleEach(response, &Outbox::SettleNotKeptOne);
}

absl::StatusOr<std::vector<Outbox::Receipt>> Outbox::SettleEach(
    const v1::ReportOutcomesResponse& response,
    absl::Status (Outbox::*settle)(const Receipt&, std::vector<Receipt>&)) {
  for (const Receipt& receipt : response.receipts()) {
    if (receipt.status() == v1::ReportOutcomesResponse::STATUS_UNSPECIFIED) {
      return Error(absl::StatusCode::kInternal, "RECEIPT_INVALID",
                   "a receipt came without a status");
    }
  }
  std::vector<Receipt> refused;
  RETURN_IF_ERROR(Transact([&] {
    absl::Status status;
    for (const Receipt& receipt : response.receipts())
      status.Update((this->*settle)(receipt, refused));
    return status;
  }));
  return refused;
}

absl::Status Outbox::SettleOne(const Receipt& receipt, std::vector<Receipt>& refused) {
  std::string bytes;
  const int64_t version = receipt.version();
  RETURN_IF_ERROR(
      file_.connection().Query(kFind, {receipt.outcome_id(), version}, [&](const Row& row) {
        bytes = std::string(row.Blob(0));
        return absl::OkStatus();
      }));
  if (bytes.empty()) return absl::OkStatus();  // settled before: the answer came twice
  RETURN_IF_ERROR(file_.connection().Execute(kForget, {receipt.outcome_id(), version}).status());
  --pending_;
  if (Delivered(receipt)) return absl::OkStatus();
  RETURN_IF_ERROR(SetApart(receipt, bytes));
  if (receipt.not_kept()) {
    ASSIGN_OR_RETURN(const int64_t more,
                     file_.connection().Execute(kSendAgain, {receipt.outcome_id(), version}));
    not_kept_ += more;
  }
  refused.push_back(receipt);
  return file_.connection().Query(kCountRefused, {}, [this](const Row& row) {
    refused_ = row.Integer(0);
    return absl::OkStatus();
  });
}

absl::Status Outbox::SetApart(const Receipt& receipt, std::string_view bytes) {
  return file_.connection()
      .Execute(kSetApart,
               {receipt.outcome_id(), int64_t{receipt.version()}, Value::Blob(bytes),
                static_cast<int64_t>(receipt.status()), receipt.field(), receipt.problem()})
      .status();
}

absl::Status Outbox::SettleNotKeptOne(const Receipt& receipt, std::vector<Receipt>& news) {
  std::string bytes, field;
  int64_t status = 0;
  const int64_t version = receipt.version();
  RETURN_IF_ERROR(
      file_.connection().Query(kFindNotKept, {receipt.outcome_id(), version}, [&](const Row& row) {
        bytes = std::string(row.Blob(0));
        status = row.Integer(1);
        field = std::string(row.Text(2));
        return absl::OkStatus();
      }));
  if (bytes.empty()) return absl::OkStatus();  // dropped, or put again, since it was sent
  RETURN_IF_ERROR(
      file_.connection().Execute(kSendNoMore, {receipt.outcome_id(), version}).status());
  --not_kept_;
  if (Delivered(receipt)) {
    --refused_;
    return file_.connection().Execute(kDropRefused, {receipt.outcome_id(), version}).status();
  }
  RETURN_IF_ERROR(SetApart(receipt, bytes));
  const bool same = status == static_cast<int64_t>(receipt.status()) && field == receipt.field();
  if (!receipt.not_kept() || !same) news.push_back(receipt);
  if (!receipt.not_kept()) return absl::OkStatus();
  ++not_kept_;
  return file_.connection().Execute(kSendAgain, {receipt.outcome_id(), version}).status();
}

absl::Status Outbox::ForEachRefused(
    absl::FunctionRef<absl::Status(const v1::Outcome&, const Receipt&)> visit) {
  return file_.connection().Query(kReadRefused, {}, [&](const Row& row) -> absl::Status {
    Receipt receipt;
    receipt.set_outcome_id(std::string(row.Text(0)));
    receipt.set_version(static_cast<int32_t>(row.Integer(1)));
    receipt.set_status(static_cast<v1::ReportOutcomesResponse::Status>(row.Integer(3)));
    receipt.set_field(std::string(row.Text(4)));
    receipt.set_problem(std::string(row.Text(5)));
    receipt.set_not_kept(!row.IsNull(6));
    ASSIGN_OR_RETURN(const v1::Outcome outcome, Parse(row.Blob(2)));
    return visit(outcome, receipt);
  });
}

absl::Status Outbox::DropRefused(std::string_view outcome_id, int version) {
  int64_t dropped = 0, no_more = 0;
  RETURN_IF_ERROR(Transact([&]() -> absl::Status {
    ASSIGN_OR_RETURN(dropped, file_.connection().Execute(kDropRefused, {outcome_id, version}));
    ASSIGN_OR_RETURN(no_more, file_.connection().Execute(kSendNoMore, {outcome_id, version}));
    return absl::OkStatus();
  }));
  if (dropped == 0) {
    return Error(absl::StatusCode::kNotFound, "OUTCOME_UNKNOWN", "no such refused outcome");
  }
  refused_ -= dropped;
  not_kept_ -= no_more;
  return absl::OkStatus();
}

}  // namespace switchboard::adapters
