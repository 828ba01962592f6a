/** Texts that storages, drivers and query languages are known to spoil. */
export const DIFFICULT_TEXTS: readonly string[] = [
  'plain',
  ' leading and trailing blanks  ',
  '\ttabs\tand\nnew\r\nlines\n',
  'emoji 💙👩‍👩‍👧‍👦🇪🇺',
  'combining e\u0301 and its composed twin é',
  'right to left עברית العربية \u202eabc',
  '日本語 中文 한국어',
  'four bytes 𝒳𐍈𠀀',
  'private use \ue000 and the last code point \u{10ffff}',
  'zero width\u200bspace\ufeffmark',
  'controls \u0001\u001f\u007f\u0085',
  `quotes ' '' " "" \` and backslashes \\ \\\\ \\n \\x00 \\u0000`,
  "'; drop table users; --",
  'placeholders $1 $$ $tag$ ? ?? :name @name %s {words} {{0}}',
  'patterns % _ * . ^ $ [a-z] (',
  '{"json": [null, true]} <b>&amp;</b>',
  'null',
  'NaN',
  '0',
];

/** Times that calendars, zones and number formats are known to spoil. */
export const DIFFICULT_TIMES: readonly string[] = [
  '1970-01-01T00:00:00.000Z',
  '1969-12-31T23:59:59.999Z',
  '1883-11-18T17:00:00.001Z',
  '1582-10-04T12:00:00.500Z',
  '2024-02-29T23:59:59.999Z',
  '2026-03-29T01:30:00.123Z',
  '2038-01-19T03:14:08.001Z',
  '9999-12-31T23:59:59.999Z',
];
