// One card in a page of its own, as Anki's desktop program shows it: each side is put into the same element, and its
// scripts are run anew, so that the back knows what was done on the front.
(function () {
var qa = document.getElementById("qa"), rest = document.getElementById("rest");
var sides = { front: cut(qa), back: cut(rest.lastElementChild) };
var shown = "";
rest.remove();

function cut(element) {
  var nodes = document.createDocumentFragment();
  nodes.append.apply(nodes, [].slice.call(element.childNodes));
  return nodes;
}
function show(side) {
  if (side === shown) return;
  shown = side;
  qa.replaceChildren(sides[side].cloneNode(true));
  document.querySelectorAll("script[data-side=" + side + "]").forEach(function (held) {
    var script = document.createElement("script");
    script.textContent = held.textContent;
    qa.appendChild(script);
  });
}
function dim(night) {
  var root = document.documentElement, body = document.body.classList;
  root.classList.toggle("night-mode", night);
  root.dataset.bsTheme = night ? "dark" : "light";
  body.toggle("nightMode", night);
  body.toggle("night_mode", night);
}
// The address says how the card is shown at first: #back, #night, #back,night.
function obey() {
  var wanted = location.hash.slice(1).split(",");
  dim(wanted.indexOf("night") >= 0);
  show(wanted.indexOf("back") >= 0 ? "back" : "front");
}
obey();
addEventListener("hashchange", obey);
addEventListener("message", function (event) {
  var wish = event.data;
  if (event.source !== parent || !wish) return;
  if (typeof wish.night === "boolean") dim(wish.night);
  if (wish.show === "front" || wish.show === "back") show(wish.show);
  tell();  // what was told before the page round it listened, it has missed
});
function tell() {
  parent.postMessage({ height: Math.ceil(document.documentElement.getBoundingClientRect().height) }, "*");
}
if (parent !== window) new ResizeObserver(tell).observe(document.documentElement);
})();
