#pragma once

#include <memory>
#include <string>
#include <utility>

#include "hub/base/clock.h"
#include "hub/base/ids.h"
#include "hub/storage/readers.h"
#include "hub/storage/schema.h"
#include "hub/storage/sealer.h"
#include "hub/storage/writer.h"
#include "tests/engine.h"
#include "tests/open_sealer.h"
#include "tests/testing.h"

namespace switchboard::testing {

// A migrated database with keys and a writer, in a folder of its own, under a clock that stands
// still. Groups are run by hand.
class TestDatabase {
 public:
  // `lanes`: of an engine that bears several.
  explicit TestDatabase(storage::WriterOptions options = Options(),
                        storage::Writer::Hooks hooks = {}, int lanes = 1) {
    auto opened = storage::OpenDatabase(NewStorage(folder.path(), lanes));
    SWITCHBOARD_ASSERT(opened.ok());
    database = *std::move(opened);
    {
      auto connection = database->OpenWriter();
      SWITCHBOARD_ASSERT(connection.ok());
      SWITCHBOARD_ASSERT(storage::Migrate(**connection, now_us()).ok());
      auto keys = OpenSealer(folder / "hub.key", **connection, ids, now_us());
      SWITCHBOARD_ASSERT(keys.ok());
      sealer = *std::move(keys);
    }
    readers = std::make_unique<storage::Readers>(*database);
    auto opened_writer = storage::Writer::Open(*database, clock, options, std::move(hooks));
    SWITCHBOARD_ASSERT(opened_writer.ok());
    writer = *std::move(opened_writer);
  }

  // Groups are cut by number only, so that a slow machine changes nothing.
  static storage::WriterOptions Options() {
    storage::WriterOptions options;
    options.group_time_max = absl::Hours(1);
    return options;
  }

  std::string path() const { return folder / "hub.db"; }
  int64_t now_us() { return absl::ToUnixMicros(clock.Now()); }

  // Runs one unit in a commit of its own; its status.
  absl::Status Run(storage::Writer::Unit unit) {
    absl::Status result = absl::InternalError("never answered");
    writer->Submit(storage::Urgency::kUrgent, std::move(unit),
                   [&](const absl::Status& status) { result = status; });
    while (writer->RunGroup()) {
    }
    return result;
  }

  // The first column of the first row a reader finds, or `none`.
  int64_t Number(const char* sql, storage::Connection::Parameters parameters = {},
                 int64_t none = -1) {
    int64_t number = none;
    EXPECT_OK(readers->Run([&](storage::Connection& reader) {
      return reader.Query(sql, parameters, [&](const storage::Row& row) {
        number = row.Integer(0);
        return absl::OkStatus();
      });
    }));
    return number;
  }

  TemporaryFolder folder;
  ManualClock clock;
  IdMint ids{clock, 7};
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::Sealer> sealer;
  std::unique_ptr<storage::Readers> readers;
  std::unique_ptr<storage::Writer> writer;
};

}  // namespace switchboard::testing
