#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "hub/awaited.h"
#include "hub/configured_texts.h"
#include "tests/engine.h"
#include "tests/put_in_force.h"
#include "tests/testing.h"

namespace switchboard::testing {

// A hub without texts, and what its starts say in the log of the files of one kind.
class ConfiguredVersionsTest : public ::testing::Test {
 protected:
  // `field`: which id a line of the log names; lines without `word` are of other kinds.
  ConfiguredVersionsTest(v1::TextKind kind, std::string field, std::string word)
      : kind_(kind), field_(std::move(field)), word_(std::move(word)) {
    HubOptions options;
    options.storage = NewStorage(folder_.path().string());
    options.wrapping.key_file = folder_ / "hub.key";
    auto opened = Hub::Open(options, clock_, ids_, executor_, metrics_);
    EXPECT_OK(opened);
    hub_ = *std::move(opened);
    hub_->Start();
  }
  ~ConfiguredVersionsTest() override {
    hub_->writer().Stop();
    executor_.Stop();
  }

  // What a start does with the files; the log's lines are those of this start.
  absl::Status Start() {
    lines_.clear();
    return TakeConfiguredTexts(startup_, *hub_, clock_, metrics_, *log_);
  }

  void OperatorsRelease(const std::string& yaml) {
    Awaited<v1::ReleaseTextResponse> released;
    PutInForce(*hub_, kind_, yaml, "text.yaml", released.done());
    EXPECT_OK(released.Get());
  }

  auto Said(const char* event, const char* id, int version, const char* more = "") const {
    using ::testing::HasSubstr;
    return ::testing::AllOf(HasSubstr(absl::StrCat("\"event\":\"", event, "\"")),
                            HasSubstr(absl::StrCat("\"", field_, "\":\"", id, "\"")),
                            HasSubstr(absl::StrCat("\"version\":", version)), HasSubstr(more));
  }

  const v1::TextKind kind_;
  const std::string field_, word_;
  TemporaryFolder folder_;
  SystemClock clock_;
  IdMint ids_{clock_};
  telemetry::Metrics metrics_;
  std::vector<std::string> lines_;
  std::unique_ptr<telemetry::Log> log_ =
      telemetry::Log::ToSink(clock_,
                             [this](std::string_view line) {
                               if (line.find(word_) != std::string_view::npos)
                                 lines_.emplace_back(line);
                             },
                             {});
  ThreadPool executor_{2};
  std::unique_ptr<Hub> hub_;
  Startup startup_;
};

}  // namespace switchboard::testing
