#pragma once

#include <optional>
#include <string>

#include "switchboard/v1/payment_plan.pb.h"

// Parts of a plan as an operator writes them on the command line: the currency, which is said once
// for all of them, stays empty here.

namespace switchboard::cli {

// The part that "2026-12-31=4000" means: a day, and 1 to kMinorUnitsMax minor units. Nothing if it
// means none.
std::optional<v1::PaymentPlan::Instalment> InstalmentOf(const std::string& text);

// What is given up by "late-fees=500": a Waiver.Kind as AddEnum takes it, and minor units likewise.
// Nothing if it means none.
std::optional<v1::PaymentPlan::Waiver> WaiverOf(const std::string& text);

// What is wrong with the text of either, or of a currency; empty for one that is right.
std::string ProblemOfInstalment(const std::string& text);
std::string ProblemOfWaiver(const std::string& text);
std::string ProblemOfCurrency(const std::string& text);

}  // namespace switchboard::cli
