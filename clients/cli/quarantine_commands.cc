#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// How many operators must give their word.
constexpr int kWordsNeeded = 2;

std::string ScalarText(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kStringValue:
      return value.string_value();
    case google::protobuf::Value::kNumberValue:
      return absl::StrFormat("%.17g", value.number_value());
    case google::protobuf::Value::kBoolValue:
      return value.bool_value() ? "true" : "false";
    default:
      return "";
  }
}

// A struct's fields, a line each, those of inner ones further right.
void AppendContent(const google::protobuf::Struct& content, const std::string& indent,
                   std::string& text);

void AppendValue(const std::string& name, const google::protobuf::Value& value,
                 const std::string& indent, std::string& text) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kStructValue:
      absl::StrAppend(&text, indent, Printable(name), ":\n");
      AppendContent(value.struct_value(), indent + "  ", text);
      return;
    case google::protobuf::Value::kListValue:
      for (int i = 0; i < value.list_value().values_size(); ++i) {
        AppendValue(absl::StrCat(name, "[", i, "]"), value.list_value().values(i), indent, text);
      }
      return;
    default:
      absl::StrAppend(&text, indent, Printable(name), ": ", Printable(ScalarText(value)), "\n");
  }
}

void AppendContent(const google::protobuf::Struct& content, const std::string& indent,
                   std::string& text) {
  // In a fixed order: a map has none.
  const std::map<std::string, google::protobuf::Value> fields(content.fields().begin(),
                                                              content.fields().end());
  for (const auto& [name, value] : fields) AppendValue(name, value, indent, text);
}

}  // namespace

absl::StatusOr<Result> QuarantineList(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"time (UTC)", Align::kLeft},
                   {"sent by", Align::kLeft},
                   {"kind", Align::kLeft},
                   {"status", Align::kLeft},
                   {"field", Align::kLeft},
                   {"bytes"},
                   {"came"},
                   {"id", Align::kLeft}});
  int64_t beyond = 0;
  Listing listing(session, arguments, "item");
  v1::ListQuarantineRequest request;
  v1::ListQuarantineResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::ListQuarantineResponse>(request));
    for (const auto& item : page.items()) {
      if (listing.Full()) break;
      request.set_after(item.quarantine_id());
      listing.Add(item);
      table.Add({UtcText(item.time()), item.actor(), item.kind(),
                 WithoutPrefix(item.status(), "STATUS_"), item.field(),
                 WithCommas(item.bytes()) + (item.content_not_kept() ? ", not kept" : ""),
                 WithCommas(item.count()), item.quarantine_id()});
    }
    for (const auto& rest : page.rest()) {
      beyond += rest.count();
      table.Add({UtcText(rest.first_time()), rest.actor(), rest.kind(),
                 WithoutPrefix(rest.status(), "STATUS_"), rest.field(), "",
                 WithCommas(rest.count()), "only counted"});
    }
  } while (page.items_size() > 0 && !listing.Full());
  Result result = listing.Finish(table);
  result.summary += " in quarantine";
  if (beyond > 0) {
    absl::StrAppend(&result.summary, "; ", Counted(beyond, "more item"),
                    " beyond a party's share, only counted");
  }
  return result;
}

absl::StatusOr<Result> QuarantineVouch(Session& session, const std::string& id) {
  v1::VouchForQuarantineRequest request;
  request.set_quarantine_id(id);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::VouchForQuarantineResponse>(request));
  Result result;
  result.summary = absl::StrCat(
      Counted(response.words(), "operator"), " vouched for ", id, " within 24 hours: ",
      response.words() >= kWordsNeeded ? "it may be read" : "one more is needed to read it");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> QuarantineShow(Session& session, const std::string& id) {
  v1::ReadQuarantineRequest request;
  request.set_quarantine_id(id);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ReadQuarantineResponse>(request));
  const auto& item = response.item();
  Result result;
  absl::StrAppend(&result.text, "  sent by  ", Printable(item.actor()), "\n  kind     ",
                  Printable(item.kind()), "\n  status   ",
                  Printable(WithoutPrefix(item.status(), "STATUS_")), "\n  field    ",
                  Printable(item.field()), "\n  came     ", UtcText(item.time()), " UTC, ",
                  Counted(item.count(), "time"), "\n\n");
  AppendContent(response.content(), "  ", result.text);
  result.summary =
      absl::StrCat("item ", id, ": ", Counted(item.bytes(), "byte"),
                   response.content().fields().empty() ? ", no message of its kind"
                                                       : ", letters shown as a, digits as 9");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
