#include "hub/identity/authorization.h"

#include <set>

#include "google/protobuf/descriptor.h"
#include "tests/testing.h"

namespace switchboard::identity {
namespace {

using ::switchboard::testing::FailsWith;
using Role = Peer::Role;

struct ServiceRole {
  const char* service;
  Role role;
  const char* reason;
};

std::vector<ServiceRole> Services() {
  return {
      {"CoreService", Role::kCore, "NOT_A_CORE"},
      {"VendorService", Role::kVendor, "NOT_A_VENDOR"},
      {"OperatorService", Role::kOperator, "NOT_AN_OPERATOR"},
      {"PrivacyService", Role::kOperator, "NOT_AN_OPERATOR"},
  };
}

constexpr Role kAllRoles[] = {Role::kCore, Role::kVendor, Role::kOperator, Role::kHub};

// Every method there is, by every role there is. What a service is for is said here once more: a
// rule that names another caller by mistake must not pass.
TEST(Authorization, EveryMethodHasOneRole) {
  int methods = 0;
  for (const ServiceRole& entry : Services()) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("switchboard.v1.") + entry.service);
    ASSERT_NE(service, nullptr) << entry.service;
    // A service that is added to a file needs a place in the list above.
    ASSERT_EQ(service->file()->service_count(), 1);
    for (int i = 0; i < service->method_count(); ++i, ++methods) {
      const std::string method = "/" + service->full_name() + "/" + service->method(i)->name();
      SCOPED_TRACE(method);
      const v1::MethodRule* rule = RuleOf(method);
      ASSERT_NE(rule, nullptr);
      EXPECT_NE(rule->effect(), v1::MethodRule::EFFECT_UNSPECIFIED);
      EXPECT_TRUE(rule->request_bytes_max() >= 0 && rule->request_bytes_max() <= 4 << 20);
      for (Role role : kAllRoles) {
        const absl::Status status = Authorize({role, "x"}, method);
        if (role == entry.role) {
          EXPECT_OK(status);
        } else {
          EXPECT_THAT(status, FailsWith(absl::StatusCode::kPermissionDenied, entry.reason));
        }
      }
    }
  }
  EXPECT_GE(methods, 70);
}

TEST(Authorization, UnknownMethodsAreNobodys) {
  for (const char* method :
       {"", "/", "/switchboard.v1.CoreService/", "/switchboard.v1.CoreService/Drop",
        "switchboard.v1.CoreService/PostEvents", "/switchboard.v1.CoreService.PostEvents",
        "/SWITCHBOARD.v1.CoreService/PostEvents", "/switchboard.v1.CoreService/PostEvents/x"}) {
    for (Role role : kAllRoles) {
      EXPECT_THAT(Authorize({role, "x"}, method),
                  FailsWith(absl::StatusCode::kPermissionDenied, "METHOD_UNKNOWN"))
          << method;
    }
    EXPECT_EQ(RuleOf(method), nullptr) << method;
  }
}

}  // namespace
}  // namespace switchboard::identity
