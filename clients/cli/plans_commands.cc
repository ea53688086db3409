// Payment plans that wait for head office, and what it says of them.

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/day_text.h"
#include "clients/cli/listing.h"
#include "clients/cli/plan_options.h"
#include "clients/cli/promise_text.h"
#include "clients/cli/render.h"
#include "clients/printable_text.h"
#include "clients/text_table.h"
#include "hub/base/error.h"

namespace switchboard::cli {
namespace {

using Align = TextTable::Align;
using Plan = v1::ListProposedPlansResponse::Line;

// The hub's most.
constexpr int64_t kPlansPage = 100;
// As PaymentPlan has it.
constexpr size_t kPartsMax = 120;

// Plans by key, at most `limit` (0: all), as long as `take` wants another one. No more than that
// are asked for: each that is listed is told in the audit log.
absl::Status ForEachPlan(HubCalls& hub, int64_t limit, absl::FunctionRef<bool(const Plan&)> take) {
  v1::ListProposedPlansRequest request;
  int64_t taken = 0;
  while (limit == 0 || taken < limit) {
    const int64_t wanted = limit == 0 ? kPlansPage : std::min(kPlansPage, limit - taken);
    request.set_max_plans(static_cast<int32_t>(wanted));
    ASSIGN_OR_RETURN(const auto page, hub.Ask<v1::ListProposedPlansResponse>(request));
    for (const Plan& plan : page.plans()) {
      if (!take(plan)) return absl::OkStatus();
      *request.mutable_after() = plan.key();
      ++taken;
    }
    if (page.plans().empty()) break;
  }
  return absl::OkStatus();
}

std::string FirstDay(const Plan& plan) {
  return plan.instalments().empty() ? "" : DayText(plan.instalments().begin()->due_date());
}

std::string LastDay(const Plan& plan) {
  return plan.instalments().empty() ? "" : DayText(plan.instalments().rbegin()->due_date());
}

// "sakura's outcome o-7, version 2"
std::string NameOf(const PlanKey& key, int64_t version) {
  return absl::StrCat(key.vendor_id, "'s outcome ", key.outcome_id, ", version ", version);
}

std::string PartsOf(const Plan& plan) {
  TextTable table({{"part", Align::kRight}, {"due", Align::kLeft}, {"amount"}});
  for (int i = 0; i < plan.instalments_size(); ++i) {
    const auto& part = plan.instalments(i);
    table.Add({absl::StrCat(i + 1), DayText(part.due_date()), MoneyText(part.amount())});
  }
  return table.Render();
}

std::string ProofsOf(const Plan& plan) {
  if (plan.proofs().empty()) return "";
  TextTable table({{"proof of means", Align::kLeft},
                   {"type", Align::kLeft},
                   {"bytes"},
                   {"kept as", Align::kLeft},
                   {"SHA-256", Align::kLeft}});
  for (const auto& proof : plan.proofs()) {
    table.Add({proof.address(), proof.media_type(), WithCommas(proof.size_bytes()),
               proof.retention_class(), Hex(proof.sha256())});
  }
  return "\n" + table.Render();
}

v1::ProposedPlanKey KeyOf(const PlanKey& key) {
  v1::ProposedPlanKey proposed;
  proposed.set_account_id(key.account_id);
  proposed.set_vendor_id(key.vendor_id);
  proposed.set_outcome_id(key.outcome_id);
  return proposed;
}

int32_t Fitted(int64_t number) {
  return static_cast<int32_t>(std::min<int64_t>(number, std::numeric_limits<int32_t>::max()));
}

v1::Money MoneyOf(int64_t minor_units, const std::string& currency) {
  v1::Money money;
  money.set_minor_units(minor_units);
  money.set_currency_code(currency);
  return money;
}

int64_t DayNumber(const v1::Date& day) {
  return (int64_t{day.year()} * 100 + day.month()) * 100 + day.day();
}

absl::Status OptionError(const std::string& problem) {
  return Error(absl::StatusCode::kInvalidArgument, "OPTION_INVALID", problem);
}

// The parts that were written out. What the hub would refuse with a place in the message is said
// here by the options' names.
absl::Status AddParts(const PlanTermsArguments& terms, v1::PaymentPlan& plan) {
  if (terms.parts.size() > kPartsMax) {
    return OptionError(absl::StrCat("--part: at most ", kPartsMax, " parts"));
  }
  int64_t before = 0;
  int64_t sum = 0;
  for (const std::string& text : terms.parts) {
    const auto part = InstalmentOf(text);
    if (!part.has_value()) return OptionError("--part: " + ProblemOfInstalment(text));
    if (DayNumber(part->due_date()) <= before) {
      return OptionError(absl::StrCat("--part: ", DayText(part->due_date()),
                                      " must be later than the part before it"));
    }
    before = DayNumber(part->due_date());
    sum += part->amount().minor_units();
    auto& instalment = *plan.add_instalments();
    instalment = *part;
    instalment.mutable_amount()->set_currency_code(terms.currency);
  }
  if (sum == terms.amount) return absl::OkStatus();
  return OptionError(absl::StrCat("--part: the parts are ", sum,
                                  " minor units in all, and --amount says ", terms.amount));
}

// Equal parts, which the hub works out.
absl::Status SetSchedule(const PlanTermsArguments& terms, v1::PaymentPlan& plan) {
  const auto first = DayOf(terms.first);
  if (!first.has_value()) return OptionError("--first: " + ProblemOfDay(terms.first));
  auto& schedule = *plan.mutable_schedule();
  *schedule.mutable_first_date() = *first;
  v1::PaymentPlan::Interval interval = v1::PaymentPlan::INTERVAL_UNSPECIFIED;
  v1::PaymentPlan::Interval_Parse("INTERVAL_" + terms.every, &interval);
  schedule.set_interval(interval);
  schedule.set_count(Fitted(terms.count));
  if (terms.down > 0) *schedule.mutable_down_payment() = MoneyOf(terms.down, terms.currency);
  return absl::OkStatus();
}

absl::Status SetTerms(const PlanTermsArguments& terms, v1::DecidePlanRequest& request) {
  *request.mutable_amount() = MoneyOf(terms.amount, terms.currency);
  auto& plan = *request.mutable_plan();
  RETURN_IF_ERROR(terms.parts.empty() ? SetSchedule(terms, plan) : AddParts(terms, plan));
  for (const std::string& text : terms.waivers) {
    auto waiver = WaiverOf(text);
    if (!waiver.has_value()) return OptionError("--waive: " + ProblemOfWaiver(text));
    waiver->mutable_amount()->set_currency_code(terms.currency);
    *plan.add_waivers() = *std::move(waiver);
  }
  return absl::OkStatus();
}

std::string WordOf(v1::PlanDecision::Verdict verdict) {
  switch (verdict) {
    case v1::PlanDecision::VERDICT_APPROVED:
      return "approved";
    case v1::PlanDecision::VERDICT_CHANGED:
      return "changed";
    default:
      return "refused";
  }
}

}  // namespace

absl::StatusOr<Result> PlansList(Session& session, const ListArguments& arguments) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  TextTable table({{"account", Align::kLeft},
                   {"vendor", Align::kLeft},
                   {"outcome", Align::kLeft},
                   {"version"},
                   {"proposed (UTC)", Align::kLeft},
                   {"level", Align::kLeft},
                   {"in all"},
                   {"parts"},
                   {"first day", Align::kLeft},
                   {"last day", Align::kLeft},
                   {"given up", Align::kLeft},
                   {"proofs"},
                   {"waits because", Align::kLeft}});
  Listing listing(session, arguments, "plan");
  const auto add = [&](const Plan& plan) {
    if (listing.Full()) return false;
    listing.Add(plan);
    table.Add({plan.key().account_id(), plan.key().vendor_id(), plan.key().outcome_id(),
               absl::StrCat(plan.outcome_version()), UtcText(plan.take_time()), plan.agent_level(),
               MoneyText(plan.amount()), absl::StrCat(plan.instalments_size()), FirstDay(plan),
               LastDay(plan), WaiversText(plan.waivers()), absl::StrCat(plan.proofs_size()),
               BeyondText(plan.beyond())});
    return true;
  };
  RETURN_IF_ERROR(ForEachPlan(*hub, arguments.limit, add));
  return listing.Finish(table);
}

