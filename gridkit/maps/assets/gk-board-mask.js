// Numbers of persons in reasons, names and users are masked before a line is sealed: the rules of
// gridkit/io/person_numbers.py (mask_numbers), so that a log from a page and one from Python say the same.
(function () {
  "use strict";
  var board = gk.board = gk.board || {};
  var MASK = "***";
  // Python's \d and \s know all digits and blanks of Unicode; JavaScript's do not.
  var D = "\\p{Nd}", S = "[\\s\\x1c-\\x1f\\x85]", NO = "(?<![0-9A-Za-z])", END = "(?![0-9A-Za-z])";
  var BIRTH = "(?:19|20)" + D + "{2}[ \\-]?(?:0[1-9]|1[0-2])[ \\-]?(?:0[1-9]|[12]" + D + "|3[01])";
  var IDENTITY = "[1-9]" + D + "{5}[ \\-]?" + BIRTH + "[ \\-]?" + D + "{3}[0-9Xx]";
  var CARD = "62" + D + "{2}(?: ?" + D + "{4}){3}(?: ?" + D + "{3})?";
  var identity = all(NO + IDENTITY + END), card = all(NO + CARD + END);
  var mobile = all(NO + "(?<!" + D + "\\.)(?:(?:\\+|00)?86[\\- ]{0,2})?1[3-9]" + D +
    "(?:[\\- –—·]{0,2}" + D + "{4}[\\- –—·]{0,2}" + D + "{4}|\\." + D + "{4}\\." + D + "{4}|[\\- ]?" + D + "{3}[\\- ]?" +
    D + "{5})" + END);
  var email = all("[A-Za-z0-9._%+\\-]{1,64}@[A-Za-z0-9\\-]{1,63}(?:\\.[A-Za-z0-9\\-]{1,63})+");
  var landline = all(NO + "[(（]?0" + D + "{2,3}(?:[)）]" + S + "*|" + S + "*[\\-－–—]" + S + "*| )[2-8]" + D +
    "{2,3}[\\- ]?" + D + "{4}" + END);
  var afterPhone = all("((?:电话|電話|热线|熱線|传真|傳真|手[机機])[:：]?" + S + "*)[" + D + "(（][" + D + "\\-－() （）]{5,}" + D);
  var chat = new RegExp("((?:微信|weixin|wechat|wx|(?<![A-Za-z])qq)(?:号码?|號碼?)?" + S + "{0,5}[:：]?" + S +
    "{0,5})(?!公众|公眾|群|小程序)[A-Za-z0-9][A-Za-z0-9_\\-]{4,19}" + END + "|(?<![0-9A-Za-z])wxid_[0-9a-z]{6,20}", "giu");
  var WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  var CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  var CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

  function all(source) { return new RegExp(source, "gu"); }

  // The value of a digit of any script: ten of them stand in a row, from 0 on.
  function digit(sign) {
    var code = sign.codePointAt(0);
    if (code < 58) return code - 48;
    var known = sign.normalize("NFKC");
    return known >= "0" && known <= "9" ? +known : (code & 15) >= 6 ? (code & 15) - 6 : code & 15;
  }

  function digits(text) { return Array.from(text, digit); }

  function isDate(text) {
    var d = digits(text), year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], month = d[4] * 10 + d[5];
    var day = d[6] * 10 + d[7];
    var leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return month > 0 && month < 13 && day > 0 && day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  }

  function isCredit(signs) {
    if (signs.length !== 18 || signs.some(function (sign) { return CREDIT.indexOf(sign) < 0; })) return false;
    var sum = 0;
    for (var i = 0; i < 17; i++) sum += CREDIT_WEIGHTS[i] * CREDIT.indexOf(signs[i]);
    return CREDIT[(31 - sum % 31) % 31] === signs[17];
  }

  function isIdentity(text) {
    var signs = Array.from(text.replace(/[ -]/g, "")), sum = 0;
    if (!isDate(signs.slice(6, 14).join(""))) return false;
    for (var i = 0; i < 17; i++) sum += WEIGHTS[i] * digit(signs[i]);
    return "10X98765432"[sum % 11] === signs[17].toUpperCase() || !isCredit(signs);
  }

  function isCard(text) {
    var sum = 0;
    digits(text.replace(/ /g, "")).reverse().forEach(function (n, i) {
      sum += i % 2 ? Math.floor(2 * n / 10) + 2 * n % 10 : n;
    });
    return sum % 10 === 0;
  }

  function masked(test) { return function (hit) { return test(hit) ? MASK : hit; }; }

  board.mask = function (text) {
    return text.replace(identity, masked(isIdentity)).replace(mobile, MASK).replace(card, masked(isCard))
      .replace(email, MASK).replace(landline, MASK).replace(afterPhone, "$1" + MASK)
      .replace(chat, function (_, before) { return (before || "") + MASK; });
  };
})();
