/** What customers say: satisfaction, recommendation, effort, and where it goes wrong. */

registerView({
  id: "voice",
  order: 2,
  scopes: ["all", "site", "team"],
  render(root, app) {
    const kpi = (id) => app.engine.kpis.get(id);
    root.append(
      h("div", { class: "gauges four" },
        ["csat", "nps", "ces", "survey_response_rate"].map((id) => gaugeCard(app, compared(app, kpi(id))))),
      h("div", { class: "columns two" }, scoreCard(app, "csat"), npsCard(app)),
      h("div", { class: "columns two" }, scoreCard(app, "ces"), heatCard(app, kpi("fcr"), "reason", "channel")),
      h("div", { class: "columns two" },
        ["reopen_rate", "escalation_rate"].map((id) => trendCard(app, kpi(id), { hasTools: false }))),
      lowScores(app));
  },
});

/** Counted answers by the score given, one chart per scale. */
function scoreCard(app, question) {
  const { engine, period } = app;
  const title = app.text(`scores.${question}`);
  if (!engine.cuts.every((cut) => engine.tableOf.get("answers_counted").cuts[cut])) return card({ title }, unansweredNote(app));
  const counts = engine.sumBy("answers_counted", period, "answer");
  const found = engine.pack.values.answer.map((answer, code) => {
    const [type, low, high, score] = answer.split("|");
    return { type, low: Number(low), high: Number(high), scale: `${low}–${high}`, score: Number(score), n: counts[code] };
  }).filter(({ type, n }) => type === question && n > 0);
  if (!found.length) return card({ title }, h("p", { class: "unanswered-note" }, app.text("nothing")));
  const values = everyScore(found).map((one) => {
    const share = (100 * one.n) / one.total;
    return {
      ...one, share, scoreText: scoreText(app, one), text: `${formatNumber(share, 0, app.language)}${NBSP}%`,
      scaleText: one.scale === "0–1" ? app.text("scale.good") : app.text("scale", { scale: one.scale }),
    };
  });
  const scales = [...new Set(values.map(({ scaleText }) => scaleText))];
  const x = { field: "share", type: "quantitative", scale: { domain: [0, 108] }, axis: null };
  const y = { field: "scoreText", type: "ordinal", sort: [...new Set(values.toSorted((one, other) => other.score - one.score).map((one) => one.scoreText))], axis: { title: null, ticks: false, domain: false } };
  const spec = (scale) => ({
    height: { step: 26 },
    data: { values: values.filter(({ scaleText }) => scaleText === scale) },
    layer: [
      { mark: { type: "bar", color: colour("accent"), cornerRadiusEnd: 3, height: { band: 0.66 } }, encoding: { x, y } },
      { mark: { type: "text", align: "left", dx: 6, color: colour("ink") }, encoding: { x, y, text: { field: "text" } } },
    ],
  });
  const table = (scale) => dataTable(
    [{ label: app.text("score") }, { label: app.text("answers"), number: true }, { label: app.text("share"), number: true }],
    values.filter(({ scaleText }) => scaleText === scale).sort((one, other) => other.score - one.score)
      .map((one) => [one.scoreText, formatNumber(one.n, 0, app.language), one.text]), `${title}, ${scale}`);
  return card({ title, note: app.text(`scores.${question}.note`) }, scales.map((scale) => [
    h("h3", {}, scale, " · ", app.text("n", { n: formatNumber(values.find((one) => one.scaleText === scale).total, 0, app.language) })),
    chart(spec(scale), `${title}, ${scale}`, () => table(scale), app)]));
}

/** The answers with the whole scores of their scale that nobody gave. */
function everyScore(found) {
  return [...new Set(found.map(({ scale }) => scale))].flatMap((scale) => {
    const own = found.filter((one) => one.scale === scale);
    const { low, high } = own[0];
    const total = own.reduce((sum, { n }) => sum + n, 0);
    const missing = [...Array(high - low + 1).keys()].map((step) => low + step)
      .filter((score) => !own.some((one) => one.score === score))
      .map((score) => ({ ...own[0], score, n: 0 }));
    return [...own, ...missing].map((one) => ({ ...one, total }));
  });
}

function scoreText(app, { scale, score }) {
  if (scale === "0–1") return app.text(score ? "score.good" : "score.bad");
  return formatNumber(score, Number.isInteger(score) ? 0 : 1, app.language);
}

