#include "hub/audit/log_signer.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/storage/counter.h"

namespace switchboard::audit {
namespace {

constexpr char kCounter[] = "log_generation";

}  // namespace

absl::StatusOr<int64_t> LogSigner::Generation(storage::Connection& connection) {
  ASSIGN_OR_RETURN(const int64_t noted, storage::NewestNumber(connection, kCounter));
  return std::max<int64_t>(1, noted);
}

absl::Status LogSigner::Begin(storage::Transaction& transaction, int64_t generation) {
  return storage::RaiseNumber(transaction, kCounter, generation);
}

std::string LogSigner::NameOf(int64_t generation) const {
  return generation == 1 ? origin_ : absl::StrCat(origin_, "/", generation);
}

std::optional<int64_t> LogSigner::GenerationOf(std::string_view name) const {
  if (name == origin_) return 1;
  const size_t slash = name.rfind('/');
  int64_t generation = 0;
  if (slash == std::string_view::npos ||
      !absl::SimpleAtoi(absl::string_view(name.data() + slash + 1, name.size() - slash - 1),
                        &generation) ||
      generation < 2 || NameOf(generation) != name)
    return std::nullopt;
  return generation;
}

}  // namespace switchboard::audit
