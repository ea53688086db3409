#include "hub/redaction/japanese_tagger.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "hub/redaction/tagged.h"

namespace switchboard::redaction {
namespace {

const Tagger& TheTagger() {
  static const Tagger& tagger = *[] {
    auto loaded = MakeJapaneseTagger("");
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return std::move(loaded).value().release();
  }();
  return tagger;
}

std::string Japanese(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  Passage passage{text};
  passage.japanese = true;
  TheTagger().Tag(passage, &marks);
  return Tagged(marks);
}

struct Row {
  const char* typed;
  const char* tagged;
};

TEST(JapaneseTagger, NamesInNotes) {
  const Row rows[] = {
      {"本日、山田太郎様の妻の花子様より入電。ご本人は出張中で金曜日に戻られるとのこと。",
       "本日、<N 山田太郎>様の妻の<N 花子>様より入電。ご本人は出張中で金曜日に戻られるとのこと。"},
      {"佐藤様ご本人と会話。来週月曜に3万円お支払いの約束。",
       "<N 佐藤>様ご本人と会話。来週月曜に3万円お支払いの約束。"},
      {"奥様(ヨシコさん)が対応。連絡先は長男の健一氏",
       "奥様(<N ヨシコ>さん)が対応。連絡先は長男の<N 健一>氏"},
      {"司法書士の高橋先生が受任したとの連絡あり。",
       "司法書士の<N 高橋>先生が受任したとの連絡あり。"},
      {"林さんと森さんが対応、東さんは不在。", "<N 林>さんと<N 森>さんが対応、<N 東>さんは不在。"},
      {"担当は小林、折返し希望。", "担当は<N 小林>、折返し希望。"},
      {"担当小林より折返し", "担当<N 小林>より折返し"},
      {"電話番号が変わったと鈴木裕子さん（義母）から聞いた",
       "電話番号が変わったと<N 鈴木裕子>さん（義母）から聞いた"},
      {"佐藤本人と会話", "<N 佐藤>本人と会話"},
      {"髙橋様、渡邉様、𠮷田様", "<N 髙橋>様、<N 渡邉>様、<N 𠮷田>様"},
      {"伊藤弁護士より受任通知", "<N 伊藤>弁護士より受任通知"},
      {"谷川容疑者", "<N 谷川>容疑者"},
      {"連帯保証人鈴木次郎に架電", "連帯保証人<N 鈴木次郎>に架電"},
      {"父（田村正夫）死亡", "父（<N 田村正夫>）死亡"},
      {"妻花子と会話、夫・誠は失業中", "妻<N 花子>と会話、夫・<N 誠>は失業中"},
      {"長女めぐみさんが応対", "長女<N めぐみ>さんが応対"},
  };
  for (const Row& row : rows) EXPECT_EQ(Japanese(row.typed), row.tagged);
}

TEST(JapaneseTagger, NamesInTwoPartsAndInKana) {
  const Row rows[] = {
      {"田中 一郎 名義の口座", "<N 田中 一郎> 名義の口座"},
      {"田中　一郎　名義の口座", "<N 田中　一郎>　名義の口座"},
      {"ヤマダ タロウ様、不在", "<N ヤマダ タロウ>様、不在"},
      {"ﾔﾏﾀﾞ ﾀﾛｳ様より", "<N ﾔﾏﾀﾞ ﾀﾛｳ>様より"},
      {"やまだ たろう様から入電", "<N やまだ たろう>様から入電"},
      {"田中さくら様へ手紙", "<N 田中さくら>様へ手紙"},
      {"サトウ様宅へ架電、ご家族のスズキ様", "<N サトウ>様宅へ架電、ご家族の<N スズキ>様"},
  };
  for (const Row& row : rows) EXPECT_EQ(Japanese(row.typed), row.tagged);
}

TEST(JapaneseTagger, NamesFromAbroad) {
  const Row rows[] = {
      {"ネパール人のビカス・シュレスタさん", "ネパール人の<N ビカス・シュレスタ>さん"},
      {"グエン・ヴァン・アンさんは帰国", "<N グエン・ヴァン・アン>さんは帰国"},
      {"ジョン・F・ケネディ大統領", "<N ジョン・F・ケネディ>大統領"},
      {"アナスタシオス1世の頃", "<N アナスタシオス1世>の頃"},
      {"お客様、王 小明様。日本語不可。", "お客様、<N 王 小明>様。日本語不可。"},
      {"金性洙は不在", "<N 金性洙>は不在"},
      {"金さん・朴さん・李さん", "<N 金>さん・<N 朴>さん・<N 李>さん"},
  };
  for (const Row& row : rows) EXPECT_EQ(Japanese(row.typed), row.tagged);
}

TEST(JapaneseTagger, WhatNamesNobodyStays) {
  for (const char* const typed :
       {"督促状を送付済み。来月の給料日に入金予定。",
        "お客様は激怒。お子さんが入院中。皆さんに連絡。", "おばあさんが電話に出た",
        "勤務先の田中商店に電話", "前田建設に勤務", "鈴木工務店",
        "コンビニで支払う。アプリで払う。スマホを紛失", "本人曰く来月10日に払う",
        "高校生の全員が各社に連絡", "給与は25日、ボーナスは12月。", "残高は北海道の海援隊が",
        "王様", "promised to pay", "", "弁護士法人より受任通知"}) {
    EXPECT_EQ(Japanese(typed), typed);
  }
}

TEST(JapaneseTagger, Addresses) {
  const Row rows[] = {
      {"東京都渋谷区神南1-19-11に住んでいる", "<A 東京都渋谷区神南1-19-11>に住んでいる"},
      {"渋谷区神南一丁目十九番十一号へ", "<A 渋谷区神南一丁目十九番十一号>へ"},
      {"渋谷区神南１－１９－１１　ハイツ神南201号室",
       "<A 渋谷区神南１－１９－１１　ハイツ神南201号室>"},
      {"〒なし 大阪市北区梅田3-1-3 ノースゲートビル15階です",
       "〒なし <A 大阪市北区梅田3-1-3 ノースゲートビル15階>です"},
      {"札幌市中央区北１条西５丁目２番地", "<A 札幌市中央区北１条西５丁目２番地>"},
      {"北海道旭川市五条通7丁目", "<A 北海道旭川市五条通7丁目>"},
      {"虻田郡ニセコ町字富士見55番地", "<A 虻田郡ニセコ町字富士見55番地>"},
      {"京都府京都市中京区寺町通御池上る488番地", "<A 京都府京都市中京区寺町通御池上る488番地>"},
      {"千代田区霞が関3-2-1、千代田区霞ケ関3-2-1",
       "<A 千代田区霞が関3-2-1>、<A 千代田区霞ケ関3-2-1>"},
      {"神南1丁目19番11号に転居", "<A 神南1丁目19番11号>に転居"},
      {"現住所は神南1-19-11", "現住所は<A 神南1-19-11>"},
      {"横浜市青葉区あざみ野南2-1-3", "<A 横浜市青葉区あざみ野南2-1-3>"},
      {"長野県、松本市在住", "長野県、<A 松本市>在住"},
      // A municipality that no list has, behind its prefecture.
      {"福島県架空市仮町3-4に", "<A 福島県架空市仮町3-4>に"},
  };
  for (const Row& row : rows) EXPECT_EQ(Japanese(row.typed), row.tagged);
}

TEST(JapaneseTagger, EveryPrefecture) {
  for (const char* const place :
       {"北海道函館市",   "青森県青森市",         "岩手県盛岡市",   "宮城県仙台市青葉区",
        "秋田県秋田市",   "山形県山形市",         "福島県福島市",   "茨城県水戸市",
        "栃木県宇都宮市", "群馬県前橋市",         "埼玉県川口市",   "千葉県船橋市",
        "東京都新宿区",   "神奈川県川崎市中原区", "新潟県長岡市",   "富山県富山市",
        "石川県金沢市",   "福井県福井市",         "山梨県甲府市",   "長野県長野市",
        "岐阜県岐阜市",   "静岡県浜松市",         "愛知県豊田市",   "三重県津市",
        "滋賀県大津市",   "京都府宇治市",         "大阪府堺市堺区", "兵庫県姫路市",
        "奈良県奈良市",   "和歌山県和歌山市",     "鳥取県鳥取市",   "島根県松江市",
        "岡山県倉敷市",   "広島県呉市",           "山口県下関市",   "徳島県徳島市",
        "香川県高松市",   "愛媛県松山市",         "高知県高知市",   "福岡県久留米市",
        "佐賀県佐賀市",   "長崎県長崎市",         "熊本県熊本市",   "大分県大分市",
        "宮崎県宮崎市",   "鹿児島県鹿児島市",     "沖縄県那覇市"}) {
    EXPECT_EQ(Japanese(std::string("住所は") + place + "とのこと"),
              std::string("住所は<A ") + place + ">とのこと");
  }
}

TEST(JapaneseTagger, WhatIsCalledAfterAPlaceStays) {
  for (const char* const typed :
       {"渋谷区役所に相談", "横浜市立病院に入院", "松本市民", "東京都に相談", "3-4日後に入金",
        "2丁拳銃", "残り1-2回", "電話は03-1234-5678", "北区", "昨日町で会った"}) {
    EXPECT_EQ(Japanese(typed), typed);
  }
}

TEST(JapaneseTagger, OnlyInPassagesThatAreJapanese) {
  const FoldedText text("山田太郎様より入電");
  Marks marks(text);
  TheTagger().Tag(Passage{text}, &marks);
  EXPECT_TRUE(marks.empty());
}

}  // namespace
}  // namespace switchboard::redaction
