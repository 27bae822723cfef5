// Sentences of the board: templates such as "{n} of {all}" with their values.
(function () {
  "use strict";
  gk.say = function (word, values) {
    if (!gk.words[word]) throw new Error("no words for " + word);
    return gk.words[word].replace(/\{(\w+)\}/g, function (_, key) { return values[key]; });
  };
})();
