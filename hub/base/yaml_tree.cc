#include "hub/base/yaml_tree.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/yaml_way_out.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace switchboard {
namespace {

constexpr char kUnseen[] = "control character";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

struct Problem {
  YamlPlace place;
  std::string text;
};

// Bytes of the UTF-8 sequence at the front of `text`; 0 if it is none (overlong, surrogate, cut
// short).
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// The code point of the sequence at the front of `text`, which is `length` long.
char32_t CodePoint(std::string_view text, size_t length) {
  const auto lead = static_cast<unsigned char>(text[0]);
  char32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return point;
}

// Controls, C1 as well; separators of lines and paragraphs; what turns the direction of writing:
// nobody sees them, and they change what others see.
bool IsUnseen(char32_t point) {
  return (point < 0x20 && point != '\t' && point != '\n' && point != '\r') ||
         (point >= 0x7F && point <= 0x9F) || point == 0x061C || point == 0x200E ||
         point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

// Spaces that look like those of an indentation and are none.
bool IsOtherSpace(char32_t point) {
  return point == 0xA0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200B) ||
         point == 0x202F || point == 0x205F || point == 0x3000;
}

// What is wrong with the text as characters, before anybody reads it as YAML.
std::optional<Problem> FindBadCharacter(std::string_view text) {
  YamlPlace place;
  bool indenting = true;
  size_t line_start = 0;
  for (size_t at = 0; at < text.size(); ++place.column) {
    // yaml-cpp takes time quadratic in the values of one line.
    if (at - line_start >= kYamlLineBytesMax && text[at] != '\n') {
      return Problem{place,
                     absl::StrCat("a line longer than ", kYamlLineBytesMax, " bytes; break it")};
    }
    const size_t length = SequenceLength(text.substr(at));
    if (length == 0) return Problem{place, "not UTF-8; save the file as UTF-8"};
    const char32_t c = CodePoint(text.substr(at), length);
    at += length;
    if (c == '\n') {
      ++place.line;
      place.column = 0;
      line_start = at;
      indenting = true;
      continue;
    }
    if (c == '\t' && indenting) return Problem{place, "tab in the indentation; use spaces"};
    if (IsOtherSpace(c) && indenting) {
      return Problem{place, "a wide or no-break space in the indentation; use plain spaces"};
    }
    if (IsUnseen(c)) return Problem{place, kUnseen};
    indenting = indenting && c == ' ';
  }
  return std::nullopt;
}

// yaml-cpp counts columns in bytes; people count characters.
class CharacterPlaces {
 public:
  explicit CharacterPlaces(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  YamlPlace Of(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0 || static_cast<size_t>(mark.line) >= starts_.size())
      return {};
    const size_t start = starts_[static_cast<size_t>(mark.line)];
    const size_t bytes = mark.column < 0 ? 0 : static_cast<size_t>(mark.column);
    YamlPlace place{mark.line + 1, 1};
    for (const char c : text_.substr(start, bytes)) {
      if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++place.column;
    }
    return place;
  }

