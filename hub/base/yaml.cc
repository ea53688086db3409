#include "hub/base/yaml.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "hub/base/error.h"
#include "hub/base/yaml_tree.h"
#include "hub/base/yaml_values.h"

namespace switchboard {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = YamlNode::Kind;

// Changes that turn `a` into `b`: insert, delete or replace a character, swap two neighbours; case
// ignored.
size_t EditDistance(const std::string& a, const std::string& b) {
  const auto same = [&](size_t i, size_t j) {
    return absl::ascii_tolower(static_cast<unsigned char>(a[i])) ==
           absl::ascii_tolower(static_cast<unsigned char>(b[j]));
  };
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  std::vector<size_t> above, two_above;
  for (size_t i = 0; i < a.size(); ++i) {
    two_above = std::exchange(above, row);
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (same(i, j) ? 0 : 1), row[j] + 1, above[j + 1] + 1});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) {
        row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
      }
    }
  }
  return row.back();
}

// The way out of a misspelling: the nearest name, or all of them when none is near.
std::string Suggest(const std::string& given, const std::vector<std::string>& known) {
  constexpr size_t kGivenMax = 64;  // keeps a hostile key from costing anything
  if (given.size() <= kGivenMax) {
    const std::string* nearest = nullptr;
    size_t least = std::max<size_t>(1, given.size() / 3) + 1;
    for (const std::string& name : known) {
      if (const size_t distance = EditDistance(given, name); distance < least) {
        least = distance;
        nearest = &name;
      }
    }
    if (nearest != nullptr) return absl::StrCat("; did you mean \"", *nearest, "\"?");
  }
  return absl::StrCat("; known are ", absl::StrJoin(known, ", "));
}

// "DATA_CLASS_" of an enum whose zero value is DATA_CLASS_UNSPECIFIED.
std::string EnumPrefix(const EnumDescriptor& type) {
  absl::string_view zero = type.value(0)->name();
  return absl::ConsumeSuffix(&zero, "UNSPECIFIED") ? std::string(zero) : "";
}

// Fills one message from the tree, depth first; stops when it has found enough problems.
class Reader {
 public:
  Reader(std::string_view file_name, size_t problems_max)
      : file_name_(file_name), problems_max_(problems_max) {}

  void ReadMessage(const YamlNode& node, const std::string& path, Message* message) {
    if (node.kind != Kind::kMap)
      return Fail(node.place, path, "expects keys and values (\"key: value\")");
    const Descriptor& type = *message->GetDescriptor();
    std::set<std::string> seen;
    for (const YamlNode& child : node.children) {
      if (full()) return;
      const FieldDescriptor* field = type.FindFieldByName(child.key);
      if (field == nullptr) {
        Fail(child.key_place, path,
             absl::StrCat("unknown key ", QuoteYaml(child.key), Suggest(child.key, Names(type))));
        continue;
      }
      const std::string field_path = path.empty() ? child.key : absl::StrCat(path, ".", child.key);
      if (!seen.insert(child.key).second) {
        Fail(child.key_place, field_path, "stands here a second time; keep one");
      } else if (FitsBeside(child, field_path, *field, *message)) {
        ReadField(child, field_path, *field, message);
      }
    }
  }

  std::vector<absl::Status> TakeProblems() { return std::move(problems_); }

 private:
  bool full() const { return problems_.size() >= problems_max_; }

  static std::vector<std::string> Names(const Descriptor& type) {
    std::vector<std::string> names;
    for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
    return names;
  }

  void Fail(YamlPlace place, std::string_view path, std::string_view problem) {
    if (!full()) problems_.push_back(YamlError(file_name_, place, path, "YAML_INVALID", problem));
  }

