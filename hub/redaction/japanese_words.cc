#include "hub/redaction/japanese_words.h"

#include <algorithm>
#include <vector>

namespace switchboard::redaction {
namespace {

// Words that blanks divide, sorted.
class Words {
 public:
  explicit Words(std::u32string_view list) {
    for (size_t begin = 0; begin < list.size();) {
      const size_t end = std::min(list.find(U' ', begin), list.size());
      words_.push_back(list.substr(begin, end - begin));
      begin = end + 1;
    }
    std::sort(words_.begin(), words_.end());
  }

  bool Has(std::u32string_view word) const {
    return std::binary_search(words_.begin(), words_.end(), word);
  }
  bool HasBeginOf(std::u32string_view text) const {
    return std::any_of(words_.begin(), words_.end(),
                       [&](std::u32string_view word) { return text.starts_with(word); });
  }

  bool HasEndOf(std::u32string_view text) const {
    return std::any_of(words_.begin(), words_.end(),
                       [&](std::u32string_view word) { return text.ends_with(word); });
  }

 private:
  std::vector<std::u32string_view> words_;
};

}  // namespace

bool IsJapaneseHonorific(std::u32string_view word) {
  static const Words& words = *new Words(
      U"さん 様 さま サン サマ 氏 君 くん ちゃん チャン 殿 どの 先生 夫妻 夫人 嬢 女史 兄弟 姉妹 "
      U"ら 達 たち");
  return words.Has(word);
}

bool IsJapaneseRole(std::u32string_view word) {
  static const Words& words = *new Words(
      U"社長 部長 課長 係長 会長 店長 専務 常務 取締役 選手 監督 議員 被告 教授 博士 医師 首相 "
      U"大統領 大臣 知事 市長 "
      U"町長 村長 長官 投手 記者 アナ アナウンサー 婦人 コーチ 委員 委員長 理事 理事長 支店長 担当 "
      U"主任 次長 室長 所長 "
      U"校長 党首 代表 院長 行員 司祭 将軍 大佐 中佐 少佐 大尉 中尉 少尉 大将 中将 少将 皇帝 女王 "
      U"王 卿 天皇 大使 師 翁 家");
  return words.Has(word);
}

bool BeginsWithJapaneseRole(std::u32string_view behind) {
  constexpr std::u32string_view kPrefixes = U"元前副新現米故両";
  static const Words& words = *new Words(
      U"容疑者 社長 部長 課長 係長 会長 店長 専務 常務 取締役 選手 監督 議員 上院議員 下院議員 "
      U"被告 教授 博士 医師 弁護士 "
      U"司法書士 行政書士 税理士 首相 大統領 大臣 知事 市長 町長 村長 長官 国務長官 財務長官 投手 "
      U"アナウンサー 委員長 "
      U"理事長 支店長 工場長 校長 党首 代表 院長 大使 皇帝");
  while (!behind.empty() && kPrefixes.find(behind[0]) != std::u32string_view::npos) {
    behind.remove_prefix(1);
  }
  return words.HasBeginOf(behind);
}

bool IsBehindJapaneseName(std::u32string_view word) {
  static const Words& words =
      *new Words(U"本人 宅 方 名義 側 夫婦 親子 一家 両名 両人 姓 妻 夫 母 父 兄 弟 姉 妹 息子 娘");
  return words.Has(word);
}

bool IsBeforeJapaneseName(std::u32string_view word) {
  static const Words& words = *new Words(
      U"俳優 女優 歌手 作家 漫画家 画家 監督 選手 社長 会長 首相 議員 教授 博士 医師 弁護士 妻 夫 "
      U"母 父 兄 弟 姉 妹 "
      U"息子 娘 長男 次男 三男 長女 次女 三女 祖父 祖母 義父 義母 叔父 叔母 上司 同僚 友人 知人 "
      U"本人 契約者 名義人 名義 "
      U"名前 氏名 担当 担当者 連帯保証人 保証人 配偶者 勤務先 相手 旧姓 代理人 店長 部長 課長");
  return words.Has(word);
}

bool IsJapaneseKin(std::u32string_view word) {
  static const Words& words = *new Words(
      U"妻 夫 母 父 兄 弟 姉 妹 息子 娘 長男 次男 三男 長女 次女 三女 四女 五女 祖父 祖母 義父 "
      U"義母 叔父 叔母 伯父 "
      U"伯母 孫");
  return words.Has(word);
}

bool EndsAsJapaneseFirm(std::u32string_view word) {
  static const Words& words = *new Words(
      U"カンパニー グループ ホールディングス コーポレーション バンク ホテル クラブ ユナイテッド "
      U"シティ スターズ パーク "
      U"センター ランド テインメント ミュージック レコード レコーズ スタジオ シリーズ リーグ "
      U"カップ プロジェクト システム "
      U"システムズ インターナショナル ネットワーク サービス アソシエーション オーケストラ "
      U"アイランド カード ローン "
      U"キャピタル ソフトウェア カレッジ スタジアム サーキット ブリッジ キャンパス ショー シアター "
      U"レーシング エナジー "
      U"ディレクター プレジデント デジタル ファーム チーム スタッフ フェスティバル ステーション "
      U"マーケット ストア ショップ "
      U"タワー ビル マンション ハイツ コーポ アパート メディア ファイナンス クレジット フーズ "
      U"モーターズ エアライン "
      U"アカデミー インダストリー ケミカル ファンド プロダクション エージェンシー オフィス プロ");
  return words.HasEndOf(word);
}

bool IsJapaneseThing(std::u32string_view word) {
  static const Words& words = *new Words(
      U"アプリ スマホ タブレット リボ キャッシング リスケ キャッシュレス クレカ サブスク デビット "
      U"ライン ツイッター "
      U"インスタ ズーム オンライン ログイン パスワード ペイペイ メルカリ アマゾン ネットバンキング "
      U"コロナ ワクチン "
      U"テレワーク リモート シフト バイト クーリングオフ リース ホームページ サイト ブログ "
      U"メルマガ マイページ "
      U"オーバーヒート コールバック ヒアリング クレーム キャンセル フリーズ アップデート");
  return words.Has(word);
}

bool ContinuesAsThing(std::u32string_view behind) {
  static const Words& words = *new Words(
      U"市 町 村 県 府 都 区 郡 州 駅 線 川 河 湖 山 岳 島 半島 寺 院 神社 宮 城 藩 氏族 高校 高等 "
      U"中学 小学 大学 短大 "
      U"学園 学院 学校 工業 工務 工場 製 建設 鉄道 電鉄 電気 電機 会社 株式 銀行 商事 商会 商店 "
      U"物産 不動産 証券 社 館 "
      U"軍 派 組 橋 港 空港 道 通 街 台 平 原 温泉 公園 賞 杯 国 地方 地区 地域 盆地 平野 球団 "
      U"病院 医院 書店 出版 放送 "
      U"新聞 テレビ プロ グループ ホテル ビル ホール スタジアム 記念 事件 時代 幕府 焼 店 園 丸 号 "
      U"本線 峠 池 沢 浜 海 "
      U"灘 湾 谷 塾 座 屋 堂 亭 荘 団地");
  return words.HasBeginOf(behind);
}

}  // namespace switchboard::redaction
