#pragma once

#include "hub/promises/promise_book.h"
#include "hub/promises/promises_of_debt.h"
#include "switchboard/v1/promise.pb.h"

// What is told of a promise, and when.

namespace switchboard::promises {

// Whether `state` is worth telling once more, of a row as the core was told of it.
bool SaysMore(const PromiseRow& row, const PromiseState& state);

// The row as it stands by `state`, with what is told of that.
void Follow(const PromiseState& state, PromiseRow& row);

// A change as the core reads it, without what is sealed …
v1::PromiseChange ChangeOf(const PromiseRow& row, v1::PromiseStanding former);
// … and that.
v1::PromiseChange SealedOf(const PromiseRow& row);

// Of a plan that was decided about what the audit log vouches for: what was proposed, what head
// office said, and what was agreed in its place. Who holds the core's copies can make it again.
v1::PromiseRecord DecidedIn(const v1::PromiseRecord& record);

}  // namespace switchboard::promises