  // Whether no other field of the same oneof is set.
  bool FitsBeside(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                  const Message& message) {
    const auto* oneof = field.real_containing_oneof();
    if (oneof == nullptr || !message.GetReflection()->HasOneof(message, oneof)) return true;
    const FieldDescriptor* other = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
    Fail(node.key_place, path,
         absl::StrCat("cannot stand beside \"", other->name(), "\"; keep one of the two"));
    return false;
  }

  void ReadField(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                 Message* message) {
    if (node.kind == Kind::kNull) {
      return Fail(node.key_place, path,
                  field.is_repeated()
                      ? "has no value; write [] for an empty list or leave the key out"
                      : "has no value; write one or leave the key out");
    }
    if (field.is_map()) return Fail(node.key_place, path, "cannot be written in YAML");
    if (!field.is_repeated()) return ReadValue(node, path, field, message);
    if (node.kind != Kind::kList) {
      return Fail(node.place, path, "expects a list (\"[a, b]\", or one \"- a\" per line)");
    }
    for (size_t i = 0; i < node.children.size(); ++i) {
      const YamlNode& item = node.children[i];
      if (full()) return;
      const std::string item_path = absl::StrCat(path, "[", i, "]");
      if (item.kind == Kind::kNull) {
        Fail(item.place, item_path, "has no value");
      } else {
        ReadValue(item, item_path, field, message);
      }
    }
  }

  // One value of `field`: sets it, or adds it to the list.
  void ReadValue(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                 Message* message) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const Reflection& reflection = *message->GetReflection();
      Message* inner = field.is_repeated() ? reflection.AddMessage(message, &field)
                                           : reflection.MutableMessage(message, &field);
      if (ReadWritten(node, path, inner)) return;
      return ReadMessage(node, path, inner);
    }
    if (node.kind != Kind::kScalar) {
      const bool list = node.kind == Kind::kList;
      const bool text = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      return Fail(
          node.place, path,
          absl::StrCat("expects a single value, not a ", list ? "list" : "map of keys and values",
                       text ? "; a text that begins with a bracket is quoted" : ""));
    }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        if (field.type() == FieldDescriptor::TYPE_BYTES) break;
        Put(message, field, node.scalar, &Reflection::SetString, &Reflection::AddString);
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        return ReadEnum(node, path, field, message);
      case FieldDescriptor::CPPTYPE_BOOL:
        return ReadBool(node, path, field, message);
      case FieldDescriptor::CPPTYPE_INT32:
        return ReadInteger<int32_t>(node, path, field, message, &Reflection::SetInt32,
                                    &Reflection::AddInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return ReadInteger<int64_t>(node, path, field, message, &Reflection::SetInt64,
                                    &Reflection::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT32:
        return ReadInteger<uint32_t>(node, path, field, message, &Reflection::SetUInt32,
                                     &Reflection::AddUInt32);
      case FieldDescriptor::CPPTYPE_UINT64:
        return ReadInteger<uint64_t>(node, path, field, message, &Reflection::SetUInt64,
                                     &Reflection::AddUInt64);
      default:
        break;
    }
    return Fail(node.key_place, path, "cannot be written in YAML");
  }

  template <typename Value, typename Set, typename Add>
  static void Put(Message* message, const FieldDescriptor& field, Value value, Set set, Add add) {
    const Reflection& reflection = *message->GetReflection();
    if (field.is_repeated()) {
      (reflection.*add)(message, &field, std::move(value));
    } else {
      (reflection.*set)(message, &field, std::move(value));
    }
  }

  template <typename Integer, typename Set, typename Add>
  void ReadInteger(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                   Message* message, Set set, Add add) {
    bool overflow = false;
    const auto value = YamlInteger<Integer>(node.scalar, &overflow);
    if (overflow) {
      return Fail(node.place, path,
                  absl::StrCat(QuoteYaml(node.scalar), " is out of range; allowed are ",
                               std::numeric_limits<Integer>::min(), " to ",
                               std::numeric_limits<Integer>::max()));
    }
    if (!value || node.quoted) {
      return Fail(node.place, path,
                  absl::StrCat("expects a whole number (100, -5), got ", QuoteYaml(node.scalar),
                               node.quoted ? " in quotes" : ""));
    }
    Put(message, field, *value, set, add);
  }

  void ReadBool(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                Message* message) {
    if (node.quoted || (node.scalar != "true" && node.scalar != "false")) {
      return Fail(node.place, path,
                  absl::StrCat("expects true or false, got ", QuoteYaml(node.scalar),
                               node.quoted ? " in quotes" : ""));
    }
    Put(message, field, node.scalar == "true", &Reflection::SetBool, &Reflection::AddBool);
  }

  void ReadEnum(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                Message* message) {
    const EnumDescriptor& type = *field.enum_type();
    const std::string prefix = EnumPrefix(type);
    const EnumValueDescriptor* value = type.FindValueByName(node.scalar);
    if (value == nullptr) value = type.FindValueByName(absl::StrCat(prefix, node.scalar));
    if (value == nullptr) {
      std::vector<std::string> names;
      for (int i = 0; i < type.value_count(); ++i) {
        // Zero is what an absent field says; nobody needs to write it.
        if (type.value(i)->number() == 0) continue;
        names.emplace_back(absl::StripPrefix(type.value(i)->name(), prefix));
      }
      absl::string_view given = node.scalar;
      absl::ConsumePrefix(&given, prefix);
      return Fail(node.place, path,
                  absl::StrCat("unknown value ", QuoteYaml(node.scalar),
                               Suggest(std::string(given), names)));
    }
    Put(message, field, value,
        static_cast<void (Reflection::*)(Message*, const FieldDescriptor*,
                                         const EnumValueDescriptor*) const>(&Reflection::SetEnum),
        &Reflection::AddEnum);
  }

  // A message that is written as one value; false if it is not one of those.
  bool ReadWritten(const YamlNode& node, const std::string& path, Message* message) {
    const auto how = ReadWrittenMessage(node.kind == Kind::kScalar ? node.scalar : "", message);
    if (!how) return false;
    if (how->read) return true;
    Fail(node.place, path,
         absl::StrCat("expects ", how->expected,
                      node.kind == Kind::kScalar ? ", got " + QuoteYaml(node.scalar) : ""));
    return true;
  }

  const std::string_view file_name_;
  const size_t problems_max_;
  std::vector<absl::Status> problems_;
};

}  // namespace

