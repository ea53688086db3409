#include "hub/contracts/versioned_texts.h"

#include <optional>
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
#define SELECT_TEXT                                                                             \
  "SELECT id, version, yaml, digest, proposed_by, released_by, proposal_id, release_time FROM " \
  "versioned_text WHERE kind = $1"

constexpr char kSelectAll[] = SELECT_TEXT " ORDER BY id, version";
constexpr char kSelectVersions[] = SELECT_TEXT " AND id = $2 ORDER BY version";
constexpr char kSelectHighest[] = SELECT_TEXT " AND id = $2 ORDER BY version DESC LIMIT 1";
constexpr char kSelectHighestVersion[] =
    "SELECT version FROM versioned_text WHERE kind = $1 AND id = $2 ORDER BY version DESC LIMIT 1";
constexpr char kSelectOne[] = SELECT_TEXT " AND id = $2 AND version = $3";
constexpr char kInsert[] =
    "INSERT INTO versioned_text (kind, number, id, version, digest, yaml, proposed_by, "
    "released_by, proposal_id, release_time) SELECT $1, COUNT(*) + 1, $2, $3, $4, $5, $6, $7, $8, "
    "$9 FROM versioned_text WHERE kind = $1";

ReleasedText FromRow(const Row& row) {
  return {std::string(row.Text(0)),
          row.Integer(1),
          std::string(row.Text(2)),
          {std::string(row.Blob(3)), std::string(row.Text(4)), std::string(row.Text(5)),
           std::string(row.Text(6)), absl::FromUnixMicros(row.Integer(7))},
          absl::OkStatus()};
}

std::string NameOf(const TextKind& kind, const ReleasedText& text) {
  return absl::StrCat("version ", text.version, " of ", kind.noun, " ", text.id);
}

absl::Status CheckStored(const TextKind& kind, const ReleasedText& text) {
  return CheckUnaltered(text.yaml, text.release.digest, NameOf(kind, text));
}

absl::Status CheckUsable(const TextKind& kind, const ReleasedText& text) {
  RETURN_IF_ERROR(CheckStored(kind, text));
  const auto meaning = kind.meaning(text.yaml);
  return meaning.ok() ? absl::OkStatus() : NotTaken(NameOf(kind, text), meaning.status());
}

absl::StatusOr<std::vector<ReleasedText>> Select(const TextKind& kind,
                                                 storage::Connection& connection, const char* sql,
                                                 storage::Connection::Parameters parameters) {
  std::vector<ReleasedText> found;
  RETURN_IF_ERROR(connection.Query(sql, parameters, [&](const Row& row) {
    found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  for (ReleasedText& text : found) text.usable = CheckUsable(kind, text);
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
bool MeanTheSame(const TextKind& kind, const ReleasedText& released, std::string_view yaml) {
  if (Sha256Of(yaml) == released.release.digest) return true;
  if (!IsUnaltered(released.yaml, released.release.digest)) return false;
  const auto stored = kind.meaning(released.yaml), read = kind.meaning(yaml);
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

absl::StatusOr<ReleasedVersion> VersionedTexts::Release(storage::Transaction& transaction,
                                                        const ReleasedBy& by,
                                                        const CheckedText& text) const {
  const storage::Key key = book::VersionedTextsKey(kind_.name);
  RETURN_IF_ERROR(transaction.Hold({&key, 1}));
  ASSIGN_OR_RETURN(const TextVerdict verdict, JudgeFile(transaction.connection(), text));
  if (verdict.kind == TextVerdict::Kind::kStands) return ReleasedVersion{text.version, false};
  RETURN_IF_ERROR(CheckNew(text, verdict));
  const std::string digest = Sha256Of(text.yaml);
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {kind_.name, text.id, text.version, Value::Blob(digest), text.yaml,
                             by.proposed_by, by.released_by, by.proposal_id, transaction.now_us()})
          .status());
  v1::AuditEvent event = audit::Event(kind_.event, by.released_by);
  event.set_subject_id(std::string(text.id));
  event.set_digest(digest);
  event.set_count(text.version);
  *event.mutable_text() = StepOf(kind_.kind, by, verdict.highest_version);
  audit::Record(transaction, std::move(event));
  return ReleasedVersion{text.version, true};
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

absl::StatusOr<std::vector<ReleasedText>> VersionedTexts::List(
    storage::Connection& connection) const {
  return Select(kind_, connection, kSelectAll, {kind_.name});
}

absl::StatusOr<std::vector<ReleasedText>> VersionedTexts::Versions(storage::Connection& connection,
                                                                   std::string_view id) const {
  return Select(kind_, connection, kSelectVersions, {kind_.name, id});
}

absl::StatusOr<ReleasedText> VersionedTexts::Show(storage::Connection& connection,
                                                  std::string_view id, int64_t version) const {
  ASSIGN_OR_RETURN(auto found,
                   version == 0 ? Select(kind_, connection, kSelectHighest, {kind_.name, id})
                                : Select(kind_, connection, kSelectOne, {kind_.name, id, version}));
  if (!found.empty()) {
    RETURN_IF_ERROR(CheckStored(kind_, found.front()));
    return std::move(found.front());
  }
  const char* field = version == 0 ? kind_.id_field : "version";
  return Error(
      absl::StatusCode::kNotFound, kind_.unknown_reason,
      absl::StrCat(field, ": ", version == 0 ? kind_.unknown : "no such version was released",
                   "; see ", kind_.listing),
      {{"field", field}});
}

absl::StatusOr<int64_t> VersionedTexts::HighestVersion(storage::Connection& connection,
                                                       std::string_view id) const {
  int64_t highest = 0;
  RETURN_IF_ERROR(connection.Query(kSelectHighestVersion, {kind_.name, id}, [&](const Row& row) {
    highest = row.Integer(0);
    return absl::OkStatus();
  }));
  return highest;
}

absl::StatusOr<TextVerdict> VersionedTexts::JudgeFile(storage::Connection& connection,
                                                      const CheckedText& text) const {
  TextVerdict verdict;
  ASSIGN_OR_RETURN(verdict.highest_version, HighestVersion(connection, text.id));
  if (verdict.highest_version < text.version) return verdict;
  verdict.kind = TextVerdict::Kind::kTooLow;
  std::optional<ReleasedText> same;  // altered or not
  RETURN_IF_ERROR(
      connection.Query(kSelectOne, {kind_.name, text.id, text.version}, [&](const Row& row) {
        same = FromRow(row);
        return absl::OkStatus();
      }));
  if (!same.has_value()) return verdict;
  verdict.kind = TextVerdict::Kind::kStands;
  if (MeanTheSame(kind_, *same, text.yaml)) return verdict;
  return VersionTaken(kind_, text.id, verdict.highest_version,
                      absl::StrCat(text.version, " with another meaning"));
}

absl::Status VersionedTexts::CheckNew(const CheckedText& text, const TextVerdict& verdict) const {
  if (verdict.kind == TextVerdict::Kind::kNew) return absl::OkStatus();
  return VersionTaken(kind_, text.id, verdict.highest_version,
                      absl::StrCat(verdict.highest_version));
}

absl::StatusOr<std::string> VersionedTexts::Newest(storage::Connection& connection) const {
  return SelectNewest(connection, kSelectNewest, {kind_.name});
}

absl::StatusOr<std::string> VersionedTexts::NewestOf(storage::Connection& connection,
                                                     std::string_view id) const {
  return SelectNewest(connection, kSelectNewestOf, {kind_.name, id});
}

}  // namespace switchboard::contracts
