// What operators write: the first letter says which kind of text the rest is.
#include <cstddef>
#include <cstdint>
#include <string>

#include "hub/config.h"
#include "hub/contracts/contract_check.h"
#include "hub/routing/plan_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      (void)switchboard::contracts::ParseContract(text, "contract.yaml");
      break;
    case 1:
      (void)switchboard::routing::ParseRoutingPlan(text, "plan.yaml");
      break;
    default: {
      switchboard::ConfigProblems problems(text, "hub.yaml");
      (void)switchboard::ParseConfig(text, "hub.yaml", problems);
    }
  }
  return 0;
}
