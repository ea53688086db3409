#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "hub/base/clock.h"
#include "switchboard/v1/code_map.pb.h"
#include "switchboard/v1/config.pb.h"
#include "switchboard/v1/contract.pb.h"
#include "switchboard/v1/routing_plan.pb.h"
#include "switchboard/v1/rule_pack.pb.h"
#include "switchboard/v1/script.pb.h"

namespace switchboard {

// A contract file that the configuration names, read and found right.
struct ContractFile {
  std::string path;
  std::string yaml;
  v1::Contract contract;
};

// The same of the routing plan.
struct PlanFile {
  std::string path;
  std::string yaml;
  v1::RoutingPlan plan;
};

// The same of a rule pack.
struct PackFile {
  std::string path;
  std::string yaml;
  v1::RulePack pack;
};

// The same of a vendor's code map.
struct CodeMapFile {
  std::string path;
  std::string yaml;
  v1::CodeMap map;
};

// The same of a script.
struct ScriptFile {
  std::string path;
  std::string yaml;
  v1::Script script;
};

// What a hub starts from.
struct Startup {
  v1::Config config;  // defaults filled in, paths absolute
  std::vector<ContractFile> contracts;
  std::optional<PlanFile> plan;
  std::vector<PackFile> rule_packs;    // by pack and version
  std::vector<CodeMapFile> code_maps;  // by vendor and version
  std::vector<ScriptFile> scripts;     // by script and version
};

// What was found before anything was done.
struct Judgement {
  Startup startup;  // to be used when there are no problems

  // In the order of the configuration file's text, then of the files it names; each message is
  // "file:line:column: field: problem", with the way out.
  std::vector<absl::Status> problems;
  size_t untold = 0;  // problems beyond those

  // What only the database can answer: a plan names a vendor or a kind of work that no contract
  // file here covers, or a code map a vendor without one, but another contract may have been
  // released since. The start asks again, of the plan of a new database before the hub writes.
  std::vector<absl::Status> open_questions;

  // What keeps nobody from starting: a place for checkpoints that is away, which the hub's log
  // tells of as well.
  std::vector<absl::Status> warnings;
};

enum class JudgedFor {
  // Somebody asks, perhaps while a hub runs.
  kCheck,
  // A start: the addresses are tried as well.
  kStart,
};

// Judges a configuration before it acts, in one pass: its text and every value in it; the folders
// and files it names; certificates and keys; contract files, one per vendor; the routing plan, and
// whether the contracts cover it; rule packs, code maps and scripts, a file per version. Changes
// nothing and opens no database. Blocks; may ask the network for the name in `listen`.
Judgement JudgeStartup(const std::string& config_path, JudgedFor what, Clock& clock);

// Whether a contract is out of force by this time, whatever else is released.
bool HasEnded(const v1::Contract& contract, absl::Time now);

}  // namespace switchboard
