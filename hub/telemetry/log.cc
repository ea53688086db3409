#include "hub/telemetry/log.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "hub/base/error.h"
#include "hub/base/mutex.h"
#include "hub/telemetry/plain_text.h"
#include "spdlog/details/null_mutex.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/sinks/basic_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace switchboard::telemetry {
namespace {

// Hands lines to a function, one at a time.
class FunctionSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit FunctionSink(Log::LineSink write) : write_(std::move(write)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    MutexLock lock(mutex_);
    write_(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  const Log::LineSink write_;
  Mutex mutex_;
};

const char* LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

// Everything written is printable ASCII by now, so quotes and backslashes are all there is to
// escape.
std::string Quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : Scrub(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace

class LineBuilder {
 public:
  LineBuilder(absl::Time time, Level level, std::string_view event)
      : line_(absl::StrCat("{\"time\":\"",
                           absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()),
                           "\",\"level\":\"", LevelName(level), "\",\"event\":", Quoted(event))) {}

  void Add(const Field& field) {
    absl::StrAppend(&line_, ",", Quoted(field.key_.text()), ":");
    std::visit([this](const auto& value) { Append(value); }, field.value_);
  }

  std::string Finish() && { return std::move(line_) + "}"; }

 private:
  void Append(int64_t count) { absl::StrAppend(&line_, count); }
  void Append(bool flag) { line_ += flag ? "true" : "false"; }
  void Append(absl::Duration span) {
    // JSON knows no infinity.
    const int64_t micros = absl::ToInt64Microseconds(span);
    absl::StrAppendFormat(&line_, "%.6f", static_cast<double>(micros) / 1e6);
  }
  void Append(std::string_view id) { line_ += Quoted(IsPlainId(id) ? id : kWithheld); }
  void Append(const absl::Status* status) {
    const std::string reason = ErrorReason(*status);
    line_ += Quoted(status->ok()
                        ? "OK"
                        : absl::StrCat(absl::StatusCodeToString(status->code()),
                                       reason.empty() ? "" : " ", reason, ": ", status->message()));
  }

  std::string line_;
};

struct Log::Sink {
  explicit Sink(spdlog::sink_ptr target) : logger("", std::move(target)) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
    logger.set_error_handler([](const std::string&) {});  // the default prints to stdout
  }

  spdlog::logger logger;
};

// Counts the lines of each event in its present window. Bounded, since events are names in the
// program.
class Log::Bursts {
 public:
  struct Verdict {
    bool write;
    int64_t suppressed;  // lines left out before this one
  };

  Verdict Count(std::string_view event, absl::Time now, const Options& options) {
    MutexLock lock(mutex_);
    Burst& burst = bursts_[event];
    // A clock that was set back begins a new window too, or an event could fall silent for long.
    const bool over = now >= burst.begin + options.window || now < burst.begin;
    if (over) burst = {now, 0, burst.suppressed};
    if (burst.written >= options.burst_max) {
      ++burst.suppressed;
      return {false, 0};
    }
    ++burst.written;
    return {true, std::exchange(burst.suppressed, 0)};
  }

  std::vector<std::pair<std::string_view, int64_t>> LeftOut() {
    MutexLock lock(mutex_);
    std::vector<std::pair<std::string_view, int64_t>> result;
    for (const auto& [event, burst] : bursts_) {
      if (burst.suppressed > 0) result.emplace_back(event, burst.suppressed);
    }
    return result;
  }

 private:
  struct Burst {
    absl::Time begin = absl::InfinitePast();
    int64_t written = 0;
    int64_t suppressed = 0;
  };

  Mutex mutex_;
  std::map<std::string_view, Burst> bursts_ SWITCHBOARD_GUARDED_BY(mutex_);
};

Log::Log(Clock& clock, Options options, std::unique_ptr<Sink> sink)
    : clock_(clock),
      options_(options),
      sink_(std::move(sink)),
      bursts_(std::make_unique<Bursts>()) {}

Log::~Log() {
  for (const auto& [event, count] : bursts_->LeftOut()) {
    LineBuilder line(clock_.Now(), Level::kWarning, "log_suppressed");
    line.Add(Field("of", event));
    line.Add(Field("suppressed", count));
    sink_->logger.log(spdlog::level::info, std::move(line).Finish());
  }
}

std::unique_ptr<Log> Log::ToStderr(Clock& clock, Options options) {
  auto sink = std::make_unique<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return std::unique_ptr<Log>(new Log(clock, options, std::move(sink)));
}

absl::StatusOr<std::unique_ptr<Log>> Log::ToFile(Clock& clock, const std::string& path,
                                                 Options options) {
  try {
    auto sink = std::make_unique<Sink>(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
    return std::unique_ptr<Log>(new Log(clock, options, std::move(sink)));
  } catch (const spdlog::spdlog_ex& error) {
    return switchboard::Error(absl::StatusCode::kUnavailable, "LOG_UNWRITABLE",
                              absl::StrCat("cannot write the log: ", error.what()));
  }
}

std::unique_ptr<Log> Log::ToSink(Clock& clock, LineSink line_sink, Options options) {
  auto sink = std::make_unique<Sink>(std::make_shared<FunctionSink>(std::move(line_sink)));
  return std::unique_ptr<Log>(new Log(clock, options, std::move(sink)));
}

void Log::Write(Level level, Name event, std::initializer_list<Field> fields) {
  if (level < options_.level) return;
  const absl::Time now = clock_.Now();
  const Bursts::Verdict verdict = bursts_->Count(event.text(), now, options_);
  if (!verdict.write) return;
  LineBuilder line(now, level, event.text());
  for (const Field& field : fields) line.Add(field);
  if (verdict.suppressed > 0) line.Add(Field("suppressed", verdict.suppressed));
  sink_->logger.log(spdlog::level::info, std::move(line).Finish());
}

}  // namespace switchboard::telemetry
