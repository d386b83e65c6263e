/** What the service costs and what it earns. */

registerView({
  id: "money",
  order: 4,
  scopes: ["all", "site", "team"],
  render(root, app) {
    const kpi = (id) => app.engine.kpis.get(id);
    root.append(
      h("div", { class: "gauges four" },
        ["roi", "cost_per_resolution", "cost_per_contact", "repurchase_rate"].map((id) => gaugeCard(app, compared(app, kpi(id))))),
      h("div", { class: "columns two" }, accountCard(app), trendCard(app, kpi("roi"), { hasTools: false })),
      h("div", { class: "columns two" }, ["reason", "channel"].map((cut) => cutCard(app, kpi("cost_per_resolution"), cut))),
      h("div", { class: "columns two" }, cutCard(app, kpi("repurchase_rate"), "reason"), repurchaseCard(app)),
      app.pack.pnl.length ? versionsCard(app) : "",
      app.pack.uplift.length ? upliftCard(app) : "",
      app.pack.whatIf.length ? whatIfCard(app) : "",
      atRiskCard(app),
      dearestCard(app));
  },
});

/**
 * The account of support: lines of the mart, their sums and the ROI they make, by the least that support caused or, where
 * nobody can tell, by all that followed.
 */
const accountLines = (isJudged) => [
  [isJudged ? "retained_margin_low_amount" : "repurchase_margin_amount", 1], ["upsell_margin_amount", 1], ["avoided_cost_amount", 1],
  ["repeat_avoided_cost_amount", 1], [isJudged ? "support_gain_low_amount" : "support_gain_amount", 1, "sum"],
  ["ledger_cost_amount", -1], ["goodwill_amount", -1], ["support_cost_amount", -1, "sum"],
  [isJudged ? "support_net_gain_low_amount" : "support_net_gain_amount", 1, "sum"],
];

function accountCard(app) {
  const { engine, period } = app;
  const title = app.text("account.title");
  const roi = engine.kpis.get("roi");
  if (!engine.answers(roi)) return card({ title }, unansweredNote(app));
  const before = engine.previous(period);
  const isJudged = engine.sum("support_cost_judged_amount", period) > 0;
  const lines = accountLines(isJudged).map(([name, sign, kind]) => ({
    name, sign, kind, now: sign * engine.sum(name, period), before: before ? sign * engine.sum(name, before) : null,
  }));
  const most = Math.max(...lines.map(({ now }) => Math.abs(now)), 1);
  const euros = (value) => app.format(value, "EUR");
  return card({ title, note: app.text(isJudged ? "account.note" : "account.note_observed") }, dataTable(
    [{ label: app.text("account.line") }, { label: h("span", { class: "hidden" }, app.text("chart")), wide: true },
      { label: formatPeriod(period, app.language), number: true }, { label: before ? formatPeriod(before, app.language) : "", number: true }],
    lines.map(({ name, kind, now, before: then }) => [
      kind ? h("b", {}, app.text(`account.${name}`)) : app.text(`account.${name}`),
      amountBar(now / most), h(kind ? "b" : "span", { "data-amount": name, "data-value": now }, euros(now)), euros(then)]), title));
}

