#include "adapters/example/csv_text.h"

#include "tests/testing.h"

namespace switchboard::adapters {
namespace {

using Fields = std::vector<std::string>;

std::vector<Fields> FieldsOf(std::string_view text) {
  std::vector<Fields> all;
  for (const CsvRecord& record : ReadCsv(text)) {
    EXPECT_EQ(record.problem, "") << text;
    all.push_back(record.fields);
  }
  return all;
}

TEST(CsvTextTest, TakesEveryWayOfWritingAsMeant) {
  const struct {
    const char* text;
    std::vector<Fields> fields;
  } cases[] = {
      {"", {}},
      {"\n\r\n\n", {}},
      {"a", {{"a"}}},
      {"a,b\n", {{"a", "b"}}},
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"a,b\r", {{"a", "b"}}},
      {",\n", {{"", ""}}},
      {"a,,c", {{"a", "", "c"}}},
      {"\xef\xbb\xbf"
       "a,b",
       {{"a", "b"}}},
      {"\"a\",\"b\"\n", {{"a", "b"}}},
      {"\"a\",\"b\"\r\n\"c\",\"d\"", {{"a", "b"}, {"c", "d"}}},
      {"\"Sato, K\",x", {{"Sato, K", "x"}}},
      {"\"he said \"\"no\"\"\"", {{"he said \"no\""}}},
      {"\"\"\"\"", {{"\""}}},
      {"\"one\ntwo\r\nthree\",x\ny,z", {{"one\ntwo\r\nthree", "x"}, {"y", "z"}}},
      {"\"\"", {}},
      {"\"\",\"\"", {{"", ""}}},
      {"\"a\"\r", {{"a"}}},
      {"結果, 山田 ,\"再\"", {{"結果", " 山田 ", "再"}}},
  };
  for (const auto& [text, fields] : cases) EXPECT_EQ(FieldsOf(text), fields) << text;
}

TEST(CsvTextTest, NamesTheLineOfEachRecord) {
  std::vector<int64_t> lines;
  for (const CsvRecord& record : ReadCsv("a\n\n\"b\nb\"\nc\r\n\xff\nd"))
    lines.push_back(record.line);
  EXPECT_EQ(lines, (std::vector<int64_t>{1, 3, 5, 6, 7}));
}

TEST(CsvTextTest, BrokenLineTakesNoOtherWithIt) {
  const struct {
    const char* line;
    const char* problem;
  } cases[] = {
      {"a,\x8d\x90\x93\xa1", "not UTF-8"},  // cp932
      {"a,\xff", "not UTF-8"},
      {"a\"b,c", "does not begin with one"},
      {"a, \"b\"", "does not begin with one"},
      {"\"a\"b,c", "between a closing quote"},
      {"a,\"b", "never closed"},
  };
  for (const auto& [line, problem] : cases) {
    const auto records = ReadCsv("one,1\n" + std::string(line) + "\ntwo,2\n");
    ASSERT_EQ(records.size(), 3u) << line;
    EXPECT_EQ(records[1].line, 2);
    EXPECT_THAT(records[1].problem, ::testing::HasSubstr(problem)) << line;
    EXPECT_EQ(records[1].fields, Fields{});
    EXPECT_EQ(records[2].fields, (Fields{"two", "2"})) << line;
  }
}

TEST(CsvTextTest, RecordHasAnEnd) {
  const std::string most(kCsvRecordBytesMax - 1, 'x');
  EXPECT_EQ(FieldsOf(most + "\n").front().front().size(), most.size());
  EXPECT_NE(ReadCsv(most + "xxx,y\nz").front().problem, "");
  // A quote that is closed far below is one that was forgotten.
  std::string text = "a,\"b\n";
  for (int i = 0; i < 10'000; ++i) text += "c,d,e,f\n";
  text += "g,\"h\"\n";
  EXPECT_EQ(ReadCsv(text).size(), 10'002u);
}

TEST(CsvTextTest, ReadsWhatItWrites) {
  const std::vector<Fields> rows = {
      {"a", ""}, {"Sato, K", "\""}, {"one\ntwo", "\r"}, {"", "", ""}, {"山田", "\"x\""}};
  // Alone at the beginning of a file.
  const std::vector<Fields> marked = {{"\xef\xbb\xbfx", "y"}};
  EXPECT_EQ(FieldsOf(CsvLine(marked.front())), marked);
  std::string text;
  for (const Fields& fields : rows) text += CsvLine(fields);
  EXPECT_EQ(FieldsOf(text), rows);
}

}  // namespace
}  // namespace switchboard::adapters
