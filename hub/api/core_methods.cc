#include "hub/api/core_api.h"
#include "hub/api/methods.h"

namespace switchboard::api {

std::vector<Method> CoreMethods(CoreApi& api) {
  return {
      Row("ImportAccounts", api, &CoreApi::OpenImport),
      Row("PostEvents", api, &CoreApi::PostEvents),
      Row("ReadCoreFeed", api, &CoreApi::ReadCoreFeed),
  };
}

}  // namespace switchboard::api
