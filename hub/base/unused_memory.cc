#include "hub/base/unused_memory.h"

#include <malloc.h>

namespace switchboard {

void ReturnUnusedMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace switchboard
