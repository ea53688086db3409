#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace switchboard {

// The parsed text behind yaml.h, before any schema: what stands where.

// Where something stands; both count from 1, columns in characters (code points).
struct YamlPlace {
  int line = 1;
  int column = 1;
};

// One value. A tree is never deeper than kYamlDepthMax.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  YamlPlace place;
  std::string scalar;              // kScalar
  bool quoted = false;             // kScalar: "…", '…' or a block
  std::vector<YamlNode> children;  // kList, kMap: in the order of the text; a map's keys may repeat

  // As the value of a map: its key.
  std::string key;
  YamlPlace key_place;
};

inline constexpr int kYamlBytesMax = 256 * 1024;
inline constexpr int kYamlLineBytesMax = 4096;
inline constexpr int kYamlDepthMax = 32;
inline constexpr int kYamlNodesMax = 200'000;

// Whether a text may name a value with an anchor and repeat it by an alias. Those that people edit
// for a hub may not: what is meant should stand where it is meant.
enum class YamlAliases { kRefused, kAllowed };

// Reads one document. Refused, each at its place: texts over kYamlBytesMax, lines over
// kYamlLineBytesMax, nesting over kYamlDepthMax, what is not UTF-8, control characters and what
// changes the direction of writing (in values also where quotes write them with "\"), tabs and
// spaces other than the plain one in the indentation, anchors, aliases, tags, keys that are not
// plain values, plain values over several lines, quotes that are never closed, an empty text, a
// second document. Where aliases are allowed, a value that they repeat keeps its place, and all
// that they stand for has at most kYamlNodesMax values. Of the slips that people make the message
// says the way out (yaml_way_out.h). Errors: INVALID_ARGUMENT, YAML_INVALID as YamlError makes it.
absl::StatusOr<YamlNode> ReadYamlTree(std::string_view text, std::string_view file_name,
                                      YamlAliases aliases = YamlAliases::kRefused);

// The place of a field below `root`, or of the last part of its path that is there: path as in
// errors, "work_types[0].disclose[2].mask". The root itself is line 1.
YamlPlace PlaceOf(const YamlNode& root, std::string_view path);

// INVALID_ARGUMENT, `reason`, metadata file, line, column, field; message "file:line:col: field:
// problem".
absl::Status YamlError(std::string_view file_name, YamlPlace place, std::string_view field,
                       std::string_view reason, std::string_view problem);

// A piece of the text fit for a message: in double quotes, control characters escaped, cut after 40
// bytes.
std::string QuoteYaml(std::string_view text);

}  // namespace switchboard
