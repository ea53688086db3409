#include "clients/cli/audit_heads.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/render.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Json = nlohmann::json;

absl::Status Invalid(std::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, "HEADS_INVALID",
               "not as switchboard audit heads --json FILE writes it: " + std::string(what));
}

bool ReadNumber(const Json& json, const char* key, int64_t* number) {
  const auto found = json.find(key);
  if (found == json.end()) return false;
  if (found->is_string()) return absl::SimpleAtoi(found->get<std::string>(), number);
  if (!found->is_number_integer()) return false;
  *number = found->get<int64_t>();
  return true;
}

bool ReadText(const Json& json, const char* key, std::string* text) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return false;
  *text = found->get<std::string>();
  return true;
}

bool IsHex(const std::string& text) {
  return text.size() == 2 * kSha256Bytes &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

absl::StatusOr<v1::AuditHead> ReadHead(const Json& json) {
  v1::AuditHead head;
  std::string hash;
  int64_t sequence = 0;
  if (!json.is_object() || !ReadText(json, "chain_id", head.mutable_chain_id()))
    return Invalid("chain_id");
  if (!ReadNumber(json, "sequence", &sequence) || sequence < 0) return Invalid("sequence");
  if (!ReadText(json, "hash", &hash) || !IsHex(hash)) return Invalid("hash");
  head.set_sequence(sequence);
  head.set_hash(absl::HexStringToBytes(hash));
  return head;
}

}  // namespace

std::string JsonOfHeads(const std::vector<v1::AuditHead>& heads) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const v1::AuditHead& head : heads) {
    list.push_back({{"chain_id", head.chain_id()},
                    {"sequence", head.sequence()},
                    {"hash", Hex(head.hash())},
                    {"commit_time_us", head.commit_time_us()}});
  }
  return nlohmann::ordered_json{{"heads", list}}.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

absl::StatusOr<std::vector<v1::AuditHead>> ReadHeads(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Invalid("no JSON object");
  const Json& result = json.contains("result") ? json["result"] : json;
  if (!result.is_object() || !result.contains("heads") || !result["heads"].is_array())
    return Invalid("no list of heads");
  std::vector<v1::AuditHead> heads;
  for (const Json& one : result["heads"]) {
    ASSIGN_OR_RETURN(heads.emplace_back(), ReadHead(one));
  }
  if (heads.empty()) return Invalid("the list of heads is empty, and so proves nothing");
  return heads;
}

HeadCheck::HeadCheck(std::vector<v1::AuditHead> noted) : noted_(std::move(noted)) {}

void HeadCheck::See(const v1::AuditEntry& entry) {
  last_[entry.chain_id()] = entry.sequence();
  for (size_t i = 0; i < noted_.size(); ++i) {
    const bool is_this =
        noted_[i].chain_id() == entry.chain_id() && noted_[i].sequence() == entry.sequence();
    if (is_this) hashes_[i] = entry.hash();
  }
}

std::vector<std::string> HeadCheck::Problems() const {
  std::vector<std::string> problems;
  for (size_t i = 0; i < noted_.size(); ++i) {
    const v1::AuditHead& noted = noted_[i];
    const auto last = last_.find(noted.chain_id());
    const auto hash = hashes_.find(i);
    const std::string entry =
        absl::StrCat("chain ", noted.chain_id(), ", entry ", noted.sequence(), ", noted before: ");
    if (last == last_.end()) {
      problems.push_back(entry + "there is no such chain any more");
    } else if (hash != hashes_.end()) {
      if (hash->second != noted.hash()) problems.push_back(entry + "it is another one now");
    } else if (last->second < noted.sequence()) {
      problems.push_back(absl::StrCat(entry, "the chain ends at ", last->second,
                                      "; what came behind it was taken away"));
    } else {
      problems.push_back(entry + "it is missing");
    }
  }
  return problems;
}

}  // namespace switchboard::cli
