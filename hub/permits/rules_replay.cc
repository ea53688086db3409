#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/person_place.h"
#include "hub/permits/rule_facts.h"
#include "hub/permits/rules_preview.h"
#include "hub/rules/decision.h"
#include "hub/rules/pack_timeline.h"

// The half of rules_preview.h that looks back.

namespace switchboard::permits {
namespace {

using google::protobuf::util::TimeUtil;
using Response = v1::ReplayRulesResponse;

constexpr int kContactsMax = 100'000;
constexpr int kSamplesDefault = 20;
constexpr size_t kPersonsMax = 5'000;  // kept in memory

// What was known of whoever was contacted, until a moment; one person's contacts come far apart.
struct Contacted {
  int64_t until_us = INT64_MAX;
  v1::Person person;
  std::map<std::string, std::string> numbers;  // the person's and those of parties, by digest
};

class Replay {
 public:
  // `timeline`: with the pack that is replayed.
  Replay(const RulesOutlook& outlook, const rules::PackTimeline& timeline, int samples_max)
      : outlook_(outlook), timeline_(timeline), samples_max_(samples_max) {}

  absl::Status LookAt(const contacts::ContactRow& made) {
    ASSIGN_OR_RETURN(const Contacted* whom, Of(made.person_id, made.begin_us));
    if (whom == nullptr) return absl::OkStatus();
    const absl::Time begin = absl::FromUnixMicros(made.begin_us);
    const auto number = whom->numbers.find(made.number_digest);
    const rules::Whereabouts where =
        WhereIs(timeline_.At(begin).packs, whom->person,
                number == whom->numbers.end() ? std::string_view() : number->second,
                outlook_.judge.rule_pack_elsewhere());
    if (!absl::c_linear_search(where.packs, outlook_.pack)) return absl::OkStatus();
    response_.set_contacts(response_.contacts() + 1);
    ASSIGN_OR_RETURN(const rules::Facts facts,
                     GatherPastFacts(outlook_.reader, outlook_.book, whom->person, made,
                                     where.zones, *outlook_.pack));
    const rules::Decision decision = rules::Decide({outlook_.pack}, facts, begin);
    for (const rules::Finding& warning : decision.warnings)
      ++rules_[warning.rule->rule_id()].warned;
    if (decision.allowed()) return absl::OkStatus();
    response_.set_refused(response_.refused() + 1);
    for (const rules::Finding& refusal : decision.refusals)
      ++rules_[refusal.rule->rule_id()].refused;
    if (response_.samples_size() < samples_max_) AddSample(made, decision);
    return absl::OkStatus();
  }

  Response Answer() && {
    for (const auto& [rule_id, count] : rules_) {
      auto& line = *response_.add_rules();
      line.set_rule_id(rule_id);
      line.set_refused(count.refused);
      line.set_warned(count.warned);
    }
    return std::move(response_);
  }

 private:
  struct Counts {
    int64_t refused = 0;
    int64_t warned = 0;
  };

  // Null: nobody known.
  absl::StatusOr<const Contacted*> Of(const std::string& person_id, int64_t time_us) {
    if (persons_.size() >= kPersonsMax) persons_.clear();
    const auto [found, added] = persons_.try_emplace(person_id);
    if (added) RETURN_IF_ERROR(Recall(person_id, time_us, found->second));
    for (const Contacted& known : found->second) {
      if (time_us < known.until_us) return &known;
    }
    return nullptr;
  }

  // What was known of a person from `time_us` on, one time after the other.
  absl::Status Recall(const std::string& person_id, int64_t time_us,
                      std::vector<Contacted>& times) {
    auto person = outlook_.book.ReadPerson(outlook_.reader, person_id);
    // Erased since, or known no more.
    if (absl::IsNotFound(person.status())) return absl::OkStatus();
    RETURN_IF_ERROR(person.status());
    ASSIGN_OR_RETURN(auto past, outlook_.book.ReadPast(outlook_.reader, person_id, time_us));
    past.push_back({INT64_MAX, *std::move(person)});
    for (book::PastPerson& known : past) {
      std::map<std::string, std::string> numbers;
      AddNumbers(known.person.contact_points(), numbers);
      for (const v1::OtherParty& party : known.person.other_parties())
        AddNumbers(party.contact_points(), numbers);
      times.push_back({known.until_us, std::move(known.person), std::move(numbers)});
    }
    return absl::OkStatus();
  }

  template <typename Points>
  void AddNumbers(const Points& points, std::map<std::string, std::string>& numbers) const {
    for (const v1::ContactPoint& point : points) {
      if (point.has_phone()) numbers.emplace(outlook_.book.NumberDigest(point), point.phone());
    }
  }

  void AddSample(const contacts::ContactRow& made, const rules::Decision& decision) {
    auto& sample = *response_.add_samples();
    sample.set_account_id(made.account_id);
    sample.set_collector(made.collector);
    *sample.mutable_begin_time() = TimeUtil::MicrosecondsToTimestamp(made.begin_us);
    sample.set_channel(made.channel);
    for (const rules::Finding& refusal : decision.refusals)
      sample.add_rule_ids(refusal.rule->rule_id());
  }

  const RulesOutlook& outlook_;
  const rules::PackTimeline& timeline_;
  const int samples_max_;
  std::map<std::string, std::vector<Contacted>> persons_;
  std::map<std::string, Counts> rules_;  // by rule
  Response response_;
};

}  // namespace

absl::StatusOr<Response> ReplayRules(const RulesOutlook& outlook,
                                     const v1::ReplayRulesRequest& request) {
  const int64_t from_us = absl::ToUnixMicros(TimeOf(request.from_time()));
  const int64_t to_us = absl::ToUnixMicros(TimeOf(request.to_time()));
  const int contacts_max = request.contacts_max() == 0 ? kContactsMax : request.contacts_max();
  ASSIGN_OR_RETURN(const contacts::ContactsOfTime made,
                   contacts::ContactsOut(outlook.reader, from_us, to_us, contacts_max));
  ASSIGN_OR_RETURN(const auto applied, outlook.rule_packs.Timeline(outlook.reader));
  const rules::PackTimeline timeline = applied->With(outlook.pack);
  Replay replay(outlook, timeline,
                request.samples_max() == 0 ? kSamplesDefault : request.samples_max());
  for (const contacts::ContactRow& contact : made.contacts) RETURN_IF_ERROR(replay.LookAt(contact));
  Response response = std::move(replay).Answer();
  if (made.next_us.has_value())
    *response.mutable_next_time() = TimeUtil::MicrosecondsToTimestamp(*made.next_us);
  return response;
}

}  // namespace switchboard::permits
