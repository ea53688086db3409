#include "hub/startup.h"

#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "hub/base/error.h"
#include "hub/base/hub_clock.h"
#include "hub/base/yaml.h"
#include "hub/config.h"
#include "hub/contracts/contract_check.h"
#include "hub/contracts/script_check.h"
#include "hub/guard/accept_loop.h"
#include "hub/guard/address_range.h"
#include "hub/identity/host_port.h"
#include "hub/identity/tls_material.h"
#include "hub/results/code_map_check.h"
#include "hub/routing/plan_check.h"
#include "hub/rules/pack_check.h"
#include "hub/startup_files.h"
#include "hub/telemetry/http_endpoint.h"

namespace switchboard {
namespace {

std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

constexpr int kProxiesMax = 100;

// One pass over a configuration.
class Judge {
 public:
  Judge(const std::string& text, const std::string& path, JudgedFor what, Clock& clock)
      : problems_(text, path), warnings_(text, path), what_(what), clock_(clock) {
    startup_.config = ParseConfig(text, path, problems_);
  }

  Judgement Run() && {
    CheckAddresses();
    CheckProxies();
    CheckCertificates();
    CheckStartupFiles(config(), problems_);
    CheckCheckpointPlaces(config(), warnings_);
    ReadContracts();
    ReadPlan();
    ReadRulePacks();
    ReadCodeMaps();
    ReadScripts();
    return {std::move(startup_), problems_.InOrder(), problems_.untold(),
            std::move(open_questions_), warnings_.InOrder()};
  }

 private:
  const v1::Config& config() const { return startup_.config; }

  void Require(const absl::Status& status, std::string_view field) {
    if (!status.ok()) problems_.AddAt(field, MessageOf(status));
  }

  void CheckAddresses() {
    const std::string& listen = config().listen();
    const std::string& metrics = config().metrics_listen();
    if (!listen.empty()) {
      const auto where = identity::ParseHostPort(listen);
      Require(where.status(), "listen");
      if (where.ok()) Require(identity::Resolve(*where, AI_PASSIVE).status(), "listen");
    }
    if (!metrics.empty()) Require(telemetry::HttpEndpoint::CheckAddress(metrics), "metrics_listen");
    // Whatever the hosts: the address of all of them takes the port of each.
    const int port = PortOf(listen);
    problems_.Require(port == 0 || port != PortOf(metrics), "metrics_listen",
                      "must be another port than listen");
    if (what_ == JudgedFor::kCheck) return;
    TryListen();
    if (!metrics.empty() && !problems_.Knows("metrics_listen"))
      Require(telemetry::HttpEndpoint::TryAddress(metrics), "metrics_listen");
  }

  void CheckProxies() {
    problems_.Require(config().proxies_size() <= kProxiesMax, "proxies",
                      absl::StrCat("may hold ", kProxiesMax, " at most"));
    for (int i = 0; i < config().proxies_size(); ++i)
      Require(guard::AddressRange::Parse(config().proxies(i)).status(),
              absl::StrCat("proxies[", i, "]"));
  }

  // 0: any that is free, or the address is none.
  static int PortOf(const std::string& address) {
    const auto where = identity::ParseHostPort(address);
    int port = 0;
    return where.ok() && absl::SimpleAtoi(where->port, &port) ? port : 0;
  }

  // Takes the address and lets it go again.
  void TryListen() {
    if (config().listen().empty() || problems_.Knows("listen")) return;
    guard::AcceptOptions options;
    options.address = config().listen();
    guard::RefusalTally nobody_comes([](const guard::Refusals&) {}, clock_);
    Require(guard::AcceptLoop::Bind(std::move(options), nobody_comes).status(), "listen");
  }

  void CheckCertificates() {
    constexpr char kField[] = "tls.directory";
    if (config().tls().directory().empty() || problems_.Knows(kField)) return;
    for (const absl::Status& problem :
         identity::FindTlsProblems(config().tls().directory(), identity::TlsUse::kServer, clock_)) {
      problems_.AddBeside(kField, MessageOf(problem));
    }
  }

  // The text of a file that the configuration names at `field`.
  std::optional<std::string> ReadNamed(const std::string& path, const std::string& field) {
    if (path.empty() || problems_.Knows(field)) return std::nullopt;
    auto text = ReadTextFile(path);
    if (text.ok()) return *std::move(text);
    Require(text.status(), field);
    return std::nullopt;
  }

  // What does not fit the schema, all of it; true if there is nothing.
  template <typename Message>
  bool FitsSchema(const std::string& yaml, const std::string& path) {
    Message read;
    const auto unread = ReadYamlThrough(yaml, path, ConfigProblems::kTold + 1, &read);
    for (const absl::Status& problem : unread) problems_.Add(problem);
    return unread.empty();
  }

  void ReadContracts() {
    std::map<std::string, std::string> files;  // by vendor
    for (int i = 0; i < config().contracts_size(); ++i) {
      const std::string field = absl::StrCat("contracts[", i, "]");
      const std::string& path = config().contracts(i);
      auto yaml = ReadNamed(path, field);
      contracts_good_ &= yaml.has_value();
      if (!yaml.has_value()) continue;
      const bool fits = FitsSchema<v1::Contract>(*yaml, path);
      auto contract = contracts::ParseContract(*yaml, path);
      if (fits) problems_.Add(contract.status());
      contracts_good_ &= contract.ok();
      if (!contract.ok()) continue;
      const auto [other, first] = files.emplace(contract->vendor_id(), path);
      problems_.Require(first, field,
                        absl::StrCat("is a contract of vendor '", contract->vendor_id(), "' as ",
                                     other->second, " is; keep one file per vendor"));
      contracts_good_ &= first;
      startup_.contracts.push_back({path, *std::move(yaml), *std::move(contract)});
    }
  }

