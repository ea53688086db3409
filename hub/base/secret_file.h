#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

struct stat;

namespace switchboard {

// Who runs this program, as far as files ask.
struct ProcessOwner {
  uid_t user = 0;
  std::vector<gid_t> groups;  // the effective one and the supplementary ones

  static ProcessOwner OfThisProcess();
};

// What is wrong with the mode of a file that holds a key, and the way out; empty if nothing is. Its
// owner alone may read and write it: mode 0600 or 0400. Readable by its group as well (0640, 0440)
// is fine where somebody else owns it and gave it to the group of `owner` – what Kubernetes does
// with fsGroup, and root in a folder below /etc –, because that is then the only way to read it.
// Never by others, and never writable by the group.
std::string SecretFileProblem(const struct stat& facts, const ProcessOwner& owner);

// The same of a file or folder that holds the book, sealed as it is: its owner and its group only.
// Nothing is wrong with one that is not there.
std::string BookPlaceProblem(const std::string& path);

}  // namespace switchboard
