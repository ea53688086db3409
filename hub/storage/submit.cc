#include "hub/storage/submit.h"

#include "hub/base/mutex.h"

namespace switchboard::storage {

UnitDone Joined(size_t count, UnitDone done) {
  struct Answers {
    Mutex mutex;
    size_t left SWITCHBOARD_GUARDED_BY(mutex);
    absl::Status first_failure SWITCHBOARD_GUARDED_BY(mutex);
    UnitDone done;
  };
  auto answers = std::make_shared<Answers>();
  {
    MutexLock lock(answers->mutex);
    answers->left = count;
  }
  answers->done = std::move(done);
  return [answers](const absl::Status& status) {
    absl::Status whole;
    {
      MutexLock lock(answers->mutex);
      answers->first_failure.Update(status);
      if (--answers->left > 0) return;
      whole = answers->first_failure;
    }
    answers->done(whole);
  };
}

}  // namespace switchboard::storage
