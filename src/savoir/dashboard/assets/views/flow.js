/** When customers come, how long they wait, what stays behind. */

registerView({
  id: "flow",
  order: 3,
  scopes: ["all", "site", "team"],
  render(root, app) {
    const kpi = (id) => app.engine.kpis.get(id);
    root.append(
      h("div", { class: "gauges four" },
        ["contact_volume", "service_level", "abandonment_rate", "backlog"].map((id) => gaugeCard(app, compared(app, kpi(id))))),
      h("div", { class: "columns two-one" }, hourHeat(app), cutCard(app, kpi("service_level"), "local_hour")),
      app.pack.forecast.length ? forecastCard(app) : "",
      h("div", { class: "columns two" }, percentileCard(app), windowCard(app)),
      h("div", { class: "columns two" },
        ["abandonment_rate", "backlog"].map((id) => trendCard(app, kpi(id), { hasTools: false }))),
      h("div", { class: "columns two" }, cutCard(app, kpi("backlog"), "reason"), cutCard(app, kpi("backlog"), "team")));
  },
});

/** Contacts by weekday and hour, local. */
function hourHeat(app) {
  const { engine, period } = app;
  const title = app.text("hours.title");
  if (engine.known("contacts", period) === null) return card({ title }, unansweredNote(app));
  const hours = [...Array(24).keys()].map((hour) => String(hour).padStart(2, "0"));
  const known = engine.pack.values.local_hour;
  const found = engine.sumBy("contacts", period, "weekday", "local_hour");
  const sums = [...Array(7).keys()].flatMap((weekday) => hours.map((hour) => {
    const code = engine.codes.local_hour.get(hour);
    return code === undefined ? 0 : found[weekday * known.length + code];
  }));
  const day = (weekday) => formatDate(new Date(Date.UTC(2024, 0, 1 + weekday)), app.language, { weekday: "long" });
  const cells = [...Array(7).keys()].flatMap((weekday) => hours.map((hour, code) => ({
    weekday, day: day(weekday), hour, n: sums[weekday * hours.length + code],
  })));
  const values = cells.map((cell) => ({ ...cell, text: formatNumber(cell.n, 0, app.language) }));
  const spec = {
    height: { step: 30 }, data: { values },
    mark: { type: "rect", cornerRadius: 3, stroke: colour("surface"), strokeWidth: 2 },
    encoding: {
      x: { field: "hour", type: "ordinal", axis: { title: app.text("hour"), labelAngle: 0, ticks: false, domain: false, labelOverlap: "parity" } },
      y: { field: "day", type: "ordinal", sort: [...Array(7).keys()].map(day), axis: { title: null, ticks: false, domain: false } },
      color: { field: "n", type: "quantitative", legend: null, scale: { range: [colour("heat-zero"), colour("heat-high")] } },
      tooltip: [["day", "weekday"], ["hour", "hour"], ["text", "contacts"]].map(([field, key]) => ({ field, type: "nominal", title: app.text(key) })),
    },
  };
  const table = () => dataTable([{ label: app.text("hour") }, ...[...Array(7).keys()].map((weekday) => ({ label: day(weekday), number: true }))],
    hours.map((hour, code) => [hour, ...[...Array(7).keys()].map((weekday) => h("span", {
      "data-hour": hour, "data-weekday": weekday + 1, "data-contacts": sums[weekday * hours.length + code],
    }, formatNumber(sums[weekday * hours.length + code], 0, app.language)))]), title);
  const peak = cells.reduce((most, cell) => (cell.n > most.n ? cell : most));
  return card({ title, note: peak.n ? app.text("hours.note", { day: peak.day, hour: Number(peak.hour), n: formatNumber(peak.n, 0, app.language) }) : null },
    chart(spec, title, table, app));
}

const DURATIONS = ["first_response", "first_response_business", "resolution", "resolution_business", "resolution_net_of_pending", "wait_of_answered", "time_to_abandon"];

/** How long half, and nine in ten, wait; where the marts have it. */
function percentileCard(app) {
  const { engine, period } = app;
  const title = app.text("percentiles.title");
  const rows = DURATIONS.map((id) => ({ id, found: engine.percentiles(id, period) })).filter(({ found }) => found);
  if (!rows.length) return card({ title }, h("p", { class: "unanswered-note" }, app.text("percentiles.none")));
  const span = (value, duration, which) => h("span", { "data-duration": duration, "data-which": which }, formatDuration(value, app.language));
  return card({ title, note: app.text("percentiles.note") }, dataTable(
    [{ label: app.text("duration") }, { label: app.text("median"), number: true }, { label: app.text("p90"), number: true }, { label: app.text("sample"), number: true }],
    rows.map(({ id, found }) => [app.text(`duration.${id}`), span(found.median, id, "median"), span(found.p90, id, "p90"), formatNumber(found.n, 0, app.language)]), title));
}

