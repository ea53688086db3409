#include "hub/unmasking/request_check.h"

#include <set>

namespace switchboard::unmasking {
namespace {

constexpr int kClassesMax = 10;

}  // namespace

std::optional<FieldProblem> CheckUnmaskingRequest(const v1::RequestUnmaskingRequest& request) {
  FieldCheck check;
  check.Id(request.request_id(), "request_id");
  check.Id(request.assignment_id(), "assignment_id");
  check.Require(!request.classes().empty() && request.classes_size() <= kClassesMax, "classes",
                "must be 1 to 10");
  std::set<int> seen;
  for (const int data_class : request.classes()) {
    check.Require(data_class != v1::DATA_CLASS_UNSPECIFIED && v1::DataClass_IsValid(data_class) &&
                      seen.insert(data_class).second,
                  "classes", "must be classes of data, each once");
  }
  check.Enum(v1::UnmaskingReason_IsValid(request.reason()), request.reason(), "reason");
  check.Require(!request.agent_reference().empty(), "agent_reference",
                "is missing; say who will see it");
  check.Reference(request.agent_reference(), "agent_reference");
  return check.problem();
}

}  // namespace switchboard::unmasking
