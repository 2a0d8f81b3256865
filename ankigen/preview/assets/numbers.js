// The pictures of the numbers: bars by Chart.js, the graph laid out by dagre. The tables have the same numbers.
(function () {
  "use strict";
  var drawn = [];

  function colour(name) { return getComputedStyle(document.body).getPropertyValue(name).trim(); }

  function bars(canvas, data, options) {
    var ink = colour("--ink"), soft = colour("--soft"), line = colour("--line");
    var axes = {
      value: { beginAtZero: true, stacked: !!options.stacked, max: options.max,
        grid: { color: line }, border: { display: false }, ticks: { color: soft, precision: 0, callback: function (value) { return value + (options.unit || ""); } } },
      name: { stacked: !!options.stacked, grid: { display: false }, border: { color: line },
        ticks: { color: ink, autoSkip: false, callback: function (index) {
          var label = String(this.getLabelForValue(index));
          return label.length > 34 ? label.slice(0, 32) + "…" : label;
        } } }
    };
    var palette = data.colours.map(colour);
    drawn.push(new Chart(canvas, {
      type: "bar",
      data: {
        labels: data.labels,
        datasets: data.sets.map(function (set, index) {
          return { label: set.label, data: set.values, backgroundColor: palette.length > data.sets.length ? palette : palette[index],
            borderRadius: 3, maxBarThickness: 26 };
        })
      },
      options: {
        indexAxis: options.upright ? "x" : "y", animation: false, responsive: true, maintainAspectRatio: false,
        font: { family: getComputedStyle(document.body).fontFamily },
        scales: options.upright ? { x: axes.name, y: axes.value } : { x: axes.value, y: axes.name },
        plugins: {
          legend: { display: data.sets.length > 1, position: "bottom", align: "start", labels: { color: ink, boxWidth: 14 } },
          tooltip: { callbacks: { label: function (item) {
            var value = options.upright ? item.parsed.y : item.parsed.x;
            return (item.dataset.label ? item.dataset.label + ": " : "") + (Math.round(value * 10) / 10) + (options.unit || "");
          } } }
        }
      }
    }));
  }

  function svg(name, attributes, parent) {
    var element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    if (parent) parent.appendChild(element);
    return element;
  }

  function graph(figure, data) {
    figure.textContent = "";
    var layout = new dagre.graphlib.Graph();
    layout.setGraph({ rankdir: figure.clientWidth < 600 ? "TB" : "LR", nodesep: 14, ranksep: 46, marginx: 8, marginy: 8 });
    layout.setDefaultEdgeLabel(function () { return {}; });
    var ruler = document.createElement("canvas").getContext("2d");
    ruler.font = "14px " + getComputedStyle(document.body).fontFamily;
    data.nodes.forEach(function (node) {
      var label = node.title.length > 32 ? node.title.slice(0, 30) + "…" : node.title;
      layout.setNode(node.id, { label: label, full: node.title, width: Math.ceil(ruler.measureText(label).width) + 28, height: 38 });
    });
    data.edges.forEach(function (edge) { layout.setEdge(edge[0], edge[1]); });
    dagre.layout(layout);
    var size = layout.graph();
    // It is made to fit, as far as its words can still be read; a larger one is scrolled.
    var scale = Math.min(1, Math.max(0.62, figure.clientWidth / size.width));
    var picture = svg("svg", { width: size.width * scale, height: size.height * scale, viewBox: "0 0 " + size.width + " " + size.height }, figure);
    var marker = svg("marker", { id: "_arrow", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, svg("defs", {}, picture));
    svg("path", { d: "M0 0 10 5 0 10z", "class": "tip" }, marker);
    layout.edges().forEach(function (edge) {
      var points = layout.edge(edge).points;
      var d = "M" + points.map(function (point) { return point.x.toFixed(1) + " " + point.y.toFixed(1); }).join("L");
      svg("path", { d: d, "class": "edge", "marker-end": "url(#_arrow)" }, picture);
    });
    layout.nodes().forEach(function (id) {
      var node = layout.node(id);
      var link = svg("a", { href: "concepts/" + encodeURIComponent(id) + ".html", "class": "node" }, picture);
      svg("title", {}, link).textContent = node.full;
      svg("rect", { x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height, rx: 8 }, link);
      svg("text", { x: node.x, y: node.y + 5, "text-anchor": "middle" }, link).textContent = node.label;
    });
  }

  function draw() {
    drawn.forEach(function (chart) { chart.destroy(); });
    drawn = [];
    var source = document.getElementById("_numbers");
    if (!source) return;
    var data = JSON.parse(source.textContent);
    document.querySelectorAll("[data-chart]").forEach(function (figure) {
      var one = data[figure.dataset.chart];
      if (!one) { figure.hidden = true; return; }
      var box = figure.querySelector(".draw");
      if (!one.options.upright) box.style.height = 64 + one.labels.length * (one.options.stacked ? 34 : 18 + 20 * one.sets.length) + "px";
      bars(figure.querySelector("canvas"), one, one.options);
    });
    var figure = document.querySelector("[data-graph]");
    if (figure && data.graph) graph(figure, data.graph);
    else if (figure) figure.hidden = true;
  }

  document.addEventListener("themechange", draw);
  document.addEventListener("pagechange", draw);
  draw();
})();
