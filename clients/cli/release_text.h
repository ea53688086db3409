#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

#include "switchboard/v1/release.pb.h"

namespace switchboard::cli {

// The first 12 digits of a digest, as many as `release --digest` takes at least.
std::string ShortDigest(std::string_view digest);

// "from 2027-01-01, until replaced", "from its release; 2027-04-01 is its first day out of force".
std::string DaysText(const v1::Date& from, const v1::Date& to);

// "proposal 01J… of contract sakura by operator/ito"
std::string NameOf(const v1::TextProposal& proposal);

// How it stands: "waits for another operator", "was dropped by operator/sato".
std::string StandingOf(const v1::TextProposal& proposal);

// All that is told of a proposal but its text, a line each.
std::string ProposalLines(const v1::TextProposal& proposal);

// Proposals of one kind. `decided_too`: with what became of them.
std::string ProposalTable(v1::TextKind kind,
                          const google::protobuf::RepeatedPtrField<v1::TextProposal>& proposals,
                          bool decided_too);

// Versions of one kind. `of_one_text`: without the column that names it.
std::string ReleaseTable(v1::TextKind kind,
                         const google::protobuf::RepeatedPtrField<v1::TextRelease>& releases,
                         bool of_one_text);

}  // namespace switchboard::cli
