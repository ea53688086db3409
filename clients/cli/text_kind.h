#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "switchboard/v1/release.pb.h"

namespace switchboard::cli {

// What one kind of the texts that two operators put in force (release.proto) is called here.
struct TextWords {
  v1::TextKind kind;
  const char* group;         // of commands: "rules"
  const char* noun;          // "rule pack"
  const char* id;            // what its ids are, for help: "PACK"
  const char* example_file;  // likewise
  const char* example_id;
  // Checks a text without a hub, and reads its id.
  absl::StatusOr<std::string> (*check)(const std::string& yaml, const std::string& file);
};

// Of what only a newer hub knows: a "text", which nothing here can check.
const TextWords& WordsOf(v1::TextKind kind);

// "rule pack jp"
std::string NameOf(v1::TextKind kind, std::string_view text_id);

// A text as somebody keeps it in a file.
struct OwnText {
  std::string text_id;
  std::string yaml;
  std::string file_name;  // as a hub takes it
};

// Reads the file and checks it: what is found here need not travel. Errors: those of ReadTextFile
// and of the kind's own check, with the place. REQUIRES: a kind that is known here.
absl::StatusOr<OwnText> ReadOwnText(v1::TextKind kind, const std::string& file);

}  // namespace switchboard::cli