/** First contact resolution by how long one waits for a repeat contact. */
function windowCard(app) {
  const { engine, period } = app;
  const title = app.text("repeat.title");
  const kpis = [1, 3, 7, 14, 30].map((days) => ({ days, kpi: engine.kpis.get(`fcr_${days}d`) })).filter(({ kpi }) => kpi);
  if (!kpis.length || !engine.answers(kpis[0].kpi)) return card({ title }, unansweredNote(app));
  const rows = kpis.map(({ days, kpi }) => ({ days, kpi, figure: engine.figure(kpi, period) }));
  const domain = dotDomain(rows[0].kpi, rows.map(({ figure }) => figure), app.pack.minSample);
  return card({ title, note: app.text("repeat.note") }, dataTable(
    [{ label: app.text("repeat.window") }, { label: h("span", { class: "hidden" }, app.text("chart")), wide: true },
      { label: app.text("value"), number: true }, { label: app.text("interval"), number: true }, { label: app.text("sample"), number: true }],
    rows.map(({ days, kpi, figure }) => [app.text(days === 1 ? "days.one" : "days", { n: days }), dotTrack(kpi, figure, domain, app.pack.minSample),
      [figureElement(kpi, period, figure, app), figure.isProvisional ? h("span", { title: app.text("provisional") }, " *") : ""],
      intervalText(app, kpi, figure), formatNumber(figure.n, 0, app.language)]), title),
    rows.some(({ figure }) => figure.isProvisional) ? h("p", { class: "note" }, `* ${app.text("provisional").toLowerCase()}`) : null);
}

/** Days of the past beside the forecast. */
const BESIDE = 56;

/** What is to come in a channel: the one filtered by, else the one of which most comes. */
function forecastCard(app) {
  const { engine, state, pack } = app;
  const total = (channel) => pack.forecast.reduce((sum, row) => sum + (row.channel === channel ? row.expected_contacts : 0), 0);
  const channels = [...new Set(pack.forecast.map((row) => row.channel))].sort((one, other) => total(other) - total(one));
  const chosen = state.filters.channel ?? [];
  const channel = chosen.length ? chosen.find((value) => channels.includes(value)) : channels[0];
  if (engine.cuts.some((cut) => cut !== "channel") || chosen.length > 1 || !channel) {
    return card({ title: app.text("forecast.title", { channel: "" }) }, unansweredNote(app));
  }
  const title = app.text("forecast.title", { channel: app.valueLabel("channel", channel) });
  const rows = pack.forecast.filter((row) => row.channel === channel);
  const kpi = engine.kpis.get("contact_volume");
  const past = engine.series("day", engine.asOf, BESIDE).map((period) => ({
    date: period.start,
    actual: engine.figuresBy(kpi, period, "channel").find(({ value }) => value === channel)?.figure.value ?? 0,
  }));
  const number = (value, digits) => formatNumber(value, digits, app.language);
  const values = [...past, ...rows.map((row) => ({
    date: row.date_day, expected: row.expected_contacts, low: row.contacts_low, high: row.contacts_high,
  }))].map((row) => ({
    ...row, day: formatDate(row.date, app.language),
    text: row.actual === undefined ? `${number(row.expected, 1)} (${number(row.low, 0)}–${number(row.high, 0)})` : number(row.actual, 0),
  }));
  const x = { field: "date", type: "temporal", timeUnit: "utcyearmonthdate", axis: { title: null, grid: false, format: "%d/%m", labelOverlap: "parity" } };
  const y = (field) => ({ field, type: "quantitative", axis: { title: null, tickCount: 5, domain: false, ticks: false } });
  const line = (field, css, dash) => ({
    transform: [{ filter: `isValid(datum.${field})` }],
    mark: { type: "line", color: colour(css), strokeDash: dash }, encoding: { x, y: y(field) },
  });
  const spec = {
    height: 220, data: { values },
    layer: [
      { transform: [{ filter: "isValid(datum.low)" }], mark: { type: "area", color: colour("accent"), opacity: 0.15 }, encoding: { x, y: y("low"), y2: { field: "high" } } },
      line("actual", "muted", []), line("expected", "accent", [4, 3]),
      {
        mark: { type: "rule", opacity: 0, strokeWidth: 12 },
        encoding: { x, tooltip: [["day", "grain.day"], ["text", "contacts"]].map(([field, key]) => ({ field, type: "nominal", title: app.text(key) })) },
      },
    ],
  };
  const table = () => dataTable(
    [{ label: app.text("grain.day") }, { label: app.text("forecast.expected"), number: true }, { label: app.text("interval"), number: true },
      { label: app.text("forecast.agents"), number: true }, { label: app.text("forecast.hours"), number: true }],
    rows.map((row) => [formatDate(row.date_day, app.language),
      h("span", { "data-forecast": row.date_day }, number(row.expected_contacts, 1)), `${number(row.contacts_low, 0)}–${number(row.contacts_high, 0)}`,
      row.most_agents === null ? MISSING : number(row.most_agents, 0), row.paid_hours === null ? MISSING : number(row.paid_hours, 1)]), title);
  return card({ title, note: app.text("forecast.note") }, chart(spec, title, table, app));
}
