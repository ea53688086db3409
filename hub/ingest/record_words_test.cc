#include <string>

#include "hub/ingest/record_rows.h"

// What a record says of zones, wishes, consents and other parties.

namespace switchboard::ingest {
namespace {

v1::OtherParty& PartyOf(v1::AccountRecord& r) {
  v1::OtherParty& party = *PersonOf(r).add_other_parties();
  party.set_party_id("party-" + std::to_string(PersonOf(r).other_parties_size()));
  party.set_party(v1::PARTY_RELATED);
  party.set_basis("joint debtor");
  return party;
}
v1::ContactPoint& PointOf(v1::OtherParty& party, const char* id) {
  v1::ContactPoint& point = *party.add_contact_points();
  point.set_contact_point_id(id);
  point.set_kind(v1::CONTACT_KIND_MOBILE);
  point.set_phone("+819087654321");
  return point;
}

TEST(AdmitRecordTest, ZonesWishesAndConsents) {
  CheckRows({
      {"a zone", [](R& r) { PersonOf(r).add_time_zones("Asia/Tokyo"); }, ""},
      {"a zone that is none", [](R& r) { PersonOf(r).add_time_zones("Asia/Atlantis"); },
       "person.time_zones[0]"},
      {"the machine's zone", [](R& r) { PersonOf(r).add_time_zones("localtime"); },
       "person.time_zones[0]"},
      {"nine zones",
       [](R& r) {
         for (int i = 0; i < 9; ++i) PersonOf(r).add_time_zones("Asia/Tokyo");
       },
       "person.time_zones"},
      {"a wish",
       [](R& r) {
         auto& wish = *PersonOf(r).add_wishes();
         wish.set_kind(v1::WISH_KIND_NO_CONTACT_POINT);
         wish.set_contact_point("mobile");
       },
       ""},
      {"a wish of no kind", [](R& r) { PersonOf(r).add_wishes(); }, "person.wishes[0].kind"},
      {"a wish about a number",
       [](R& r) {
         auto& wish = *PersonOf(r).add_wishes();
         wish.set_kind(v1::WISH_KIND_NO_CONTACT_POINT);
         wish.set_contact_point("+819012345678");
       },
       "person.wishes[0].contact_point"},
      {"51 wishes",
       [](R& r) {
         for (int i = 0; i < 51; ++i) PersonOf(r).add_wishes()->set_channel(v1::CHANNEL_SMS);
       },
       "person.wishes"},
      {"a consent without a time",
       [](R& r) { PersonOf(r).add_consents()->set_what(v1::CONSENT_KIND_CALL); },
       "person.consents[0].given"},
      {"a consent",
       [](R& r) {
         auto& consent = *PersonOf(r).add_consents();
         consent.set_what(v1::CONSENT_KIND_CALL);
         consent.mutable_given()->set_seconds(1'795'000'000);
         consent.set_collector("sakura");
         consent.set_how("signed form");
       },
       ""},
      {"a consent to nobody",
       [](R& r) {
         auto& consent = *PersonOf(r).add_consents();
         consent.set_what(v1::CONSENT_KIND_CALL);
         consent.mutable_given()->set_seconds(1'795'000'000);
         consent.set_collector("Sakura KK");
       },
       "person.consents[0].collector"},
      {"no such product",
       [](R& r) { AccountOf(r).set_product_kind(static_cast<v1::ProductKind>(9)); },
       "account.product_kind"},
  });
}

TEST(AdmitRecordTest, OtherParties) {
  CheckRows({
      {"a party", [](R& r) { PointOf(PartyOf(r), "other-1"); }, ""},
      {"the person as a party", [](R& r) { PartyOf(r).set_party(v1::PARTY_PERSON); },
       "person.other_parties[0].party"},
      {"no basis", [](R& r) { PartyOf(r).clear_basis(); }, "person.other_parties[0].basis"},
      {"a name as its id", [](R& r) { PartyOf(r).set_party_id("+819012345678"); },
       "person.other_parties[0].party_id"},
      {"one id for two",
       [](R& r) {
         PartyOf(r);
         PartyOf(r).set_party_id("party-1");
       },
       "person.other_parties[1].party_id"},
      {"a contact point of the person's", [](R& r) { PointOf(PartyOf(r), "mobile"); },
       "person.other_parties[0].contact_points[0].contact_point_id"},
      {"a number that is none", [](R& r) { PointOf(PartyOf(r), "other-1").set_phone("123"); },
       "person.other_parties[0].contact_points[0].phone"},
      {"six numbers",
       [](R& r) {
         auto& party = PartyOf(r);
         for (const char* id : {"o-1", "o-2", "o-3", "o-4", "o-5", "o-6"}) PointOf(party, id);
       },
       "person.other_parties[0].contact_points"},
      {"21 parties",
       [](R& r) {
         for (int i = 0; i < 21; ++i) PartyOf(r);
       },
       "person.other_parties"},
  });
}

}  // namespace
}  // namespace switchboard::ingest
