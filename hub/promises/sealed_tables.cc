#include "hub/promises/sealed_tables.h"

namespace switchboard::promises {
namespace {

using storage::BoxPlace;
using storage::Row;
using enum storage::Value::Kind;

constexpr char kSelectPromises[] =
    "SELECT account_id, vendor_id, outcome_id, box FROM promise WHERE (account_id, vendor_id, "
    "outcome_id) > ($1, $2, $3) ORDER BY account_id, vendor_id, outcome_id LIMIT $4";
constexpr char kSwapPromises[] =
    "UPDATE promise SET box = c1 FROM rows($1) WHERE account_id = c2 AND vendor_id = c3 AND "
    "outcome_id = c4 AND box = c5";
constexpr char kSelectHidden[] =
    "SELECT account_id, vendor_id, outcome_id, hidden FROM promise WHERE (account_id, vendor_id, "
    "outcome_id) > ($1, $2, $3) ORDER BY account_id, vendor_id, outcome_id LIMIT $4";
constexpr char kSwapHidden[] =
    "UPDATE promise SET hidden = c1 FROM rows($1) WHERE account_id = c2 AND vendor_id = c3 AND "
    "outcome_id = c4 AND hidden = c5";
constexpr char kSelectPayments[] =
    "SELECT event_id, box, account_id, pay_time FROM payment WHERE event_id > $1 ORDER BY event_id "
    "LIMIT $2";
constexpr char kSwapPayments[] =
    "UPDATE payment SET box = c1 FROM rows($1) WHERE event_id = c2 AND box = c3";

PromiseKey KeyIn(const Row& row) {
  return {std::string(row.Text(0)), std::string(row.Text(1)), std::string(row.Text(2))};
}

BoxPlace PlaceIn(const char* column, const PromiseKey& key) {
  return BoxPlace("promise", column).Key(key.account_id).Key(key.vendor_id).Key(key.outcome_id);
}

}  // namespace

BoxPlace PlaceOfPromise(const PromiseKey& key) { return PlaceIn("box", key); }

BoxPlace PlaceOfHidden(const PromiseKey& key) { return PlaceIn("hidden", key); }

BoxPlace PlaceOfPayment(std::string_view event_id, std::string_view account_id,
                        int64_t pay_time_us) {
  return BoxPlace("payment", "box").Key(event_id).With(account_id).With(pay_time_us);
}

const storage::SealedTable kSealedPromises = {
    "promise.box", {kText, kText, kText}, kSelectPromises, kSwapPromises, [](const Row& row) {
      return PlaceOfPromise(KeyIn(row));
    }};

const storage::SealedTable kSealedHidden = {
    "promise.hidden", {kText, kText, kText}, kSelectHidden, kSwapHidden, [](const Row& row) {
      return PlaceOfHidden(KeyIn(row));
    }};

const storage::SealedTable kSealedPayments = {
    "payment.box", {kText, kNull, kNull}, kSelectPayments, kSwapPayments, [](const Row& row) {
      return PlaceOfPayment(row.Text(0), row.Text(2), row.Integer(3));
    }};

}  // namespace switchboard::promises
