/** Cards that several views show. */

/** A KPI now, before and a year ago. */
function compared(app, kpi) {
  const { engine, period } = app;
  const [before, year] = [engine.previous(period), engine.yearAgo(period)];
  return {
    kpi, figure: engine.figure(kpi, period),
    before: before ? engine.figure(kpi, before).value : null,
    year: year ? engine.figure(kpi, year).value : null,
  };
}

/**
 * A gauge with all that is known of a figure; the title chooses the KPI of the page.
 * @param {{note?: any, grain?: string}} [options] a note replaces nothing, it is added
 */
function gaugeCard(app, { kpi, figure, before, year }, { note } = {}) {
  const { engine, state, period } = app;
  const line = engine.series(period.grain, period.start, 13).map((one) => engine.figure(kpi, one).value);
  const change = (value, since) => h("div", {}, h("dt", {}, sinceText(app, since)),
    h("dd", {}, changeMark(kpi, figure.value, value, app)));
  return h("article", { class: `card gauge-card ${state.kpi === kpi.kpi_id ? "chosen" : ""}` },
    h("div", { class: "gauge-head" },
      h("h2", {}, h("button", {
        type: "button", class: "choose", "aria-pressed": String(state.kpi === kpi.kpi_id),
        "data-focus": `gauge-${kpi.kpi_id}`, onclick: () => app.set({ kpi: kpi.kpi_id }),
      }, app.label(kpi))),
      h("button", {
        type: "button", class: "help", "aria-label": app.text("definition.of", { kpi: app.label(kpi) }),
        onclick: () => showDefinition(app, kpi),
      }, "?")),
    gauge(kpi, figure, before),
    figureElement(kpi, period, figure, app, "p"),
    h("p", { class: "interval" }, figure.low === null ? "\u00a0" : intervalText(app, kpi, figure)),
    h("p", { class: "judged" }, statusChip(figure.status, app),
      figure.isProvisional ? h("span", { class: "chip provisional" }, app.text("provisional")) : null),
    h("dl", {},
      h("div", {}, h("dt", {}, app.text("target")), h("dd", {}, targetText(kpi, figure, app))),
      change(before, engine.previous(period)), change(year, engine.yearAgo(period)),
      h("div", {}, h("dt", {}, app.text("sample")), h("dd", {}, formatNumber(figure.n, 0, app.language))),
      note ?? null),
    sparkline(line));
}

/** The interval of a figure; that of a mean of few says nothing, and may be absurd. */
function intervalText(app, kpi, figure) {
  if (kpi.interval_method === "t" && figure.n < app.pack.minSample) return MISSING;
  return formatInterval(figure.low, figure.high, kpi.unit, app.language);
}

/** Since which period a change is. */
function sinceText(app, period) {
  return period ? app.text("since", { period: formatPeriod(period, app.language, true) }) : MISSING;
}

function targetText(kpi, figure, app) {
  if (figure.target === null) return MISSING;
  return `${kpi.direction === "up" ? "≥" : "≤"} ${app.format(figure.target, kpi.unit)}`;
}

/** A change with an arrow, better or worse said in words to a screen reader. */
function changeMark(kpi, now, before, app) {
  const text = formatChange(now, before, kpi.unit, app.language);
  if (text === MISSING || now === before) return text === MISSING ? text : `= ${text}`;
  const isUp = now > before;
  const verdict = !kpi.direction ? "" : isUp === (kpi.direction === "up") ? "better" : "worse";
  return h("span", { class: `change ${verdict}` }, h("span", { "aria-hidden": "true" }, isUp ? "↗ " : "↘ "), text,
    verdict ? h("span", { class: "hidden" }, ` ${app.text(`change.${verdict}`)}`) : null);
}

/** A KPI over time, with target, last year, intervals and what happened. */
function trendCard(app, kpi, { hasTools = true } = {}) {
  const { engine, state } = app;
  const tools = segmented(app.text("trend.by"), GRAINS.filter((grain) => SPAN[grain] > 1)
    .map((id) => ({ id, label: app.text(`grain.${id}`) })), state.trend, (trend) => app.set({ trend }));
  const head = { title: app.text("trend.of", { kpi: app.label(kpi) }), tools: hasTools && tools };
  if (!engine.answers(kpi)) return card(head, unansweredNote(app));
  const end = app.period.last < app.period.end ? app.period.last : app.period.end;
  const shown = changesShown(app);
  const rows = engine.series(state.trend, end, SPAN[state.trend]).map((period) => {
    const figure = engine.figure(kpi, period);
    const year = engine.yearAgo(period);
    const value = year ? engine.figure(kpi, year).value : null;
    return { period, figure, year: value, events: eventsIn(app, kpi, period), changes: changesIn(shown, period) };
  });
  if (!rows.length) {
    const date = formatDate(app.pack.daysSince, app.language);
    return card(head, h("p", { class: "unanswered-note" }, app.text("days.since", { date })));
  }
  return card(head, trendLegend(app, rows), chart(
    trendSpec(app, kpi, rows), app.text("trend.of", { kpi: app.label(kpi) }), () => trendTable(app, kpi, rows), app),
  changeList(app, kpi, rows.flatMap(({ changes }) => changes)));
}

