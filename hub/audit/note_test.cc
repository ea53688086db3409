#include "hub/audit/note.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/testing.h"

namespace switchboard::audit {
namespace {

using testing::FailsWith;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotSigned = absl::StatusCode::kUnauthenticated;

// The keys and the note with which the Go project documents the format that c2sp.org took over.
constexpr char kNeumann[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kRoot[] = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
constexpr char kText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kByNeumann[] =
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
constexpr char kByRoot[] =
    "\u2014 EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/"
    "5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

std::string Published(const std::string& signatures) {
  return absl::StrCat(kText, "\n", signatures);
}

std::vector<std::string> Names(const std::vector<VerifierKey>& keys) {
  std::vector<std::string> names;
  for (const VerifierKey& key : keys) names.push_back(key.name);
  return names;
}

absl::StatusOr<std::vector<VerifierKey>> Signers(const std::string& note,
                                                 const std::vector<VerifierKey>& keys) {
  const auto read = ParseNote(note);
  if (!read.ok()) return read.status();
  return SignersOf(*read, keys);
}

Ed25519Signer Signer(char seed) {
  return Ed25519Signer(Secret(std::string(kEd25519KeyBytes, seed)));
}

TEST(NoteTest, PublishedNoteIsSignedByThePublishedKeys) {
  ASSERT_OK_AND_ASSIGN(const VerifierKey neumann, ParseVerifierKey(kNeumann));
  ASSERT_OK_AND_ASSIGN(const VerifierKey root, ParseVerifierKey(kRoot));
  EXPECT_EQ(neumann.Text(), kNeumann);
  EXPECT_EQ(neumann.id(), 0xc74f20a3);
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(Published(absl::StrCat(kByNeumann, kByRoot))));
  EXPECT_EQ(note.text, kText);
  ASSERT_OK_AND_ASSIGN(const auto both, SignersOf(note, {neumann, root}));
  EXPECT_EQ(Names(both), (std::vector<std::string>{"PeterNeumann", "EnochRoot"}));
  ASSERT_OK_AND_ASSIGN(const auto one, SignersOf(note, {root}));
  EXPECT_EQ(Names(one), std::vector<std::string>{"EnochRoot"}) << "the other one is passed over";
}

// The second one's key is made from a seed of zeros.
TEST(NoteTest, SignsAsThePublishedNote) {
  const Ed25519Signer signer = Signer('\0');
  EXPECT_EQ(VerifierKeyOf("EnochRoot", signer).Text(), kRoot);
  EXPECT_EQ(SignNote(kText, "EnochRoot", signer), Published(kByRoot));
}

TEST(NoteTest, ExampleOfTheSpecificationIsRead) {
  ASSERT_OK_AND_ASSIGN(
      const Note note,
      ParseNote("Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è "
                "subito sera.\n\n\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/"
                "iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"));
  EXPECT_THAT(note.text, HasSubstr("sole:\n\ned è"));
  ASSERT_EQ(note.signatures.size(), 1u);
  EXPECT_EQ(note.signatures[0].name, "quasimodo.example/salvatore");
  EXPECT_EQ(note.signatures[0].key_id, 0x367ba04bu);
  EXPECT_EQ(note.signatures[0].bytes.size(), kEd25519SignatureBytes);
}

TEST(NoteTest, KeysAreReadAsTheyAreWritten) {
  const VerifierKey key = VerifierKeyOf("issuer.example/switchboard", Signer('a'));
  ASSERT_OK_AND_ASSIGN(const VerifierKey read, ParseVerifierKey(key.Text()));
  EXPECT_EQ(read.Text(), key.Text());
  ASSERT_OK_AND_ASSIGN(
      const VerifierKey sum,
      ParseVerifierKey("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"));
  EXPECT_EQ(sum.name, "sum.golang.org");
  for (size_t i = 0; i < key.Text().size(); ++i) {
    std::string changed = key.Text();
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(ParseVerifierKey(changed), FailsWith(kInvalid, "KEY_INVALID")) << changed;
  }
  const std::string with_type =
      VerifierKey{"a", static_cast<VerifierKey::Type>(2), key.public_key}.Text();
  for (const std::string& text :
       {std::string(), std::string("name"), std::string("name+"), std::string("name+00000000"),
        std::string("name+00000000+"), key.Text() + " ", " " + key.Text(), key.Text() + "=",
        "+" + key.Text(), with_type}) {
    EXPECT_THAT(ParseVerifierKey(text), FailsWith(kInvalid, "KEY_INVALID")) << text;
  }
}

TEST(NoteTest, AFileHoldsAKeyALine) {
  const std::string two = absl::StrCat("# the log\n", kNeumann, "\n\n", kRoot);
  ASSERT_OK_AND_ASSIGN(const auto keys, ParseVerifierKeys(two));
  EXPECT_EQ(Names(keys), (std::vector<std::string>{"PeterNeumann", "EnochRoot"}));
  EXPECT_THAT(ParseVerifierKeys("# none\n"), FailsWith(kInvalid, "KEY_INVALID"));
  const auto wrong = ParseVerifierKeys(absl::StrCat(kNeumann, "\nwrong\n"));
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("line 2"));
}

TEST(NoteTest, WhatWasSignedHereIsReadHere) {
  const Ed25519Signer signer = Signer('a');
  const std::string note = SignNote("one\n\ntwo\n", "log", signer);
  ASSERT_OK_AND_ASSIGN(const auto signers, Signers(note, {VerifierKeyOf("log", signer)}));
  EXPECT_EQ(signers.size(), 1u);
  EXPECT_EQ(ParseNote(note)->text, "one\n\ntwo\n");
}

TEST(NoteTest, OneChangedBitAnywhereFails) {
  const Ed25519Signer signer = Signer('a');
  const std::string note = SignNote("é one\n\ntwo\n", "log", signer);
  for (size_t bit = 0; bit < 8 * note.size(); ++bit) {
    std::string changed = note;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(Signers(changed, {VerifierKeyOf("log", signer)}).ok()) << bit << ": " << changed;
  }
}

TEST(NoteTest, UnknownKeysArePassedOverAndKnownOnesMustHold) {
  const Ed25519Signer signer = Signer('a'), other = Signer('b');
  const VerifierKey key = VerifierKeyOf("log", signer), named_alike = VerifierKeyOf("log", other);
  const std::string note = SignNote("text\n", "log", signer);
  EXPECT_THAT(Signers(note, {}), FailsWith(kNotSigned, "NOTE_UNKNOWN"));
  EXPECT_THAT(Signers(note, {named_alike}), FailsWith(kNotSigned, "NOTE_UNKNOWN"));
  EXPECT_OK(Signers(note, {named_alike, key}));
  EXPECT_THAT(Signers(note, {VerifierKeyOf("other", signer)}),
              FailsWith(kNotSigned, "NOTE_UNKNOWN"));
  // A line of the known key that it did not sign spoils a note that it did.
  const std::string strange = SignNote("text of another\n", "log", signer);
  const std::string line = strange.substr(strange.find("\n\n") + 2);
  EXPECT_THAT(Signers(note + line, {key}), FailsWith(kNotSigned, "NOTE_FORGED"));
  EXPECT_OK(Signers(note + note.substr(note.find("\n\n") + 2), {key})) << "twice the same";
}

TEST(NoteTest, AWitnessSignsItsTimeAsWell) {
  const Ed25519Signer signer = Signer('w');
  const VerifierKey key = {"witness.example/w1", VerifierKey::kCosignature, signer.public_key()};
  const std::string text = "log\n3\nroot\n";
  const auto note_of = [&](const std::string& time, const std::string& signature) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes += static_cast<char>(key.id() >> shift & 0xff);
    const std::string encoded = absl::Base64Escape(bytes + time + signature);
    return absl::StrCat(text, "\n\u2014 witness.example/w1 ", encoded, "\n");
  };
  const std::string time = {0, 0, 0, 0, 0x64, 0x18, 0x50, static_cast<char>(0xcb)};  // 1679315147
  const std::string signature = signer.Sign("cosignature/v1\ntime 1679315147\n" + text);
  EXPECT_OK(Signers(note_of(time, signature), {key}));
  const std::string later = {0, 0, 0, 0, 0x64, 0x18, 0x50, static_cast<char>(0xcc)};
  EXPECT_THAT(Signers(note_of(later, signature), {key}), FailsWith(kNotSigned, "NOTE_FORGED"));
  EXPECT_THAT(Signers(note_of(time, signer.Sign(text)), {key}),
              FailsWith(kNotSigned, "NOTE_FORGED"));
  EXPECT_THAT(Signers(note_of(time, ""), {key}), FailsWith(kNotSigned, "NOTE_FORGED"));
}

