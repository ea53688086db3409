#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"

namespace switchboard::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

// A name written in the program text: events and keys cannot be made from data.
class Name {
 public:
  consteval Name(const char* text) : text_(text) {}  // NOLINT: implicit by design
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// One key with a count, a flag, a duration, an id or a status. Nothing else fits, protobuf messages
// least of all, so that a log line cannot hold a record. Refers to the id given: lives for the call
// only.
class Field {
 public:
  Field(Name key, int64_t count) : key_(key), value_(count) {}
  Field(Name key, int count) : Field(key, int64_t{count}) {}
  Field(Name key, uint64_t count) : Field(key, static_cast<int64_t>(count)) {}
  Field(Name key, bool flag) : key_(key), value_(flag) {}
  // Written in seconds.
  Field(Name key, absl::Duration span) : key_(key), value_(span) {}
  // An id, a code, a host or a path. What does not look like one (see plain_text.h) is written as
  // "withheld".
  Field(Name key, std::string_view id) : key_(key), value_(id) {}
  Field(Name key, const std::string& id) : Field(key, std::string_view(id)) {}
  Field(Name key, const char* id) : Field(key, std::string_view(id)) {}
  // Written as "CODE REASON: message", scrubbed. Also the way to log a library's own sentence.
  Field(Name key, const absl::Status& status) : key_(key), value_(&status) {}

 private:
  friend class LineBuilder;

  Name key_;
  std::variant<int64_t, bool, absl::Duration, std::string_view, const absl::Status*> value_;
};

// Structured log: one JSON object a line, {"time":…,"level":…,"event":…, fields…}, UTC. Each line
// is handed to the operating system before Write returns. Thread-safe. A sink that fails loses
// lines and never disturbs the caller.
//
// Of one event at most `burst_max` lines are written per `window`; the first line after that
// carries "suppressed": how many were left out. What is still left out at the end is told by the
// destructor.
class Log {
 public:
  struct Options {
    Level level = Level::kInfo;
    int64_t burst_max = 100;
    absl::Duration window = absl::Seconds(10);
  };
  using LineSink = std::function<void(std::string_view line)>;

  // `clock` must outlive the log.
  static std::unique_ptr<Log> ToStderr(Clock& clock, Options options);
  // Appends. Errors: UNAVAILABLE, LOG_UNWRITABLE.
  static absl::StatusOr<std::unique_ptr<Log>> ToFile(Clock& clock, const std::string& path,
                                                     Options options);
  // Each line, without its end, goes to `sink`, one at a time.
  static std::unique_ptr<Log> ToSink(Clock& clock, LineSink sink, Options options);

  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Write(Level level, Name event, std::initializer_list<Field> fields);

  void Debug(Name event, std::initializer_list<Field> fields) {
    Write(Level::kDebug, event, fields);
  }
  void Info(Name event, std::initializer_list<Field> fields) { Write(Level::kInfo, event, fields); }
  void Warning(Name event, std::initializer_list<Field> fields) {
    Write(Level::kWarning, event, fields);
  }
  void Error(Name event, std::initializer_list<Field> fields) {
    Write(Level::kError, event, fields);
  }

 private:
  struct Sink;
  class Bursts;
  Log(Clock& clock, Options options, std::unique_ptr<Sink> sink);

  Clock& clock_;
  const Options options_;
  std::unique_ptr<Sink> sink_;
  std::unique_ptr<Bursts> bursts_;
};

}  // namespace switchboard::telemetry
