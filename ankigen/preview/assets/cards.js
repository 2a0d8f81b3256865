// Cards in frames: which side is shown, on which screen, and how tall each is.
(function () {
  "use strict";
  var LEAST = 160, MOST = 1200, kept = {};
  var known = {};  // the side and the height of each frame, by its address: they outlive a change of the deck
  try { kept = JSON.parse(sessionStorage.getItem("ankigen-cards")) || {}; } catch (error) { /* for this page alone */ }

  function tell(frame, message) { if (frame.contentWindow) frame.contentWindow.postMessage(message, "*"); }

  function of(frame) {
    var address = frame.getAttribute("src");
    return known[address] || (known[address] = {});
  }

  function turn(figure, side) {
    var frame = figure.querySelector("iframe");
    figure.dataset.side = of(frame).side = side;
    tell(frame, { show: side });
    figure.querySelector(".flip").textContent = side === "back" ? "Show the front" : "Show the back";
  }

  // Both themes of a card are as tall as the taller one: one may show its back.
  function fit(faces) {
    var frames = Array.prototype.slice.call(faces.querySelectorAll("iframe"));
    var scale = document.body.dataset.screen === "desktop" ? frames[0].parentNode.clientWidth / 800 : 1;
    var height = Math.max.apply(null, frames.map(function (frame) { return of(frame).height || LEAST; }));
    height = Math.min(MOST, Math.max(LEAST, height)) + 2;
    frames.forEach(function (frame) {
      frame.style.height = height + "px";
      frame.style.transform = scale < 1 ? "scale(" + scale + ")" : "";
      frame.style.marginBottom = scale < 1 ? -Math.round(height * (1 - scale)) + "px" : "";
    });
  }

  function all(query, act) { Array.prototype.forEach.call(document.querySelectorAll(query), act); }

  function begin() {
    var view = document.querySelector("form.view");
    if (!view) return;
    view.hidden = false;
    ["side", "screen"].forEach(function (name) { if (kept[name]) view.elements[name].value = kept[name]; });
    function apply(event) {
      kept = { side: view.elements.side.value, screen: view.elements.screen.value };
      try { sessionStorage.setItem("ankigen-cards", JSON.stringify(kept)); } catch (error) { /* as above */ }
      document.body.dataset.screen = kept.screen;
      all(".face", function (figure) {
        turn(figure, !event && of(figure.querySelector("iframe")).side || kept.side);
      });
      all(".faces", fit);
    }
    view.addEventListener("change", apply);
    view.addEventListener("submit", function (event) { event.preventDefault(); });
    all(".face", function (figure) {
      var frame = figure.querySelector("iframe"), button = figure.querySelector(".flip");
      button.hidden = false;
      button.addEventListener("click", function () { turn(figure, figure.dataset.side === "back" ? "front" : "back"); });
      frame.addEventListener("load", function () { tell(frame, { show: figure.dataset.side || "front" }); });
    });
    apply();
  }

  window.addEventListener("message", function (event) {
    // Any page may send a message: only a number, of one of our own frames, is listened to.
    var height = event.data && Number(event.data.height);
    if (!(height > 0)) return;
    all(".face iframe", function (frame) {
      if (frame.contentWindow === event.source) {
        of(frame).height = Math.ceil(height);
        fit(frame.closest(".faces"));
      }
    });
  });
  window.addEventListener("resize", function () { all(".faces", fit); });
  document.addEventListener("pagechange", begin);
  begin();
})();