absl::StatusOr<Result> PlansShow(Session& session, const PlanKey& key) {
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  v1::ListProposedPlansRequest request;
  *request.mutable_key() = KeyOf(key);
  ASSIGN_OR_RETURN(const auto answer, hub->Ask<v1::ListProposedPlansResponse>(request));
  if (answer.plans().empty()) {
    return Error(absl::StatusCode::kNotFound, "PLAN_UNKNOWN",
                 "no plan of this account, vendor and outcome waits");
  }
  const Plan& plan = answer.plans(0);
  Result result;
  const std::string waivers = WaiversText(plan.waivers());
  result.text =
      absl::StrCat("  proposed  ", UtcText(plan.take_time()), " UTC, by level ",
                   Printable(plan.agent_level()), "\n  waits     ", BeyondText(plan.beyond()),
                   "\n  in all    ", Printable(MoneyText(plan.amount())), "\n  given up  ",
                   waivers.empty() ? "nothing" : Printable(waivers), "\n\n", PartsOf(plan),
                   ProofsOf(plan), "\n");
  result.summary = absl::StrCat("plan of ", NameOf(key, plan.outcome_version()), ": ",
                                Counted(plan.instalments_size(), "part"), ", ",
                                Counted(plan.proofs_size(), "proof"), " of means");
  result.json = JsonOf(plan);
  return result;
}

absl::StatusOr<Result> PlansDecide(Session& session, const PlanDecisionArguments& arguments) {
  v1::DecidePlanRequest request;
  *request.mutable_key() = KeyOf(arguments.key);
  request.set_outcome_version(Fitted(arguments.version));
  request.set_verdict(arguments.verdict);
  request.set_reason(arguments.reason);
  request.set_note(arguments.note);
  if (arguments.verdict == v1::PlanDecision::VERDICT_CHANGED) {
    RETURN_IF_ERROR(SetTerms(arguments.terms, request));
  }
  ASSIGN_OR_RETURN(auto hub, session.connect(session));
  ASSIGN_OR_RETURN(const auto response, hub->Ask<v1::DecidePlanResponse>(request));
  Result result;
  result.summary = absl::StrCat("plan of ", NameOf(arguments.key, arguments.version),
                                response.changed() ? " is " : " was ", WordOf(arguments.verdict),
                                response.changed() ? "" : " so before", "; it stands ",
                                StandingText(response.standing()));
  result.json = JsonOf(response);
  return result;
}

}  // namespace switchboard::cli
