#pragma once

// Stands before protobuf's header of the same name in the build of tests/sanitize tsan alone. There
// protobuf 3.21 gives the maps of messages two more members, which those of Debian's libprotobuf,
// built without the sanitizer, do not have: whoever writes to a google.protobuf.Struct would write
// beside it. Only this header is to take itself for one of a build without the sanitizer, so what
// it includes comes first.
#include <google/protobuf/arena.h>
#include <google/protobuf/generated_message_reflection.h>
#include <google/protobuf/map.h>
#include <google/protobuf/map_entry.h>
#include <google/protobuf/message.h>

#include <atomic>
#include <functional>
#include <memory>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include_next <google/protobuf/map_field.h>
#pragma pop_macro("__SANITIZE_THREAD__")
