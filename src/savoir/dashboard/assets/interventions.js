/**
 * Dated changes: marks in a trend, and what they did.
 *
 * @typedef {{intervention_id: string, label_en: string, label_fr: string,
 *   changed_date: string, cut: string, cut_value: string, number: number}} Change
 *   number is its place among those that touch what the page shows, from 1.
 */

/** The changes that touched contacts which pass the filters. @returns {Change[]} */
function changesShown(app) {
  const { engine, pack } = app;
  const contacts = engine.tableOf.get("contacts");
  const whole = engine.series("all", engine.asOf, 1)[0];
  return pack.interventions.filter(({ cut, cut_value: value }) => {
    // a cut that the page cannot filter by: nobody knows whom of a part it touched
    if (!contacts.cuts[cut]) return !engine.cuts.length;
    const code = engine.codes[cut].get(value);
    return code !== undefined && engine.sumBy("contacts", whole, cut)[code] > 0;
  }).map((change, place) => ({ ...change, number: place + 1 }));
}

/** Those of a period. @param {Change[]} changes @returns {Change[]} */
function changesIn(changes, period) {
  return changes.filter(({ changed_date: date }) => period.start <= date && date <= period.end);
}

/** What changed when, in words: `1 Sep 2025: a partner takes over`. */
function changeText(app, change) {
  return formatDate(change.changed_date, app.language) + app.text("colon") + change[`label_${app.language}`];
}

/** A line through the period of each change, with its number above: layers of a chart. */
function changeMarks(x, tooltip) {
  const transform = [{ filter: "datum.changeNumber !== ''" }];
  return [
    { transform, mark: { type: "rule", color: colour("ink"), strokeDash: [2, 2] }, encoding: { x, tooltip } },
    {
      transform,
      mark: { type: "text", fontSize: 12, fontWeight: 700, color: colour("ink"), baseline: "bottom", dy: -4 },
      encoding: { x, y: { value: 0 }, text: { field: "changeNumber" }, tooltip },
    },
  ];
}

/** What the numbers of the marks stand for; a choice filters by those it touched. */
function changeList(app, kpi, changes) {
  if (!changes.length) return null;
  const entry = (change) => {
    const text = `${change.number} · ${changeText(app, change)}`;
    const where = FILTERS.includes(change.cut) ? `${app.text(`cut.${change.cut}`)} ${app.valueLabel(change.cut, change.cut_value)}` : "";
    return h("li", {}, where
      ? h("button", {
        type: "button", class: "link", "data-change": change.intervention_id, "data-focus": `change-${kpi.kpi_id}-${change.intervention_id}`,
        "aria-pressed": String(app.state.filters[change.cut]?.join() === change.cut_value),
        onclick: () => app.toggle(change.cut, change.cut_value),
      }, `${text} (${where})`)
      : h("span", { "data-change": change.intervention_id }, text));
  };
  return h("ul", { class: "changes", "aria-label": app.text("changes") }, changes.map(entry));
}

/** A difference in differences in a word: only what is clear is called better or worse. */
function effectVerdict(kpi, effect) {
  if (!effect.is_trend_parallel) return "apart";
  if (effect.effect_low <= 0 && 0 <= effect.effect_high) return "chance";
  return (effect.effect_points > 0) === (kpi.direction === "up") ? "better" : "worse";
}

/** What each change did to the shares of those it touched. */
function effectsCard(app) {
  const { engine, pack } = app;
  const title = app.text("effects.title");
  const shown = changesShown(app);
  const rows = shown.flatMap((change) => pack.effects
    .filter((effect) => effect.intervention_id === change.intervention_id)
    .map((effect) => ({ change, effect, kpi: engine.kpis.get(effect.kpi_id) })))
    .sort((one, other) => app.label(one.kpi).localeCompare(app.label(other.kpi), app.language));
  if (!rows.length) return "";
  const percent = (value) => app.format(value, "percent");
  const columns = ["kpi", "effects.effect", "interval", "effects.verdict", "effects.parallel", "effects.before", "effects.after", "effects.others.before", "effects.others.after"];
  const words = ["kpi", "effects.verdict", "effects.parallel"];
  return card({ title, note: app.text("effects.note", { days: pack.interventionDays }) }, shown.map((change) => {
    const own = rows.filter((row) => row.change === change);
    if (!own.length) return null;
    const name = changeText(app, change);
    return [
      h("h3", {}, name),
      dataTable(columns.map((key) => ({ label: app.text(key), number: !words.includes(key) })), own.map(({ effect, kpi }) => [
        h("button", { type: "button", class: "link", "data-focus": `effect-${change.intervention_id}-${kpi.kpi_id}`, onclick: () => app.set({ kpi: kpi.kpi_id }) }, app.label(kpi)),
        h("b", { "data-effect": kpi.kpi_id, "data-intervention": change.intervention_id }, app.format(effect.effect_points, "points")),
        formatInterval(effect.effect_low, effect.effect_high, "points", app.language),
        h("span", { "data-verdict": kpi.kpi_id }, app.text(`effects.${effectVerdict(kpi, effect)}`)),
        app.text(effect.is_trend_parallel ? "effects.yes" : "effects.no"),
        percent(effect.touched_before), percent(effect.touched_after), percent(effect.others_before), percent(effect.others_after),
      ]), name),
    ];
  }));
}
