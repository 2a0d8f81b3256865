// The theme, before anything is drawn: the reader's choice, else the system's.
(function () {
  "use strict";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function chosen() {
    try { return localStorage.getItem("ankigen-theme"); } catch (error) { return null; }
  }
  function show(night) {
    // The cards' own style knows the dark theme by this class.
    document.documentElement.classList.toggle("nightMode", night);
    document.dispatchEvent(new Event("themechange"));
  }
  function apply() {
    var choice = chosen();
    show(choice ? choice === "dark" : dark.matches);
  }
  window.ankigenTheme = {
    choose: function (night) {
      try { localStorage.setItem("ankigen-theme", night ? "dark" : "light"); } catch (error) { /* for this page alone */ }
      show(night);
    }
  };
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  apply();
})();
