#pragma once

#include "hub/redaction/marks.h"

namespace switchboard::redaction {

// Adds numbers that a state or an authority gave a person, by their check digits, dates and shapes
// (check_digits.h): Japan's individual number and residence card; resident cards of China, Taiwan,
// Hong Kong, Korea, Malaysia, Singapore and Thailand; social security numbers of the United States
// and their ITIN; Aadhaar and PAN of India; NINO and NHS numbers of the United Kingdom; DNI and NIE
// of Spain, NIR of France, codice fiscale of Italy, CPF of Brazil. Some only behind a word for
// them, and behind such a word (passport, driving licence, 免許証番号, 身份证 …) whatever looks
// like a number, since people mistype. Also bank accounts: IBAN, and numbers behind a word for one.
// Numbers of companies, as Japan's 法人番号, are nobody's.
void FindIdentityNumbers(Marks* marks);

}  // namespace switchboard::redaction
