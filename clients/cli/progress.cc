#include "clients/cli/progress.h"

#include "absl/strings/str_format.h"
#include "clients/printable_text.h"

namespace switchboard::cli {

void Progress::Update(std::string_view what) {
  MutexLock lock(*mutex_);
  const absl::Time now = clock_.Now();
  if (now - start_ < absl::Seconds(1) || now - told_ < absl::Seconds(1)) return;
  told_ = now;
  err_ << absl::StrFormat("switchboard: %.0f s: ", absl::ToDoubleSeconds(now - start_))
       << Printable(what) << std::endl;
}

}  // namespace switchboard::cli
