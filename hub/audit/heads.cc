#include "hub/audit/heads.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "hub/audit/chain.h"
#include "hub/audit/finding.h"
#include "hub/base/digest.h"
#include "hub/base/error.h"

namespace switchboard::audit {
namespace {

using Json = nlohmann::json;

constexpr char kLogEvent[] = "audit_heads";
// The log takes ten digits in a row for a number that must not stand there.
constexpr size_t kHashGroup = 8;
// How the wire begins an event that tells of a restore: its kind. Of millions the others need not
// be parsed.
constexpr char kRestoredBytes[] = {v1::AuditEvent::kKindFieldNumber << 3,
                                   v1::AuditEvent::KIND_RESTORED};
constexpr std::string_view kRestored(kRestoredBytes, sizeof(kRestoredBytes));

absl::Status Invalid(std::string_view what) {
  return Error(
      absl::StatusCode::kInvalidArgument, "HEADS_INVALID",
      "not as switchboard audit heads --json FILE or a hub's log writes it: " + std::string(what));
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

bool ReadHash(const Json& json, std::string* hash) {
  std::string text;
  if (!ReadText(json, "hash", &text)) return false;
  text = absl::StrReplaceAll(text, {{":", ""}});
  if (text.size() != 2 * kSha256Bytes ||
      text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
    return false;
  *hash = absl::HexStringToBytes(text);
  return true;
}

absl::StatusOr<v1::AuditHead> ReadHead(const Json& json) {
  v1::AuditHead head;
  int64_t sequence = 0, commit_time_us = 0;
  if (!json.is_object() || !ReadText(json, "chain_id", head.mutable_chain_id()))
    return Invalid("chain_id");
  if (!ReadNumber(json, "sequence", &sequence) || sequence < 0) return Invalid("sequence");
  if (!ReadHash(json, head.mutable_hash())) return Invalid("hash");
  // Without it a head can be compared all the same.
  if (ReadNumber(json, "commit_time_us", &commit_time_us)) head.set_commit_time_us(commit_time_us);
  head.set_sequence(sequence);
  return head;
}

// What the log says besides, and the lines of others between, is none of ours.
absl::StatusOr<std::vector<Json>> RowsOfLog(std::string_view text) {
  std::vector<Json> rows;
  for (absl::string_view line : absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    if (line.find(kLogEvent) == absl::string_view::npos) continue;
    Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    std::string event;
    if (!json.is_object()) return Invalid("a line of the log is cut off");
    if (ReadText(json, "event", &event) && event == kLogEvent) rows.push_back(std::move(json));
  }
  return rows;
}

absl::StatusOr<std::vector<Json>> RowsOf(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return RowsOfLog(text);
  const Json& result = json.contains("result") ? json["result"] : json;
  if (!result.is_object() || !result.contains("heads")) return RowsOfLog(text);
  if (!result["heads"].is_array()) return Invalid("no list of heads");
  return std::vector<Json>(result["heads"].begin(), result["heads"].end());
}

}  // namespace

std::string JsonOfHeads(const std::vector<v1::AuditHead>& heads) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const v1::AuditHead& head : heads) {
    list.push_back({{"chain_id", head.chain_id()},
                    {"sequence", head.sequence()},
                    {"hash", absl::BytesToHexString(head.hash())},
                    {"commit_time_us", head.commit_time_us()}});
  }
  return nlohmann::ordered_json{{"heads", list}}.dump(
      -1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string LogTextOfHash(std::string_view hash) {
  std::string text;
  const std::string digits = absl::BytesToHexString(absl::string_view(hash.data(), hash.size()));
  for (size_t at = 0; at < digits.size(); at += kHashGroup)
    absl::StrAppend(&text, at == 0 ? "" : ":", digits.substr(at, kHashGroup));
  return text;
}

absl::StatusOr<std::vector<v1::AuditHead>> ReadHeads(std::string_view text) {
  ASSIGN_OR_RETURN(const std::vector<Json> rows, RowsOf(text));
  std::vector<v1::AuditHead> heads;
  for (const Json& row : rows) {
    ASSIGN_OR_RETURN(heads.emplace_back(), ReadHead(row));
  }
  if (heads.empty()) return Invalid("it holds no head, and so proves nothing");
  return heads;
}

HeadCheck::HeadCheck(std::vector<v1::AuditHead> noted) : noted_(std::move(noted)) {
  for (const v1::AuditHead& head : noted_) hashes_[{head.chain_id(), head.sequence()}];
}

void HeadCheck::See(const v1::AuditEntry& entry) {
  if (!noted_.empty()) {
    last_[entry.chain_id()] = entry.sequence();
    const auto noted = hashes_.find({entry.chain_id(), entry.sequence()});
    if (noted != hashes_.end()) noted->second = entry.hash();
  }
  ForEachEvent(entry, [&](std::string_view bytes) {
    if (bytes.substr(0, kRestored.size()) != kRestored) return;
    v1::AuditEvent event;
    if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        !event.has_restored())
      return;
    Restore& restore = restores_.emplace_back();
    restore.time_us = entry.commit_time_us();
    for (const v1::AuditHead& head : event.restored().heads())
      restore.ends[head.chain_id()] = head.sequence();
  });
}

std::vector<int64_t> HeadCheck::restore_times_us() const {
  std::vector<int64_t> times_us;
  for (const Restore& restore : restores_) times_us.push_back(restore.time_us);
  return times_us;
}

// The first one after the head was noted. A restore of before explains nothing: what was noted
// since then was in the log that it began.
const HeadCheck::Restore* HeadCheck::LostBy(const v1::AuditHead& noted) const {
  const Restore* lost_by = nullptr;
  if (noted.commit_time_us() == 0) return lost_by;
  for (const Restore& one : restores_) {
    const auto end = one.ends.find(noted.chain_id());
    const bool had_it = end != one.ends.end() && end->second >= noted.sequence();
    if (had_it || one.time_us < noted.commit_time_us()) continue;
    if (lost_by == nullptr || one.time_us < lost_by->time_us) lost_by = &one;
  }
  return lost_by;
}

HeadCheck::Problem HeadCheck::ProblemOf(const v1::AuditHead& noted,
                                        std::string_view otherwise) const {
  Problem problem;
  problem.place = absl::StrCat(noted.chain_id(), "/", noted.sequence());
  problem.text =
      absl::StrCat("chain ", noted.chain_id(), ", entry ", noted.sequence(), ", noted before: ");
  const Restore* lost_by = LostBy(noted);
  if (lost_by == nullptr) {
    problem.text += otherwise;
    return problem;
  }
  problem.lost_by_restore = true;
  const auto end = lost_by->ends.find(noted.chain_id());
  absl::StrAppend(&problem.text, "lost by the restore of ", UtcTextOf(lost_by->time_us),
                  end == lost_by->ends.end()
                      ? " (from a backup that had no entry of the chain)"
                      : absl::StrCat(" (from a backup that ended at entry ", end->second, ")"));
  return problem;
}

std::vector<HeadCheck::Problem> HeadCheck::Problems() const {
  std::vector<Problem> problems;
  for (const v1::AuditHead& noted : noted_) {
    const auto last = last_.find(noted.chain_id());
    const std::string& hash = hashes_.at({noted.chain_id(), noted.sequence()});
    if (last == last_.end()) {
      problems.push_back(ProblemOf(noted, "there is no such chain any more"));
    } else if (!hash.empty()) {
      if (hash != noted.hash()) problems.push_back(ProblemOf(noted, "it is another one now"));
    } else if (last->second < noted.sequence()) {
      problems.push_back(ProblemOf(noted, absl::StrCat("the chain ends at ", last->second,
                                                       "; what came behind it was taken away")));
    } else {
      problems.push_back(ProblemOf(noted, "it is missing"));
    }
  }
  return problems;
}

}  // namespace switchboard::audit
