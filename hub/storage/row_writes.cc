#include "hub/storage/row_writes.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "hub/base/error.h"

namespace switchboard::storage {
namespace {

// What a digest is of, so that none of one is one of the other.
constexpr char kOfKey = 0;
constexpr char kOfContent = 1;

constexpr char kNull = 'n';

template <typename Number>
void AppendNumber(Number number, std::string* bytes) {
  char raw[sizeof(Number)];
  std::memcpy(raw, &number, sizeof(Number));
  if constexpr (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
    std::reverse(std::begin(raw), std::end(raw));
  bytes->append(raw, sizeof(Number));
}

template <typename Number>
Number NumberAt(std::string_view bytes, size_t at) {
  char raw[sizeof(Number)];
  std::memcpy(raw, bytes.data() + at, sizeof(Number));
  if constexpr (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
    std::reverse(std::begin(raw), std::end(raw));
  Number number;
  std::memcpy(&number, raw, sizeof(Number));
  return number;
}

void AppendColumn(char kind, const Row& row, size_t place, std::string* bytes) {
  const int column = static_cast<int>(place);
  if (row.IsNull(column)) {
    bytes->push_back(kNull);
    return;
  }
  bytes->push_back(kind);
  if (kind == 'i') return AppendNumber(row.Integer(column), bytes);
  const std::string_view value = kind == 't' ? row.Text(column) : row.Blob(column);
  AppendNumber(static_cast<uint32_t>(value.size()), bytes);
  bytes->append(value);
}

void AppendTable(char of, const TableFacts& table, std::string* bytes) {
  bytes->push_back(of);
  bytes->push_back(static_cast<char>(table.name.size()));
  bytes->append(table.name);
}

// What the digest of a row's key is of.
void AppendKey(const TableFacts& table, const Row& row, std::string* bytes) {
  AppendTable(kOfKey, table, bytes);
  for (const size_t place : table.key) AppendColumn(table.kinds[place], row, place, bytes);
}

// What that of all of it is of.
void AppendContent(const TableFacts& table, const Row& row, std::string* bytes) {
  AppendTable(kOfContent, table, bytes);
  for (size_t place = 0; place < table.columns.size(); ++place)
    AppendColumn(table.kinds[place], row, place, bytes);
}

uint64_t DigestOf(std::string_view bytes, std::string_view key) {
  static_assert(crypto_shorthash_KEYBYTES == kRowKeyBytes && crypto_shorthash_BYTES == 8);
  unsigned char digest[crypto_shorthash_BYTES];
  crypto_shorthash(digest, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                   reinterpret_cast<const unsigned char*>(key.data()));
  return NumberAt<uint64_t>({reinterpret_cast<const char*>(digest), sizeof(digest)}, 0);
}

uint64_t ContentOf(std::string_view bytes, std::string_view key) {
  const uint64_t digest = DigestOf(bytes, key);
  return digest == kGone ? 1 : digest;
}

// Before each write: its table's place among all, how many bytes say its key, and how many its
// content, 0 where it is gone.
constexpr size_t kHeadBytes = 2 + 4 + 4;

}  // namespace

uint64_t KeyDigest(const TableFacts& table, const Row& row, std::string_view key) {
  SWITCHBOARD_ASSERT(key.size() == kRowKeyBytes);
  std::string bytes;
  AppendKey(table, row, &bytes);
  return DigestOf(bytes, key);
}

uint64_t ContentDigest(const TableFacts& table, const Row& row, std::string_view key) {
  SWITCHBOARD_ASSERT(key.size() == kRowKeyBytes);
  std::string bytes;
  AppendContent(table, row, &bytes);
  return ContentOf(bytes, key);
}

void AppendRowDigest(const RowDigest& digest, std::string* rows) {
  AppendNumber(digest.row, rows);
  AppendNumber(digest.content, rows);
}

RowDigest ReadRowDigest(const TableFacts* table, std::string_view bytes) {
  SWITCHBOARD_ASSERT(bytes.size() == kRowDigestBytes);
  return {table, NumberAt<uint64_t>(bytes, 0), NumberAt<uint64_t>(bytes, sizeof(uint64_t))};
}

void RowWrites::Put(const TableFacts& table, const Row& after) { Append(table, after, false); }

void RowWrites::PutGone(const TableFacts& table, const Row& before) { Append(table, before, true); }

void RowWrites::Append(const TableFacts& table, const Row& row, bool gone) {
  const size_t head = bytes_.size();
  AppendNumber(static_cast<uint16_t>(&table - Tables().data()), &bytes_);
  bytes_.append(kHeadBytes - sizeof(uint16_t), '\0');
  AppendKey(table, row, &bytes_);
  const auto key = static_cast<uint32_t>(bytes_.size() - head - kHeadBytes);
  if (!gone) AppendContent(table, row, &bytes_);
  const auto content = static_cast<uint32_t>(bytes_.size() - head - kHeadBytes - key);
  std::memcpy(bytes_.data() + head + 2, &key, sizeof(key));
  std::memcpy(bytes_.data() + head + 6, &content, sizeof(content));
}

namespace {

struct Raw {
  const TableFacts* table;
  std::string_view key;
  std::string_view content;  // empty: gone
};

// The write that `rest` begins with, which then is behind it.
Raw TakeWrite(std::string_view* rest) {
  uint32_t key = 0, content = 0;
  const auto table = NumberAt<uint16_t>(*rest, 0);
  std::memcpy(&key, rest->data() + 2, sizeof(key));
  std::memcpy(&content, rest->data() + 6, sizeof(content));
  const Raw write = {&Tables()[table], rest->substr(kHeadBytes, key),
                     rest->substr(kHeadBytes + key, content)};
  rest->remove_prefix(kHeadBytes + key + content);
  return write;
}

}  // namespace

void RowWrites::ForEach(absl::FunctionRef<void(const Write&)> visit) const {
  for (std::string_view rest = bytes_; !rest.empty();) {
    const Raw write = TakeWrite(&rest);
    visit({write.table, write.key, write.content.empty()});
  }
}

void RowWrites::AddDigests(std::string_view key, std::vector<RowDigest>* digests) const {
  SWITCHBOARD_ASSERT(key.size() == kRowKeyBytes);
  for (std::string_view rest = bytes_; !rest.empty();) {
    const Raw write = TakeWrite(&rest);
    digests->push_back({write.table, DigestOf(write.key, key),
                        write.content.empty() ? kGone : ContentOf(write.content, key)});
  }
}

std::vector<Value> RowWrites::ValuesOf(const TableFacts& table, std::string_view row) {
  std::vector<Value> values;
  size_t at = 2 + table.name.size();
  for (size_t i = 0; i < table.key.size(); ++i) {
    const char kind = row[at++];
    if (kind == kNull) {
      values.emplace_back(nullptr);
    } else if (kind == 'i') {
      values.emplace_back(NumberAt<int64_t>(row, at));
      at += sizeof(int64_t);
    } else {
      const auto size = NumberAt<uint32_t>(row, at);
      at += sizeof(size);
      const std::string_view bytes = row.substr(at, size);
      values.push_back(kind == 't' ? Value(bytes) : Value::Blob(bytes));
      at += size;
    }
  }
  return values;
}

}  // namespace switchboard::storage
