// Each request as the edge hands it over: the first byte chooses the method, the rest is the
// message. Behind it stands a whole hub, which must answer everything and go on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "hub/api/methods.h"
#include "hub/ingest/import_stream.h"
#include "tests/hub/hub_fixture.h"

namespace switchboard {
namespace {

using testing::HubWorld;

// What came of a few hundred inputs stays; then the files begin anew.
constexpr int kInputsOfAWorld = 500;

struct World {
  World() {
    hub.SetUpVendors({"sakura"});
    (void)hub.Import({testing::MakeRecord(1)});
    for (auto rows :
         {api::CoreMethods(hub.hub().core_api()), api::VendorMethods(hub.hub().vendor_api()),
          api::OperatorMethods(hub.hub().operator_api()),
          api::PrivacyMethods(hub.hub().privacy_api())}) {
      for (api::Method& row : rows) methods.push_back(std::move(row));
    }
  }
  HubWorld hub;
  std::vector<api::Method> methods;
  int inputs = 0;
};

identity::Peer CallerOf(const api::Method& method) {
  switch (method.rule().caller()) {
    case v1::MethodRule::CALLER_CORE:
      return testing::Core();
    case v1::MethodRule::CALLER_VENDOR:
      return testing::VendorPeer("sakura");
    default:
      return testing::Operator();
  }
}

void Serve(World& world, const api::Method& method, std::string request) {
  int answers = 0;
  if (const auto* unary = std::get_if<api::Method::Unary>(&method.serve)) {
    (*unary)(CallerOf(method), std::move(request),
             [&answers](const absl::StatusOr<std::string>&) { ++answers; });
  } else if (const auto* import = std::get_if<api::Method::Import>(&method.serve)) {
    (*import)(CallerOf(method))
        ->Take(std::move(request),
               [&answers](const absl::StatusOr<v1::ImportAccountsResponse>&) { ++answers; });
  } else {
    return;  // Sync: its messages are parsed at the edge
  }
  world.hub.Settle();
  // Long polls are answered when their time is up.
  if (answers == 0) world.hub.Advance(absl::Minutes(2));
  if (answers != 1) abort();
}

}  // namespace
}  // namespace switchboard

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using switchboard::World;
  if (size == 0) return 0;
  static std::unique_ptr<World> world;
  if (world == nullptr || ++world->inputs > switchboard::kInputsOfAWorld) {
    world.reset();
    world = std::make_unique<World>();
  }
  const auto& method = world->methods[data[0] % world->methods.size()];
  std::string request(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (request.size() <= method.request_bytes_max())
    switchboard::Serve(*world, method, std::move(request));
  return 0;
}
