#include "hub/results/result_check.h"

#include <gtest/gtest.h>

#include <string>

#include "adapters/codes/call_code.h"

namespace switchboard::results {
namespace {

using adapters::CallCode;
using Result = v1::Outcome::Result;

Result Made(v1::Connection connection, v1::Reached reached, v1::Disposition disposition) {
  Result result;
  result.set_connection(connection);
  result.set_reached(reached);
  result.set_disposition(disposition);
  return result;
}

std::string FieldOf(const Result& result) {
  FieldCheck check;
  CheckResult(result, check);
  return check.problem().has_value() ? check.problem()->field : "";
}

TEST(CheckResultTest, EveryCodeOfTheFieldFits) {
  for (int code = 0; code <= static_cast<int>(CallCode::kFraud); ++code) {
    const auto one = static_cast<CallCode>(code);
    EXPECT_EQ(FieldOf(ResultOf(one)), "") << NameOf(one);
    const auto channel = one == CallCode::kDelivered ? v1::CHANNEL_SMS : v1::CHANNEL_PHONE;
    EXPECT_FALSE(ChannelProblem(ResultOf(one), channel, v1::DIRECTION_OUT).has_value())
        << NameOf(one);
    EXPECT_EQ(IsContact(ResultOf(one)), one != CallCode::kNoContact) << NameOf(one);
  }
}

// A disposition that nothing is said of here would fit everything.
TEST(CheckResultTest, EveryDispositionIsRefusedSomewhere) {
  for (int number = 1; number <= v1::Disposition_MAX; ++number) {
    if (!v1::Disposition_IsValid(number)) continue;
    int refused = 0;
    for (int connection = 1; connection <= v1::Connection_MAX; ++connection) {
      for (int reached = 1; reached <= v1::Reached_MAX; ++reached) {
        const bool answered = connection == v1::CONNECTION_ANSWERED;
        if (answered == (reached == v1::REACHED_NOBODY)) continue;
        const auto field =
            FieldOf(Made(static_cast<v1::Connection>(connection), static_cast<v1::Reached>(reached),
                         static_cast<v1::Disposition>(number)));
        refused += field == "result.connection" || field == "result.reached" ? 1 : 0;
      }
    }
    const bool free = number == v1::DISPOSITION_ATTORNEY || number == v1::DISPOSITION_BANKRUPTCY;
    EXPECT_EQ(refused == 0, free) << number;
  }
}

TEST(CheckResultTest, WhatContradictsItselfIsRefusedByItsField) {
  const auto spoke = [](v1::Disposition disposition) {
    return Made(v1::CONNECTION_ANSWERED, v1::REACHED_PERSON, disposition);
  };
  const auto with = [](Result result, void (*change)(Result&)) {
    change(result);
    return result;
  };
  const struct {
    const char* what;
    Result result;
    const char* field;
  } rows[] = {
      {"nothing said", Result(), "result.connection"},
      {"nobody said who", with(ResultOf(CallCode::kBusy), [](Result& r) { r.clear_reached(); }),
       "result.reached"},
      {"no such connection",
       with(ResultOf(CallCode::kBusy),
            [](Result& r) { r.set_connection(static_cast<v1::Connection>(77)); }),
       "result.connection"},
      {"rang out, and the person was reached",
       Made(v1::CONNECTION_RANG_OUT, v1::REACHED_PERSON, v1::DISPOSITION_NONE), "result.reached"},
      {"answered by nobody",
       Made(v1::CONNECTION_ANSWERED, v1::REACHED_NOBODY, v1::DISPOSITION_NONE), "result.reached"},
      {"the person was reached, and nothing is said", spoke(v1::DISPOSITION_NONE),
       "result.reached"},
      {"a promise on a machine",
       Made(v1::CONNECTION_MACHINE, v1::REACHED_NOBODY, v1::DISPOSITION_PROMISE_TO_PAY),
       "result.connection"},
      {"a stranger's promise",
       Made(v1::CONNECTION_ANSWERED, v1::REACHED_THIRD, v1::DISPOSITION_PROMISE_TO_PAY),
       "result.reached"},
      {"the dead on the phone", spoke(v1::DISPOSITION_DECEASED), "result.reached"},
      {"busy, but answered", spoke(v1::DISPOSITION_BUSY), "result.connection"},
      {"the person's number is the person's", spoke(v1::DISPOSITION_WRONG_NUMBER),
       "result.reached"},
      {"cease, unsaid", spoke(v1::DISPOSITION_CEASE_CONTACT), "result.stop_wanted"},
      {"dispute, unsaid", spoke(v1::DISPOSITION_DISPUTE), "result.disputed"},
      {"hardship, unsaid", spoke(v1::DISPOSITION_HARDSHIP), "result.hardship"},
      {"fraud, unsaid", spoke(v1::DISPOSITION_FRAUD), "result.fraud_suspected"},
      {"nobody objects",
       with(ResultOf(CallCode::kNoAnswer), [](Result& r) { r.set_objected(true); }),
       "result.objected"},
      {"no such channel",
       with(ResultOf(CallCode::kNoAnswer),
            [](Result& r) { r.add_opted_out_of(static_cast<v1::Channel>(9)); }),
       "result.opted_out_of"},
      {"a channel twice",
       with(ResultOf(CallCode::kNoAnswer),
            [](Result& r) {
              r.add_opted_out_of(v1::CHANNEL_SMS);
              r.add_opted_out_of(v1::CHANNEL_SMS);
            }),
       "result.opted_out_of"},
      // Flags stand beside whatever came of it.
      {"a promise, and a wish to be left alone",
       with(ResultOf(CallCode::kPromiseToPay), [](Result& r) { r.set_stop_wanted(true); }), ""},
      {"found out by research: dead",
       Made(v1::CONNECTION_NOT_PLACED, v1::REACHED_NOBODY, v1::DISPOSITION_DECEASED), ""},
      {"a wife took a message",
       Made(v1::CONNECTION_ANSWERED, v1::REACHED_RELATED, v1::DISPOSITION_MESSAGE_LEFT), ""},
  };
  for (const auto& row : rows) EXPECT_EQ(FieldOf(row.result), row.field) << row.what;
}

TEST(ChannelProblemTest, HowFarAnAttemptCanComeByItsChannel) {
  constexpr auto kOut = v1::DIRECTION_OUT, kIn = v1::DIRECTION_IN;
  const struct {
    v1::Connection connection;
    v1::Channel channel;
    v1::Direction direction;
    bool fits;
  } rows[] = {
      {v1::CONNECTION_RANG_OUT, v1::CHANNEL_PHONE, kOut, true},
      {v1::CONNECTION_RANG_OUT, v1::CHANNEL_VISIT, kOut, true},
      {v1::CONNECTION_RANG_OUT, v1::CHANNEL_SMS, kOut, false},
      {v1::CONNECTION_MACHINE, v1::CHANNEL_PHONE, kOut, true},
      {v1::CONNECTION_MACHINE, v1::CHANNEL_LETTER, kOut, false},
      {v1::CONNECTION_DELIVERED, v1::CHANNEL_EMAIL, kOut, true},
      {v1::CONNECTION_DELIVERED, v1::CHANNEL_VISIT, kOut, true},
      {v1::CONNECTION_DELIVERED, v1::CHANNEL_PHONE, kOut, false},
      {v1::CONNECTION_NOT_CONNECTED, v1::CHANNEL_LETTER, kOut, true},
      {v1::CONNECTION_ANSWERED, v1::CHANNEL_PHONE, kOut, true},
      {v1::CONNECTION_ANSWERED, v1::CHANNEL_VISIT, kOut, true},
      {v1::CONNECTION_ANSWERED, v1::CHANNEL_SMS, kOut, false},
      {v1::CONNECTION_ANSWERED, v1::CHANNEL_SMS, kIn, true},
      {v1::CONNECTION_NOT_PLACED, v1::CHANNEL_PHONE, kOut, true},
      {v1::CONNECTION_NOT_PLACED, v1::CHANNEL_PHONE, kIn, false},
      {v1::CONNECTION_MACHINE, v1::CHANNEL_PHONE, kIn, true},
      {v1::CONNECTION_MACHINE, v1::CHANNEL_LETTER, kIn, false},
      {v1::CONNECTION_RANG_OUT, v1::CHANNEL_PHONE, kIn, false},
      {v1::CONNECTION_DELIVERED, v1::CHANNEL_SMS, kIn, false},
  };
  for (const auto& row : rows) {
    const auto problem = ChannelProblem(
        Made(row.connection, v1::REACHED_NOBODY, v1::DISPOSITION_NONE), row.channel, row.direction);
    EXPECT_EQ(!problem.has_value(), row.fits) << row.connection << " " << row.channel;
    if (problem.has_value()) {
      EXPECT_EQ(problem->field, "result.connection");
    }
  }
  const auto left = Made(v1::CONNECTION_RANG_OUT, v1::REACHED_NOBODY, v1::DISPOSITION_MESSAGE_LEFT);
  EXPECT_FALSE(ChannelProblem(left, v1::CHANNEL_VISIT, kOut).has_value());
  EXPECT_EQ(ChannelProblem(left, v1::CHANNEL_PHONE, kOut)->field, "result.disposition");
}

}  // namespace
}  // namespace switchboard::results
