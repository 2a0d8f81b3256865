// Questions to be answered in place. What was picked and revealed outlives a change of the deck, as in a reload.
(function () {
  "use strict";
  var key = "ankigen-practice:" + location.pathname, kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(key)) || {}; } catch (error) { /* only as long as the page is there */ }

  function keep(id, state) {
    kept[id] = state;
    try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch (error) { /* as above */ }
  }

  function text(template, n, m) { return template.replace("{n}", n).replace("{m}", m); }

  function ready(form, number) {
    var id = form.closest(".question").id + "/" + number, answer = form.querySelector(".answer");
    var inputs = form.querySelectorAll(".options input");
    var options = form.querySelector(".answer ul.options");
    var result = form.querySelector(".result");

    function picks() {
      return Array.prototype.map.call(inputs, function (input) { return input.checked; });
    }

    function mark() {
      var picked = picks(), any = picked.indexOf(true) >= 0, right = 0, wrong = 0;
      form.classList.toggle("revealed", answer.open);
      Array.prototype.forEach.call(inputs, function (input) { input.closest(".option").classList.toggle("picked", input.checked); });
      if (!options) return;
      Array.prototype.forEach.call(options.children, function (row, index) {
        var mine = answer.open && picked[index], old = row.querySelector(".yours");
        row.classList.toggle("picked", !!mine);
        if (old) old.remove();
        if (mine) {
          var badge = document.createElement("span");
          badge.className = "yours";
          badge.textContent = form.dataset.yours;
          row.insertBefore(badge, row.querySelector(".verdict").nextSibling);
          if (row.classList.contains("right")) right++; else wrong++;
        }
      });
      var keys = options.querySelectorAll(":scope > .right").length, all = right === keys && !wrong;
      result.textContent = !answer.open || !any ? "" : keys > 1 && !all ? text(form.dataset.score, right, keys) :
        all ? form.dataset.right : form.dataset.wrong;
      result.classList.toggle("right", all);
      result.classList.toggle("wrong", !all);
    }

    var state = kept[id];
    if (state) {
      Array.prototype.forEach.call(inputs, function (input, index) { input.checked = !!(state.picks && state.picks[index]); });
      answer.open = state.open;
    }
    function changed() {
      mark();
      keep(id, { picks: picks(), open: answer.open });
    }
    form.addEventListener("change", changed);
    answer.addEventListener("toggle", changed);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    mark();
  }

  function begin() {
    document.querySelectorAll(".question").forEach(function (question) {
      question.querySelectorAll("form.practice").forEach(ready);
    });
  }
  document.addEventListener("pagechange", begin);
  begin();
})();
