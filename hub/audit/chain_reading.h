#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "hub/audit/chain.h"
#include "hub/audit/log_source.h"

namespace switchboard::audit {

// A chain as it is read, page by page, and verified. Not thread-safe.
class ChainReading {
 public:
  using OnPage = absl::FunctionRef<void(const v1::ReadAuditResponse&)>;

  // `written`: with what each entry says that its commit wrote.
  ChainReading(std::string chain_id, bool written)
      : chain_id_(std::move(chain_id)), written_(written) {}

  // The next entry, if it verifies; it stands until the next call. Null where the chain ends, so
  // far at least, or does not go on as it should: see `problem`. Errors: those of the source.
  absl::StatusOr<const v1::AuditEntry*> Next(LogSource& source, OnPage on_page);

  const std::string& chain_id() const { return chain_id_; }
  const ChainVerifier& verified() const { return verifier_; }
  int64_t next_sequence() const { return verifier_.last() + 1; }
  int64_t commit_time_us() const { return commit_time_us_; }  // of the last one read; 0: none
  const std::string& problem() const { return problem_; }     // why it does not go on

 private:
  absl::Status ReadPage(LogSource& source, OnPage on_page);

  const std::string chain_id_;
  const bool written_;
  ChainVerifier verifier_;
  int64_t commit_time_us_ = 0;
  std::string problem_;
  v1::ReadAuditResponse page_;
  int at_ = 0;  // of page_
};

// All chains of a log, by id, each as far as it is read.
class ChainReadings {
 public:
  ChainReadings(LogSource& source, bool written) : source_(source), written_(written) {}

  ChainReading& Of(const std::string& chain_id) {
    return chains_.try_emplace(chain_id, chain_id, written_).first->second;
  }

  // As ChainReading::Next. `on_page` is told of every page that was read.
  absl::StatusOr<const v1::AuditEntry*> Next(ChainReading& chain,
                                             absl::FunctionRef<void()> on_page);

  // Reads all chains that there are to their ends. Errors: those of the source.
  absl::Status ReadToEnds(absl::FunctionRef<void(const v1::AuditEntry&)> see,
                          absl::FunctionRef<void()> on_page);

  const std::map<std::string, ChainReading>& chains() const { return chains_; }

 private:
  LogSource& source_;
  const bool written_;
  std::map<std::string, ChainReading> chains_;
};

}  // namespace switchboard::audit