/** A bar to the right of zero, or to its left. @param {number} share -1 to 1 */
function amountBar(share) {
  return svg("svg", { class: "dots", viewBox: "0 0 200 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("path", { class: "track", d: "M100 0 V20" }),
    svg("path", { class: share < 0 ? "bar minus" : "bar", d: `M100 10 H${100 + 96 * share}` }));
}

/** Repurchase by how long one waits for the order. */
function repurchaseCard(app) {
  const { engine, period } = app;
  const title = app.text("repurchase.title");
  const kpis = [7, 30, 60, 90].map((days) => ({ days, kpi: engine.kpis.get(`repurchase_rate_${days}d`) })).filter(({ kpi }) => kpi);
  if (!kpis.length || !engine.answers(kpis[0].kpi)) return card({ title }, unansweredNote(app));
  return card({ title, note: app.text("repurchase.note") }, dataTable(
    [{ label: app.text("repurchase.window") }, { label: app.text("value"), number: true }, { label: app.text("interval"), number: true }, { label: app.text("sample"), number: true }],
    kpis.map(({ days, kpi }) => {
      const figure = engine.figure(kpi, period);
      return [app.text("days", { n: days }), figureElement(kpi, period, figure, app),
        intervalText(app, kpi, figure), formatNumber(figure.n, 0, app.language)];
    }), title));
}

/** What support earned, by what it is held to have caused. */
function versionsCard(app) {
  const { engine, period, state, pack } = app;
  const title = app.text("versions.title");
  const cut = engine.cuts[0] ?? "overall";
  const values = cut === "overall" ? ["all"] : state.filters[cut];
  const rows = pack.pnl.filter((row) => row.cut === cut && values.includes(row.cut_value) &&
    period.start <= row.month_start_date && row.month_start_date <= period.end);
  if (engine.cuts.length > 1 || ["day", "week"].includes(period.grain) || !rows.length) return card({ title }, unansweredNote(app));
  const sum = (attribution, name) => rows.reduce((total, row) => total + (row.attribution === attribution ? row[name] : 0), 0);
  const headline = rows.find((row) => row.is_headline)?.attribution;
  const versions = [...new Set(rows.map((row) => row.attribution))].map((name) => [name, name, "margin", "net"]);
  if (headline) versions.push(["least", headline, "margin_low", "net_low"]);
  return card({ title, note: app.text("versions.note") }, dataTable(
    [{ label: app.text("versions.version") }, { label: app.text("versions.margin"), number: true }, { label: app.text("account.support_cost_amount"), number: true },
      { label: app.text("account.support_net_gain_amount"), number: true }, { label: app.text("versions.roi"), number: true }],
    versions.map(([name, attribution, margin, net]) => {
      const cost = sum(attribution, "cost");
      const roi = cost > 0 ? (100 * sum(attribution, net)) / cost : null;
      return [app.text(`versions.${name}`), app.format(sum(attribution, margin), "EUR"), app.format(cost, "EUR"), app.format(sum(attribution, net), "EUR"),
        h("b", { "data-roi": name, "data-value": roi }, app.format(roi, "percent"))];
    }), title));
}

/** What contacts add to repurchase, beside what it seems where nobody is matched. */
function upliftCard(app) {
  const title = app.text("uplift.title");
  const rows = app.pack.uplift.filter((row) => row.attribution === "matched");
  const observed = new Map(app.pack.uplift.filter((row) => row.attribution === "observed").map((row) => [row.cut_value, row]));
  const percent = (value) => app.format(value, "percent");
  const points = (value) => app.format(value, "points");
  return card({ title, note: app.text("uplift.note") }, dataTable(
    [{ label: app.text("cut.reason") }, { label: app.text("uplift.after"), number: true }, { label: app.text("uplift.without"), number: true },
      { label: app.text("uplift.gain"), number: true }, { label: app.text("interval"), number: true }, { label: app.text("uplift.observed"), number: true },
      { label: app.text("sample"), number: true }],
    rows.map((row) => [
      row.cut === "overall" ? h("b", {}, app.text("scope.all")) : app.valueLabel("reason", row.cut_value),
      percent(row.repurchase_share), percent(row.baseline_share),
      h("b", { "data-uplift": row.cut_value, "data-value": row.uplift_points }, points(row.uplift_points)),
      formatInterval(row.uplift_low, row.uplift_high, "points", app.language),
      points(observed.get(row.cut_value)?.uplift_points ?? null), formatNumber(row.issues, 0, app.language)]), title));
}

/** Open contacts and recent detractors by the margin that stands to be lost. */
function atRiskCard(app) {
  const { engine, state, pack } = app;
  const title = app.text("risk.title");
  if (!pack.lists.atRisk || !engine.cuts.every((cut) => ["channel", "reason", "team"].includes(cut))) return card({ title }, unansweredNote(app));
  const rows = pack.lists.atRisk.filter((row) => engine.cuts.every((cut) => state.filters[cut].includes(row[cut]))).slice(0, 15);
  if (!rows.length) return card({ title }, h("p", { class: "unanswered-note" }, app.text("nothing")));
  return card({ title, note: app.text("risk.note") }, dataTable(
    [{ label: app.text("low.contact") }, { label: app.text("risk.source") }, { label: app.text("risk.since") }, { label: app.text("risk.amount"), number: true },
      { label: app.text("risk.margin"), number: true }, { label: app.text("cut.channel") }, { label: app.text("cut.reason") }, { label: app.text("cut.team") }],
    rows.map((row) => [h("code", {}, row.contact_id ?? MISSING), app.text(`risk.${row.risk_source.replace(" ", "_")}`), formatDate(row.date_day, app.language),
      h("b", { "data-at-risk": row.at_risk }, app.format(row.at_risk, "EUR")), app.format(row.expected_margin, "EUR"),
      app.valueLabel("channel", row.channel), app.valueLabel("reason", row.reason), app.valueLabel("team", row.team)]), title));
}

/** The dearest issues of the weeks of the period. */
function dearestCard(app) {
  const { engine, state, period, pack } = app;
  const title = app.text("dearest.title");
  if (!pack.lists.dearest || !engine.cuts.every((cut) => ["channel", "reason", "team"].includes(cut))) return card({ title }, unansweredNote(app));
  const rows = pack.lists.dearest
    .filter((row) => period.start <= row.date_day && row.date_day <= period.end &&
      engine.cuts.every((cut) => state.filters[cut].includes(row[cut] ?? "unknown")))
    .sort((one, other) => other.cost - one.cost).slice(0, 15);
  if (!rows.length) return card({ title }, h("p", { class: "unanswered-note" }, app.text("nothing")));
  return card({ title, note: app.text("dearest.note") }, dataTable(
    [{ label: app.text("low.contact") }, { label: app.text("dearest.week") }, { label: app.text("dearest.cost"), number: true },
      { label: app.text("contacts"), number: true }, { label: app.text("cut.channel") }, { label: app.text("cut.reason") }, { label: app.text("cut.team") }],
    rows.map((row) => [h("code", {}, row.contact_id), formatDate(row.date_day, app.language), app.format(row.cost, "EUR"),
      formatNumber(row.contacts, 0, app.language), app.valueLabel("channel", row.channel), app.valueLabel("reason", row.reason ?? "unknown"),
      app.valueLabel("team", row.team ?? "unknown")]), title));
}

/** What a change of a lever adds to an outcome, on straight lines between what is known. */
function effectOf(rows, lever, outcome, change) {
  const known = rows.filter((row) => row.lever === lever && row.outcome === outcome);
  if (!known.length) return 0;
  const after = known.find((row) => row.change_value >= change) ?? known.at(-1);
  const before = known.findLast((row) => row.change_value <= change) ?? known[0];
  const step = after.change_value - before.change_value;
  return before.effect + (step ? ((change - before.change_value) / step) * (after.effect - before.effect) : 0);
}

/** Levers to move, and what a month would cost and bring then. */
function whatIfCard(app) {
  const rows = app.pack.whatIf;
  const title = app.text("whatif.title");
  const levers = ["fcr", "handle_time", "agents", "automation"].filter((lever) => rows.some((row) => row.lever === lever));
  const changes = Object.fromEntries(levers.map((lever) => [lever, 0]));
  const today = (outcome) => rows.find((row) => row.outcome === outcome)?.outcome_value ?? null;
  const { gain, cost } = rows[0];
  const results = h("div", { "aria-live": "polite" });
  const draw = () => {
    const added = (outcome) => levers.reduce((sum, lever) => sum + effectOf(rows, lever, outcome, changes[lever]), 0);
    const spent = cost + added("cost");
    const level = today("service_level");
    const lines = [
      ["cost", cost, spent, "EUR"],
      ["margin", today("margin"), today("margin") === null ? null : today("margin") + added("margin"), "EUR"],
      // points of the phone add up only as far as there are calls
      ["service_level", level, level === null ? null : Math.min(Math.max(level + added("service_level"), 0), 100), "percent"],
      ["roi", cost > 0 ? (100 * (gain - cost)) / cost : null, spent > 0 ? (100 * (gain + added("margin") - spent)) / spent : null, "percent"],
    ];
    results.replaceChildren(dataTable(
      [{ label: app.text("whatif.month") }, { label: app.text("whatif.today"), number: true }, { label: app.text("whatif.then"), number: true }],
      lines.map(([name, now, then, unit]) => [app.text(`whatif.${name}`), app.format(now, unit),
        h("b", { "data-what-if": name, "data-value": then }, app.format(then, unit))]), title));
  };
  const slider = (lever) => {
    const steps = rows.filter((row) => row.lever === lever).map((row) => row.change_value);
    const label = app.text(`whatif.${lever}`);
    const said = h("output", {}, "0");
    return h("label", { class: "slider" }, h("span", {}, label),
      h("input", {
        type: "range", min: String(Math.min(...steps)), max: String(Math.max(...steps)), step: lever === "handle_time" ? "5" : "1", value: "0",
        "aria-label": label, "data-lever": lever,
        oninput: (event) => {
          changes[lever] = Number(event.target.value);
          said.textContent = formatNumber(changes[lever], 0, app.language, true);
          draw();
        },
      }), said);
  };
  draw();
  return card({ title, note: app.text("whatif.note") }, h("div", { class: "sliders" }, levers.map(slider)), results);
}
