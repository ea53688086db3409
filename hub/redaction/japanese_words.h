#pragma once

#include <string_view>

namespace switchboard::redaction {

// Words by which names in Japanese are told; each is asked of a whole word. Thread-safe.

bool IsJapaneseHonorific(std::u32string_view word);  // さん, 様, 氏, and 夫妻, たち
bool IsJapaneseRole(std::u32string_view word);       // behind a name: 社長, 選手, 家
bool IsBehindJapaneseName(std::u32string_view word);  // 本人, 宅, 名義: what else a name may touch
bool IsBeforeJapaneseName(std::u32string_view word);  // 妻, 担当, 俳優: what may touch a name
bool IsJapaneseKin(std::u32string_view word);         // 妻, 長男
bool IsJapaneseThing(std::u32string_view word);       // new words in katakana: アプリ, スマホ
// Whether a word of katakana ends as firms, places and events do: グループ, ホテル, リーグ.
bool EndsAsJapaneseFirm(std::u32string_view word);
// Whether what stands behind a name begins with a role, of several words perhaps: 容疑者, 元副会長.
bool BeginsWithJapaneseRole(std::u32string_view behind);
// Whether what stands behind a name begins as the rest of another one does: 市, 川, 銀行, 工務店.
bool ContinuesAsThing(std::u32string_view behind);

}  // namespace switchboard::redaction
