#include "clients/demo/director/served_again.h"

namespace switchboard::demo {
bool ServedAgain(const ChildStatus& status, const StreamBefore& before, bool shown) {
  if (Told(status, "streaming") != 1 || Told(status, "caught_up") != 1) return false;
  return !before.cut || shown || Told(status, "streams") > before.streams;
}

}  // namespace switchboard::demo
