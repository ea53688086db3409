#pragma once

#include <string>
#include <string_view>

#include "clients/cli/commands.h"
#include "clients/cli/session.h"
#include "clients/text_table.h"
#include "google/protobuf/message.h"

namespace switchboard::cli {

// Rows as they come in, for --json, and how many; the table is the caller's.
class Listing {
 public:
  // `session` must outlive it. `noun` is one row: "placement".
  Listing(Session& session, const ListArguments& arguments, std::string_view noun);

  // Whether as many rows are there as were asked for.
  bool Full() const { return limit_ > 0 && count_ >= limit_; }

  void Add(const google::protobuf::Message& row);

  Result Finish(const TextTable& table) const;

 private:
  Session& session_;
  const int64_t limit_;
  const std::string noun_;
  int64_t count_ = 0;
  std::string json_;
};

}  // namespace switchboard::cli
