#include "hub/masking/family_name.h"

#include "gtest/gtest.h"

namespace switchboard::masking {
namespace {

struct Row {
  const char* language;
  const char* country;
  const char* family;
  const char* given;
  const char* shown;
};

void Expect(const Row& row) {
  const NameParts name{row.family, row.given};
  EXPECT_EQ(FamilyNameOnly(name, row.language, OrderOfName(name, row.language, row.country)),
            row.shown)
      << row.language << " " << row.country << " " << row.family << " | " << row.given;
}

// The given name in its own field is another one, so that nothing but the name itself tells.
TEST(FamilyNameTest, OfAWholeNameInOneWordTheFamilyName) {
  const Row kRows[] = {
      {"ja", "JP", "山田太郎", "花子", "山田***"},
      {"ja", "JP", "山田太郎", "", "山田***"},
      {"ja", "JP", "高橋さくら", "", "高橋***"},
      {"ja", "JP", "槇坂小路誠", "", "***"},
      {"ja", "JP", "長谷川", "誠", "長谷川"},
      {"ja", "JP", "ヤマダハナコ", "タロウ", "ヤマダ***"},
      {"ja", "JP", "ﾔﾏﾀﾞﾊﾅｺ", "", "ﾔﾏﾀﾞ***"},
      {"en", "US", "山田太郎", "Hanako", "山田***"},
      {"zh", "CN", "王小明", "小红", "王***"},
      {"zh", "CN", "欧阳修", "永叔", "欧阳***"},
      {"zh-Hant", "TW", "歐陽", "修", "歐陽"},
      {"zh", "CN", "约翰·史密斯", "", "约***"},
      {"ko", "KR", "김민수", "철수", "김***"},
      {"ko", "KR", "남궁", "민수", "남궁"},
      {"ko", "KR", "남궁민수", "", "남궁***"},
      // The shorter of this and of what the own given name leaves.
      {"ja", "JP", "山田太郎", "太郎", "山田***"},
      {"ja", "JP", "山太郎", "太郎", "山***"},
      // Before a remark.
      {"ja", "JP", "山田太郎（携帯は夫）", "", "山田***"},
  };
  for (const Row& row : kRows) Expect(row);
}

TEST(FamilyNameTest, WhereTheFamilyComesFirstTheFirstWord) {
  const Row kRows[] = {
      {"ja", "JP", "Yamada Taro", "Jiro", "Yamada ***"},
      {"zh", "CN", "Ouyang Xiu", "", "Ouyang ***"},
      {"yue", "HK", "Chan Tai Man", "", "Chan *** ***"},
      {"en", "HK", "Chan Tai Man", "", "Chan *** ***"},
      {"", "HK", "Chan Tai Man", "", "Chan *** ***"},
      {"ko", "KR", "Kim Min Su", "", "Kim *** ***"},
      {"vi", "VN", "Nguyễn Văn An", "", "Nguyễn *** ***"},
      {"hu", "HU", "Nagy László", "", "Nagy ***"},
      {"hu", "HU", "Szent-Györgyi Albert", "", "Szent-Györgyi ***"},
      {"km", "KH", "Sok Dara", "", "Sok ***"},
      {"mn", "MN", "Батын Болд", "", "Батын ***"},
      // Titles and initials stand before it; a small word belongs to it.
      {"hu", "HU", "Dr. Nagy László", "", "Dr. Nagy ***"},
      {"hu", "HU", "özv. Nagy Lászlóné", "", "özv. Nagy ***"},
      {"hu", "HU", "K. Nagy László", "", "K. Nagy ***"},
      {"hu", "HU", "von Neumann", "János", "von Neumann"},
      {"ko", "KR", "Kim. Min Su", "", "Kim. *** ***"},
      {"ja", "JP", "Dr. 山田 太郎", "", "Dr. 山田 ***"},
      {"ja", "JP", "林. 太郎", "", "林. ***"},
      // Where the given name comes first, the family name may have more words.
      {"es", "CO", "García Márquez", "Gabriel", "García Márquez"},
      {"en", "US", "Kim Min Su", "", "Kim Min Su"},
      {"en", "GB", "Chan Tai", "Man", "Chan Tai"},
  };
  for (const Row& row : kRows) Expect(row);
}

}  // namespace
}  // namespace switchboard::masking
