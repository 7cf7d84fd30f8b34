// What date-holidays says: one line a holiday that is one of our occasions, OCCASION TAB REGION TAB YEAR TAB DAYS. Arguments: the folder of node_modules, first year, last year.
import { createRequire } from 'node:module';
import path from 'node:path';

const [folder, first, last] = process.argv.slice(2);
const Holidays = createRequire(path.join(folder, 'x.js'))('date-holidays');

// Their names in English, of each of our occasions.
const names = {
  'advent': /^([1-4]\. Advent|(First|Second|Third|Fourth) Sunday of Advent)$/,
  'all-saints': /^(All Saints' Day|Day of Remembrance for the Dead)$/,
  'carnival': /^(Carnival|Carnival Monday|Carnival Tuesday|Mardi Gras|Shrove Monday|Shrove Tuesday)$/,
  'childrens-day': /^(International )?Children's Day$|^National Sovereignty and Children's Day$|^The day of protection of children rights$/,
  'christmas': /^Christmas Day$/,
  'christmas-eve': /^Christmas Eve$/,
  'coming-of-age': /^Coming of Age Day$/,
  'day-of-the-dead': /^All Souls' Day$|^Day of the Dead$/,
  'diwali': /^(Deepavali|Diwali|Divali|Deepavali Festival Day)$/,
  'double-ninth': /^(Double Ninth|Chung Yeung) Festival$/,
  'dragon-boat': /^(Dragon Boat|Tuen Ng) Festival$/,
  'easter': /^(Catholic Easter|Easter Sunday)$/,
  'eid-al-adha': /^(Feast of the Sacrifice \(Eid al-Adha\)|Eid al-Adha|Eid Ul Adha)$/,
  'eid-al-fitr': /^(End of Ramadan \(Eid al-Fitr\)|Eid al-Fitr|Eid al Fitri|Eid-Ul-Fitr)$/,
  'epiphany': /^(Epiphany|Orthodox Epiphany)$/,
  'fathers-day': /^Father's Day$/,
  'ganesh-chaturthi': /^Ganesh Chaturthi$/,
  'good-friday': /^(Good Friday|Orthodox Good Friday)$/,
  'halloween': /^Halloween$/,
  'hanukkah': /^Hanukkah$/,
  'holi': /^Holi Phagwa$/,
  'islamic-new-year': /^Islamic New Year$/,
  'janmashtami': /^Krishna Janmashtami$/,
  'keiro-no-hi': /^Respect-for-the-Aged Day$/,
  'labour-day': /^(Labour Day|Workers?'?s? Day|Worker's Day|Randol Fawkes Labour Day|Labor Thanksgiving Day|Labour and Solidarity Day|Spring and Labour Day|Labour Day and Vesak Full Moon Poya Day)$/,
  'lantern-festival': /^Lantern Festival$/,
  'maha-shivaratri': /^Maha Shivaratree$/,
  'mawlid': /^(Birthday of Muhammad \(Mawlid\)|Mawlid)$/,
  'mid-autumn': /^(Mid-Autumn Festival|Korean Thanksgiving)$/,
  'midsummer': /^Midsummer( Day)?$/,
  'mothers-day': /^(Mother's Day|Motherhood and Beauty Day|Mothering Sunday)$/,
  'new-year': /^(New Year's Day|New Year)$/,
  'new-years-eve': /^New Year's Eve$/,
  'nowruz': /^(Nowruz|Nauryz)$/,
  'nyepi': /^Nyepi$/,
  'old-new-year': /^Orthodox New Year$/,
  'orthodox-christmas': /^(Orthodox|Coptic) Christmas$/,
  'orthodox-easter': /^(Orthodox|Coptic) Easter$/,
  'palm-sunday': /^Palm Sunday$/,
  'passover': /^(Passover \(Pesach\)|Pesach)$/,
  'pentecost': /^Pentecost$/,
  'pongal': /^Tamil Thai Pongal Day$/,
  'purim': /^Purim$/,
  'qingming': /^(Qingming Festival|Ching Ming Festival|Tomb Sweeping Day)$/,
  'qixi': /^Qixi Festival$/,
  'ramadan': /^First day of Ramadan$/,
  'rosh-hashanah': /^Rosh Hashanah( \(Yom Teruah\))?$/,
  'songkran': /^Songkran Festival$/,
  'spring-festival': /^(Chinese New Year|Chinese Spring Festival|Korean New Year|Lunar New Year’s Day|Vietnamese New Year)$/,
  'st-johns': /^St\. John's Day$|^Nativity of Saint John the Baptist$/,
  'st-nicholas': /^(Saint Nicholas( Day)?|St\.? Nicholas' Eve)$/,
  'st-patricks-day': /^(Saint|St\.) Patrick[’']s Day$/,
  'sukkot': /^Feast of Tabernacles \(Sukkot\)$/,
  'teachers-day': /Teacher'?s'? Day$|^Teachers and Mentors Day$/,
  'thanksgiving': /^Thanksgiving( Day)?$/,
  'ugadi': /^Ugadi$/,
  'valentines-day': /^Valentine's Day$/,
  'vesak': /^(Vesak Day|Vesak Full Moon Poya Day|Buddha's Birthday|Birthday of the Buddha|Labour Day and Vesak Full Moon Poya Day)$/,
  'winter-solstice': /^Dongzhi Festival$/,
  'womens-day': /^International Women's Day$/,
  'yom-kippur': /^(Day of Atonement \(Yom Kippur\)|Yom Kippur)$/,
};

// The Spring Festival of China has three days of one name: its eve is the first.
const starts = holiday => holiday.name === 'Spring Festival' && holiday.rule === 'chinese 01-0-01' ? 'spring-festival' : null;
const day = text => Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / 86400000;

const found = new Map();
// IC is no code of ISO 3166-1's own list.
for (const region of Object.keys(new Holidays().getCountries()).filter(code => code !== 'IC').sort()) {
  const holidays = new Holidays(region, { languages: ['en'] });
  for (let year = +first; year <= +last; year++)
    for (const holiday of holidays.getHolidays(year)) {
      if (holiday.substitute) continue;
      for (let occasion of [starts(holiday), ...Object.keys(names).filter(key => names[key].test(holiday.name))])
        if (occasion) {
          const julian = { christmas: 'orthodox-christmas', easter: 'orthodox-easter' }[occasion];
          if (julian && (region === 'ET' || /^(orthodox|julian|01-07)/.test(holiday.rule))) occasion = julian;
          const key = [occasion, region, year].join('\t');
          if (!found.has(key)) found.set(key, new Set());
          found.get(key).add(holiday.date.slice(0, 10));
        }
    }
}
for (const key of [...found.keys()].sort()) {
  // A holiday of several days is its first one.
  const days = [...found.get(key)].sort();
  console.log(key + '\t' + days.filter(text => !days.some(other => day(text) - day(other) === 1)).join(' '));
}