  // The text from there on.
  std::string_view From(const YAML::Mark& mark) const {
    if (mark.is_null() || mark.line < 0 || static_cast<size_t>(mark.line) >= starts_.size())
      return {};
    const size_t start = starts_[static_cast<size_t>(mark.line)];
    return text_.substr(
        std::min(text_.size(), start + static_cast<size_t>(std::max(0, mark.column))));
  }

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
};

// Whether a value that came out of quotes, where \u writes anything, holds what a text may not.
bool HoldsUnseen(std::string_view value) {
  for (size_t at = 0; at < value.size();) {
    const size_t length = SequenceLength(value.substr(at));
    if (length == 0 || IsUnseen(CodePoint(value.substr(at), length))) return true;
    at += length;
  }
  return false;
}

struct Size {
  size_t nodes = 1;
  size_t depth = 0;
};

Size SizeOf(const YamlNode& node) {
  Size size;
  for (const YamlNode& child : node.children) {
    const Size inner = SizeOf(child);
    size.nodes += inner.nodes;
    size.depth = std::max(size.depth, inner.depth);
  }
  if (node.kind == YamlNode::Kind::kList || node.kind == YamlNode::Kind::kMap) ++size.depth;
  return size;
}

// Builds the tree from the parser's events. After the first problem it only counts along.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const CharacterPlaces& places, YamlAliases aliases)
      : places_(places), aliases_(aliases) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (Refused(mark, "", anchor)) return;
    Add(Node(YamlNode::Kind::kNull, mark), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (aliases_ == YamlAliases::kRefused) return Refuse(mark, kNoAliases);
    if (problem_) return;
    const auto named = named_.find(anchor);
    if (named == named_.end()) return Refuse(mark, "an alias inside of what it stands for");
    if (ExpectsKey()) return Refuse(mark, kNoSuchKey);
    const Size size = SizeOf(named->second);
    nodes_ += size.nodes;
    if (nodes_ > kYamlNodesMax || open_.size() + size.depth > kYamlDepthMax) {
      return Refuse(mark, "an alias that stands for too much; write less, or nest it less deep");
    }
    Add(named->second, YAML::NullAnchor);
  }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    if (!name.empty() && aliases_ == YamlAliases::kRefused) Refuse(mark, kNoAliases);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (Refused(mark, tag, anchor)) return;
    YamlNode node = Node(YamlNode::Kind::kScalar, mark);
    node.scalar = value;
    node.quoted = tag == "!";
    if (ExpectsKey()) {
      if (anchor != YAML::NullAnchor) return Refuse(mark, kNoSuchKey);
      open_.back().key = std::move(node);
      return;
    }
    if (const char* wrong = WrongWith(node, places_.From(mark)); wrong != nullptr) {
      problem_ = Problem{node.place, wrong};
      return;
    }
    Add(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    if (!Refused(mark, tag, anchor)) Open(Node(YamlNode::Kind::kList, mark), anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    if (!Refused(mark, tag, anchor)) Open(Node(YamlNode::Kind::kMap, mark), anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

  const std::optional<Problem>& problem() const { return problem_; }
  std::optional<YamlNode>& root() { return root_; }

 private:
  static constexpr char kNoAliases[] = "anchors and aliases are not allowed; write the value out";
  static constexpr char kNoSuchKey[] = "a key must be a plain value, not a list or map";

  struct OpenNode {
    YamlNode node;
    YAML::anchor_t anchor;
    std::optional<YamlNode> key;  // of the value that comes next
  };

  // What YAML allows and nobody means; nullptr if nothing. `text` begins with the value.
  static const char* WrongWith(const YamlNode& node, std::string_view text) {
    if (HoldsUnseen(node.scalar)) return kUnseen;
    if (!node.quoted) {
      return text.starts_with(node.scalar)
                 ? nullptr
                 : "a value over several lines; put it on one line, or check the "
                   "indentation below it";
    }
    if (text.empty() || (text[0] != '"' && text[0] != '\'')) return nullptr;  // a block
    return HasEnd(text) ? nullptr : "the quote is never closed";
  }

  // Whether the quote that begins `text` is closed; the parser takes the end of the text for it.
  static bool HasEnd(std::string_view text) {
    const char quote = text[0];
    for (size_t at = 1; at < text.size(); ++at) {
      if (quote == '"' && text[at] == '\\') {
        ++at;
      } else if (text[at] == quote) {
        if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return true;
        ++at;  // '' stands for one
      }
    }
    return false;
  }

  YamlNode Node(YamlNode::Kind kind, const YAML::Mark& mark) const {
    YamlNode node;
    node.kind = kind;
    node.place = places_.Of(mark);
    return node;
  }

  void Refuse(const YAML::Mark& mark, std::string_view text) {
    if (!problem_) problem_ = Problem{places_.Of(mark), std::string(text)};
  }

  bool Refused(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor && aliases_ == YamlAliases::kRefused) Refuse(mark, kNoAliases);
    if (!tag.empty() && tag != "?" && tag != "!")
      Refuse(mark, "tags are not allowed; leave it out");
    return problem_.has_value();
  }

  bool ExpectsKey() const {
    return !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().key;
  }

  void Open(YamlNode node, YAML::anchor_t anchor) {
    if (open_.size() >= kYamlDepthMax) {
      problem_ = Problem{node.place, absl::StrCat("nested deeper than ", kYamlDepthMax)};
      return;
    }
    if (ExpectsKey()) {
      problem_ = Problem{node.place, kNoSuchKey};
      return;
    }
    open_.push_back({std::move(node), anchor, std::nullopt});
  }

  void Close() {
    if (problem_) return;
    YamlNode node = std::move(open_.back().node);
    const YAML::anchor_t anchor = open_.back().anchor;
    open_.pop_back();
    Add(std::move(node), anchor);
  }

  void Add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) named_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kMap) {
      if (!parent.key) {  // only a null can come here
        problem_ = Problem{node.place, "a key is missing before \":\""};
        return;
      }
      node.key = std::move(parent.key->scalar);
      node.key_place = parent.key->place;
      parent.key.reset();
    }
    parent.node.children.push_back(std::move(node));
  }

  const CharacterPlaces& places_;
  const YamlAliases aliases_;
  std::map<YAML::anchor_t, YamlNode> named_;
  size_t nodes_ = 0;  // that aliases stand for
  std::vector<OpenNode> open_;
  std::optional<YamlNode> root_;
  std::optional<Problem> problem_;
};

