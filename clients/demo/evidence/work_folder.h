#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "hub/base/clock.h"
#include "hub/base/hub_clock.h"

namespace switchboard::demo {

struct DemoVendor {
  std::string id;
  int agents = 0;  // calls at a time
  bool records_calls = false;
  std::string hands_over_to;  // the id of another one; empty: nobody's
};

// In the order of the report, from the one that sees most to the one that sees least.
const std::vector<DemoVendor>& DemoVendors();

// The rule packs under which people are contacted: those of the places where they live, as the hub
// ships them, and the issuer's own.
const std::vector<std::string>& DemoPacks();

// What comes into force takes two operators: this one proposes, and does all else …
inline constexpr char kFirstOperator[] = "director";
// … and this one releases.
inline constexpr char kSecondOperator[] = "sato";

// Makes the folder of a run and returns its path: `keep` if it is named, which must be empty or not
// exist, else a new one "switchboard-<name>-…" in the system's temporary folder. Errors:
// ALREADY_EXISTS, FOLDER_NOT_EMPTY; UNAVAILABLE, FILE_NOT_WRITTEN.
absl::StatusOr<std::string> MakeRunFolder(const std::string& keep, const std::string& name);

// One of the hubs of a run.
struct HubPlace {
  std::string hub_id;                           // "hub-1"
  int port = 0;                                 // on 127.0.0.1; 0 lets the system choose
  std::string postgres_url;                     // empty: a SQLite file beside it
  std::optional<Rehearsal> day = std::nullopt;  // none: it goes by the true time
};

// From where an HAProxy in front of the hubs connects to them, by the PROXY protocol.
inline constexpr char kProxyAddress[] = "127.0.0.2";

// Its configuration file, which lies in the folder "hub" of a run.
std::string HubConfigOf(const HubPlace& place);

// Folder of one run: certificates of an authority of its own, the hubs' configurations with copies
// of the contracts, of the plan and of the rule packs, a folder for the hubs, one for their
// checkpoints and one for each other process, which nobody else can enter. Removed with the object
// unless it is to be kept.
class WorkFolder {
 public:
  // `keep`: made there and left; must be empty or not exist. Empty: a new one in the system's
  // temporary folder. `demo_folder` is clients/demo. Errors: ALREADY_EXISTS, FOLDER_NOT_EMPTY;
  // UNAVAILABLE, FILE_NOT_WRITTEN; those of the authority.
  static absl::StatusOr<WorkFolder> Make(const std::string& keep, const std::string& demo_folder,
                                         Clock& clock);

  WorkFolder(WorkFolder&& other) noexcept;
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  const std::string& path() const { return path_; }
  // Where the hubs' checkpoints go: nobody's but who keeps them.
  std::string OfCheckpoints() const { return Of("checkpoints"); }
  std::string Of(const std::string& process) const { return path_ + "/" + process; }
  std::string TlsOf(const std::string& peer) const { return path_ + "/tls/" + peer; }
  std::string TlsOfOperator(const char* name) const {
    return TlsOf(std::string("operator-") + name);
  }
  // Files of one hub, all in the folder "hub".
  std::string ConfigOf(const std::string& hub_id) const { return OfHub(hub_id, ".yaml"); }
  std::string PortsOf(const std::string& hub_id) const { return OfHub(hub_id, ".ports"); }
  std::string LogOf(const std::string& hub_id) const { return OfHub(hub_id, ".log"); }

  absl::Status WriteHubConfig(const HubPlace& place) const;

  // Lets other users pass through the folder to what they own below it; they cannot list it.
  absl::Status LetOthersPass() const;

  // Leaves everything in place, for somebody to look at.
  void Keep() { remove_ = false; }

 private:
  WorkFolder(std::string path, bool remove) : path_(std::move(path)), remove_(remove) {}
  std::string OfHub(const std::string& hub_id, const char* extension) const {
    return path_ + "/hub/" + hub_id + extension;
  }

  std::string path_;
  bool remove_ = false;
};

}  // namespace switchboard::demo
