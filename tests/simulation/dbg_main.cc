#include <cstdio>
#include "switchboard/v1/assignment.pb.h"
#include "tests/simulation/simulation.h"
using namespace switchboard;
using namespace switchboard::simulation;
int main(int, char** v) {
  RunFolder f;
  Options o;
  o.seed = atoi(v[1]);
  o.steps = atoi(v[2]);
  auto r = Run(o, f.Fresh());
  if (!r.ok()) return 1;
  for (auto& fd : r->ledger.feeds)
    for (auto& [id, row] : fd.live) {
      auto it = fd.workable.find(id);
      if (it != fd.workable.end() && it->second != row) {
        v1::Assignment a, b;
        a.ParseFromString(row);
        b.ParseFromString(it->second);
        printf("HUB %s\nVENDOR %s\n", a.ShortDebugString().c_str(), b.ShortDebugString().c_str());
      }
    }
}