// Stands for the documents after the first: only whether there is one matters.
class SecondDocument final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { mark_ = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  const YAML::Mark& mark() const { return mark_; }

 private:
  YAML::Mark mark_;
};

std::optional<Problem> Parse(std::string_view text, YamlAliases aliases,
                             std::optional<YamlNode>* root) {
  const CharacterPlaces places(text);
  TreeBuilder builder(places, aliases);
  try {
    // A quote that the end of the text cuts off is told apart only with a line end behind it.
    std::istringstream stream{absl::StrCat(View(text), "\n")};
    YAML::Parser parser(stream);
    const bool found = parser.HandleNextDocument(builder);
    if (builder.problem()) return builder.problem();
    if (!found || !builder.root() || builder.root()->kind == YamlNode::Kind::kNull) {
      return Problem{{}, "the document is empty"};
    }
    SecondDocument second;
    if (parser.HandleNextDocument(second)) {
      return Problem{places.Of(second.mark()), "a second document; one file holds one"};
    }
  } catch (const YAML::Exception& error) {
    if (builder.problem()) return builder.problem();
    const YamlPlace place = places.Of(error.mark);
    return Problem{place, absl::StrCat("not YAML: ", error.msg, YamlWayOut(text, place))};
  } catch (const std::exception&) {
    return Problem{{}, "not YAML: the parser gave up"};
  }
  *root = std::move(builder.root());
  return std::nullopt;
}

}  // namespace

absl::StatusOr<YamlNode> ReadYamlTree(std::string_view text, std::string_view file_name,
                                      YamlAliases aliases) {
  const auto fail = [&](const Problem& problem) {
    return YamlError(file_name, problem.place, "", "YAML_INVALID", problem.text);
  };
  if (text.size() > kYamlBytesMax) {
    return fail(
        {{}, absl::StrCat("the text has ", text.size(), " bytes; at most ", kYamlBytesMax)});
  }
  if (absl::StartsWith(View(text), View(kByteOrderMark))) text.remove_prefix(kByteOrderMark.size());
  if (auto problem = FindBadCharacter(text)) return fail(*problem);
  std::optional<YamlNode> root;
  if (auto problem = Parse(text, aliases, &root)) return fail(*problem);
  return *std::move(root);
}

YamlPlace PlaceOf(const YamlNode& root, std::string_view path) {
  const YamlNode* node = &root;
  YamlPlace place;
  for (size_t at = 0; at < path.size();) {
    if (path[at] == '.') ++at;
    const YamlNode* next = nullptr;
    if (at < path.size() && path[at] == '[') {
      const size_t end = std::min(path.find(']', at), path.size());
      size_t index = 0;
      const std::string_view digits = path.substr(at + 1, end - at - 1);
      const bool is_index =
          std::from_chars(digits.data(), digits.data() + digits.size(), index).ec == std::errc();
      if (is_index && node->kind == YamlNode::Kind::kList && index < node->children.size()) {
        next = &node->children[index];
      }
      at = std::min(end + 1, path.size());
    } else {
      const size_t end = std::min(path.find_first_of(".[", at), path.size());
      for (const YamlNode& child : node->children) {
        if (node->kind == YamlNode::Kind::kMap && child.key == path.substr(at, end - at))
          next = &child;
      }
      at = end;
    }
    if (next == nullptr) return place;
    // A list or map below a key begins somewhere further down; its key is where people look.
    place = next->kind == YamlNode::Kind::kScalar || node->kind == YamlNode::Kind::kList
                ? next->place
                : next->key_place;
    node = next;
  }
  return place;
}

absl::Status YamlError(std::string_view file_name, YamlPlace place, std::string_view field,
                       std::string_view reason, std::string_view problem) {
  const std::string where = absl::StrCat(View(file_name), ":", place.line, ":", place.column, ": ");
  const std::string what = field.empty() ? "" : absl::StrCat(View(field), ": ");
  return Error(absl::StatusCode::kInvalidArgument, reason, absl::StrCat(where, what, View(problem)),
               {{"file", std::string(file_name)},
                {"line", absl::StrCat(place.line)},
                {"column", absl::StrCat(place.column)},
                {"field", std::string(field)}});
}

std::string QuoteYaml(std::string_view text) {
  constexpr size_t kBytesMax = 40;
  const bool cut = text.size() > kBytesMax;
  if (cut) {
    size_t end = kBytesMax;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  return absl::StrCat("\"", absl::Utf8SafeCEscape(View(text)), cut ? "…\"" : "\"");
}

}  // namespace switchboard
