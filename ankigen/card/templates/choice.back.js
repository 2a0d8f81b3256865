(function () {
<!-- include _state.js -->
var state = read(), right = 0, hits = 0, wrong = 0;
if (!state) return;
arrange();
state.flipped = true;
write();
rows.forEach(function (row, option) {
  var is = row.classList.contains("right");
  right += is;
  if (state.struck.indexOf(option) >= 0) row.classList.add("struck");
  if (state.picks.indexOf(option) < 0) return;
  is ? hits++ : wrong++;
  var yours = document.createElement("span");
  yours.className = "yours";
  yours.textContent = data.yours;
  row.classList.add("picked");
  row.insertBefore(yours, row.querySelector(".why"));
});
if (!state.picks.length) return;
// Whoever selects more than is asked for gains nothing by it.
hits = Math.max(0, hits - Math.max(0, hits + wrong - right));
var all = hits === right, result = card.querySelector(".result");
result.classList.add(all ? "right" : "wrong");
result.textContent = all ? "✓ " + data.right : right > 1 ? fill(data.score, hits, right) : "✗ " + data.wrong;
})();
