#include "tests/simulation/scenery.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace switchboard::simulation {
namespace {

constexpr int kNumberOfAll = 3;
constexpr int kAccountsKeepDays = 5;  // which last a minute each

std::string CardNumber(int account) {
  return absl::StrFormat("42424242424%05d", 31'000 + account * 7);
}
// The third one is that of a household of two, the fourth that of all.
std::string Phone(int person, int number, Land land) {
  if (land == Land::kMassachusetts) {
    if (number == kNumberOfAll) return "+16176164000";
    if (number == 2) return absl::StrFormat("+1617%03d%04d", 620 + person / 2, 4'000);
    return absl::StrFormat("+1617%03d%04d", 351 + person, 8'000 + person * 13 + number * 1'000);
  }
  if (number == kNumberOfAll) return "+818062164000";
  if (number == 2) return absl::StrFormat("+8180%04d%04d", 6'217 + person / 2, 4'000);
  return absl::StrFormat("+8190%04d%04d", 3'517 + person, 8'000 + person * 13 + number * 1'000);
}
std::string Email(int person) { return absl::StrFormat("qzx%d@mail.example", 700 + person); }
std::string Street(int person) {
  return absl::StrFormat("%d-%d Kazaguruma", 10 + person, 40 + person);
}
std::string GivenName(int person) { return absl::StrFormat("Wq%ctaro", 'a' + person % 26); }
std::string FamilyName(int person) { return absl::StrFormat("Yv%cgawa", 'a' + person % 26); }
std::string InternalReason(int account) {
  return absl::StrFormat("scorecard-%d-fraud", 500 + account);
}

// What each shape adds to the contract of a vendor. REFERENCE is always a token.
std::string Disclosures(std::string_view vendor_id, int shape) {
  if (vendor_id == "asahi") {
    const char* const shapes[] = {
        "{data_class: NAME, show: CLEAR}, {data_class: AMOUNT, show: CLEAR}",
        "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}",
        "{data_class: AMOUNT, show: CLEAR}, {data_class: PRODUCT, show: CLEAR}",
        "{data_class: NAME, show: CLEAR}, {data_class: AMOUNT, show: CLEAR}, {data_class: PRODUCT, "
        "show: CLEAR}",
        "{data_class: AMOUNT, show: CLEAR}",
    };
    return absl::StrCat(shapes[shape], ", {data_class: DELINQUENCY, show: CLEAR}");
  }
  if (vendor_id == "beni") {
    const char* const shapes[] = {
        "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}, {data_class: AMOUNT, show: BAND, "
        "band_ends: [100000, 500000]}, {data_class: FREE_TEXT, show: CLEAR}",
        "{data_class: AMOUNT, show: BAND, band_ends: [200000]}",
        "{data_class: LANGUAGE, show: CLEAR}",
        "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}, {data_class: AMOUNT, show: CLEAR}, "
        "{data_class: FREE_TEXT, show: CLEAR}, {data_class: PRODUCT, show: CLEAR}",
        "{data_class: NAME, show: PARTIAL, mask: FAMILY_NAME}, {data_class: FREE_TEXT, show: "
        "CLEAR}",
    };
    return absl::StrCat(shapes[shape], ", {data_class: DELINQUENCY, show: CLEAR}");
  }
  const char* const shapes[] = {"{data_class: PRODUCT, show: CLEAR}",
                                "{data_class: LANGUAGE, show: CLEAR}",
                                "{data_class: CARD_NUMBER, show: PARTIAL, mask: CARD_LAST_FOUR}",
                                "{data_class: PRODUCT, show: CLEAR}, {data_class: LANGUAGE, show: "
                                "CLEAR}",
                                "{data_class: PRODUCT, show: ABSENT}"};
  return absl::StrCat(shapes[shape], ", {data_class: DELINQUENCY, show: PARTIAL, mask: BUCKET}");
}

// "{level: agent, …}"
std::string AuthorityText(const v1::Contract::Authority& authority) {
  std::vector<std::string> waivers;
  for (const int kind : authority.waivers()) {
    waivers.push_back(
        v1::PaymentPlan::Waiver::Kind_Name(static_cast<v1::PaymentPlan::Waiver::Kind>(kind)));
  }
  return absl::StrCat("{level: ", authority.level(), ", months_max: ", authority.months_max(),
                      ", least_down_percent: ", authority.least_down_percent(), ", waivers: [",
                      absl::StrJoin(waivers, ", "),
                      "], waiver_percent_max: ", authority.waiver_percent_max(),
                      ", least_proofs: ", authority.least_proofs(), "}");
}

// What contracts say of plans and of handing over.
std::string AgreementText(std::string_view vendor_id) {
  std::string yaml;
  const v1::Contract::PlanTerms plans = PlanTermsOf(vendor_id);
  if (!plans.authorities().empty()) {
    absl::StrAppend(&yaml, "plans:\n  proof_store: ", plans.proof_store(), "\n  authorities:\n");
    for (const v1::Contract::Authority& one : plans.authorities())
      absl::StrAppend(&yaml, "    - ", AuthorityText(one), "\n");
  }
  const std::vector<std::string> receivers = ReceiversOf(vendor_id);
  if (!receivers.empty())
    absl::StrAppend(&yaml, "hand_over_to: [", absl::StrJoin(receivers, ", "), "]\n");
  return yaml;
}

// What each may see for a time, beside what no shape of its contract shows.
std::string UnmaskingText(std::string_view vendor_id) {
  return absl::StrCat(
      "    unmask: [{data_class: ADDRESS, show: CLEAR, second_person: OPERATOR, "
      "per_account_day: 100}",
      vendor_id == "asahi"
          ? ", {data_class: LANGUAGE, show: CLEAR, second_person: NONE, per_account_day: 100}"
          : "",
      "]\n");
}

std::string DayText(const char* key, const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::StrCat(key, ": ", absl::FormatCivilTime(*day), "\n") : "";
}

}  // namespace

std::string ContractYaml(std::string_view vendor_id, const ContractTerms& terms) {
  const absl::string_view vendor(vendor_id.data(), vendor_id.size());
  std::string yaml =
      absl::StrCat("vendor_id: ", vendor, "\ndisplay_name: Vendor ", vendor, "\n",
                   DayText("effective_from", terms.from), DayText("effective_to", terms.to),
                   "languages: ", terms.japanese_only ? "[ja]" : "[ja, en]",
                   "\nlive_assignments_max: ", terms.capped && vendor_id == "chidori" ? 4 : 0,
                   "\nwork_types:\n");
  for (const char* work_type : {"EARLY_COLLECTIONS", "LATE_COLLECTIONS", "CAMPAIGN"}) {
    if (work_type == terms.without) continue;
    // In campaigns nobody takes promises.
    const bool campaign = work_type == std::string_view("CAMPAIGN");
    absl::StrAppend(&yaml, "  - work_type: ", work_type, "\n    acts: [",
                    campaign ? "OFFER" : "TAKE_PROMISE", terms.reminds ? ", REMIND" : "",
                    "]\n    term: 3d\n", "    disclose: [{data_class: REFERENCE, show: TOKEN}, ",
                    Disclosures(vendor_id, terms.shape), "]\n", UnmaskingText(vendor_id));
  }
  absl::StrAppend(
      &yaml, "permits: {lifetime: 2min, dial: ", vendor_id == "asahi" ? "NUMBER" : "TRUNK",
      // Nobody is to run out here, where agents call for hours what others call in days.
      ", per_hour: 10000000, unused_per_hour: 10000000, unused_per_account_day: 10000}\n",
      "recalls: {pending_period: 1h, objection_extension: 2h}\nunmaskings_per_hour: 10000\n",
      vendor_id == "chidori"
          ? "promises: {days_ahead_max: 1, least_percent: 10, count_max: 2, within_days: 2}\n"
          : "",
      AgreementText(vendor_id));
  return yaml;
}

v1::Contract::PlanTerms PlanTermsOf(std::string_view vendor_id) {
  using Waiver = v1::PaymentPlan::Waiver;
  v1::Contract::PlanTerms terms;
  if (vendor_id == "chidori") return terms;
  terms.set_proof_store(kProofStore);
  v1::Contract::Authority& agent = *terms.add_authorities();
  agent.set_level("agent");
  agent.set_months_max(1);
  agent.set_least_down_percent(vendor_id == "asahi" ? 20 : 0);
  if (vendor_id == "beni") return terms;
  agent.add_waivers(Waiver::KIND_LATE_FEES);
  agent.set_waiver_percent_max(1);  // what vendors give up is more of some debts, less of others
  v1::Contract::Authority& lead = *terms.add_authorities();
  lead.set_level("lead");
  lead.set_months_max(2);
  lead.add_waivers(Waiver::KIND_LATE_FEES);
  lead.add_waivers(Waiver::KIND_INTEREST);
  lead.set_waiver_percent_max(2);
  lead.set_least_proofs(1);
  return terms;
}

std::vector<std::string> ReceiversOf(std::string_view vendor_id) {
  if (vendor_id == "asahi") return {"beni"};
  if (vendor_id == "beni") return {"asahi", "chidori"};
  return {};
}

std::string PackYaml(Land land, const PackTerms& terms) {
  // Of a country where nobody lives, the pack is heard of whom no other is.
  const char* country = land == Land::kJapan ? "JP" : land == Land::kMassachusetts ? "US" : "AQ";
  std::string yaml = absl::StrCat(
      "pack_id: sim\nversion: ", terms.version,
      "\ntitle: Caps of the simulation\ncountry: ", country, "\nhome_zone: Asia/Tokyo\n",
      DayText("effective_from", terms.from), DayText("effective_to", terms.to),
      terms.voids_open_permits ? "voids_open_permits: true\n" : "", "rules:\n");
  const auto rule = [&yaml](const char* name, const std::string& says) {
    absl::StrAppend(
        &yaml, "  - rule_id: sim.", name,
        "\n    strength: LAW\n    source: the simulation\n    verification: CONFIRMED\n", "    ",
        says, "\n");
  };
  rule("pause", R"(hours: {open: [{from: "09:30", to: "09:10"}], zone: Asia/Tokyo})");
  rule("contacts-a-day",
       absl::StrCat("count: {at_most: ", terms.contacts_a_day,
                    ", window: {days: 1}, contacts: {directions: [OUT], results: [NOT_CONNECTED, "
                    "RANG_OUT, MACHINE, DELIVERED, OTHER_PERSON, CONVERSATION]}}"));
  rule("talks-in-3-hours", absl::StrCat("count: {at_most: ", terms.talks,
                                        ", window: {elapsed: 3h}, contacts: {results: "
                                        "[CONVERSATION]}}"));
  rule("number-a-day",
       absl::StrCat("count: {at_most: ", terms.of_number,
                    ", window: {elapsed: 24h}, contacts: {same: [CONTACT_POINT]}}"));
  return yaml;
}

std::vector<std::string> PackYamls(Land land, const PackTerms& terms) {
  std::vector<std::string> yamls = {PackYaml(land, terms)};
  std::vector<const char*> shipped;
  if (land == Land::kJapan) shipped = {"jp", "tw"};
  if (land == Land::kMassachusetts) shipped = {"us", "us-ma"};
  for (const char* pack : shipped) {
    std::stringstream text;
    text << std::ifstream(absl::StrCat(SWITCHBOARD_PACKS, "/", pack, ".yaml")).rdbuf();
    yamls.push_back(text.str());
  }
  return yamls;
}

std::string PlanYaml(int version) {
  const int shift = (version * 10) % 40;
  return absl::StrCat(
      "plan_id: plan-", version, "\nseed: 77\nsegments:\n",
      "  - name: late\n    work_type: LATE_COLLECTIONS\n    when: {days_past_due: {min: 61}}\n",
      "    shares: [{vendor_id: asahi, percent: ", 50 - shift,
      "}, {vendor_id: beni, percent: ", 50 + shift, "}]\n", "    stratify_by: [GRADE]\n",
      "  - name: early\n    work_type: EARLY_COLLECTIONS\n    when: {days_past_due: {min: 1}}\n",
      "    shares: [{vendor_id: asahi, percent: 40}, {vendor_id: beni, percent: 40}, {vendor_id: "
      "chidori, "
      "percent: 20}]\n",
      "  - name: campaign\n    work_type: CAMPAIGN\n    when: {days_past_due: {max: 0}}\n",
      "    shares: [{vendor_id: beni, percent: 50}, {vendor_id: chidori, percent: 50, "
      "live_assignments_max: 3}]\n");
}

std::string AccountId(int account) { return absl::StrFormat("acct-zk%04d", 4'100 + account); }
std::string PersonId(int person) { return absl::StrFormat("pers-vj%04d", 7'300 + person); }

AccountFacts DrawAccountFacts(Dice& dice) {
  const int days[] = {0, 3, 20, 45, 70, 120};
  AccountFacts facts;
  facts.gold = dice.Chance(0.5);
  facts.good_grade = dice.Chance(0.5);
  facts.amount = 10'000 * (1 + dice.Below(90));
  facts.days_past_due = days[dice.Below(6)];
  return facts;
}

PersonFacts DrawPersonFacts(Dice& dice, bool one_number) {
  PersonFacts facts;
  facts.language = dice.Chance(0.8) ? "ja" : dice.Chance(0.5) ? "en" : "fr";
  facts.number = dice.Below(kNumberOfAll);
  if (one_number) facts.number = kNumberOfAll;
  if (dice.Chance(0.1)) facts.mobile = v1::ContactPoint::STATE_BAD;
  if (dice.Chance(0.1)) facts.mobile = v1::ContactPoint::STATE_GOOD;
  return facts;
}

v1::AccountRecord MakeRecord(int account, int person, const AccountFacts& of_account,
                             const PersonFacts& of_person, Land land) {
  v1::AccountRecord record;
  v1::Person& owner = *record.mutable_person();
  owner.set_person_id(PersonId(person));
  owner.set_family_name(FamilyName(person));
  owner.set_given_name(GivenName(person));
  owner.set_language(of_person.language);
  owner.mutable_address()->set_country(CountryOf(person, land));
  if (land == Land::kMassachusetts) {
    owner.mutable_address()->set_region("MA");
    owner.mutable_address()->set_city("Boston");
  }
  owner.mutable_address()->set_street(Street(person));
  auto* mobile = owner.add_contact_points();
  mobile->set_contact_point_id("mobile-1");
  mobile->set_kind(v1::CONTACT_KIND_MOBILE);
  mobile->set_phone(Phone(person, of_person.number, land));
  mobile->set_state(of_person.mobile);
  auto* mail = owner.add_contact_points();
  mail->set_contact_point_id("mail-1");
  mail->set_kind(v1::CONTACT_KIND_EMAIL);
  mail->set_email(Email(person));
  v1::Account& owned = *record.mutable_account();
  owned.set_account_id(AccountId(account));
  owned.set_person_id(PersonId(person));
  owned.set_product(of_account.gold ? "gold-card" : "plain-card");
  for (v1::Money* money :
       {owned.mutable_balance(), owned.mutable_amount_due(), owned.mutable_credit_limit()}) {
    money->set_currency_code("JPY");
    money->set_minor_units(of_account.amount);
  }
  owned.set_days_past_due(of_account.days_past_due);
  owned.set_grade(of_account.good_grade ? "A" : "C");
  owned.set_card_number(CardNumber(account));
  owned.set_internal_reason(InternalReason(account));
  return record;
}

void Spoil(Dice& dice, v1::AccountRecord& record) {
  switch (dice.Below(4)) {
    case 0:
      record.mutable_person()->clear_given_name();
      break;
    case 1:
      record.mutable_account()->set_days_past_due(-3);
      break;
    case 2:
      record.mutable_account()->mutable_balance()->set_currency_code("yen");
      break;
    default:
      record.mutable_account()->set_person_id("somebody-else");
  }
}

v1::AccountRecord DrawRecord(Dice& dice, int account, int person, int64_t sequence) {
  PersonFacts facts;
  facts.language = dice.Chance(0.9) ? "ja" : "fr";
  if (dice.Chance(0.1)) facts.mobile = v1::ContactPoint::STATE_BAD;
  v1::AccountRecord record = MakeRecord(account, person, DrawAccountFacts(dice), facts);
  record.set_sequence(sequence);
  if (dice.Chance(0.05)) Spoil(dice, record);
  return record;
}

v1::Date DateOf(absl::CivilDay day) {
  v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

void Divide(int parts, absl::CivilDay first, int days_apart, v1::Outcome::Promise& promise) {
  int64_t left = promise.amount().minor_units();
  const int64_t each = left / parts;
  for (int i = 0; i < parts; ++i) {
    v1::PaymentPlan::Instalment& part = *promise.mutable_plan()->add_instalments();
    *part.mutable_amount() = promise.amount();
    part.mutable_amount()->set_minor_units(i + 1 < parts ? each : left);
    *part.mutable_due_date() = DateOf(first + i * days_apart);
    *promise.mutable_due_date() = part.due_date();
    left -= each;
  }
}

v1::Config::PromisePolicy PromisePolicyOf(const Options& options) {
  using Policy = v1::Config::PromisePolicy;
  Policy policy;
  if (!IsPlain(options)) return policy;
  if (options.seed % 4 == 1) policy.set_broken_plan(Policy::BROKEN_PLAN_RECALLED);
  if (options.seed % 4 == 3) {
    policy.set_broken_plan(Policy::BROKEN_PLAN_HANDED_OVER);
    policy.set_broken_plan_to("beni");
  }
  return policy;
}

void MaskNothing(v1::Contract& contract) {
  for (auto& terms : *contract.mutable_work_types()) {
    for (auto& disclosure : *terms.mutable_disclose()) {
      if (disclosure.show() != v1::Contract::SHOW_PARTIAL) continue;
      disclosure.set_show(v1::Contract::SHOW_CLEAR);
      disclosure.clear_mask();
    }
  }
}

retention::Policy ShortMemory() {
  retention::Settings settings;
  auto* sales = settings.add_classes();
  sales->add_work_types(v1::WORK_TYPE_CAMPAIGN);
  sales->add_countries("JP");
  sales->set_keep_days(4);
  auto* japan = settings.add_classes();
  japan->add_countries("JP");
  japan->set_keep_days(12);
  settings.add_classes()->set_keep_days(2);
  settings.set_accounts_keep_days(kAccountsKeepDays);
  settings.set_quarantine_keep_days(8);
  return retention::Policy(settings, absl::Minutes(1));
}

int64_t RememberedUs() { return kAccountsKeepDays * int64_t{60'000'000}; }

std::string CountryOf(int person, Land land) {
  if (land == Land::kMassachusetts) return "US";
  return person % 2 == 0 ? "JP" : "TW";
}

std::string NumberCountryOf(Land land) { return land == Land::kMassachusetts ? "US" : "JP"; }

std::map<std::pair<int, std::string>, int64_t> KeepTimesUs() {
  constexpr int64_t kMinuteUs = 60'000'000;
  std::map<std::pair<int, std::string>, int64_t> keeps;
  for (const int work_type :
       {v1::WORK_TYPE_EARLY_COLLECTIONS, v1::WORK_TYPE_LATE_COLLECTIONS, v1::WORK_TYPE_CAMPAIGN}) {
    const bool sales = work_type == v1::WORK_TYPE_CAMPAIGN;
    keeps[{work_type, "JP"}] = (sales ? 4 : 12) * kMinuteUs;
    for (const char* country : {"TW", "US"}) keeps[{work_type, country}] = 2 * kMinuteUs;
  }
  return keeps;
}

std::set<std::string> WithheldFrom(std::string_view vendor_id, const Options& options) {
  const Land land = LandOf(options);
  std::set<std::string> values;
  for (int person = 0; person < options.persons; ++person) {
    values.insert({PersonId(person), Street(person)});
    if (vendor_id != "asahi") {
      values.insert({GivenName(person), Email(person)});
      for (int number = 0; number <= kNumberOfAll; ++number)
        values.insert(Phone(person, number, land));
    }
    if (vendor_id == "chidori") values.insert(FamilyName(person));
  }
  for (int account = 0; account < options.accounts; ++account) {
    values.insert({AccountId(account), CardNumber(account), InternalReason(account)});
  }
  return values;
}

}  // namespace switchboard::simulation
