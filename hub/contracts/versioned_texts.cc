#include "hub/contracts/versioned_texts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "hub/audit/audit_log.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"
#include "hub/book/holds.h"

namespace switchboard::contracts {
namespace {

using storage::Row;
using storage::Value;

// The digest is part of them beside the number: a number that was rolled back may be given again.
constexpr char kSelectNewest[] =
    "SELECT number, digest FROM versioned_text WHERE kind = $1 ORDER BY number DESC LIMIT 1";
constexpr char kSelectNewestOf[] =
    "SELECT version, digest FROM versioned_text WHERE kind = $1 AND id = $2 ORDER BY version DESC "
    "LIMIT 1";
constexpr char kSelectIds[] = "SELECT DISTINCT id FROM versioned_text WHERE kind = $1 ORDER BY id";
constexpr char kSelectAll[] =
    "SELECT id, version, yaml, actor, apply_time FROM versioned_text WHERE kind = $1 ORDER BY id, "
    "version";
constexpr char kSelectVersions[] =
    "SELECT id, version, yaml, actor, apply_time FROM versioned_text WHERE kind = $1 AND id = $2 "
    "ORDER BY version";
constexpr char kSelectHighest[] =
    "SELECT id, version, yaml, actor, apply_time FROM versioned_text WHERE kind = $1 AND id = $2 "
    "ORDER BY version DESC LIMIT 1";
constexpr char kSelectHighestVersion[] =
    "SELECT version FROM versioned_text WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1";
constexpr char kSelectOne[] =
    "SELECT id, version, yaml, actor, apply_time FROM versioned_text WHERE kind = $1 AND id = $2 "
    "AND version = $3";
constexpr char kInsert[] =
    "INSERT INTO versioned_text (kind, number, id, version, digest, yaml, actor, apply_time) "
    "SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6, $7 FROM versioned_text WHERE kind = $1";

AppliedText FromRow(const Row& row) {
  return {std::string(row.Text(0)), row.Integer(1), std::string(row.Text(2)),
          std::string(row.Text(3)), absl::FromUnixMicros(row.Integer(4))};
}

absl::StatusOr<std::vector<AppliedText>> Select(storage::Connection& connection, const char* sql,
                                                storage::Connection::Parameters parameters) {
  std::vector<AppliedText> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::string> SelectNewest(storage::Connection& connection, const char* sql,
                                         storage::Connection::Parameters parameters) {
  std::string newest;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    newest = absl::StrCat(row.Integer(0), ":", std::string(row.Blob(1)));
    return absl::OkStatus();
  }));
  return newest;
}

// As with contracts, the texts are asked each time.
bool MeanTheSame(const TextKind& kind, std::string_view applied, std::string_view yaml) {
  if (applied == yaml) return true;
  const auto stored = kind.meaning(applied), read = kind.meaning(yaml);
  return stored.ok() && read.ok() && *stored == *read;
}

absl::Status VersionTaken(const TextKind& kind, std::string_view id, int64_t highest,
                          const std::string& how) {
  return Error(absl::StatusCode::kFailedPrecondition, kind.version_reason,
               absl::StrCat("version: ", kind.noun, " ", std::string(id), " has version ", how,
                            " already; give this text version ", highest + 1, " or higher"),
               {{"field", "version"}});
}

}  // namespace

absl::StatusOr<bool> VersionedTexts::Apply(storage::Transaction& transaction,
                                           std::string_view actor, const CheckedText& text) const {
  const storage::Key key = book::VersionedTextsKey(kind_.name);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  ASSIGN_OR_RETURN(const TextVerdict verdict, JudgeFile(transaction.connection(), text));
  if (verdict.kind == TextVerdict::Kind::kStands) return false;
  if (verdict.kind == TextVerdict::Kind::kTooLow)
    return VersionTaken(kind_, text.id, verdict.highest_version,
                        absl::StrCat(verdict.highest_version));
  const std::string digest = Sha256Of(text.yaml);
  RETURN_IF_ERROR(transaction
                      .Execute(kInsert, {kind_.name, text.id, text.version, Value::Blob(digest),
                                         text.yaml, actor, transaction.now_us()})
                      .status());
  v1::AuditEvent event = audit::Event(kind_.event, actor);
  event.set_subject_id(std::string(text.id));
  event.set_digest(digest);
  event.set_count(text.version);
  audit::Record(transaction, std::move(event));
  return true;
}

absl::StatusOr<std::vector<std::string>> VersionedTexts::Ids(
    storage::Connection& connection) const {
  std::vector<std::string> ids;
  RETURN_IF_ERROR(connection.Query(kSelectIds, {kind_.name}, [&](const Row& row) {
    ids.emplace_back(row.Text(0));
    return absl::OkStatus();
  }));
  return ids;
}

absl::StatusOr<std::vector<AppliedText>> VersionedTexts::List(
    storage::Connection& connection) const {
  return Select(connection, kSelectAll, {kind_.name});
}

absl::StatusOr<std::vector<AppliedText>> VersionedTexts::Versions(storage::Connection& connection,
                                                                  std::string_view id) const {
  return Select(connection, kSelectVersions, {kind_.name, id});
}

absl::StatusOr<AppliedText> VersionedTexts::Show(storage::Connection& connection,
                                                 std::string_view id, int64_t version) const {
  ASSIGN_OR_RETURN(auto found, version == 0
                                   ? Select(connection, kSelectHighest, {kind_.name, id})
                                   : Select(connection, kSelectOne, {kind_.name, id, version}));
  if (!found.empty()) return std::move(found.front());
  const char* field = version == 0 ? kind_.id_field : "version";
  return Error(
      absl::StatusCode::kNotFound, kind_.unknown_reason,
      absl::StrCat(field, ": ", version == 0 ? kind_.unknown : "no such version was applied",
                   "; see ", kind_.listing),
      {{"field", field}});
}

absl::StatusOr<TextVerdict> VersionedTexts::JudgeFile(storage::Connection& connection,
                                                      const CheckedText& text) const {
  TextVerdict verdict;
  RETURN_IF_ERROR(
      connection.Query(kSelectHighestVersion, {kind_.name, text.id}, [&](const Row& row) {
        verdict.highest_version = row.Integer(0);
        return absl::OkStatus();
      }));
  if (verdict.highest_version < text.version) return verdict;
  verdict.kind = TextVerdict::Kind::kTooLow;
  ASSIGN_OR_RETURN(const auto same,
                   Select(connection, kSelectOne, {kind_.name, text.id, text.version}));
  if (same.empty()) return verdict;
  verdict.kind = TextVerdict::Kind::kStands;
  if (MeanTheSame(kind_, same.front().yaml, text.yaml)) return verdict;
  return VersionTaken(kind_, text.id, verdict.highest_version,
                      absl::StrCat(text.version, " with another meaning"));
}

absl::StatusOr<std::string> VersionedTexts::Newest(storage::Connection& connection) const {
  return SelectNewest(connection, kSelectNewest, {kind_.name});
}

absl::StatusOr<std::string> VersionedTexts::NewestOf(storage::Connection& connection,
                                                     std::string_view id) const {
  return SelectNewest(connection, kSelectNewestOf, {kind_.name, id});
}

}  // namespace switchboard::contracts
