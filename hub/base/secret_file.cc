#include "hub/base/secret_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace switchboard {
namespace {

constexpr uid_t kRoot = 0;

}  // namespace

ProcessOwner ProcessOwner::OfThisProcess() {
  ProcessOwner owner;
  owner.user = geteuid();
  const int count = getgroups(0, nullptr);
  owner.groups.resize(static_cast<size_t>(std::max(count, 0)));
  const int got = getgroups(static_cast<int>(owner.groups.size()), owner.groups.data());
  owner.groups.resize(static_cast<size_t>(std::max(got, 0)));
  owner.groups.push_back(getegid());
  return owner;
}

std::string SecretFileProblem(const struct stat& facts, const ProcessOwner& owner) {
  if ((facts.st_mode & 0077) == 0) return "";
  if ((facts.st_mode & 0007) != 0) return "others may read or write this key; run chmod 600 on it";
  if ((facts.st_mode & 0030) != 0)
    return "its group may write or run this key; run chmod 600 on it, or 640 where somebody else "
           "owns it";
  const bool ours =
      std::find(owner.groups.begin(), owner.groups.end(), facts.st_gid) != owner.groups.end();
  const bool given = facts.st_uid != owner.user || facts.st_uid == kRoot;
  if (ours && given) return "";
  return given ? "its group may read this key and is none of the hub's; run chmod 600 on it, or "
                 "give it to the hub's group"
               : "its group may read this key although the hub's user owns it; run chmod 600 on it";
}

std::string BookPlaceProblem(const std::string& path) {
  struct stat facts;
  if (stat(path.c_str(), &facts) != 0 || (facts.st_mode & 0007) == 0) return "";
  return path + " is open to everybody on this machine; run chmod " +
         (S_ISDIR(facts.st_mode) ? "700" : "600") + " on it";
}

}  // namespace switchboard
