#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// A reader without a name is the only one of its core.
std::string ReaderText(const std::string& reader) { return reader.empty() ? "-" : reader; }

std::string SourcesText(const v1::ListCoresResponse& response) {
  TextTable table({{"core", Align::kLeft}, {"source", Align::kLeft}, {"accepted through"}});
  for (const auto& source : response.sources()) {
    table.Add({source.core(), source.source(), WithCommas(source.through())});
  }
  return table.Render();
}

}  // namespace

absl::StatusOr<Result> CoreList(Session& session) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::ListCoresResponse>(v1::ListCoresRequest()));
  TextTable table({{"core", Align::kLeft},
                   {"reader", Align::kLeft},
                   {"confirmed"},
                   {"behind"},
                   {"last confirmed (UTC)"},
                   {"", Align::kLeft}});
  std::string holds_up;
  for (const auto& reader : response.readers()) {
    table.Add({reader.core(), ReaderText(reader.reader()), WithCommas(reader.confirmed()),
               WithCommas(response.newest() - reader.confirmed()),
               reader.has_confirm_time() ? UtcText(reader.confirm_time()) : "",
               reader.holds_up_erasure() ? "holds up erasure" : ""});
    if (reader.holds_up_erasure()) {
      absl::StrAppend(&holds_up, holds_up.empty() ? "; erasure waits for " : ", ", reader.core(),
                      reader.reader().empty() ? "" : "/", reader.reader());
    }
  }
  if (response.nobody_reads()) {
    holds_up =
        "; erasure of outcomes waits for a reader to confirm them: none ever did, or all were "
        "retired";
  }
  Result result;
  result.text = absl::StrCat(table.Render(), "\n", SourcesText(response), "\n");
  result.summary = absl::StrCat(Counted(response.readers_size(), "reader"), ", ",
                                Counted(response.sources_size(), "source"), ", newest item ",
                                WithCommas(response.newest()), holds_up);
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> CoreRetire(Session& session, const CoreRetireArguments& arguments) {
  const bool is_whole = arguments.core.find('/') != std::string::npos;
  v1::RetireCoreRequest request;
  request.set_core(is_whole ? arguments.core : "core/" + arguments.core);
  request.set_reader(arguments.reader);
  request.set_all_readers(arguments.all);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::RetireCoreResponse>(request));
  Result result;
  result.summary = absl::StrCat(
      Counted(response.readers(), "reader"), " of ", request.core(), " forgotten: ",
      response.nobody_reads() ? "it was the last; no outcome is erased until a reader has "
                                "confirmed it"
                              : "erasure waits for it no longer");
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
