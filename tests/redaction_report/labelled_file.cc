#include "tests/redaction_report/labelled_file.h"

#include <google/protobuf/util/json_util.h>
#include <unicode/utf8.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "nlohmann/json.hpp"
#include "tests/redaction_report/csv_tables.h"

namespace switchboard::redaction_report {
namespace {

using Json = nlohmann::json;

constexpr size_t kPartsApartMax = 2;  // code points between parts of one address

// Also what is not compressed.
absl::StatusOr<std::string> ReadUnpacked(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return absl::NotFoundError(absl::StrCat("cannot open ", path));
  std::string content;
  char buffer[1 << 16];
  int read = 0;
  while ((read = gzread(file, buffer, sizeof buffer)) > 0) {
    content.append(buffer, static_cast<size_t>(read));
  }
  gzclose(file);
  if (read < 0) return absl::InvalidArgumentError(absl::StrCat(path, ": broken gzip"));
  return content;
}

std::string TextIn(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Parts of an address that touch become one. `is_part`: of each span.
void JoinParts(const std::vector<bool>& is_part, std::vector<LabelledSpan>* spans) {
  std::vector<LabelledSpan> joined;
  bool follows_part = false;
  for (size_t i = 0; i < spans->size(); ++i) {
    const LabelledSpan& span = (*spans)[i];
    if (is_part[i] && follows_part && span.begin <= joined.back().end + kPartsApartMax) {
      joined.back().end = std::max(joined.back().end, span.end);
    } else {
      joined.push_back(span);
    }
    follows_part = is_part[i];
  }
  *spans = std::move(joined);
}

absl::Status ReadSpans(const Json& json, LabelledFile* file, LabelledText* text) {
  const std::u32string characters = CodePoints(text->text);
  std::vector<bool> is_part;
  for (const Json& one : json) {
    const auto begin = one.find("start"), end = one.find("end");
    const std::string label = TextIn(one, "label"), value = TextIn(one, "value");
    if (begin == one.end() || end == one.end() || !begin->is_number_unsigned() ||
        !end->is_number_unsigned() || label.empty()) {
      return absl::InvalidArgumentError("a span without start, end and label");
    }
    LabelledSpan span{begin->get<size_t>(), end->get<size_t>(), TypeOfLabel(label)};
    if (span.begin >= span.end || span.end > characters.size()) {
      return absl::InvalidArgumentError(absl::StrCat(label, " lies outside the text"));
    }
    if (!value.empty() &&
        characters.substr(span.begin, span.end - span.begin) != CodePoints(value)) {
      return absl::InvalidArgumentError(absl::StrCat(label, " is not where its value stands"));
    }
    if (span.type == v1::TextMark::KIND_UNSPECIFIED) {
      ++file->labels_not_looked_for[label];
      continue;
    }
    text->spans.push_back(span);
    is_part.push_back(IsPartOfAddress(label));
  }
  JoinParts(is_part, &text->spans);
  return absl::OkStatus();
}

absl::Status ReadLine(const std::string& line, LabelledFile* file) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InvalidArgumentError("no JSON object");
  LabelledText text{.text = TextIn(json, "text"), .language = TextIn(json, "language")};
  if (text.text.empty()) return absl::InvalidArgumentError("no text");
  if (text.language.empty()) text.language = TextIn(json, "lang");
  if (const auto person = json.find("person"); person != json.end()) {
    if (!google::protobuf::util::JsonStringToMessage(person->dump(), &text.person.emplace()).ok()) {
      return absl::InvalidArgumentError("person is no v1.Person");
    }
  }
  const auto spans = json.find("spans");
  if (spans == json.end() || !spans->is_array()) return absl::InvalidArgumentError("no spans");
  RETURN_IF_ERROR(ReadSpans(*spans, file, &text));
  file->texts.push_back(std::move(text));
  return absl::OkStatus();
}

absl::StatusOr<LabelledFile> ReadLines(const std::string& path, std::string_view content) {
  LabelledFile file;
  size_t number = 0;
  while (!content.empty()) {
    const std::string line(content.substr(0, content.find('\n')));
    content.remove_prefix(std::min(content.size(), line.size() + 1));
    ++number;
    if (line.empty()) continue;
    if (const absl::Status read = ReadLine(line, &file); !read.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": ", read.message()));
    }
  }
  return file;
}

}  // namespace

std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  const char* const bytes = text.data();
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < size;) {
    UChar32 point = 0;
    U8_NEXT_OR_FFFD(bytes, i, size, point);
    points += static_cast<char32_t>(point);
  }
  return points;
}

absl::StatusOr<std::vector<LabelledFile>> ReadFolder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_regular_file()) paths.push_back(entry->path().string());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  std::vector<LabelledFile> files;
  for (const std::string& path : paths) {
    const std::string bare = path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path;
    const bool is_table = bare.ends_with(".csv");
    if (!is_table && !bare.ends_with(".jsonl")) continue;
    ASSIGN_OR_RETURN(const std::string content, ReadUnpacked(path));
    LabelledFile file;
    if (is_table) {
      auto table = LabelledTable(content);
      if (!table.has_value()) continue;
      file = *std::move(table);
    } else {
      ASSIGN_OR_RETURN(file, ReadLines(path, content));
    }
    file.name = std::filesystem::path(path).filename().string();
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace switchboard::redaction_report
