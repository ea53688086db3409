// What persons ask of what is kept of them.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_keeping.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// A hub names no more of those whom it finds.
constexpr int kFoundMax = 100;

// What was typed, or the first line of standard input for "-".
std::string ValueOf(const std::string& typed) {
  if (typed != "-") return typed;
  std::string line;
  std::getline(std::cin, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

absl::Status NotWritten(const std::string& path) {
  return Error(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
               absl::StrCat(path, ": ", std::strerror(errno)));
}

// A file that nobody else may read, from its first byte on; one that is there stays as it is.
absl::StatusOr<int> MakeFile(const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return NotWritten(path);
  return file;
}

absl::Status WriteAndClose(int file, const std::string& path, const std::string& content) {
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    written += static_cast<size_t>(count);
  }
  const absl::Status status = written == content.size() ? absl::OkStatus() : NotWritten(path);
  const bool closed = close(file) == 0;
  return !status.ok() || closed ? status : NotWritten(path);
}

// Reads page by page; how many.
absl::StatusOr<int> ReadAll(HubCalls& hub, const std::string& request_id,
                            v1::ReadPersonDataResponse& all) {
  v1::ReadPersonDataRequest request;
  request.set_request_id(request_id);
  int pages = 0;
  do {
    ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ReadPersonDataResponse>(request));
    request.set_after(page.next());
    all.MergeFrom(page);
    ++pages;
  } while (!request.after().empty());
  all.clear_next();
  return pages;
}

// "letter-2026-117: ACCESS of person P-7, AGREED".
std::string RequestText(const v1::PersonRequest& request) {
  return absl::StrCat(request.request_id(), ": ", ShortName(request.kind()), " of person ",
                      request.person_id(), ", ", ShortName(request.state()));
}

}  // namespace

absl::StatusOr<Result> PersonFind(Session& session, const PersonFindArguments& arguments) {
  v1::FindPersonsRequest request;
  if (!arguments.phone.empty()) request.set_phone(ValueOf(arguments.phone));
  if (!arguments.email.empty()) request.set_email(ValueOf(arguments.email));
  if (!arguments.card.empty()) request.set_card_number(ValueOf(arguments.card));
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::FindPersonsResponse>(request));
  TextTable table({{"person", Align::kLeft}});
  for (const std::string& person_id : response.person_ids()) table.Add({person_id});
  Result result;
  result.text = table.Render();
  result.summary = Counted(response.person_ids_size(), "person");
  if (response.person_ids_size() >= kFoundMax)
    absl::StrAppend(&result.summary, ", as many as are named; there may be more");
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> PersonOpen(Session& session, const PersonRequestArguments& arguments) {
  v1::OpenPersonRequestRequest asked;
  v1::PersonRequest& request = *asked.mutable_request();
  request.set_request_id(arguments.request_id);
  request.set_person_id(arguments.person_id);
  request.set_kind(arguments.kind);
  request.set_reference(arguments.reference);
  request.mutable_fields()->Assign(arguments.fields.begin(), arguments.fields.end());
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::OpenPersonRequestResponse>(asked));
  Result result;
  result.summary = RequestText(response.request());
  if (response.request().state() == v1::PersonRequest::STATE_OPEN)
    absl::StrAppend(&result.summary, "; another operator types: switchboard person agree ",
                    arguments.request_id);
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> PersonDecide(Session& session, const std::string& request_id, bool agreed) {
  v1::DecidePersonRequestRequest request;
  request.set_request_id(request_id);
  request.set_agreed(agreed);
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::DecidePersonRequestResponse>(request));
  Result result;
  result.summary = RequestText(response.request());
  result.json = JsonOf(response);
  return result;
}

absl::StatusOr<Result> PersonList(Session& session, const PersonListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"request", Align::kLeft},
                   {"person", Align::kLeft},
                   {"asks for", Align::kLeft},
                   {"state", Align::kLeft},
                   {"reference", Align::kLeft},
                   {"opened (UTC)", Align::kLeft},
                   {"by", Align::kLeft},
                   {"decided by", Align::kLeft},
                   {"fields", Align::kLeft},
                   {"waits for", Align::kLeft}});
  Listing listing(session, arguments.listed, "request");
  v1::ListPersonRequestsRequest request;
  request.set_closed_too(arguments.closed_too);
  v1::ListPersonRequestsResponse page;
  do {
    ASSIGN_OR_RETURN(page, hub->Ask<v1::ListPersonRequestsResponse>(request));
    for (const v1::PersonRequest& one : page.requests()) {
      if (listing.Full()) break;
      request.set_after(one.request_id());
      listing.Add(one);
      table.Add({one.request_id(), one.person_id(), ShortName(one.kind()), ShortName(one.state()),
                 one.reference(), UtcText(one.open_time()), one.opened_by(), one.decided_by(),
                 absl::StrJoin(one.fields(), ", "), absl::StrJoin(one.waits_for(), "; ")});
    }
  } while (page.requests_size() > 0 && !listing.Full());
  return listing.Finish(table);
}

// The file first: what cannot be written down is not read.
absl::StatusOr<Result> PersonRead(Session& session, const PersonReadArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const int file, MakeFile(arguments.out));
  v1::ReadPersonDataResponse all;
  const auto pages = ReadAll(*hub, arguments.request_id, all);
  const absl::Status written =
      WriteAndClose(file, arguments.out, pages.ok() ? JsonOf(all) + "\n" : "");
  if (!pages.ok()) {
    unlink(arguments.out.c_str());
    return pages.status();
  }
  RETURN_IF_ERROR(written);
  Result result;
  result.summary =
      absl::StrCat(Counted(all.sections_size(), "section"), " on ", Counted(*pages, "page"),
                   " written to ", arguments.out, ", which nobody but you may read");
  result.json = absl::StrCat("{\"sections\": ", all.sections_size(), ", \"pages\": ", *pages, "}");
  return result;
}

}  // namespace switchboard::cli
