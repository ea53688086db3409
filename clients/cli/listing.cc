#include "clients/cli/listing.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"

namespace switchboard::cli {

Listing::Listing(Session& session, const ListArguments& arguments, std::string_view noun)
    : session_(session), limit_(arguments.limit), noun_(noun) {}

void Listing::Add(const google::protobuf::Message& row) {
  absl::StrAppend(&json_, count_ == 0 ? "" : ",", JsonOf(row));
  ++count_;
  session_.progress.Update(Counted(count_, noun_) + " read");
}

Result Listing::Finish(const TextTable& table) const {
  Result result;
  result.text = table.Render();
  result.summary = Counted(count_, noun_) + (Full() ? "; there may be more: --limit" : "");
  result.json = "[" + json_ + "]";
  return result;
}

}  // namespace switchboard::cli