/** What the lines and marks of the trend are: only those that are drawn. */
function trendLegend(app, rows) {
  const entry = (css, key, isDrawn) => isDrawn && h("li", {}, h("span", { class: `key ${css}`, "aria-hidden": "true" }), app.text(key));
  return h("ul", { class: "legend" },
    entry("value-line", "value", true),
    entry("reach-band", "interval", rows.some(({ figure }) => figure.low !== null)),
    entry("target-line", "target", rows.some(({ figure }) => figure.target !== null)),
    entry("year-line", "year", rows.some(({ year }) => year !== null)),
    entry("open-dot", "provisional", rows.some(({ figure }) => figure.isProvisional)),
    entry("event-mark", "event", rows.some(({ events }) => events.length)),
    entry("change-line", "change", rows.some(({ changes }) => changes.length)));
}

/** What happened in a period: an alert on the KPI that began, a target that changed. */
function eventsIn(app, kpi, period) {
  const within = (date) => period.start <= date && date <= period.end;
  const alerts = app.pack.alerts.filter((alert) => alert.kpi_id === kpi.kpi_id && within(alert.since_date))
    .map((alert) => app.text("event.alert", { where: alertPlace(app, alert) }));
  const targets = app.pack.targets.filter((target) => target.kpi_id === kpi.kpi_id && within(target.valid_from))
    .map(() => app.text("event.target"));
  return [...alerts, ...targets];
}

function trendSpec(app, kpi, rows) {
  const name = (key) => app.text(key);
  const value = (figure) => app.format(figure.value, kpi.unit);
  const values = rows.map(({ period, figure, year, events, changes }, place) => ({
    place, label: formatPeriod(period, app.language, true), full: formatPeriod(period, app.language),
    value: figure.value, low: figure.low, high: figure.high, target: figure.target, year,
    state: name(figure.isProvisional ? "provisional" : "final"), event: events.join("; "),
    changeNumber: changes.map(({ number }) => number).join(", "),
    change: changes.map((change) => changeText(app, change)).join("; "),
    text: value(figure), interval: intervalText(app, kpi, figure),
    yearText: app.format(year, kpi.unit), targetText: app.format(figure.target, kpi.unit),
    n: formatNumber(figure.n, 0, app.language),
  }));
  const isCount = !kpi.denominator_component;
  const x = {
    field: "label", type: "ordinal", sort: values.map(({ label }) => label),
    axis: { title: null, labelAngle: 0, labelOverlap: "parity", labelSeparation: 8, ticks: false, grid: false },
    scale: { type: "point", padding: 0.4 },
  };
  const y = (field) => ({
    field, type: "quantitative", scale: { zero: isCount, nice: true },
    axis: { title: null, tickCount: 5, domain: false, ticks: false, labelExpr: `savoirFormat(datum.value, '${kpi.unit}')` },
  });
  const known = { filter: "isValid(datum.value)" };
  const legend = (field, key, css, dash) => ({
    transform: [{ filter: `isValid(datum.${field})` }],
    mark: { type: "line", color: colour(css), strokeDash: dash, strokeWidth: field === "value" ? 2.5 : 1.5, interpolate: field === "target" ? "step" : "linear" },
    encoding: { x, y: y(field) },
    name: key,
  });
  const tooltip = [
    ["full", "period"], ["text", "value"], ["interval", "interval"], ["targetText", "target"],
    ["yearText", "year"], ["n", "sample"], ["state", "state"], ["event", "event"], ["change", "change"],
  ].filter(([field]) => !["event", "change"].includes(field) || values.some((one) => one[field]))
    .map(([field, key]) => ({ field, type: "nominal", title: name(key) }));
  return {
    height: 260, data: { values },
    layer: [
      { transform: [{ filter: "isValid(datum.low)" }], mark: { type: "area", color: colour("accent"), opacity: 0.12 }, encoding: { x, y: y("low"), y2: { field: "high" } } },
      ...changeMarks(x, tooltip),
      legend("year", "year", "muted", [2, 3]),
      legend("target", "target", "ink", [6, 4]),
      legend("value", "value", "accent", [1, 0]),
      {
        transform: [known],
        mark: { type: "point", filled: true, size: 64, opacity: 1, stroke: colour("accent"), strokeWidth: 2 },
        encoding: {
          x, y: y("value"), tooltip,
          fill: { condition: { test: `datum.state === '${name("provisional")}'`, value: colour("surface") }, value: colour("accent") },
        },
      },
      {
        transform: [{ filter: "datum.event !== ''" }, known],
        mark: { type: "point", shape: "triangle-down", filled: true, size: 90, opacity: 1, color: colour("red"), yOffset: -14 },
        encoding: { x, y: y("value"), tooltip },
      },
    ],
  };
}

