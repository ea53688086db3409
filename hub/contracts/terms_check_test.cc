#include "hub/contracts/terms_check.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace switchboard::contracts {
namespace {

using Terms = v1::Contract::PlanTerms;
using Waiver = v1::PaymentPlan::Waiver;

TEST(TermsCheckTest, WhatIsWrongWithAuthoritiesIsNamed) {
  const struct {
    const char* field;
    std::function<void(Terms&)> change;
  } rows[] = {
      {"", [](Terms&) {}},
      {"plans.authorities", [](Terms& t) { t.clear_authorities(); }},
      {"plans.authorities",
       [](Terms& t) {
         for (int i = 0; i < 20; ++i) t.add_authorities();
       }},
      {"plans.proof_store", [](Terms& t) { t.set_proof_store("a cupboard"); }},
      {"plans.proof_store", [](Terms& t) { t.set_proof_store("https://proofs.example"); }},
      {"plans.proof_store", [](Terms& t) { t.set_proof_store("https://proofs.example/sakura"); }},
      {"plans.proof_store", [](Terms& t) { t.set_proof_store("https://proofs.example/a/../"); }},
      {"", [](Terms& t) { t.set_proof_store("https://proofs.example/sakura/"); }},
      {"", [](Terms& t) { t.clear_proof_store(); }},
      {"plans.authorities[0].level", [](Terms& t) { t.mutable_authorities(0)->clear_level(); }},
      {"plans.authorities[0].level",
       [](Terms& t) { t.mutable_authorities(0)->set_level("team lead"); }},
      {"plans.authorities[1].level", [](Terms& t) { *t.add_authorities() = t.authorities(0); }},
      {"plans.authorities[0].months_max",
       [](Terms& t) { t.mutable_authorities(0)->set_months_max(0); }},
      {"plans.authorities[0].months_max",
       [](Terms& t) { t.mutable_authorities(0)->set_months_max(121); }},
      {"", [](Terms& t) { t.mutable_authorities(0)->set_months_max(120); }},
      {"plans.authorities[0].least_down_percent",
       [](Terms& t) { t.mutable_authorities(0)->set_least_down_percent(-1); }},
      {"plans.authorities[0].least_down_percent",
       [](Terms& t) { t.mutable_authorities(0)->set_least_down_percent(101); }},
      {"plans.authorities[0].least_proofs",
       [](Terms& t) { t.mutable_authorities(0)->set_least_proofs(11); }},
      {"plans.authorities[0].waivers",
       [](Terms& t) { t.mutable_authorities(0)->add_waivers(Waiver::KIND_PRINCIPAL); }},
      {"plans.authorities[0].waivers",
       [](Terms& t) { t.mutable_authorities(0)->add_waivers(Waiver::KIND_INTEREST); }},
      {"plans.authorities[0].waiver_percent_max",
       [](Terms& t) { t.mutable_authorities(0)->clear_waiver_percent_max(); }},
      {"plans.authorities[0].waiver_percent_max",
       [](Terms& t) { t.mutable_authorities(0)->set_waiver_percent_max(-1); }},
      {"plans.authorities[0].waiver_percent_max",
       [](Terms& t) { t.mutable_authorities(0)->set_waiver_percent_max(101); }},
      {"", [](Terms& t) { t.mutable_authorities(0)->set_waiver_percent_max(1); }},
      {"", [](Terms& t) { t.mutable_authorities(0)->set_waiver_percent_max(100); }},
      {"plans.authorities[0].waiver_percent_max",
       [](Terms& t) { t.mutable_authorities(0)->clear_waivers(); }},
      {"",
       [](Terms& t) {
         t.mutable_authorities(0)->clear_waivers();
         t.mutable_authorities(0)->clear_waiver_percent_max();
       }},
  };
  for (const auto& row : rows) {
    Terms terms;
    terms.set_proof_store("https://proofs.example/");
    v1::Contract::Authority& authority = *terms.add_authorities();
    authority.set_level("agent");
    authority.set_months_max(6);
    authority.set_least_down_percent(10);
    authority.add_waivers(Waiver::KIND_INTEREST);
    authority.set_waiver_percent_max(10);
    row.change(terms);
    const auto problem = CheckPlanTerms(terms);
    EXPECT_EQ(problem.has_value() ? problem->field : "", row.field);
  }
}

}  // namespace
}  // namespace switchboard::contracts
