#pragma once

namespace switchboard {

// Gives memory that nobody holds any more back to the kernel. The allocator keeps what was freed in
// the arena of each thread, so that after a crowd of connections the process would look as large
// as in its worst minute for ever. Thread-safe; each arena is locked for the moment in which its
// free pages are looked through. Nothing where the allocator is not glibc's.
void ReturnUnusedMemory();

}  // namespace switchboard