function trendTable(app, kpi, rows) {
  const texts = ["period", "value", "interval", "target", "year", "sample", "state", "event", "change"];
  return dataTable(texts.map((key, place) => ({ label: app.text(key), number: place > 0 && place < 6 })),
    rows.map(({ period, figure, year, events, changes }) => [
      formatPeriod(period, app.language), figureElement(kpi, period, figure, app),
      intervalText(app, kpi, figure), app.format(figure.target, kpi.unit),
      app.format(year, kpi.unit), formatNumber(figure.n, 0, app.language),
      app.text(figure.isProvisional ? "provisional" : "final"), events.join("; "),
      changes.map((change) => changeText(app, change)).join("; "),
    ]), app.text("trend.of", { kpi: app.label(kpi) }));
}

/** Nothing to count: as a rule, or because a KPI looks ahead. */
function nothingNote(app, kpi) {
  const isEarly = kpi.maturity_days > 0 && app.engine.isProvisional(kpi, app.period);
  return h("p", { class: "unanswered-note" }, isEarly ? app.text("too.early", { n: kpi.maturity_days }) : app.text("nothing"));
}

function unansweredNote(app) {
  return h("p", { class: "unanswered-note" }, app.text("unanswered.why"));
}

function alertPlace(app, alert) {
  if (alert.cut === "overall") return app.text("overall");
  return `${app.text(`cut.${alert.cut}`)}${app.text("colon")}${app.valueLabel(alert.cut, alert.cut_value)}`;
}

/**
 * The values of a cut by what they cost the KPI: volume × gap to the target, or to the
 * whole where there is no target. `share` is of all gaps.
 */
function shortfalls(app, kpi, cut) {
  const { engine, period } = app;
  const whole = engine.figure(kpi, period);
  const sign = kpi.direction === "down" ? 1 : -1;
  const rows = engine.figuresBy(kpi, period, cut).map(({ value, figure }) => {
    const aim = figure.target ?? whole.target ?? whole.value;
    const gap = kpi.direction && figure.value !== null && kpi.denominator_component
      ? Math.max(sign * (figure.value - aim), 0) * figure.denominator
      : 0;
    return { value, figure, gap };
  });
  const total = rows.reduce((sum, { gap }) => sum + gap, 0);
  return rows
    .map((row) => ({ ...row, share: total ? row.gap / total : 0 }))
    .sort((one, other) => other.gap - one.gap || other.figure.n - one.figure.n);
}

/**
 * A KPI by one cut: value with interval against target, and share of the gap. Agents
 * stand in the order of their names: nobody is ranked.
 */
function cutCard(app, kpi, cut) {
  const { engine, state } = app;
  const title = app.text("by", { cut: app.text(`cut.${cut}`).toLowerCase(), kpi: app.label(kpi) });
  if (!engine.answers(kpi, cut)) return card({ title }, unansweredNote(app));
  const isRanked = !["agent", "local_hour"].includes(cut);
  const rows = isRanked
    ? shortfalls(app, kpi, cut)
    : engine.figuresBy(kpi, app.period, cut).map((row) => ({ ...row, share: 0 }));
  if (!rows.length) return card({ title }, nothingNote(app, kpi));
  const domain = dotDomain(kpi, rows.map(({ figure }) => figure), app.pack.minSample);
  const hasGap = rows.some(({ share }) => share > 0);
  // reasons as Pareto has them, where there is room: how far the first few go
  const isPareto = hasGap && cut === "reason" && state.view !== "overview";
  let running = 0;
  const percent = (share) => share ? `${formatNumber(100 * share, 0, app.language)}${NBSP}%` : MISSING;
  const chosen = state.filters[cut] ?? [];
  const columns = [
    { label: app.text(`cut.${cut}`) }, { label: h("span", { class: "hidden" }, app.text("chart")), wide: true },
    { label: app.text("value"), number: true }, { label: app.text("sample"), number: true },
    ...(hasGap ? [{ label: app.text("gap.share"), number: true }] : []),
    ...(isPareto ? [{ label: app.text("gap.running"), number: true }] : []),
  ];
  const gapNote = rows.some(({ figure }) => figure.target !== null) ? "gap.note" : "gap.note.whole";
  return card({ title, note: app.text(hasGap ? gapNote : FILTERS.includes(cut) ? "cut.note" : "cut.plain") }, dataTable(columns, rows.map(({ value, figure, share }) => [
    FILTERS.includes(cut) ? h("button", {
      type: "button", class: "link", "aria-pressed": String(chosen.includes(value)), "data-focus": `cut-${kpi.kpi_id}-${cut}-${value}`,
      onclick: () => app.toggle(cut, value),
    }, app.valueLabel(cut, value)) : app.valueLabel(cut, value),
    dotTrack(kpi, figure, domain, app.pack.minSample),
    h("span", { class: `judged-value ${figure.status}`, "data-cut": cut, "data-cut-value": value },
      kpi.denominator_component && [
        h("span", { "aria-hidden": "true", class: "icon" }, STATUS_ICONS[figure.status]),
        h("span", { class: "hidden" }, app.text(`status.${figure.status}`)), " ",
      ],
      figureElement(kpi, app.period, figure, app)),
    formatNumber(figure.n, 0, app.language),
    ...(hasGap ? [percent(share)] : []),
    ...(isPareto ? [percent(share && (running += share))] : []),
  ]), title));
}


