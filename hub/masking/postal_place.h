#pragma once

#include <string_view>

#include "switchboard/v1/person.pb.h"

namespace switchboard::masking {

// What masks of addresses may show beside the country. Each is empty where it cannot be told.
// `region` lies in the hub's tables (place_table.h); `city` and `district` lie there or in a field
// of the address: they are good as long as the address is.
struct Place {
  std::string_view region;
  std::string_view city;
  std::string_view district;
};

// The place of an address, whatever fields the core wrote it in. Pure; threads may share it.
//
// Region: a spelling of the tables, the one that the core used. It is looked for in region, city,
// district and street, in this order: at the begin of a text in East Asian writing; in any other as
// the whole of a part between dividers, or at the end of one ("Applegate Lane, Louisville KY
// 40219"). Where no text tells it, by the postal code in Japan, the United States and Canada.
// Countries without a table have none.
//
// City: of the city's own field, else what follows the region in its field.
// - A row of the table of that region: 渋谷区 of 東京都, and of 東京都渋谷区神南1-19-11.
// - In the own writing of Japan, China, Taiwan and Korea a municipality by its ending
//   (municipality.h), with no number in it: 성남시 분당구 of "성남시 분당구 정자동". In China only
//   a row ends in 区.
// - Elsewhere the first part of the city's field, if it is a plain name of a place (place_name.h)
//   that the street does not hold: "Applegate Lane" is none, and neither is, because nothing tells
//   it from a street, "Lincoln" beside "12 Lincoln Road". What the region's field holds beside the
//   region is never a city there.
// Where the region's field and the postal code name different regions, only a row of the table is.
//
// District: of the district's field alone, as far as it goes before the first number, divider or,
// but in Japan, street (address_part.h) in those four countries; elsewhere a plain name of a place.
Place PlaceOf(const v1::Address& address);
Place PlaceOf(v1::Address&& address) = delete;

// The same without the district: for a row of the table a third of the work.
Place PlaceWithoutDistrict(const v1::Address& address);
Place PlaceWithoutDistrict(v1::Address&& address) = delete;

}  // namespace switchboard::masking
