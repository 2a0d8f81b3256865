// What all pages have: the button for the theme, and the deck as it is now, in place of the one before.
(function () {
  "use strict";
  var button = document.querySelector("button.theme");
  function night() { return document.documentElement.classList.contains("nightMode"); }
  function paint() { button.setAttribute("aria-pressed", String(night())); }
  button.hidden = false;
  button.addEventListener("click", function () { window.ankigenTheme.choose(!night()); });
  document.addEventListener("themechange", paint);
  paint();

  // Pages in a folder, or published, have no server to tell them of changes.
  if (!document.body.hasAttribute("data-live")) return;
  var known = document.body.dataset.live, told = document.querySelector(".told"), source = null, turns = 0;
  var REACHED = "a[href], button, input, select, summary, iframe, [tabindex]", CARD_STYLE = "link[href*='/card.css']";
  var OPENED = "main details:not(.answer)";
  function say(text) { told.textContent = text; }

  function anchor() {
    // What stands at the top of the window stays there, even where something above it has grown.
    var parts = document.querySelectorAll("main [id]");
    for (var i = 0; i < parts.length; i++) {
      var top = parts[i].getBoundingClientRect().top;
      if (top >= 0 && top < window.innerHeight) return { id: parts[i].id, top: top };
    }
    return null;
  }

  function held() {
    // Where the keyboard is: in the nearest part that has an id, by its place there.
    var element = document.activeElement, part = element && element.closest("main [id], main");
    return part && { id: part.id, at: Array.prototype.indexOf.call(part.querySelectorAll(REACHED), element) };
  }

  function hold(place) {
    var part = place && document.getElementById(place.id), element = part && (part.querySelectorAll(REACHED)[place.at] || part);
    if (element) element.focus({ preventScroll: true });
  }

  function gone() {
    var main = document.querySelector("main"), heading = document.createElement("h1"), link = document.createElement("a");
    heading.textContent = "This page is no longer in the deck";
    link.href = document.querySelector("header.top .home").getAttribute("href");
    link.textContent = "To the deck";
    main.replaceChildren(heading, link);
    say(heading.textContent);
  }

  function opened() {
    return Array.prototype.map.call(document.querySelectorAll(OPENED), function (each) { return each.open; });
  }

  function show(next) {
    if (next.body.getAttribute("data-page") !== document.body.getAttribute("data-page")) {
      location.reload();
      return;
    }
    known = next.body.dataset.live;
    var place = anchor(), y = window.scrollY, keyboard = held(), open = opened();
    document.title = next.title;
    ["nav[aria-label=Pages]", "main"].forEach(function (part) {
      document.querySelector(part).replaceWith(document.adoptNode(next.querySelector(part)));
    });
    document.querySelector("header.top .home").textContent = next.querySelector("header.top .home").textContent;
    var style = document.querySelector(CARD_STYLE), address = next.querySelector(CARD_STYLE).getAttribute("href");
    if (style.getAttribute("href") !== address) style.setAttribute("href", address);
    // Where there are more or fewer now, no one can tell which were open; answers are kept by their questions.
    var details = document.querySelectorAll(OPENED);
    if (details.length === open.length) details.forEach(function (each, index) { each.open = open[index]; });
    document.dispatchEvent(new Event("pagechange"));
    var again = place && document.getElementById(place.id);
    window.scrollTo({ top: again ? window.scrollY + again.getBoundingClientRect().top - place.top : y, behavior: "instant" });
    hold(keyboard);
    say("The page shows the deck as it is now.");
  }

  function renew(version) {
    var turn = ++turns;
    fetch(location.pathname + location.search, { cache: "no-store" }).then(function (answer) {
      return answer.text().then(function (text) {
        // Answers may come in another order than they were asked for in: only that to the last is of now.
        if (turn !== turns) return;
        if (answer.status === 404) {
          known = version;
          gone();
        } else if (answer.ok) {
          show(new DOMParser().parseFromString(text, "text/html"));
        }
      });
    }).catch(function () { /* the next event tells whether there is still a server */ });
  }

  function listen() {
    // A browser opens six connections to a server, so that only the pages that are looked at may hold one.
    if (source || document.hidden) return;
    source = new EventSource("/events");
    source.onmessage = function (event) {
      document.body.classList.remove("alone");
      if (event.data !== known) renew(event.data);
    };
    source.onerror = function () {
      document.body.classList.add("alone");
      say("The preview has ended; this page is as it was.");
    };
  }

  function rest() {
    if (source) source.close();
    source = null;
  }
  listen();
  document.addEventListener("visibilitychange", function () { if (document.hidden) rest(); else listen(); });
  window.addEventListener("pagehide", rest);
  window.addEventListener("pageshow", listen);
})();
