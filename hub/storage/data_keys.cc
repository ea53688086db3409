#include "hub/storage/data_keys.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

constexpr char kSelectAll[] =
    "SELECT key_number, purpose, hub_id, wrapped_by, wrapped, create_time, retire_time, "
    "destroy_time FROM data_key ORDER BY key_number";
constexpr char kSelectOne[] =
    "SELECT key_number, purpose, hub_id, wrapped_by, wrapped, create_time, retire_time, "
    "destroy_time FROM data_key WHERE key_number = $1";
constexpr char kSelectNewest[] = "SELECT key_number FROM data_key ORDER BY key_number DESC LIMIT 1";
constexpr char kSelectRootWrapping[] = "SELECT wrapped_by FROM data_key WHERE purpose = 'root'";
constexpr char kInsert[] =
    "INSERT INTO data_key (key_number, purpose, hub_id, wrapped_by, wrapped, create_time) VALUES "
    "($1, $2, $3, $4, $5, $6)";
constexpr char kRetire[] =
    "UPDATE data_key SET retire_time = $1 WHERE hub_id = $2 AND key_number < $3 AND purpose = "
    "'data' AND retire_time IS NULL";
constexpr char kNoteHub[] = "UPDATE hub SET sealing_key = $1, opens = $2 WHERE hub_id = $3";
constexpr char kDestroy[] =
    "UPDATE data_key SET wrapped = $1, destroy_time = $2 WHERE key_number = $3 AND purpose = "
    "'data' AND destroy_time IS NULL";
// Of a hub that is gone.
constexpr char kRetireGone[] =
    "UPDATE data_key SET retire_time = $1 WHERE key_number = $2 AND destroy_time IS NOT NULL AND "
    "retire_time IS NULL";
constexpr char kWrap[] = "UPDATE data_key SET wrapped_by = $1, wrapped = $2 WHERE key_number = $3";
constexpr char kSelectHubs[] =
    "SELECT hub_id, sealing_key, opens, start_time FROM hub WHERE sealing_key > 0 ORDER BY hub_id";

// What `wrapped` of a key is bound to.
std::string PlaceOf(int64_t number) { return absl::StrCat("data_key|", number); }

std::optional<int64_t> TimeOf(const Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return row.Integer(column);
}

DataKey KeyOf(const Row& row) {
  return {row.Integer(0),           std::string(row.Text(1)),
          std::string(row.Text(2)), std::string(row.Text(3)),
          std::string(row.Blob(4)), row.Integer(5),
          TimeOf(row, 6),           TimeOf(row, 7)};
}

}  // namespace

absl::StatusOr<std::vector<DataKey>> AllDataKeys(Connection& connection) {
  std::vector<DataKey> keys;
  RETURN_IF_ERROR(connection.Query(kSelectAll, {}, [&](const Row& row) {
    keys.push_back(KeyOf(row));
    return absl::OkStatus();
  }));
  return keys;
}

absl::StatusOr<bool> HasDataKeys(Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t newest, NewestDataKey(connection));
  return newest > 0;
}

absl::StatusOr<std::optional<DataKey>> FindDataKey(Connection& connection, int64_t number) {
  std::optional<DataKey> key;
  RETURN_IF_ERROR(connection.Query(kSelectOne, {number}, [&](const Row& row) {
    key = KeyOf(row);
    return absl::OkStatus();
  }));
  return key;
}

absl::StatusOr<int64_t> NewestDataKey(Connection& connection) {
  int64_t newest = 0;
  RETURN_IF_ERROR(connection.Query(kSelectNewest, {}, [&](const Row& row) {
    newest = row.Integer(0);
    return absl::OkStatus();
  }));
  return newest;
}

absl::StatusOr<Secret> UnwrapDataKey(Wrappings& wrappings, const DataKey& key) {
  return wrappings.Unwrap(key.wrapped_by, PlaceOf(key.number), key.wrapped);
}