/** Promoters, passives and detractors over time, with the response rate. */
function npsCard(app) {
  const { engine, state } = app;
  const title = app.text("nps.title");
  const nps = engine.kpis.get("nps");
  if (!engine.answers(nps)) return card({ title }, unansweredNote(app));
  const rate = engine.kpis.get("survey_response_rate");
  const rows = engine.series(state.trend, app.period.last, SPAN[state.trend]).slice(-13).map((period) => {
    const [promoters, passives, detractors] = ["nps_promoters", "nps_passives", "nps_detractors"].map((name) => engine.sum(name, period));
    return { period, promoters, passives, detractors, nps: engine.figure(nps, period), rate: engine.figure(rate, period) };
  });
  const kinds = ["detractors", "passives", "promoters"];
  const values = rows.flatMap((row) => kinds.map((kind, order) => {
    const all = row.promoters + row.passives + row.detractors;
    return {
      label: formatPeriod(row.period, app.language, true), kind: app.text(`nps.${kind}`), order, n: row[kind],
      share: all ? row[kind] / all : 0, nText: formatNumber(row[kind], 0, app.language),
      shareText: all ? `${formatNumber((100 * row[kind]) / all, 0, app.language)}${NBSP}%` : MISSING,
    };
  }));
  const spec = {
    height: 240, data: { values }, mark: { type: "bar", width: { band: 0.7 } },
    encoding: {
      x: { field: "label", type: "ordinal", sort: null, axis: { title: null, labelAngle: 0, labelOverlap: "parity", labelSeparation: 8, ticks: false } },
      y: { field: "share", type: "quantitative", stack: true, scale: { domain: [0, 1] }, axis: { title: null, tickCount: 5, domain: false, ticks: false, labelExpr: "savoirFormat(100 * datum.value, 'percent')" } },
      color: {
        field: "kind", type: "nominal", title: null, legend: { orient: "top", direction: "horizontal" },
        scale: { domain: kinds.map((kind) => app.text(`nps.${kind}`)), range: [colour("red-band"), colour("line"), colour("green-band")] },
      },
      order: { field: "order" },
      tooltip: [["label", "period"], ["kind", "nps.group"], ["nText", "answers"], ["shareText", "share"]]
        .map(([field, key]) => ({ field, type: "nominal", title: app.text(key) })),
    },
  };
  const table = () => dataTable(
    [{ label: app.text("period") }, ...["nps.promoters", "nps.passives", "nps.detractors"].map((key) => ({ label: app.text(key), number: true })),
      { label: app.label(nps), number: true }, { label: app.label(rate), number: true }],
    rows.map((row) => [formatPeriod(row.period, app.language),
      ...["promoters", "passives", "detractors"].map((kind) => formatNumber(row[kind], 0, app.language)),
      figureElement(nps, row.period, row.nps, app), figureElement(rate, row.period, row.rate, app)]), title);
  const last = rows.at(-1);
  return card({
    title,
    note: [app.text("nps.note"), " ", app.label(rate), app.text("colon"), figureElement(rate, last.period, last.rate, app),
      ` (${formatPeriod(last.period, app.language)})`],
  }, chart(spec, title, table, app));
}

/** Answers that were not satisfied, by the id of their contact. */
function lowScores(app) {
  const { engine, state, period, pack } = app;
  const title = app.text("low.title");
  const rows = pack.lists.lowScores.filter((row) =>
    period.start <= row.date_day && row.date_day <= period.end &&
    engine.cuts.every((cut) => state.filters[cut].includes(row[cut] ?? "unknown")));
  if (!rows.length) return card({ title }, h("p", { class: "unanswered-note" }, app.text("nothing")));
  const columns = ["low.contact", "date", "score", "cut.channel", "cut.reason", "cut.team"].map((key) => ({ label: app.text(key) }));
  return card({ title, note: app.text("low.note", { n: formatNumber(rows.length, 0, app.language) }) },
    h("div", { class: "tall" }, dataTable(columns, rows.slice(0, 100).map((row) => [
      h("code", {}, row.contact_id), formatDate(row.date_day, app.language),
      row.scale_max === 1 ? app.text("score.bad") : `${formatNumber(row.score, 0, app.language)} / ${formatNumber(row.scale_max, 0, app.language)}`,
      app.valueLabel("channel", row.channel), app.valueLabel("reason", row.reason ?? "unknown"), app.valueLabel("team", row.team ?? "unknown"),
    ]), title)));
}
