(function () {
<!-- include _state.js -->
var box = card.querySelector(".options"), legend = box.querySelector(".instruction"), asked = legend.textContent;
var wanted = +box.dataset.choose;
var inputs = rows.map(function (row) { return row.querySelector("input"); });

function shuffled() {
  var order = [], last = [], fixed = box.dataset.shuffle === "off";
  rows.forEach(function (row, option) { (row.dataset.pin && !fixed ? last : order).push(option); });
  // Fisher and Yates, from the front: each option takes a place among those before it.
  if (!fixed) order.forEach(function (option, at) {
    var other = Math.floor(Math.random() * (at + 1));
    order[at] = order[other];
    order[other] = option;
  });
  return order.concat(last);
}

var state = read();
// Some clients draw the front again after a tap: for ten minutes that is the same front.
if (!state || state.flipped || Date.now() - state.at > 6e5)
  state = { note: data.note, order: shuffled(), picks: [], struck: [], at: Date.now() };
arrange();

function toggle(list, option, on) {
  var at = list.indexOf(option);
  if (at >= 0 && !on) list.splice(at, 1);
  if (at < 0 && on) list.push(option);
}
function strike(option) {
  var on = state.struck.indexOf(option) < 0;
  toggle(state.struck, option, on);
  if (on) toggle(state.picks, option);
  show();
}
function show() {
  var count = state.picks.length;
  legend.textContent = !count ? asked : (wanted > 1 ? fill(data.picked, count, wanted) + " " : "") + (count === wanted ? data.ready : "");
  rows.forEach(function (row, option) {
    var picked = state.picks.indexOf(option) >= 0, struck = state.struck.indexOf(option) >= 0;
    inputs[option].checked = picked;
    row.className = "option" + (picked ? " picked" : "") + (struck ? " struck" : "");
    row.lastChild.setAttribute("aria-pressed", struck);
  });
  write();
}

rows.forEach(function (row, option) {
  var button = document.createElement("button"), timer, held, x, y;
  button.type = "button";
  button.className = "strike tappable";
  button.textContent = "✕";
  button.setAttribute("aria-label", data.strike + ": " + row.textContent);
  button.onclick = function () { strike(option); };
  row.appendChild(button);
  inputs[option].onchange = function () {
    if (wanted === 1) state.picks = [];
    toggle(state.picks, option, inputs[option].checked);
    toggle(state.struck, option);
    show();
  };
  // A long touch crosses out, too. The click in which it ends picks nothing.
  row.onpointerdown = function (event) {
    held = false;
    x = event.clientX;
    y = event.clientY;
    if (event.pointerType === "touch" && event.target !== button) timer = setTimeout(function () { held = true; strike(option); }, 500);
  };
  row.onpointermove = function (event) { if (Math.abs(event.clientX - x) + Math.abs(event.clientY - y) > 10) clearTimeout(timer); };
  row.onpointerup = row.onpointercancel = function () { clearTimeout(timer); };
  row.oncontextmenu = function (event) { if (held) event.preventDefault(); };
  // The keyboard's clicks have no detail, and are no part of the touch.
  row.onclick = function (event) { if (held && event.detail) event.preventDefault(); };
});
show();

// Alt and a digit pick what stands at that place. Anki shows every card in one page: the listener goes with its card.
function key(event) {
  if (!document.contains(card)) return leave();
  var place = event.altKey && !event.ctrlKey && /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (!place || place[1] > rows.length) return;
  event.preventDefault();
  var input = inputs[state.order[place[1] - 1]];
  input.click();
  input.focus();
}
function leave() {
  document.removeEventListener("keydown", key);
  observer.disconnect();
}
var observer = new MutationObserver(function () { if (!document.contains(card)) leave(); });
document.addEventListener("keydown", key);
observer.observe(card.parentNode, { childList: true });
})();
