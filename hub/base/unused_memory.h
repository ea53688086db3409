#pragma once

namespace switchboard {

// Gives memory that nobody holds any more back to the kernel. The allocator keeps what was freed in
// the arena of each thread, so that after a crowd of connections the process would look as large
// as in its worst minute for ever. Thread-safe; each arena is locked for the moment in which its
// free pages are looked through. Nothing where the allocator is not glibc's.
void ReturnUnusedMemory();

// Lets the allocator have two arenas for each core instead of eight. What threads leave between the
// pages that somebody holds is kept once per arena, and grows with each crowd that came and went.
// Call it before there are other threads. Nothing where the allocator is not glibc's.
void LimitArenas();

}  // namespace switchboard
