#include <map>
#include <string>
#include <vector>

#include "google/protobuf/util/time_util.h"
#include "hub/base/error.h"
#include "hub/base/proto_time.h"
#include "hub/contacts/contact_book.h"
#include "hub/permits/person_place.h"
#include "hub/permits/rule_facts.h"
#include "hub/permits/rules_preview.h"

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
  bool is_heard = false;  // the pack is
  std::vector<absl::TimeZone> zones;
};

class Replay {
 public:
  Replay(const RulesOutlook& outlook, int samples_max)
      : outlook_(outlook), packs_{outlook.pack}, samples_max_(samples_max) {}

  absl::Status LookAt(const contacts::ContactRow& made) {
    ASSIGN_OR_RETURN(const Contacted* whom, Of(made.person_id, made.begin_us));
    if (whom == nullptr || !whom->is_heard) return absl::OkStatus();
    response_.set_contacts(response_.contacts() + 1);
    ASSIGN_OR_RETURN(const rules::Facts facts,
                     GatherPastFacts(outlook_.reader, outlook_.book, whom->person, made,
                                     whom->zones, outlook_.pack->needs()));
    const rules::Decision decision =
        rules::Decide(packs_, facts, absl::FromUnixMicros(made.begin_us));
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
      const rules::Whereabouts where = WhereIs(packs_, known.person, "", /*elsewhere_id=*/"");
      times.push_back({known.until_us, std::move(known.person), !where.packs.empty(), where.zones});
    }
    return absl::OkStatus();
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
  const rules::Packs packs_;
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
  ASSIGN_OR_RETURN(const auto made,
                   contacts::ContactsOut(outlook.reader, from_us, to_us, kContactsMax));
  Replay replay(outlook, request.samples_max() == 0 ? kSamplesDefault : request.samples_max());
  for (const contacts::ContactRow& contact : made) RETURN_IF_ERROR(replay.LookAt(contact));
  Response response = std::move(replay).Answer();
  if (std::ssize(made) >= kContactsMax && made.back().begin_us + 1 < to_us)
    *response.mutable_next_time() = TimeUtil::MicrosecondsToTimestamp(made.back().begin_us + 1);
  return response;
}

}  // namespace switchboard::permits
