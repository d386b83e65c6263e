/** What a manager sees first: what matters, against which target, where and since when. */

/** At most seven; where a filter leaves the first of a pair without data, the second stands in. */
const HEADLINE = [
  ["fcr"], ["csat"], ["nps"], ["service_level", "first_response_in_target"], ["aht", "resolution_time"],
  ["cost_per_resolution"], ["roi"],
];

registerView({
  id: "overview",
  order: 1,
  scopes: ["all", "site", "team"],
  render(root, app) {
    const figures = headline(app);
    root.append(
      summary(app, figures),
      h("div", { class: "gauges" }, figures.map((one) => gaugeCard(app, one))),
      h("div", { class: "columns two-one" }, trendCard(app, app.kpi), alertCard(app)),
      h("div", { class: "columns three" }, ["channel", "reason", "site"].map((cut) => cutCard(app, app.kpi, cut))),
      effectsCard(app),
      kpiTable(app));
  },
});

/** The headline KPIs with their figures now, before and a year ago. */
function headline(app) {
  const { engine, period } = app;
  return HEADLINE.map((ids) => {
    const kpis = ids.map((id) => engine.kpis.get(id)).filter(Boolean);
    const kpi = kpis.find((one) => engine.figure(one, period).denominator > 0) ?? kpis[0];
    return compared(app, kpi);
  });
}

/** One sentence that says what matters, and how many KPIs stand where. */
function summary(app, figures) {
  const all = app.pack.kpis.filter((kpi) => kpi.role === "kpi").map((kpi) => app.engine.figure(kpi, app.period));
  const count = (status) => all.filter((figure) => figure.isAnswered && figure.status === status).length;
  return h("section", { class: "summary", "aria-label": app.text("summary") },
    h("p", { class: "sentence" }, sentence(app, figures)),
    h("ul", { class: "counters" }, ["green", "amber", "red"].map((status) =>
      h("li", {}, statusChip(status, app), " ", h("b", { "data-count": status }, String(count(status)))))));
}

/** How many of its own intervals a figure is away from the side of its target. */
function gapInIntervals({ figure }) {
  if (figure.target === null || figure.value === null || figure.status === "insufficient_data") return 0;
  const gap = Math.abs(figure.value - figure.target);
  const reach = figure.low === null ? Math.abs(figure.target) || 100 : (figure.high - figure.low) / 2;
  return gap / (reach || 1);
}

function sentence(app, figures) {
  const judged = figures.filter(({ figure }) => ["green", "amber", "red"].includes(figure.status));
  const name = formatPeriod(app.period, app.language);
  const period = name[0].toUpperCase() + name.slice(1);
  if (!judged.length) return app.text("sentence.few", { period });
  const met = judged.filter(({ figure }) => figure.status === "green").length;
  const first = app.text("sentence.met", { period, met, judged: judged.length });
  const missed = judged.filter(({ figure }) => figure.status !== "green")
    .sort((one, other) => gapInIntervals(other) - gapInIntervals(one))[0];
  if (!missed) return first;
  const { kpi, figure, before } = missed;
  const where = shortfalls(app, kpi, "reason")[0];
  return [
    first, " ",
    app.text("sentence.furthest", {
      kpi: app.label(kpi), value: app.format(figure.value, kpi.unit), target: app.format(figure.target, kpi.unit),
    }),
    before === null ? "" : app.text("sentence.change", { change: formatChange(figure.value, before, kpi.unit, app.language) }),
    where && where.share > 0.25 ? app.text("sentence.where", {
      reason: app.valueLabel("reason", where.value), share: formatNumber(100 * where.share, 0, app.language),
    }) : "",
    ".",
  ].join("");
}

/** Standing alerts; a click goes where one stands. */
function alertCard(app) {
  const { engine, pack } = app;
  const go = (alert) => app.set({
    kpi: alert.kpi_id, grain: alert.period_grain, start: alert.period_start_date, trend: alert.period_grain,
    filters: FILTERS.includes(alert.cut) ? { [alert.cut]: [alert.cut_value] } : {},
  });
  const items = pack.alerts.map((alert) => {
    const kpi = engine.kpis.get(alert.kpi_id);
    const paying = engine.kpis.get(alert.paying_kpi_id);
    const period = engine.period(alert.period_grain, alert.period_start_date);
    return h("li", {}, h("button", { type: "button", onclick: () => go(alert), "data-alert": alert.alert_id },
      h("span", { class: "alert-line" },
        h("b", {}, paying ? `${app.label(kpi)} + ${app.label(paying)}` : app.label(kpi)),
        h("span", { class: `chip ${alert.severity}` }, h("span", { "aria-hidden": "true" }, STATUS_ICONS[alert.severity]), " ",
          app.format(alert.kpi_value, kpi.unit))),
      h("span", { class: "alert-why" }, app.text(`alert.${alert.kind}`), " · ", alertPlace(app, alert), " · ",
        formatPeriod(period, app.language), " · ", app.text("n", { n: formatNumber(alert.sample_size, 0, app.language) }),
        alert.cut === "overall" || FILTERS.includes(alert.cut) ? "" : ` · ${app.text("alerts.nofilter")}`)));
  });
  return card({ title: app.text("alerts"), note: items.length ? app.text("alerts.note") : app.text("alerts.none") },
    h("ul", { class: "alerts", tabindex: items.length > 5 ? "0" : null, "aria-label": app.text("alerts") }, items));
}

/** Every KPI of the period. */
function kpiTable(app) {
  const { engine, period } = app;
  const columns = [
    { label: app.text("kpi") }, { label: app.text("value"), number: true }, { label: app.text("interval"), number: true },
    { label: app.text("target"), number: true }, { label: app.text("status") }, { label: sinceText(app, engine.previous(period)), number: true },
    { label: sinceText(app, engine.yearAgo(period)), number: true }, { label: app.text("sample"), number: true },
  ];
  const families = ["operational", "emotional", "profitability"];
  const kpis = app.pack.kpis.filter((kpi) => kpi.role === "kpi")
    .sort((one, other) => families.indexOf(one.family) - families.indexOf(other.family) ||
      app.label(one).localeCompare(app.label(other), app.language));
  const rows = kpis.map((kpi) => {
    const { figure, before, year } = compared(app, kpi);
    return [
      h("button", { type: "button", class: "link", "data-focus": `kpi-${kpi.kpi_id}`, onclick: () => { app.set({ kpi: kpi.kpi_id }); } }, app.label(kpi)),
      figureElement(kpi, app.period, figure, app),
      figure.isAnswered ? intervalText(app, kpi, figure) : "",
      figure.isAnswered ? targetText(kpi, figure, app) : "",
      figure.isAnswered ? [statusChip(figure.status, app), figure.isProvisional ? h("span", { class: "chip provisional" }, app.text("provisional")) : ""] : "",
      figure.isAnswered ? changeMark(kpi, figure.value, before, app) : "",
      figure.isAnswered ? changeMark(kpi, figure.value, year, app) : "",
      figure.isAnswered ? formatNumber(figure.n, 0, app.language) : "",
    ];
  });
  return card({ title: app.text("kpis"), size: "kpi-table" }, dataTable(columns, rows, app.text("kpis")));
}
