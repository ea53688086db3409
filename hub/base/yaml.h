#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}

namespace switchboard {

struct YamlNode;

// Reads YAML into `message` by the message's schema: keys are field names, enum values are written
// with or without the enum's prefix ("NAME" for DATA_CLASS_NAME), durations as "30s", "5min", "2h"
// or "3d", what yaml_values.h lists as 2026-11-01, 12-31, 21:00 and the like. Unknown keys,
// duplicate keys, wrong types, numbers out of range, unknown enum values and aliases are refused; a
// misspelt key or value is answered with the nearest that exists. Refused as well: more than 256
// KiB, lines over 4 KiB, nesting deeper than 32.
//
// `file_name` names the text in errors, as "sakura.yaml:14:5: work_types[0].disclose[2].mask: …".
// Errors: INVALID_ARGUMENT, YAML_INVALID with metadata file, line, column, field.
absl::Status ReadYaml(std::string_view text, std::string_view file_name,
                      google::protobuf::Message* message);

// The same, but goes on after what does not fit the schema, and leaves it out of `message`: the
// problems in the order of the text, at most `problems_max`, each worded as above. None: all is
// well. A text that is not YAML has one problem.
std::vector<absl::Status> ReadYamlThrough(std::string_view text, std::string_view file_name,
                                          size_t problems_max, google::protobuf::Message* message);

// The same of a tree that was read before (yaml_tree.h).
absl::Status ReadYamlNode(const YamlNode& root, std::string_view file_name,
                          google::protobuf::Message* message);

// Where each field of a text stands, so that checks made after reading can name the line as well.
// Path as in errors: "work_types[0].disclose[2].mask". Line 1 when the path is not in the text.
class YamlPlaces {
 public:
  // REQUIRES: `text` was accepted by ReadYaml.
  YamlPlaces(std::string_view text, std::string_view file_name);

  // INVALID_ARGUMENT with `reason` and metadata file, line, column, field; message "file:line:col:
  // path: problem". A path that is not in the text takes the place of its nearest ancestor that is.
  absl::Status ErrorAt(std::string_view path, std::string_view reason,
                       std::string_view problem) const;

 private:
  std::string text_;
  std::string file_name_;
};

}  // namespace switchboard
