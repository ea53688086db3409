#include "hub/api/privacy_api.h"
#include "hub/api/read_for.h"
#include "hub/reports/disclosure_record.h"

namespace switchboard::api {

void PrivacyApi::ReadDisclosures(const identity::Peer& caller, v1::ReadDisclosuresRequest request,
                                 Done<v1::ReadDisclosuresResponse> done) {
  ReadFor<v1::ReadDisclosuresResponse>(
      parts_.readers, parts_.reports, caller.Actor(),
      [this, request = std::move(request)](storage::Connection& reader) {
        const reports::DisclosureRecord record(parts_.book, parts_.contracts, parts_.sealer,
                                               parts_.clock);
        return record.Read(reader, request);
      },
      std::move(done));
}

}  // namespace switchboard::api
