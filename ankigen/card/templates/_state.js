var card = [].slice.call(document.querySelectorAll(".ankigen")).pop();
var rows = [].slice.call(card.querySelectorAll(".options > .option"));
var data = card.dataset;
// What a learner did on the front is kept for the back: under one name, however many cards there are.
function read() {
  var text, state = null;
  try { text = sessionStorage.ankigen; } catch (blocked) {}
  try { state = JSON.parse(window.ankigen || text || null); } catch (damaged) {}
  // What belongs to another note, or to other options than these, is of no use.
  if (!state || state.note !== data.note || !state.order || !state.picks || !state.struck) return null;
  var all = rows.map(function (row, option) { return option; });
  return all.sort().join() === state.order.slice().sort().join() ? state : null;
}
function write() {
  var text = JSON.stringify(state);
  try { sessionStorage.ankigen = text; } catch (blocked) { window.ankigen = text; }
}
function arrange() {
  state.order.forEach(function (option) { rows[option].parentNode.appendChild(rows[option]); });
}
function fill(words, n, m) { return words.replace("{n}", n).replace("{m}", m); }
