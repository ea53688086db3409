#include "hub/redaction/chinese_tagger.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "hub/redaction/chinese_words.h"
#include "hub/redaction/tagged.h"

namespace switchboard::redaction {
namespace {

std::string Chinese(const std::string& typed) {
  const FoldedText text(typed);
  Marks marks(text);
  Passage passage{text};
  passage.chinese = true;
  MakeChineseTagger()->Tag(passage, &marks);
  return Tagged(marks);
}

struct Row {
  const char* typed;
  const char* tagged;
};

TEST(ChineseTagger, NamesOfPeople) {
  const Row rows[] = {
      {"客户王小明的妻子李女士来电，说下周一还款三千元。",
       "客户<N 王小明>的妻子<N 李>女士来电，说下周一还款三千元。"},
      {"本人不在，其母亲张桂兰接听。", "本人不在，其母亲<N 张桂兰>接听。"},
      {"致电陈总，秘书小刘接听，让周五再打。", "致电<N 陈总>，秘书<N 小刘>接听，让周五再打。"},
      {"客户称已委托律师赵宏伟处理。", "客户称已委托律师<N 赵宏伟>处理。"},
      {"欧阳修远说电话换成别的号码了", "<N 欧阳修远>说电话换成别的号码了"},
      {"联系人：刘洋，关系：朋友", "联系人：<N 刘洋>，关系：朋友"},
      {"王某某称已还", "<N 王某某>称已还"},
      {"李先生、張太太都不在", "<N 李>先生、<N 張>太太都不在"},
      {"黃小姐說明天回電", "<N 黃>小姐說明天回電"},
      {"客戶林志玲表示已付", "客戶<N 林志玲>表示已付"},
      // Full width, and the forms of other books.
      {"客户：王小明（本人）", "客户：<N 王小明>（本人）"},
  };
  for (const Row& row : rows) EXPECT_EQ(Chinese(row.typed), row.tagged);
}

TEST(ChineseTagger, WhatNamesNobodyStays) {
  for (const char* const typed :
       {"承诺月底还清，情绪激动。", "第3期账单未还，已逾期3个月", "共3笔，第2笔12号到期",
        "他在浙江做生意，下月去日本", "客户在招商银行滨江支行柜台还款", "电话无人接听，已发短信",
        "promised to pay on Friday", "", "月末入金予定です", "中国"}) {
    EXPECT_EQ(Chinese(typed), typed);
  }
}

TEST(ChineseTagger, Addresses) {
  const Row rows[] = {
      {"家住广东省佛山市顺德区大良街道凤翔路12号碧桂园3座2004房，请勿上门",
       "家住<A 广东省佛山市顺德区大良街道凤翔路12号碧桂园3座2004房>，请勿上门"},
      {"地址：上海市浦东新区世纪大道100号环球金融中心45楼",
       "地址：<A 上海市浦东新区世纪大道100号环球金融中心45楼>"},
      {"新地址朝阳区望京西园四区408号楼1单元502", "新地址<A 朝阳区望京西园四区408号楼1单元502>"},
      {"住浙江省杭州市滨江区缤纷北苑47-6-746", "住<A 浙江省杭州市滨江区缤纷北苑47-6-746>"},
      {"本人称教工路827号已拆迁", "本人称<A 教工路827号>已拆迁"},
      {"住3号楼2单元501室客户本人接听", "住<A 3号楼2单元501室>客户本人接听"},
      {"香港九龍彌敦道345號永安大廈12樓B室", "<A 香港九龍彌敦道345號永安大廈12樓B室>"},
      {"已搬到台北市大安區和平東路一段129號", "已搬到<A 台北市大安區和平東路一段129號>"},
      {"浙江省-杭州市-江干区天城路738号", "<A 浙江省-杭州市-江干区天城路738号>"},
      // A count or a day is no door.
      {"杭州客户15号来电，说3月还2期", "<A 杭州>客户15号来电，说3月还2期"},
      {"深圳3000元", "<A 深圳>3000元"},
  };
  for (const Row& row : rows) EXPECT_EQ(Chinese(row.typed), row.tagged);
}

TEST(ChineseTagger, OnlyInPassagesThatAreChinese) {
  const FoldedText text("客户王小明来电");
  Marks marks(text);
  MakeChineseTagger()->Tag(Passage{text}, &marks);
  EXPECT_TRUE(marks.empty());
}

// However long it is, no more than 300 characters are read at a time: each word lies in a piece.
TEST(ChineseTagger, ANoteWithoutPunctuationIsReadInPieces) {
  constexpr size_t kPiece = 300;
  std::string typed;
  for (int i = 0; i < 1'250; ++i) typed += "其母亲张桂兰接听";
  const FoldedText text(typed);
  ASSERT_EQ(text.size(), 10'000u);
  const std::vector<ChineseWord> words = ChineseWordsOf(text);
  size_t read = 0;
  for (const ChineseWord& word : words) {
    EXPECT_EQ(word.begin / kPiece, (word.end - 1) / kPiece) << word.begin;
    read += word.end - word.begin;
  }
  EXPECT_EQ(read, text.size());
}

// The model reads sentences; a text may be one without end.
TEST(ChineseTagger, LongTextsAreReadInPieces) {
  std::string typed, tagged;
  for (int i = 0; i < 40; ++i) {
    typed += "其母亲张桂兰接听。";
    tagged += "其母亲<N 张桂兰>接听。";
  }
  EXPECT_EQ(Chinese(typed), tagged);
  const std::string endless(3 * 1000, 'x');
  EXPECT_EQ(Chinese(endless), endless);
}

}  // namespace
}  // namespace switchboard::redaction