  void ReadPlan() {
    const std::string& path = config().routing_plan();
    auto yaml = ReadNamed(path, "routing_plan");
    if (!yaml.has_value()) return;
    const bool fits = FitsSchema<v1::RoutingPlan>(*yaml, path);
    auto plan = routing::ParseRoutingPlan(*yaml, path);
    if (fits) problems_.Add(plan.status());
    if (!plan.ok()) return;
    // Of contracts that could not be read nothing can be asked.
    if (contracts_good_) CheckPlan(*plan, YamlPlaces(*yaml, path));
    startup_.plan = PlanFile{path, *std::move(yaml), *std::move(plan)};
  }

  // Of texts by id and version, the files that the configuration names at `field`: a file for each
  // version, and of one text the lower versions first, as they are released.
  template <typename File, typename Message>
  std::vector<File> ReadVersions(
      const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& paths,
      absl::StatusOr<Message> (*parse)(std::string_view yaml, std::string_view path),
      const std::string& (*id)(const Message& message), const char* noun) {
    std::map<std::pair<std::string, int>, File> files;
    for (int i = 0; i < paths.size(); ++i) {
      const std::string place = absl::StrCat(field, "[", i, "]");
      const std::string& path = paths.Get(i);
      auto yaml = ReadNamed(path, place);
      if (!yaml.has_value()) continue;
      const bool fits = FitsSchema<Message>(*yaml, path);
      auto message = parse(*yaml, path);
      if (fits) problems_.Add(message.status());
      if (!message.ok()) continue;
      const auto key = std::make_pair(id(*message), message->version());
      const auto [other, first] =
          files.emplace(key, File{path, *std::move(yaml), *std::move(message)});
      problems_.Require(
          first, place,
          absl::StrCat("is version ", key.second, " of ", noun, " '", key.first, "' as ",
                       other->second.path, " is; keep one file of each version"));
    }
    std::vector<File> found;
    for (auto& [key, file] : files) found.push_back(std::move(file));
    return found;
  }

  void ReadRulePacks() {
    startup_.rule_packs = ReadVersions<PackFile, v1::RulePack>(
        "rule_packs", config().rule_packs(), rules::ParseRulePack,
        [](const v1::RulePack& pack) -> const std::string& { return pack.pack_id(); }, "pack");
  }

  void ReadCodeMaps() {
    startup_.code_maps = ReadVersions<CodeMapFile, v1::CodeMap>(
        "code_maps", config().code_maps(), results::ParseCodeMap,
        [](const v1::CodeMap& map) -> const std::string& { return map.vendor_id(); },
        "the code map of");
    if (!contracts_good_) return;
    std::set<std::string> vendors;
    for (const ContractFile& file : startup_.contracts) vendors.insert(file.contract.vendor_id());
    for (const CodeMapFile& file : startup_.code_maps) {
      if (vendors.contains(file.map.vendor_id())) continue;
      AskDatabase(YamlPlaces(file.yaml, file.path)
                      .ErrorAt("vendor_id", "CODE_MAP_INVALID",
                               absl::StrCat("vendor '", file.map.vendor_id(),
                                            "' has no contract; name its file in contracts, or "
                                            "correct the id")));
    }
  }

  void ReadScripts() {
    startup_.scripts = ReadVersions<ScriptFile, v1::Script>(
        "scripts", config().scripts(), contracts::ParseScript,
        [](const v1::Script& script) -> const std::string& { return script.script_id(); },
        "script");
  }

  // By the clock that the hub will go by.
  void CheckPlan(const v1::RoutingPlan& plan, const YamlPlaces& places) {
    const absl::Time now = HubClock(clock_, RehearsalOf(config())).Now();
    std::vector<v1::Contract> contracts;
    for (const ContractFile& file : startup_.contracts) {
      if (!HasEnded(file.contract, now)) contracts.push_back(file.contract);
    }
    const absl::Status covered = routing::CheckPlanAgainstContracts(plan, contracts, places);
    if (!covered.ok()) AskDatabase(covered);
  }

  // Of a contract that is missing among the files.
  void AskDatabase(const absl::Status& problem) {
    if (DatabaseMayExist(config())) {
      open_questions_.push_back(problem);
    } else {
      problems_.Add(problem);
    }
  }

  ConfigProblems problems_;
  ConfigProblems warnings_;
  const JudgedFor what_;
  Clock& clock_;
  Startup startup_;
  bool contracts_good_ = true;
  std::vector<absl::Status> open_questions_;
};

}  // namespace

Judgement JudgeStartup(const std::string& config_path, JudgedFor what, Clock& clock) {
  const auto text = ReadTextFile(config_path);
  if (!text.ok()) {
    Judgement judgement;
    judgement.problems.push_back(text.status());
    return judgement;
  }
  return Judge(*text, config_path, what, clock).Run();
}

bool HasEnded(const v1::Contract& contract, absl::Time now) {
  const v1::Date& end = contract.effective_to();
  return contract.has_effective_to() && absl::ToCivilDay(now, absl::UTCTimeZone()) >=
                                            absl::CivilDay(end.year(), end.month(), end.day());
}

}  // namespace switchboard
