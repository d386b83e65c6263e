/** What every figure means, what it is held against, and whether it can be trusted. */

registerView({
  id: "definitions",
  order: 9,
  scopes: ["all", "site", "team", "agent"],
  render(root, app) {
    root.append(
      h("div", { class: "columns two" }, trustCard(app), alertRules(app)),
      app.pack.coverage.length ? coverageCard(app) : "",
      app.pack.health.length ? healthCard(app) : "",
      searchField(app, root),
      ...["kpi", "variant", "guard"].map((role) => catalogueCard(app, role)));
  },
});

/** A field that leaves of the catalogue the lines that hold every word of it. */
function searchField(app, root) {
  const label = app.text("catalogue.search");
  const found = h("span", { role: "status" });
  const search = (words) => {
    const lines = [...root.querySelectorAll(".catalogue tbody tr")];
    for (const line of lines) {
      const text = plain(line.textContent);
      line.hidden = !words.every((word) => text.includes(word));
    }
    const left = lines.filter((line) => !line.hidden).length;
    found.textContent = words.length ? app.text("catalogue.found", { n: formatNumber(left, 0, app.language) }) : "";
  };
  return h("p", { class: "search" },
    h("input", {
      type: "search", "aria-label": label, placeholder: label, "data-focus": "search",
      oninput: (event) => search(plain(event.target.value).split(/\s+/).filter(Boolean)),
    }), found);
}

/** A text without accents and capitals: résolution is found as Resolution too. */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Tests, freshness and parameters. */
function trustCard(app) {
  const { build } = app.pack;
  const changed = variantText(app);
  const leftOut = FILTERS.filter((cut) => !app.pack.values[cut].length).map((cut) => app.text(`cut.${cut}`));
  const line = (key, value) => [h("dt", {}, app.text(key)), h("dd", {}, value)];
  return card({ title: app.text("trust.title") }, h("dl", { class: "pairs" },
    line("trust.data", formatDate(app.engine.asOf, app.language)),
    line("trust.built", build.endedAt ? formatDate(build.endedAt.slice(0, 10), app.language) : MISSING),
    line("trust.tests", app.buildText()),
    line("trust.parameters", changed || app.text("trust.project")),
    line("trust.detail", leftOut.length ? app.text("trust.detail.out", { cuts: leftOut.join(", ") }) : app.text("trust.detail.all")),
    app.pack.daysSince > app.pack.firstDay && line("trust.days", app.text("days.since", { date: formatDate(app.pack.daysSince, app.language) })),
    line("trust.sample", app.text("trust.sample.text", { n: app.pack.minSample }))));
}

function alertRules(app) {
  return card({ title: app.text("rules.title") }, h("dl", { class: "pairs" },
    ["threshold", "move", "drift", "pair", "too_low"].map((kind) => [h("dt", {}, app.text(`alert.${kind}`)), h("dd", {}, app.text(`rule.${kind}`))])));
}

function coverageCard(app) {
  const title = app.text("coverage.title");
  const count = (value) => formatNumber(value, 0, app.language);
  return card({ title }, dataTable(
    [{ label: app.text("coverage.what") }, { label: app.text("share"), number: true }, { label: app.text("coverage.known"), number: true }, { label: app.text("coverage.of"), number: true }],
    app.pack.coverage.map((row) => [row[`label_${app.language}`],
      app.format(row.share === null ? null : 100 * row.share, "percent"), count(row.numerator), count(row.denominator)]), title));
}

function healthCard(app) {
  const title = app.text("health.title");
  const number = (value) => formatNumber(value, Number.isInteger(value) ? 0 : 1, app.language);
  return card({ title }, h("div", { class: "tall" }, dataTable(
    [{ label: app.text("health.name") }, { label: app.text("health.aspect") }, { label: app.text("health.status") },
      { label: app.text("health.value"), number: true }, { label: app.text("health.detail") }],
    app.pack.health.map((row) => [row.name, app.text(`health.aspect.${row.aspect}`),
      h("span", { class: `chip ${row.status === "ok" ? "green" : "amber"}` }, row.status === "ok" ? "✓ " : "▲ ", app.text(`health.status.${row.status}`)),
      row.value === null ? "" : `${number(row.value)} ${row.unit ?? ""}`, row.detail ?? ""]), title)));
}

function catalogueCard(app, role) {
  const title = app.text(`catalogue.${role}`);
  const kpis = app.pack.kpis.filter((kpi) => kpi.role === role)
    .sort((one, other) => app.label(one).localeCompare(app.label(other), app.language));
  return card({ title, size: "catalogue" }, dataTable(
    [{ label: app.text("kpi") }, { label: app.text("definition") }, { label: app.text("definition.formula") }, { label: app.text("target") },
      { label: app.text("definition.version"), number: true }],
    kpis.map((kpi) => [app.label(kpi), h("div", {}, h("p", {}, kpi[`definition_${app.language}`]), background(app, kpi)),
      h("code", {}, [kpi.numerator_component, kpi.denominator_component].filter(Boolean).join(" ÷ "), kpi.scale === 1 ? "" : ` × ${kpi.scale}`),
      targetsOf(app, kpi), String(kpi.version)]), title));
}

/** What else the catalogue says of a KPI: a worked case, parameters, benchmarks, versions. */
function background(app, kpi) {
  const said = {
    example: kpi[`example_${app.language}`],
    parameters: kpi.changed_parameters ?? kpi.parameters,
    benchmarks: kpi[`benchmarks_${app.language}`],
    changelog: kpi[`changelog_${app.language}`],
  };
  return h("details", {}, h("summary", {}, app.text("definition.more")),
    h("dl", { class: "pairs" }, Object.entries(said).filter(([, text]) => text)
      .map(([name, text]) => [h("dt", {}, app.text(`definition.${name}`)), h("dd", {}, text)])));
}

/** The targets of a KPI, each with where and since when it holds. */
function targetsOf(app, kpi) {
  const targets = app.pack.targets.filter((target) => target.kpi_id === kpi.kpi_id);
  if (!targets.length) return MISSING;
  return h("ul", {}, targets.map((target) => h("li", {},
    target.cut === "overall" ? "" : `${app.text(`cut.${target.cut}`)} ${app.valueLabel(target.cut, target.cut_value)}${app.text("colon")}`,
    limitText(app, kpi, target, "green"), target.red_value === null ? "" : `, ${app.text("status.red").toLowerCase()} ${limitText(app, kpi, target, "red")}`,
    target.period_grain ? ` (${app.text(`grain.${target.period_grain}`).toLowerCase()})` : "",
    target.valid_from > "2000-01-01" ? ` ${app.text("valid.from", { date: formatDate(target.valid_from, app.language) })}` : "")));
}

function limitText(app, kpi, target, side) {
  const value = target[`${side}_value`];
  const operator = { ">=": "≥", "<=": "≤" }[target[`${side}_operator`]] ?? target[`${side}_operator`];
  const text = target.basis === "value"
    ? app.format(value, kpi.unit)
    : `${formatNumber(value, 0, app.language, true)}${NBSP}% ${app.text("on.year")}`;
  return `${operator} ${text}`;
}