/** A KPI by two cuts: a heat map of which each cell is also written. */
function heatCard(app, kpi, cut, second) {
  const { engine, period } = app;
  const title = app.text("by.two", {
    kpi: app.label(kpi), cut: app.text(`cut.${cut}`).toLowerCase(), second: app.text(`cut.${second}`).toLowerCase(),
  });
  if (!engine.answers(kpi, cut) || !engine.answers(kpi, second)) return card({ title }, unansweredNote(app));
  const isNarrow = innerWidth < 640;
  const cells = engine.figuresByTwo(kpi, period, cut, second).map(({ value, other, figure }) => ({
    row: app.valueLabel(cut, value), column: app.valueLabel(second, other), value: figure.value, figure, key: [value, other],
    text: app.format(figure.value, kpi.unit), n: formatNumber(figure.n, 0, app.language),
    short: isNarrow ? formatNumber(figure.value, 0, app.language) : app.format(figure.value, kpi.unit),
    isFew: figure.n < app.pack.minSample, status: app.text(`status.${figure.status}`),
  }));
  if (!cells.length) return card({ title }, nothingNote(app, kpi));
  const axis = { title: null, ticks: false, domain: false, labelAngle: 0, labelOverlap: false };
  const scheme = [colour("heat-low"), colour("heat-high")];
  const middle = cells.reduce((sum, one) => sum + one.value, 0) / cells.length;
  const spec = {
    height: { step: 38 },
    data: { values: cells.map(({ figure, key, ...cell }) => ({ ...cell, side: cell.value > middle })) },
    encoding: { x: { field: "column", type: "nominal", axis: { ...axis, orient: "top", ...(isNarrow ? { labelAngle: -90, labelAlign: "left", labelBaseline: "middle" } : {}) } }, y: { field: "row", type: "nominal", axis } },
    layer: [
      {
        mark: { type: "rect", cornerRadius: 4, stroke: colour("surface"), strokeWidth: 3 },
        encoding: {
          color: { field: "value", type: "quantitative", legend: null, scale: { range: scheme } },
          opacity: { condition: { test: "datum.isFew", value: 0.35 }, value: 1 },
          tooltip: [["row", `cut.${cut}`], ["column", `cut.${second}`], ["text", "value"], ["n", "sample"], ["status", "status"]]
            .map(([field, key]) => ({ field, type: "nominal", title: app.text(key) })),
        },
      },
      {
        mark: { type: "text", fontSize: 12 },
        encoding: {
          text: { field: "short" },
          color: { condition: { test: "datum.isFew || !datum.side", value: colour("ink") }, value: colour("heat-ink") },
        },
      },
    ],
  };
  const table = () => {
    const others = engine.pack.values[second].filter((other) => cells.some(({ key }) => key[1] === other));
    const values = engine.pack.values[cut].filter((value) => cells.some(({ key }) => key[0] === value));
    return dataTable([{ label: app.text(`cut.${cut}`) }, ...others.map((other) => ({ label: app.valueLabel(second, other), number: true }))],
      values.map((value) => [app.valueLabel(cut, value), ...others.map((other) => {
        const cell = cells.find(({ key }) => key[0] === value && key[1] === other);
        return cell
          ? h("span", { "data-cut": cut, "data-cut-value": value, "data-second": second, "data-second-value": other },
            figureElement(kpi, period, cell.figure, app), ` (${cell.n})`)
          : MISSING;
      })]), title);
  };
  return card({ title, note: app.text("heat.note", { n: app.pack.minSample }) }, chart(spec, title, table, app));
}