absl::Status ReadYaml(std::string_view text, std::string_view file_name, Message* message) {
  const auto problems = ReadYamlThrough(text, file_name, /*problems_max=*/1, message);
  return problems.empty() ? absl::OkStatus() : problems.front();
}

absl::Status ReadYamlNode(const YamlNode& root, std::string_view file_name, Message* message) {
  message->Clear();
  Reader reader(file_name, /*problems_max=*/1);
  reader.ReadMessage(root, "", message);
  const auto problems = reader.TakeProblems();
  return problems.empty() ? absl::OkStatus() : problems.front();
}

std::vector<absl::Status> ReadYamlThrough(std::string_view text, std::string_view file_name,
                                          size_t problems_max, Message* message) {
  message->Clear();
  const auto root = ReadYamlTree(text, file_name);
  if (!root.ok()) return {root.status()};
  Reader reader(file_name, problems_max);
  reader.ReadMessage(*root, "", message);
  return reader.TakeProblems();
}

YamlPlaces::YamlPlaces(std::string_view text, std::string_view file_name)
    : text_(text), file_name_(file_name) {}

absl::Status YamlPlaces::ErrorAt(std::string_view path, std::string_view reason,
                                 std::string_view problem) const {
  const auto root = ReadYamlTree(text_, file_name_);
  return YamlError(file_name_, root.ok() ? PlaceOf(*root, path) : YamlPlace{}, path, reason,
                   problem);
}

}  // namespace switchboard
