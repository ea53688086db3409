#pragma once

// For the tests of this folder: a hub that answers what the test says, and the command line run on
// it.

#include <deque>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/command_line.h"
#include "hub/audit/made_log.h"
#include "hub/base/error.h"

namespace switchboard::cli {

// Keeps what was asked and gives what the test laid out, by the messages' types.
class Script {
 public:
  absl::Status failure;           // of every call, unless OK
  std::vector<std::string> hubs;  // connected to, as --hub names them
  std::string dead_hub;           // of these, one that cannot be reached
  std::string health = "SERVING";
  std::vector<v1::AuditEntry> audit;            // all chains' entries, in order
  std::vector<std::string> chains = {"hub-1"};  // as the hub lists them
  audit::MadeLog* log = nullptr;                // not null: it answers in the place of these two

  // One more answer of this type, to be filled in; they are given in order, then empty ones.
  template <typename Response>
  Response& Answer() {
    auto& answers = answers_[Response::descriptor()];
    answers.push_back(std::make_unique<Response>());
    return static_cast<Response&>(*answers.back());
  }
  template <typename Response>
  size_t Unasked() const {
    const auto found = answers_.find(Response::descriptor());
    return found == answers_.end() ? 0 : found->second.size();
  }

  // The last request of this type; empty if there was none.
  template <typename Request>
  Request Asked() const {
    Request request;
    const auto found = asked_.find(Request::descriptor());
    if (found != asked_.end()) request.CopyFrom(*found->second);
    return request;
  }

 private:
  friend class ScriptedCalls;
  using Messages = std::deque<std::unique_ptr<google::protobuf::Message>>;
  std::map<const google::protobuf::Descriptor*, Messages> answers_;
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<google::protobuf::Message>> asked_;
};

class ScriptedCalls final : public HubCalls {
 public:
  explicit ScriptedCalls(Script& script) : script_(script) {}

  Answer<std::string> Health(const std::string&) override {
    if (!script_.failure.ok()) return script_.failure;
    return script_.health;
  }

 protected:
  absl::Status Call(const google::protobuf::MethodDescriptor&,
                    const google::protobuf::Message& request,
                    google::protobuf::Message& response) override {
    if (!script_.failure.ok()) return script_.failure;
    auto& asked = script_.asked_[request.GetDescriptor()];
    asked.reset(request.New());
    asked->CopyFrom(request);
    if (auto& answers = script_.answers_[response.GetDescriptor()]; !answers.empty()) {
      response.CopyFrom(*answers.front());
      answers.pop_front();
    } else if (script_.log != nullptr && IsOfLog(response)) {
      return AskLog(request, response);
    } else if (auto* page = dynamic_cast<v1::ReadAuditResponse*>(&response)) {
      ReadAudit(static_cast<const v1::ReadAuditRequest&>(request), *page);
    } else if (auto* disclosures = dynamic_cast<v1::ListDisclosuresResponse*>(&response)) {
      disclosures->set_next(static_cast<const v1::ListDisclosuresRequest&>(request).after());
    }
    return absl::OkStatus();
  }

 private:
  static bool IsOfLog(const google::protobuf::Message& response) {
    return response.GetDescriptor() == v1::ReadAuditResponse::descriptor() ||
           response.GetDescriptor() == v1::ReadAuditTreeResponse::descriptor() ||
           response.GetDescriptor() == v1::ListCheckpointsResponse::descriptor() ||
           response.GetDescriptor() == v1::DigestRowsResponse::descriptor();
  }

  absl::Status AskLog(const google::protobuf::Message& request,
                      google::protobuf::Message& response) const {
    const auto put = [&](const auto& answer) {
      if (answer.ok()) response.CopyFrom(*answer);
      return answer.status();
    };
    if (auto* entries = dynamic_cast<const v1::ReadAuditRequest*>(&request))
      return put(script_.log->Entries(*entries));
    if (auto* tree = dynamic_cast<const v1::ReadAuditTreeRequest*>(&request))
      return put(script_.log->Tree(tree->after()));
    if (auto* rows = dynamic_cast<const v1::DigestRowsRequest*>(&request))
      return put(script_.log->Rows(*rows));
    return put(script_.log->Checkpoints(
        static_cast<const v1::ListCheckpointsRequest&>(request).after_size()));
  }

  // Two entries a page.
  void ReadAudit(const v1::ReadAuditRequest& asked, v1::ReadAuditResponse& page) const {
    for (const std::string& chain : script_.chains) page.add_chain_ids(chain);
    for (const auto& entry : script_.audit) {
      const bool is_of_chain = asked.chain_id().empty() || entry.chain_id() == asked.chain_id();
      const bool fits = is_of_chain && entry.sequence() > asked.after() && page.entries_size() < 2;
      if (fits) *page.add_entries() = entry;
    }
  }

  Script& script_;
};

struct Ran {
  int code;
  std::string out;
  std::string err;
};

// Runs the command line over the script, with this stream for standard output; the exit code.
// "--hub" and "--tls" are the caller's to give.
inline int RunLine(const std::vector<std::string>& words, Script& script, Clock& clock,
                   std::ostream& out, std::ostream& err) {
  Session session(clock, out, err);
  session.connect = [&script](Session& used) -> absl::StatusOr<std::unique_ptr<HubCalls>> {
    const std::string hubs = used.connection.HubsText();
    script.hubs.push_back(hubs);
    if (hubs == script.dead_hub) return absl::UnavailableError("Connection refused");
    return std::make_unique<ScriptedCalls>(script);
  };
  session.wait = [](absl::Duration) {};
  std::vector<const char*> arguments = {"switchboard"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  return Run(static_cast<int>(arguments.size()), arguments.data(), session);
}

// The same, with all that was printed.
inline Ran RunLine(const std::vector<std::string>& words, Script& script, Clock& clock) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = RunLine(words, script, clock, out, err);
  return {code, out.str(), err.str()};
}

// The same for a command that calls a hub.
inline Ran RunOnline(std::vector<std::string> words, Script& script) {
  ManualClock clock;
  words.insert(words.end(), {"--hub", "hub.example:8443", "--tls", "certs/operator-ito"});
  return RunLine(words, script, clock);
}

}  // namespace switchboard::cli
