// The deck page: search and filters. What is chosen stands in the address, so that it can be kept and sent.
(function () {
  "use strict";
  var form, output, rows, concepts, waiting = 0;
  var NAMES = ["q", "difficulty", "topic", "kind", "tag", "lint"];

  function gather() {
    form = document.querySelector(".filters");
    output = form.querySelector("output");
    concepts = [];
    rows = 0;
    document.querySelectorAll(".topic").forEach(function (topic) {
      topic.querySelectorAll(".concept").forEach(function (element) {
        var title = (element.querySelector("h3 a").textContent + " " + element.dataset.find).toLowerCase();
        var list = Array.prototype.map.call(element.querySelectorAll("li"), function (row) {
          return {
            element: row,
            text: title + " " + (row.firstElementChild.textContent + " " + row.dataset.id + " " + (row.dataset.tags || "")).toLowerCase(),
            difficulty: row.dataset.d, kind: row.dataset.k, lint: row.dataset.lint,
            tags: (row.dataset.tags || "").split(" ")
          };
        });
        rows += list.length;
        concepts.push({ element: element, topic: topic, text: title, lint: element.dataset.lint, rows: list,
          tags: element.dataset.find.split(" ").slice(1), id: topic.dataset.topic });
      });
    });
  }

  function meets(item, want, words) {
    return (!want.tag || item.tags.indexOf(want.tag) >= 0) &&
      (!want.lint || (want.lint === "none" ? !item.lint : want.lint === "some" ? !!item.lint : item.lint.split(" ").indexOf(want.lint) >= 0)) &&
      words.every(function (word) { return item.text.indexOf(word) >= 0; });
  }

  function apply() {
    waiting = 0;
    var want = {}, shown = 0, seen = new Set();
    NAMES.forEach(function (name) { want[name] = form.elements[name] ? form.elements[name].value : ""; });
    var words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    var any = NAMES.some(function (name) { return want[name]; });
    concepts.forEach(function (concept) {
      var here = !want.topic || concept.id === want.topic, some = false;
      concept.rows.forEach(function (row) {
        var fits = here && (!want.difficulty || row.difficulty === want.difficulty) &&
          (!want.kind || row.kind === want.kind) && meets(row, want, words);
        if (row.element.hidden === fits) row.element.hidden = !fits;
        if (fits) { some = true; shown++; }
      });
      // A concept is found by itself where nothing is asked that only questions have.
      var itself = here && !want.difficulty && !want.kind && meets(concept, want, words);
      var visible = some || itself;
      if (concept.element.hidden === visible) concept.element.hidden = !visible;
      if (visible) seen.add(concept.topic);
    });
    document.querySelectorAll(".topic").forEach(function (topic) { topic.hidden = any && !seen.has(topic); });
    output.textContent = any ? shown.toLocaleString("en") + " of " + rows.toLocaleString("en") + " questions" : "";
    return want;
  }

  function remember(want) {
    var query = new URLSearchParams();
    NAMES.forEach(function (name) { if (want[name]) query.set(name, want[name]); });
    var text = query.toString();
    try { history.replaceState(null, "", location.pathname + (text ? "?" + text : "") + location.hash); } catch (error) { /* from a folder */ }
  }

  function later() {
    if (!waiting) waiting = requestAnimationFrame(function () { remember(apply()); });
  }

  function begin() {
    if (!document.querySelector(".filters")) return;
    gather();
    form.hidden = false;
    var query = new URLSearchParams(location.search);
    NAMES.forEach(function (name) { if (form.elements[name]) form.elements[name].value = query.get(name) || ""; });
    form.addEventListener("input", later);
    form.addEventListener("reset", function () { setTimeout(later, 0); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    apply();
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && form &&
        !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      form.elements.q.focus();
    }
  });
  document.addEventListener("pagechange", begin);
  begin();
})();
