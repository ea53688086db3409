#include "hub/reports/disclosure_lines.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "hub/base/error.h"
#include "hub/base/shown_bits.h"
#include "hub/disclosures/disclosure_book.h"
#include "hub/masking/shown_fields.h"

namespace switchboard::reports {
namespace {

using storage::Row;
using storage::Rows;
using enum storage::Value::Kind;

constexpr char kSelectWork[] =
    "SELECT assignment_id, vendor_id, person_id, account_id, work_type, change_sequence, ended, "
    "expire_time, recall_reason, recall_time, former_assignment_id, deletion_order_id FROM "
    "rows($1) CROSS JOIN assignment WHERE person_id = c1 AND ($2 = '' OR account_id = $2) ORDER "
    "BY assignment_id";
constexpr char kSelectFormerPlaces[] =
    "SELECT change_sequence FROM former_change WHERE assignment_id = $1";
// The index alone says which pages may have shown a place; a page itself is some ten kilobytes.
constexpr char kSelectRanges[] =
    "SELECT through_sequence, after_sequence FROM disclosure WHERE vendor_id = $1 AND "
    "through_sequence >= $2 AND after_sequence < $3";
constexpr char kSelectPages[] =
    "SELECT contract_version, disclose_time, generation, after_sequence, through_sequence, "
    "assignment_ids, shown FROM rows($1) CROSS JOIN disclosure WHERE vendor_id = $2 AND "
    "through_sequence = c1 AND after_sequence = c2 ORDER BY sequence";
constexpr char kSelectAcknowledgement[] =
    "SELECT ack_time FROM acknowledgement WHERE vendor_id = $1 AND generation = $2 AND sequence >= "
    "$3 ORDER BY sequence LIMIT 1";
constexpr char kSelectAnswers[] =
    "SELECT kind, shown_to, assignment_id, subject_id, fields, contract_version, show_time, "
    "until_time, digest FROM rows($1) CROSS JOIN disclosed_answer WHERE person_id = c1 AND ($2 = "
    "'' OR account_id = $2 OR account_id = '') ORDER BY show_time, answer_id";
constexpr char kSelectAgreed[] = "SELECT decided_by FROM unmasking WHERE unmasking_id = $1";

// Growing.
absl::StatusOr<std::vector<int64_t>> PlacesOf(storage::Connection& reader, const ShownWork& work) {
  std::vector<int64_t> places;
  RETURN_IF_ERROR(reader.Query(kSelectFormerPlaces, {work.assignment_id}, [&](const Row& row) {
    places.push_back(row.Integer(0));
    return absl::OkStatus();
  }));
  if (work.change_sequence != 0) places.push_back(work.change_sequence);
  std::sort(places.begin(), places.end());
  return places;
}

// The last of the places behind `after`, not behind `through`; 0: none. What was shown by a page
// of these ends was shown there: at a place before it the row was no more.
int64_t PlaceWithin(const std::vector<int64_t>& places, int64_t after, int64_t through) {
  const auto behind = std::upper_bound(places.begin(), places.end(), through);
  if (behind == places.begin()) return 0;
  const int64_t place = *std::prev(behind);
  return place > after ? place : 0;
}

}  // namespace

absl::StatusOr<std::vector<ShownWork>> WorkOf(storage::Connection& reader,
                                              const std::vector<std::string>& person_ids,
                                              const std::string& account_id) {
  std::vector<ShownWork> all;
  RETURN_IF_ERROR(
      reader.Query(kSelectWork, {storage::RowsOf(person_ids), account_id}, [&](const Row& row) {
        ShownWork& work = all.emplace_back();
        work.assignment_id = std::string(row.Text(0));
        work.vendor_id = std::string(row.Text(1));
        work.person_id = std::string(row.Text(2));
        work.account_id = std::string(row.Text(3));
        work.work_type = static_cast<v1::WorkType>(row.Integer(4));
        if (row.Integer(6) == 0) work.change_sequence = row.Integer(5);
        work.expire_time_us = row.Integer(7);
        work.recall_reason = static_cast<v1::RecallReason>(row.Integer(8));
        work.recall_time_us = row.Integer(9);
        work.handed_over = !row.Text(10).empty();
        work.deletion_order_id = std::string(row.Text(11));
        return absl::OkStatus();
      }));
  return all;
}

absl::StatusOr<std::vector<ShownPageOf>> PagesThatShowed(storage::Connection& reader,
                                                         const ShownWork& work) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> places, PlacesOf(reader, work));
  std::vector<ShownPageOf> pages;
  if (places.empty()) return pages;
  std::set<std::pair<int64_t, int64_t>> ranges;
  RETURN_IF_ERROR(reader.Query(kSelectRanges, {work.vendor_id, places.front(), places.back()},
                               [&](const Row& row) {
                                 const std::pair range(row.Integer(0), row.Integer(1));
                                 if (PlaceWithin(places, range.second, range.first) != 0)
                                   ranges.insert(range);
                                 return absl::OkStatus();
                               }));
  Rows rows({kInteger, kInteger}, ranges.size());
  for (const auto& [through, after] : ranges) rows.Add({through, after});
  // Of each page, what was acknowledged when its place was.
  std::vector<std::pair<std::string, int64_t>> shown_at;
  RETURN_IF_ERROR(reader.Query(kSelectPages, {rows, work.vendor_id}, [&](const Row& row) {
    const auto shown = disclosures::FindShown(row.Text(5), row.Blob(6), work.assignment_id);
    if (!shown.has_value()) return absl::OkStatus();
    pages.push_back({row.Integer(0), row.Integer(1), 0, shown->fields, shown->digest});
    shown_at.emplace_back(row.Text(2), PlaceWithin(places, row.Integer(3), row.Integer(4)));
    return absl::OkStatus();
  }));
  for (size_t i = 0; i < pages.size(); ++i) {
    const auto& [generation, place] = shown_at[i];
    RETURN_IF_ERROR(reader.Query(kSelectAcknowledgement, {work.vendor_id, generation, place},
                                 [&](const Row& row) {
                                   pages[i].acknowledge_time_us = row.Integer(0);
                                   return absl::OkStatus();
                                 }));
  }
  return pages;
}

