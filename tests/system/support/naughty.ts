/** Texts that break programs: each is stored as it is, character for character, or refused by name. Escapes, so that editors keep them. */
export const naughty: readonly string[] = [
  // what programs take for something else
  'undefined', 'null', 'NaN', 'Infinity', 'true', '0', '-1', '1e309', '0x0', '1/0', '1;DROP TABLE users', '١٢٣', '１２３', '9007199254740993',
  // other people's languages
  `'; select pg_sleep(9); --`, `1' or '1'='1`, '$(reboot)', '`id`', '%00', '%n%s%x', '${jndi:ldap://127.0.0.1/a}', '{{7*7}}', '#{7*7}', '<%= 7*7 %>', '../../../../etc/passwd',
  '<script>alert(1)</script>', `"><img src=x onerror=alert(1)>`, `javascript:alert('1')`, '<!--', ']]>', '&lt;&#x41;', '=1+1', '@SUM(1)', '\t=cmd', '＝1+1', '__proto__', 'constructor',
  // characters
  '万州𠮷㐂䶮', 'é = e\u0301', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}', '\u202E反向', '\u200B', '\uFEFF开头', 'Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤', '﷽', 'İıſß', 'ﬃ', '\u2028行\u2029段', '\uFFFD', '\uFFFE', '\u{10FFFF}', '\u0085', '\u007F',
  '\u0001\u001F', '\u0000', 'a\u0000b', '\uD800', '\uDC00\uD800', 'a\r\nSet-Cookie: x=1', ' ', '\n', '',
];
