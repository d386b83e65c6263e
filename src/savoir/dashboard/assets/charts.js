/** Charts: Vega-Lite for what has axes, own SVG for gauges, sparklines and dots. */

/** A colour of the style sheet. @param {string} name */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** What every chart looks like, from the style sheet. */
function chartTheme() {
  const [ink, muted, line] = [colour("ink"), colour("muted"), colour("line")];
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: "transparent", font,     view: { stroke: null },
    axis: {
      labelColor: muted, titleColor: muted, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400,
      gridColor: line, domainColor: line, tickColor: line, labelPadding: 6, labelLimit: 400,
    },
    legend: { labelColor: ink, titleColor: muted, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400, labelLimit: 300 },
    text: { color: ink, fontSize: 12 },
    line: { strokeWidth: 2 },
  };
}

/** Charts drawn on the page, each ready to be saved as a picture. @type {Map<Element, any>} */
const drawn = new Map();

/**
 * A chart with its data as a table.
 * @param {any} spec Vega-Lite @param {string} name what a screen reader says
 * @param {() => HTMLElement} table built when it is asked for
 */
function chart(spec, name, table, app) {
  // the marks are many and say little one by one: the table says it
  const drawing = h("div", { class: "drawing", "aria-hidden": "true" });
  const canvas = h("div", { class: "canvas", role: "img", "aria-label": name }, drawing);
  const details = h("details", { class: "as-table" }, h("summary", {}, app.text("show.table")));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(table());
  });
  const full = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container", autosize: { type: "fit-x", contains: "padding" }, ...spec,
  };
  app.whenLibrary(async () => {
    if (!canvas.isConnected) return;
    const { view } = await vegaEmbed(drawing, full, {
      actions: false, renderer: "svg", logLevel: 1, config: chartTheme(), tooltip: { theme: "custom" },
      expressionFunctions: { savoirFormat: (value, unit) => formatValue(value, unit, app.language) },
    });
    drawn.set(canvas, view);
  });
  return h("div", { class: "chart" }, canvas, details);
}

/** Forget charts that left the page. */
function finishCharts() {
  for (const [element, view] of drawn) {
    if (!element.isConnected) {
      view.finalize();
      drawn.delete(element);
    }
  }
}

/** The two ends of a gauge, so that value, target and red limit are on it. */
function gaugeDomain(kpi, figure, previous) {
  const marks = [figure.value, figure.target, figure.red, previous].filter((mark) => mark !== null && mark !== undefined);
  if (kpi.unit === "points") return [-100, 100];
  if (kpi.unit === "scale_1_7") return [1, 7];
  if (kpi.unit === "scale_gap") return [-6, 6];
  if (kpi.unit === "percent" && marks.every((mark) => mark >= 0 && mark <= 100)) {
    return [0, Math.max(...marks, 0) <= 25 ? 25 : 100];
  }
  const top = Math.max(...marks.map(Math.abs), 1) * 1.3;
  return [marks.some((mark) => mark < 0) ? -top : 0, top];
}

/** A half-circle gauge: bands, interval, target and value. Its words stand beside it. */
function gauge(kpi, figure, previous) {
  const [low, high] = gaugeDomain(kpi, figure, previous);
  const share = (value) => Math.min(Math.max((value - low) / (high - low), 0), 1);
  const at = (value, radius) => {
    const angle = Math.PI * (1 - share(value));
    return [80 + radius * Math.cos(angle), 78 - radius * Math.sin(angle)].map((x) => x.toFixed(2));
  };
  const arc = (from, to, radius, css) => share(from) === share(to) ? null
    : svg("path", { class: css, d: `M${at(from, radius)} A${radius} ${radius} 0 0 1 ${at(to, radius)}` });
  const mark = (value, inner, outer, css) =>
    svg("path", { class: css, d: `M${at(value, inner)} L${at(value, outer)}` });
  const up = kpi.direction === "up";
  const bands = figure.target === null
    ? [arc(low, high, 66, "band plain")]
    : up
      ? [arc(low, figure.red ?? figure.target, 66, "band red"), arc(figure.red ?? figure.target, figure.target, 66, "band amber"), arc(figure.target, high, 66, "band green")]
      : [arc(low, figure.target, 66, "band green"), arc(figure.target, figure.red ?? figure.target, 66, "band amber"), arc(figure.red ?? figure.target, high, 66, "band red")];
  return svg("svg", { class: "gauge", viewBox: "0 0 160 84", "aria-hidden": "true" },
    bands,
    figure.low !== null ? arc(figure.low, figure.high, 54, "reach") : null,
    figure.target !== null ? mark(figure.target, 58, 77, "target") : null,
    figure.value !== null ? mark(figure.value, 46, 74, "needle") : null);
}

/** Past values as a line; the last one is a dot. @param {(number|null)[]} values */
function sparkline(values) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return svg("svg", { class: "sparkline", viewBox: "0 0 120 28", "aria-hidden": "true" });
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (place) => 4 + (112 * place) / (values.length - 1);
  const y = (value) => (high === low ? 14 : 24 - (20 * (value - low)) / (high - low));
  let pen = "M";
  let path = "";
  values.forEach((value, place) => {
    if (value === null) { pen = "M"; return; }
    path += `${pen}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  const last = values.findLastIndex((value) => value !== null);
  return svg("svg", { class: "sparkline", viewBox: "0 0 120 28", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { d: path }),
    svg("circle", { cx: x(last), cy: y(values[last]), r: 3 }));
}

/** The common scale of rows of dots: everything that is drawn, with some air. */
function dotDomain(kpi, figures, minSample) {
  const marks = figures.flatMap((figure) => [
    figure.value, figure.target,
    ...(figure.n >= minSample ? [figure.low, figure.high] : []),
  ]).filter((mark) => mark !== null);
  if (!marks.length) return [0, 1];
  if (!kpi.denominator_component) return [0, Math.max(...marks) || 1];
  const [low, high] = [Math.min(...marks), Math.max(...marks)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  const isShare = kpi.unit === "percent" && low >= 0;
  return [isShare ? Math.max(low - air, 0) : low - air, isShare && high <= 100 ? Math.min(high + air, 100) : high + air];
}

/** One row of dots: interval, target and value; a count is a bar from nothing. */
function dotTrack(kpi, figure, [low, high], minSample) {
  const x = (value) => 6 + 188 * Math.min(Math.max((value - low) / (high - low), 0), 1);
  const isFew = figure.n < minSample;
  return svg("svg", { class: "dots", viewBox: "0 0 200 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    kpi.denominator_component
      ? [
        svg("path", { class: "track", d: "M6 10 H194" }),
        figure.low !== null && !isFew ? svg("path", { class: `reach ${figure.status}`, d: `M${x(figure.low)} 10 H${x(figure.high)}` }) : null,
        figure.target !== null ? svg("path", { class: "target", d: `M${x(figure.target)} 1 V19` }) : null,
        figure.value !== null ? svg("path", { class: `dot ${figure.status}`, d: `M${x(figure.value)} 10 h0.01` }) : null,
      ]
      : svg("path", { class: "bar", d: `M6 10 H${x(figure.value ?? 0)}` }));
}