absl::StatusOr<std::vector<ShownAnswer>> AnswersAbout(storage::Connection& reader,
                                                      const std::vector<std::string>& person_ids,
                                                      const std::string& account_id) {
  std::vector<ShownAnswer> answers;
  RETURN_IF_ERROR(
      reader.Query(kSelectAnswers, {storage::RowsOf(person_ids), account_id}, [&](const Row& row) {
        ShownAnswer& answer = answers.emplace_back();
        answer.kind = static_cast<v1::DisclosureLine::Kind>(row.Integer(0));
        answer.shown_to = std::string(row.Text(1));
        answer.assignment_id = std::string(row.Text(2));
        answer.subject_id = std::string(row.Text(3));
        answer.fields = row.Integer(4);
        answer.contract_version = row.Integer(5);
        answer.show_time_us = row.Integer(6);
        answer.until_time_us = row.Integer(7);
        answer.digest = std::string(row.Blob(8));
        return absl::OkStatus();
      }));
  for (ShownAnswer& answer : answers) {
    if (answer.kind != v1::DisclosureLine::KIND_UNMASKED) continue;
    RETURN_IF_ERROR(reader.Query(kSelectAgreed, {answer.subject_id}, [&](const Row& row) {
      answer.agreed_by = std::string(row.Text(0));
      return absl::OkStatus();
    }));
  }
  return answers;
}

void AddFields(int64_t fields, const contracts::CompiledContract* contract,
               v1::DisclosureLine* line) {
  const auto* terms = contract == nullptr ? nullptr : contract->Terms(line->work_type());
  for (int number = 1; number < v1::ShownField_ARRAYSIZE; ++number) {
    const auto field = static_cast<v1::ShownField>(number);
    if ((fields & ShownBits({field})) == 0) continue;
    auto& added = *line->add_fields();
    added.set_field(field);
    added.set_field_class(masking::ClassOf(field));
    // An operator sees what is there, and a number to be dialled is the whole number.
    if (line->contract_version() == 0 || field == v1::SHOWN_FIELD_DIAL)
      added.set_show(v1::Contract::SHOW_CLEAR);
    if (terms == nullptr || field == v1::SHOWN_FIELD_DIAL) continue;
    const auto take = [&added](const auto& granted) {
      for (const auto& one : granted) {
        if (one.data_class() != added.field_class()) continue;
        added.set_show(one.show());
        added.set_mask(one.mask());
      }
    };
    if (line->kind() == v1::DisclosureLine::KIND_UNMASKED) {
      take(terms->unmask());
    } else {
      take(terms->disclose());
    }
  }
}

}  // namespace switchboard::reports
