#include "hub/identity/authorization.h"

#include <map>
#include <optional>
#include <string>

#include "google/protobuf/descriptor.h"
#include "hub/base/error.h"
#include "switchboard/v1/method.pb.h"

namespace switchboard::identity {
namespace {

constexpr const char* kServices[] = {"switchboard.v1.CoreService", "switchboard.v1.VendorService",
                                     "switchboard.v1.OperatorService",
                                     "switchboard.v1.PrivacyService"};

using Rules = std::map<std::string, const v1::MethodRule*, std::less<>>;

Rules ReadRules() {
  Rules rules;
  for (const char* name : kServices) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    SWITCHBOARD_ASSERT(service != nullptr);
    for (int m = 0; m < service->method_count(); ++m) {
      const auto& method = *service->method(m);
      if (!method.options().HasExtension(v1::rule)) continue;
      rules["/" + service->full_name() + "/" + method.name()] =
          &method.options().GetExtension(v1::rule);
    }
  }
  return rules;
}

std::optional<Peer::Role> RoleOf(v1::MethodRule::Caller caller) {
  switch (caller) {
    case v1::MethodRule::CALLER_CORE:
      return Peer::Role::kCore;
    case v1::MethodRule::CALLER_VENDOR:
      return Peer::Role::kVendor;
    case v1::MethodRule::CALLER_OPERATOR:
      return Peer::Role::kOperator;
    default:
      return std::nullopt;
  }
}

absl::Status Denied(std::string_view reason, std::string_view text) {
  return Error(absl::StatusCode::kPermissionDenied, reason, text);
}

absl::Status NotOfRole(Peer::Role wanted) {
  switch (wanted) {
    case Peer::Role::kCore:
      return Denied("NOT_A_CORE", "only a core may call this method");
    case Peer::Role::kVendor:
      return Denied("NOT_A_VENDOR", "only a vendor may call this method");
    case Peer::Role::kOperator:
      return Denied("NOT_AN_OPERATOR", "only an operator may call this method");
    case Peer::Role::kHub:
      break;
  }
  return Denied("METHOD_UNKNOWN", "nobody may call this method");
}

}  // namespace

const v1::MethodRule* RuleOf(std::string_view full_method) {
  static const Rules& rules = *new Rules(ReadRules());  // never destroyed: threads may outlive main
  const auto found = rules.find(full_method);
  return found == rules.end() ? nullptr : found->second;
}

absl::Status Authorize(const Peer& peer, std::string_view full_method) {
  const v1::MethodRule* rule = RuleOf(full_method);
  const auto wanted = rule == nullptr ? std::nullopt : RoleOf(rule->caller());
  if (!wanted.has_value()) return Denied("METHOD_UNKNOWN", "nobody may call this method");
  return peer.role == *wanted ? absl::OkStatus() : NotOfRole(*wanted);
}

}  // namespace switchboard::identity