absl::StatusOr<int64_t> AddDataKey(Connection& connection, Wrappings& wrappings,
                                   std::string_view purpose, std::string_view hub_id,
                                   const Secret& key, int64_t now_us) {
  ASSIGN_OR_RETURN(const int64_t newest, NewestDataKey(connection));
  const int64_t number = newest + 1;
  std::string by = wrappings.own().id();
  RETURN_IF_ERROR(connection.Query(kSelectRootWrapping, {}, [&](const Row& row) {
    by = row.Text(0);
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const std::string wrapped, wrappings.Wrap(by, PlaceOf(number), key));
  RETURN_IF_ERROR(
      connection.Execute(kInsert, {number, purpose, hub_id, by, Value::Blob(wrapped), now_us})
          .status());
  return number;
}

absl::Status NoteSealingKey(Connection& connection, std::string_view hub_id, int64_t number,
                            std::string_view opens, int64_t now_us) {
  RETURN_IF_ERROR(connection.Execute(kRetire, {now_us, hub_id, number}).status());
  return connection.Execute(kNoteHub, {number, opens, hub_id}).status();
}

absl::StatusOr<int64_t> DestroyDataKeys(Transaction& transaction, int64_t through,
                                        const std::vector<int64_t>& kept) {
  ASSIGN_OR_RETURN(const auto keys, AllDataKeys(transaction.connection()));
  int64_t destroyed = 0;
  for (const DataKey& key : keys) {
    if (key.number > through || std::find(kept.begin(), kept.end(), key.number) != kept.end())
      continue;
    ASSIGN_OR_RETURN(
        const int64_t gone,
        transaction.Execute(kDestroy, {Value::Blob(""), transaction.now_us(), key.number}));
    RETURN_IF_ERROR(transaction.Execute(kRetireGone, {transaction.now_us(), key.number}).status());
    destroyed += gone;
  }
  return destroyed;
}

absl::StatusOr<int> WrapAllAnew(Transaction& transaction, Wrappings& wrappings) {
  KeyWrapping& own = wrappings.own();
  ASSIGN_OR_RETURN(const auto hubs, KeysOfHubs(transaction.connection()));
  std::vector<std::string> without;
  for (const HubKeyRow& hub : hubs) {
    if (std::find(hub.opens.begin(), hub.opens.end(), own.id()) == hub.opens.end())
      without.push_back(hub.hub_id);
  }
  if (!without.empty()) {
    return Error(absl::StatusCode::kFailedPrecondition, "WRAPPING_KEY_NOT_EVERYWHERE",
                 absl::StrCat("these hubs do not have the wrapping key ", own.id(), ": ",
                              absl::StrJoin(without, ", "),
                              "; give each the same storage.token or storage.key_file, start it "
                              "anew, and ask again; of one that is gone for good take the place by "
                              "`switchboard keys rotate --without HUB` first"));
  }
  ASSIGN_OR_RETURN(const auto keys, AllDataKeys(transaction.connection()));
  int anew = 0;
  for (const DataKey& key : keys) {
    if (key.wrapped.empty() || key.wrapped_by == own.id()) continue;
    ASSIGN_OR_RETURN(const Secret secret, UnwrapDataKey(wrappings, key));
    ASSIGN_OR_RETURN(const std::string wrapped, own.Wrap(PlaceOf(key.number), secret));
    RETURN_IF_ERROR(
        transaction.Execute(kWrap, {own.id(), Value::Blob(wrapped), key.number}).status());
    ++anew;
  }
  return anew;
}

absl::StatusOr<std::vector<HubKeyRow>> KeysOfHubs(Connection& connection) {
  std::vector<HubKeyRow> hubs;
  RETURN_IF_ERROR(connection.Query(kSelectHubs, {}, [&](const Row& row) {
    const std::string_view opens = row.Text(2);
    hubs.push_back(
        {std::string(row.Text(0)), row.Integer(1),
         absl::StrSplit(absl::string_view(opens.data(), opens.size()), ' ', absl::SkipEmpty()),
         row.Integer(3)});
    return absl::OkStatus();
  }));
  return hubs;
}

}  // namespace switchboard::storage