TEST(NoteTest, WhatIsNoNoteIsRefused) {
  const std::string line(kByNeumann);
  std::string many, too_many;
  for (int i = 0; i < 32; ++i) many += line;
  too_many = many + line;
  EXPECT_OK(ParseNote(Published(many)));
  EXPECT_OK(ParseNote(absl::StrCat(std::string(65'000, 'x'), "\n\n", line)));
  for (const std::string& note : {
           std::string(),
           std::string(kText),
           std::string(kText) + "\n",
           std::string(kText) + line,                             // no empty line
           Published(line.substr(0, line.size() - 1)),            // no end
           Published(line + "\n"),                                // an empty line behind
           Published(line + "text\n"),                            //
           Published(too_many),                                   //
           Published("- " + line.substr(4)),                      // another dash
           Published("\u2014  x x08go/ZJ\n"),                     // no name
           Published("\u2014 a+b x08go/ZJ\n"),                    // "+" in a name
           Published("\u2014 a\u3000b x08go/ZJ\n"),               // a blank in a name
           Published("\u2014 a\n"),                               // no signature
           Published("\u2014 a x08goA==\n"),                      // an id alone
           Published("\u2014 a x08go/ZJ \n"),                     // more behind it
           Published("\u2014 a x08go/Z\n"),                       // no base64
           Published("\u2014 a x08go/ZK==\n"),                    // bits that say nothing
           "a\tb\n\n" + line,                                     // a control character
           "a\r\n\n" + line,                                      //
           std::string("a\0b\n\n", 5) + line,                     //
           "a\xff\n\n" + line,                                    // no UTF-8
           "a\xed\xa0\x80\n\n" + line,                            // half a pair
           absl::StrCat(std::string(65'536, 'x'), "\n\n", line),  // more than 64 KiB
       }) {
    EXPECT_THAT(ParseNote(note), FailsWith(kInvalid, "NOTE_INVALID")) << note.substr(0, 200);
  }
}

}  // namespace
}  // namespace switchboard::audit
