// What was shown of an account or a person, field by field.

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/commands.h"
#include "clients/cli/listing.h"
#include "clients/cli/render.h"
#include "clients/text_table.h"
#include "hub/base/error.h"
#include "switchboard/v1/privacy_records.pb.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;

// "name FAMILY_NAME, amount due BAND, city CLEAR".
std::string FieldsText(const v1::DisclosureLine& line) {
  return absl::StrJoin(
      line.fields(), ", ", [](std::string* text, const v1::DisclosureLine::Field& field) {
        const std::string name =
            absl::StrReplaceAll(absl::AsciiStrToLower(ShortName(field.field())), {{"_", " "}});
        const bool partial = field.show() == v1::Contract::SHOW_PARTIAL;
        absl::StrAppend(text, name, " ",
                        partial ? ShortName(field.mask()) : ShortName(field.show()));
      });
}

// "FEED", "UNMASKED, agreed by operator/ito".
std::string KindText(const v1::DisclosureLine& line) {
  const std::string kind = ShortName(line.kind());
  return line.agreed_by().empty() ? kind : absl::StrCat(kind, ", agreed by ", line.agreed_by());
}

std::string TimeOrNone(bool has, const google::protobuf::Timestamp& time) {
  return has ? UtcText(time) : "";
}

TextTable TableOf() {
  return TextTable({{"time (UTC)", Align::kLeft},
                    {"to", Align::kLeft},
                    {"how", Align::kLeft},
                    {"assignment", Align::kLeft},
                    {"contract"},
                    {"acknowledged (UTC)", Align::kLeft},
                    {"delete by (UTC)", Align::kLeft},
                    {"deleted (UTC)", Align::kLeft},
                    {"as of now", Align::kLeft},
                    {"shown", Align::kLeft}});
}

}  // namespace

absl::StatusOr<Result> DisclosureRecord(Session& session, const DisclosureArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table = TableOf();
  Listing listing(session, arguments.listed, "disclosure");
  v1::ReadDisclosuresRequest request;
  request.set_account_id(arguments.account_id);
  request.set_person_id(arguments.person_id);
  request.set_vendor_id(arguments.vendor_id);
  do {
    ASSIGN_OR_RETURN(const auto page, hub->Ask<v1::ReadDisclosuresResponse>(request));
    for (const v1::DisclosureLine& line : page.lines()) {
      if (listing.Full()) break;
      listing.Add(line);
      table.Add({UtcText(line.time()), line.shown_to(), KindText(line), line.assignment_id(),
                 line.contract_version() == 0 ? "" : absl::StrCat("v", line.contract_version()),
                 TimeOrNone(line.has_acknowledge_time(), line.acknowledge_time()),
                 TimeOrNone(line.has_delete_by(), line.delete_by()),
                 TimeOrNone(line.has_delete_time(), line.delete_time()),
                 line.as_of_now() ? "yes" : "", FieldsText(line)});
    }
    request.set_after(page.next());
  } while (!request.after().empty() && !listing.Full());
  return listing.Finish(table);
}

}  // namespace switchboard::cli
