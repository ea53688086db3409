#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "hub/masking/to_vendor.h"
#include "hub/masking/wire_guard.h"
#include "switchboard/v1/vendor_service.pb.h"

namespace switchboard::masking {

// Whom a request for a permit is about, as far as it is about anybody.
struct PermitSubject {
  const WireGuard* guard = nullptr;  // of the assignment's work; null: nobody's
  std::string person_bytes = {};     // a serialized Person
  std::string target = {};           // the number or address that the contact would be made at
};

// What answers a request for a permit: the only maker of such messages.
class PermitAnswer {
 public:
  // The response, looked at once more as it would be sent; or why it must not be.
  static std::variant<ToVendor<v1::RequestPermitResponse>, Finding> Of(
      const v1::RequestPermitResponse& response, const PermitSubject& subject);
  static std::variant<ToVendor<v1::PlanContactsResponse>, Finding> Of(
      const v1::PlanContactsResponse& response, const PermitSubject& subject);

  // What a stream says: such a response to one of its requests, what is wrong with one, and that a
  // permit is void.
  static ToVendor<v1::RequestPermitsResponse> OnStream(
      const v1::RequestPermitRequest& asked, const ToVendor<v1::RequestPermitResponse>& response);
  static ToVendor<v1::RequestPermitsResponse> Problem(const v1::RequestPermitRequest& asked,
                                                      std::string field, std::string problem);
  static ToVendor<v1::RequestPermitsResponse> Voided(std::string_view permit_id,
                                                     std::string_view assignment_id);
};

}  // namespace switchboard::masking
