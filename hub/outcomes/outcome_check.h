#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/arena.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "hub/base/field_problem.h"
#include "hub/storage/sealer.h"
#include "switchboard/v1/outcome.pb.h"

namespace switchboard::outcomes {

// An outcome as it came off the wire, parsed, checked, cleaned and sealed before it reaches the
// writer's thread. Does not outlive the arena of its batch.
struct ReceivedOutcome {
  v1::Outcome* parsed = nullptr;  // as far as it could be, admitted; lies in the arena
  std::string bytes;  // of what was parsed, deterministic; as they came when they could not be
  bool card_removed = false;  // see AdmitOutcome
  std::string digest;         // keyed, of `bytes`; tells a repeat from a reuse of the id
  // Once its note is cleaned (Outcomes::CleanNotes); empty with a problem.
  storage::EarlyBox box;
  storage::EarlyBox hidden_box;  // of what was taken out of the note; empty when nothing was
  google::protobuf::RepeatedPtrField<v1::TextMark> note_marks;  // the same, as it may be told
  std::optional<FieldProblem> problem;  // what the message alone shows to be wrong
  int32_t code_map_version = 0;         // by which its vendor_code was read; 0: not

  const v1::Outcome& outcome() const { return *parsed; }
};

// Brings the texts of an outcome to their normal form, replaces card numbers in the note and in
// other words of the vendor's own by asterisks, and holds it to every rule of outcome.proto that
// needs nothing but the message; where it has a vendor's code for its result, to those that need no
// result either. `card_removed`: whether any were replaced, for MARK_CARD_REMOVED. Times and
// promises that are doubtful are no problem: what a vendor did is kept and marked
// (RecordedOutcome.Mark).
std::optional<FieldProblem> AdmitOutcome(v1::Outcome& outcome, bool& card_removed);

// What is wrong with an outcome whose result is known, beside the result: a promise that goes with
// another one, or a channel by which an attempt cannot have come so far.
std::optional<FieldProblem> ResultProblem(const v1::Outcome& outcome);

// What is wrong with an outcome that names a permit: what the permit says already, a channel by
// which an attempt cannot have come so far, or what does not go with that. `permitted`: the channel
// of the permit; nothing where the vendor has no such permit, so that what the outcome says of
// itself counts, as without one.
std::optional<FieldProblem> PermitProblem(const v1::Outcome& outcome,
                                          std::optional<v1::Channel> permitted);

// True if this channel means that something was sent: OUT, by SMS, EMAIL or LETTER.
bool IsSent(const v1::Outcome& outcome, v1::Channel channel);

// What is wrong with what it says of a message, a visit or a recording, if it was by this channel.
std::optional<FieldProblem> PartsProblem(const v1::Outcome& outcome, v1::Channel channel);

// By which channel an outcome without a permit that is known was. Where it does not say, since it
// names a permit which would, the rest of it tells: a visit was one, a message or what was
// delivered is taken for an SMS; all else, and whatever names no permit, was by phone.
v1::Channel ChannelOf(const v1::Outcome& outcome);

// Parses and admits. Card numbers are gone from what is returned, also when it is refused;
// only bytes that are no Outcome at all are as they came. `arena`: of the batch; keeps what is
// parsed.
ReceivedOutcome Receive(storage::Sealer& sealer, std::string bytes, google::protobuf::Arena& arena);

// The same with `outcome`, which outlives it, in the place of what was parsed: with what the hub
// reads out of the vendor's own ids and codes. Its digest stays that of what came, so that a repeat
// is one.
ReceivedOutcome ReadAs(storage::Sealer& sealer, std::string_view vendor_id,
                       const ReceivedOutcome& received, v1::Outcome& outcome);

}  // namespace switchboard::outcomes
