#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "switchboard/v1/contact.pb.h"
#include "switchboard/v1/values.pb.h"

// What rules are asked about. Plain values: whoever gathers them decides where they come from.

namespace switchboard::rules {

// Times of day on some days of the week, in minutes since midnight. Where `from` is the later, it
// runs over midnight and belongs to the day on which it began.
struct DailyTime {
  uint8_t weekdays = 0x7F;  // bit 0 is Monday
  int from_minute = 0;
  int to_minute = 24 * 60;  // exclusive; not `from_minute`
};

// A wish of the person. Fields that its kind does not speak of are ignored.
struct Wish {
  v1::WishKind kind = v1::WISH_KIND_UNSPECIFIED;
  DailyTime times;                                              // NOT_BETWEEN
  absl::Time until = absl::InfiniteFuture();                    // when the wish ends
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;                // NO_CHANNEL
  std::string contact_point;                                    // NO_CONTACT_POINT
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;  // INCONVENIENT_PLACE
  bool broken = false;  // the promise behind it was not kept
};

// A consent of the person, or of the party `party_id`, or one that speaks of that party.
struct Consent {
  v1::ConsentKind what = v1::CONSENT_KIND_UNSPECIFIED;
  absl::Time given;
  absl::Time until = absl::InfiniteFuture();
  std::string party_id;       // empty: the person
  std::string contact_point;  // empty: any
  std::string collector;      // who received it
  std::string account;        // what it speaks of
};

// A stop that rules hear. Those that end every contact are not asked about here.
struct HeardStop {
  v1::StopReason reason = v1::STOP_REASON_UNSPECIFIED;
  std::string account;  // empty: the person, with all accounts
  absl::Time from;
  absl::Time until = absl::InfiniteFuture();  // then as long as the rule says
};

// An earlier attempt or contact, by anybody, out or in. One without a result is under way, or has a
// permit: it counts as whatever result is counted, and lets nothing pass. Nor does one of which
// nobody said the contact point or its kind: it counts wherever, and at whatever kind, contacts are
// counted.
struct Contact {
  absl::Time at;
  v1::Direction direction = v1::DIRECTION_OUT;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;  // unspecified: not known
  v1::Party party = v1::PARTY_UNSPECIFIED;
  v1::Act act = v1::ACT_UNSPECIFIED;  // unspecified: not known
  v1::ContactResult result = v1::CONTACT_RESULT_UNSPECIFIED;
  // With somebody else who is reached there too: counts only where contacts of one point are
  // counted, whoever has it.
  bool other_person = false;
  bool consented = false;
  bool objected = false;
  std::string party_id;       // of others than the person
  std::string contact_point;  // empty: not known, unless it is the request's
  std::string account;
  std::string collector;
};

// The contact that somebody wants to make.
struct Request {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::ContactKind contact_kind = v1::CONTACT_KIND_UNSPECIFIED;
  v1::Party party = v1::PARTY_UNSPECIFIED;
  v1::Act act = v1::ACT_UNSPECIFIED;
  std::string party_id;  // of others than the person
  std::string contact_point;
  std::string account;
  v1::ProductKind product = v1::PRODUCT_KIND_UNSPECIFIED;
  std::string collector;
  v1::CollectorKind collector_kind = v1::COLLECTOR_KIND_UNSPECIFIED;
};

// Everything that is known.
struct Facts {
  Request request;
  std::vector<absl::TimeZone> zones;  // in which the person may be; empty: not known
  bool account_disputed = false;
  bool employer_forbids = false;
  std::vector<Wish> wishes;
  std::vector<std::string> wrong_points;  // out of service, or somebody else's
  std::vector<HeardStop> stops;
  std::vector<Consent> consents;
  std::vector<Contact> history;  // oldest first; of the same instant, in the order given
};

}  // namespace switchboard::rules
