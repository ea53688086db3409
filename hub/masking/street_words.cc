#include "hub/masking/street_words.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "hub/masking/characters.h"
#include "hub/masking/folded_text.h"

namespace switchboard::masking {
namespace {

// As written; they are folded when the set is made. One language a paragraph.
constexpr std::string_view kStreetWords[] = {
    "street", "str", "avenue", "ave", "av", "lane", "ln", "drive", "dr", "road", "rd", "boulevard",
    "blvd", "court", "ct", "way", "highway", "hwy", "parkway", "pkwy", "terrace", "terr", "circle",
    "cir", "place", "pl", "square", "sq", "alley", "crescent", "cres", "close", "turnpike", "tpke",
    "pike", "expressway", "expy", "freeway", "fwy", "route", "rte", "trail", "trl", "loop", "row",
    "mews", "walk", "quay", "wharf", "esplanade", "promenade", "causeway", "broadway", "bypass",
    "cul", "embankment", "apartment", "apt", "unit", "suite", "floor", "building", "bldg", "block",
    "blk", "flat", "room", "rm", "house", "tower", "box", "pobox", "postbox", "lot", "attn",
    // French
    "rue", "allée", "chemin", "impasse", "quai", "cours", "passage", "ruelle", "sentier",
    "faubourg", "lotissement", "résidence", "bâtiment", "appartement", "étage", "immeuble", "rond",
    "terrasse",
    // Spanish
    "calle", "avenida", "avda", "avd", "carrera", "cra", "camino", "paseo", "plaza", "pza",
    "plazuela", "carretera", "ctra", "callejón", "cerrada", "calzada", "privada", "prolongación",
    "glorieta", "ronda", "travesía", "urbanización", "urb", "manzana", "piso", "edificio", "bloque",
    "polígono", "jirón", "pasaje", "psje", "diagonal", "transversal", "circunvalación", "autopista",
    "apartado",
    // Portuguese
    "rua", "travessa", "estrada", "praça", "rodovia", "viela", "ladeira", "acesso", "quadra",
    "lote", "bloco", "andar", "apto", "conjunto",
    // Italian
    "via", "viale", "piazza", "piazzale", "corso", "vicolo", "strada", "lungomare", "contrada",
    "salita", "galleria", "vico", "calata", "pzza",
    // German, Dutch
    "straße", "gasse", "weg", "platz", "allee", "ring", "ufer", "damm", "chaussee", "steig",
    "gürtel", "postfach", "straat", "laan", "plein", "gracht", "kade", "singel", "dreef", "baan",
    "postbus",
    // Scandinavian, Finnish, Estonian, Latvian, Lithuanian
    "gatan", "gata", "gate", "gaten", "vägen", "väg", "vej", "gade", "vei", "veien", "vegen",
    "torget", "plads", "plats", "postboks", "boks", "katu", "tie", "kuja", "polku", "tänav",
    "puiestee", "pst", "maantee", "mnt", "iela", "prospekts", "gatvė",
    // Polish, Czech, Slovak, Hungarian, Romanian, the languages of Yugoslavia
    "ulica", "ul", "aleja", "aleje", "plac", "osiedle", "ulice", "náměstí", "nám", "třída",
    "nábřeží", "námestie", "utca", "útja", "tere", "körút", "krt", "fasor", "rakpart", "bulevardul",
    "bdul", "calea", "aleea", "șoseaua", "piața", "intrarea", "cesta", "trg", "bulevar",
    // Turkish
    "cadde", "caddesi", "cad", "sokak", "sokağı", "sok", "mahallesi", "mah", "bulvarı", "apartmanı",
    // Greek, Cyrillic and its transcription
    "οδός", "λεωφόρος", "λεωφ", "πλατεία", "χλμ", "улица", "ул", "проспект", "просп", "пр",
    "переулок", "пер", "шоссе", "бульвар", "бул", "площадь", "пл", "набережная", "наб", "проезд",
    "тупик", "аллея", "дом", "квартира", "кв", "вулиця", "вул", "провулок", "пров", "площа",
    "ulitsa", "prospekt", "pereulok", "shosse",
    // Arabic, Persian, Hebrew
    "شارع", "طريق", "ميدان", "زقاق", "خیابان", "کوچه", "بلوار", "רחוב", "רח", "שדרות", "סמטת",
    // Hindi, Vietnamese, Indonesian, Malay, Swahili
    "मार्ग", "सड़क", "गली", "रोड", "marg", "gali", "chowk", "đường", "ngõ", "hẻm", "ngách", "jalan",
    "jl", "jln", "gang", "lorong", "lrg", "persiaran", "lebuh", "blok", "barabara", "mtaa",
    // Japanese in Latin letters
    "chome", "banchi", "dori"};

const absl::flat_hash_set<std::string>& StreetWords() {
  static const auto& words = *new absl::flat_hash_set<std::string>([] {
    absl::flat_hash_set<std::string> folded;
    for (const std::string_view word : kStreetWords) folded.insert(Folded(word));
    return folded;
  }());
  return words;
}

bool IsOneOf(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Ends with one of them, and holds more.
bool EndsIn(std::string_view word, Words ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return word.size() > end.size() && word.ends_with(end);
  });
}

}  // namespace

bool IsStreetWord(std::string_view word, std::string_view country) {
  if (StreetWords().contains(std::string(word))) return true;
  if (country == "CN" || country == "TW") {
    return IsOneOf(word, {"lu", "jie", "dajie", "dadao", "xiang", "hutong", "nong", "xiaoqu"});
  }
  if (country == "KR") return IsOneOf(word, {"ro", "gil", "daero"});
  if (country == "HU") return IsOneOf(word, {"ut", "u", "ter", "koz", "kapu"});
  if (country == "PL") return IsOneOf(word, {"al", "os"});
  if (country == "SE") return word == "grand";
  if (country == "EE") return word == "tee";
  return (country == "PT" || country == "ES") && word == "alameda";
}

bool IsStreetWordAtBegin(std::string_view word) { return IsOneOf(word, {"r", "c", "λ", "largo"}); }

bool HoldsStreetWord(std::string_view word, std::string_view country) {
  if (EndsIn(word, {"strasse", "gasse", "platz", "allee", "gatan", "vagen", "straat", "gracht",
                    "dori"}) ||
      BeginsWith(word, {"ถนน", "ซอย", "ตรอก", "หมู่"}) > 0) {
    return true;
  }
  if (country == "DE" || country == "AT" || country == "CH" || country == "LI") {
    return EndsIn(word, {"str", "weg", "ufer", "steig", "graben", "gurtel"});
  }
  if (country == "NL" || country == "BE") {
    return EndsIn(word, {"laan", "weg", "plein", "kade", "dreef", "singel", "steeg"});
  }
  if (country == "DK" || country == "NO") {
    return EndsIn(word, {"vej", "gade", "veien", "vegen", "gata", "gaten", "plads", "vænget",
                         "svingen", "toften"});
  }
  if (country == "SE") return EndsIn(word, {"torget", "stigen", "grand"});
  if (country == "FI") return EndsIn(word, {"katu", "tie", "kuja", "polku"});
  if (country == "IS") return EndsIn(word, {"gata", "vegur", "stigur"});
  if (country == "CZ" || country == "SK" || country == "SI" || country == "HR") {
    return EndsIn(word, {"ova", "eva", "eho"});  // the street of Masaryk, not of a place
  }
  return country == "KR" && EndsIn(word, {"daero"});
}

}  // namespace switchboard::masking
