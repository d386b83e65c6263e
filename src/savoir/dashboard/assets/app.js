/**
 * The page: its state, header, filter bar and views.
 *
 * @typedef {{view: string, grain: string, start: string, kpi: string, trend: string,
 *   language: string, filters: Filters}} State what the address says after its #
 * @typedef {{id: string, order: number, scopes: string[],
 *   render: (root: HTMLElement, app: App) => void}} View
 */

const FILTERS = ["channel", "reason", "segment", "site", "partner", "team", "agent", "tier", "product"];
const GRAINS = ["day", "week", "month", "quarter", "year", "all"];
const SPAN = { day: 60, week: 26, month: 19, quarter: 8, year: 6, all: 1 };
const STALE_AFTER_DAYS = 7;

/** @type {View[]} */
const VIEWS = [];

/** Add a view to the page. @param {View} view */
function registerView(view) {
  VIEWS.push(view);
}

class App {
  constructor(pack, texts) {
    this.pack = pack;
    this.texts = texts;
    this.engine = new Engine(pack);
    this.views = VIEWS
      .filter((view) => view.scopes.includes(pack.scope.cut))
      .sort((one, other) => one.order - other.order);
    this.filtersOpen = false;
    this.library = new Promise((resolve) => { this.libraryLoaded = resolve; });
    /** @type {State} */
    this.state = this.defaults();
  }

  get language() {
    return this.state.language;
  }

  /** A text of the page; `{name}` in it is replaced. */
  text(key, values = {}) {
    const text = (this.texts[this.language][key] ?? key)
      .replace(/ (?=[%:;!?»])|(?<=«) /g, NBSP);
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  label(kpi) {
    return kpi[`label_${this.language}`];
  }

  /** The name of a value of a cut. */
  valueLabel(cut, value) {
    const labels = this.pack.labels[cut]?.[value];
    if (labels) return labels[this.language === "fr" ? 1 : 0];
    return this.texts[this.language][`value.${cut}.${value}`] ?? (value === "unknown" ? this.text("value.unknown") : value);
  }

  format(value, unit) {
    return formatValue(value, unit, this.language);
  }

  get period() {
    return this.engine.period(this.state.grain, this.state.start);
  }

  get kpi() {
    return this.engine.kpis.get(this.state.kpi);
  }

  /** Do something once the chart library is there. */
  whenLibrary(work) {
    this.library.then(work);
  }

  /** The latest period of a grain that the data covers whole, else the latest. */
  latest(grain) {
    const periods = this.engine.series(grain, this.engine.asOf, Infinity);
    return (periods.findLast((period) => period.end <= this.engine.asOf) ?? periods.at(-1)).start;
  }

  defaults() {
    // one person handles too little in a month to say anything of it
    const grain = this.pack.scope.cut === "agent" ? "quarter" : "month";
    return {
      view: this.views[0].id, grain, start: this.latest(grain), trend: "month",
      kpi: "fcr", language: navigator.language.startsWith("fr") ? "fr" : "en", filters: {},
    };
  }

  /** Read the state from the address; what makes no sense there is left out. */
  readAddress() {
    const [view, query] = location.hash.replace(/^#\/?/, "").split("?");
    const given = new URLSearchParams(query);
    const state = this.defaults();
    state.language = this.state.language;
    if (this.views.some(({ id }) => id === view)) state.view = view;
    if (GRAINS.includes(given.get("grain"))) {
      state.grain = given.get("grain");
      state.start = this.latest(state.grain);
      state.trend = state.grain === "all" ? "month" : state.grain;
    }
    if (this.engine.period(state.grain, given.get("start"))) state.start = given.get("start");
    if (SPAN[given.get("trend")] > 1) state.trend = given.get("trend");
    if (this.engine.kpis.has(given.get("kpi"))) state.kpi = given.get("kpi");
    if (given.get("lang") in this.texts) state.language = given.get("lang");
    for (const cut of FILTERS) {
      const values = given.getAll(cut).filter((value) => this.engine.codes[cut].has(value));
      if (values.length) state.filters[cut] = values;
    }
    this.state = state;
  }

  address() {
    const { view, grain, start, kpi, trend, language, filters } = this.state;
    const query = new URLSearchParams({ grain, start, trend, kpi, lang: language });
    for (const cut of FILTERS) for (const value of filters[cut] ?? []) query.append(cut, value);
    return `#${view}?${query}`;
  }

  /** Change the state and draw anew. @param {Partial<State>} changes */
  set(changes) {
    Object.assign(this.state, changes);
    if (changes.grain && !changes.start) {
      const within = this.engine.series(changes.grain, this.engine.asOf, Infinity);
      this.state.start = within.length ? this.latest(changes.grain) : this.state.start;
      this.state.trend = changes.grain === "all" ? "month" : changes.grain;
    }
    history.replaceState(null, "", this.address());
    this.draw();
  }

  /** Filter by one value of a cut, or by all again when it is the only one. */
  toggle(cut, value) {
    if (!FILTERS.includes(cut)) return;
    const chosen = this.state.filters[cut] ?? [];
    const isOnly = chosen.length === 1 && chosen[0] === value;
    this.set({ filters: { ...this.state.filters, [cut]: isOnly ? [] : [value] } });
  }

  /** Draw the page; the focus stays where it was. */
  draw() {
    const started = performance.now();
    const focus = document.activeElement?.dataset?.focus;
    const open = document.querySelector("details.filter[open]")?.dataset.cut;
    document.documentElement.lang = this.language;
    this.engine.setFilters(Object.fromEntries(
      Object.entries(this.state.filters).filter(([, values]) => values.length)));
    const view = this.views.find(({ id }) => id === this.state.view);
    document.title = `${this.text("title")} – ${this.text(`view.${view.id}`)}`;
    document.getElementById("skip").textContent = this.text("skip");
    document.getElementById("header").replaceChildren(...pageHeader(this), filterBar(this, open));
    const root = h("div", { class: `view ${view.id}` }, h("h1", { class: "hidden" }, this.text(`view.${view.id}`)));
    document.getElementById("main").replaceChildren(root);
    view.render(root, this);
    document.getElementById("footer").replaceChildren(this.text("footer", { tests: this.buildText() }));
    finishCharts();
    const tab = document.querySelector("nav [aria-current]");
    tab.parentElement.scrollLeft = tab.offsetLeft - 60;
    if (focus) document.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
    document.body.dataset.drawn = String(Math.round(performance.now() - started));
  }

  buildText() {
    const { tests, passed, failed, endedAt } = this.pack.build;
    if (!endedAt) return this.text("build.unknown");
    const count = (number) => formatNumber(number, 0, this.language);
    return failed
      ? this.text("build.failed", { failed: count(failed) })
      : this.text("build.passed", { passed: count(passed), tests: count(tests) });
  }
}

/** Title, what the data is, and what can be done with the page. */
function pageHeader(app) {
  const { pack, state } = app;
  const age = Math.floor((Date.now() - Date.parse(app.engine.asOf)) / DAY) - 1;
  const isStale = age > STALE_AFTER_DAYS;
  const failed = pack.build.failed > 0;
  const variant = variantText(app);
  return [
    h("div", { class: "top" },
      h("div", { class: "brand" }, h("span", { class: "logo", "aria-hidden": "true" }),
        h("div", {}, h("p", { class: "title" }, app.text("title")), h("p", { class: "scope" }, scopeText(app)))),
      h("div", { class: "facts" },
        variant ? h("span", { class: "fact bad" }, "⚠ ", app.text("variant", { parameters: variant })) : null,
        h("span", { class: `fact ${isStale ? "bad" : ""}` }, isStale ? "⚠ " : "",
          app.text(isStale ? "data.stale" : "data.to", {
            date: formatDate(app.engine.asOf, app.language), days: formatNumber(age, 0, app.language),
          })),
        h("span", { class: `fact ${failed ? "bad" : pack.build.endedAt ? "good" : ""}` }, failed ? "✕ " : pack.build.endedAt ? "✓ " : "", app.buildText())),
      h("div", { class: "actions" },
        segmented(app.text("language"), Object.keys(app.texts).map((id) => ({ id, label: id.toUpperCase() })),
          app.language, (language) => app.set({ language })),
        exportMenu(app))),
    h("nav", { "aria-label": app.text("views") }, app.views.map(({ id }) =>
      h("a", {
        href: `#/${id}`, "aria-current": id === state.view ? "page" : null, "data-focus": `view-${id}`,
        onclick: (event) => { event.preventDefault(); app.set({ view: id }); scrollTo(0, 0); },
      }, app.text(`view.${id}`)))),
  ];
}

function exportMenu(app) {
  const item = (key, work) => h("li", {}, h("button", { type: "button", onclick: work }, app.text(`export.${key}`)));
  return h("details", { class: "menu", name: "menu" },
    h("summary", {}, app.text("export")),
    h("ul", {},
      item("pdf", () => print()),
      item("png", (event) => savePicture(app, event.target)),
      item("csv", () => saveCsv(app)),
      item("link", (event) => copyLink(app, event.target))));
}

/** What KPIs were built with instead of the project's parameters; nothing, as a rule. */
function variantText(app) {
  return [...new Set(app.pack.kpis.map((kpi) => kpi.changed_parameters).filter(Boolean))].sort().join("; ");
}

/** Whose rows the page holds. */
function scopeText(app) {
  const { cut, value } = app.pack.scope;
  return cut === "all" ? app.text("scope.all") : `${app.text(`cut.${cut}`)} ${app.valueLabel(cut, value)}`;
}

/** Height above an exported chart for what it is of, in pixels of a picture twice as fine. */
const PICTURE_HEAD = 110;

/** The first chart of the page as a picture that says what it is of. */
async function savePicture(app, button) {
  const chosen = document.querySelector(".canvas");
  if (!drawn.has(chosen)) {
    button.textContent = app.text("export.nothing");
    return;
  }
  const drawing = await drawn.get(chosen).toCanvas(2);
  const filters = FILTERS.filter((cut) => app.state.filters[cut]?.length).map((cut) =>
    app.text(`cut.${cut}`) + app.text("colon") + app.state.filters[cut].map((value) => app.valueLabel(cut, value)).join(", "));
  const picture = h("canvas", { width: drawing.width, height: drawing.height + PICTURE_HEAD });
  const pen = picture.getContext("2d");
  const write = (text, size, ink, y) => {
    pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = colour(ink);
    pen.fillText(text, 20, y, picture.width - 40);
  };
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, picture.width, picture.height);
  write(chosen.getAttribute("aria-label"), 32, "ink", 46);
  write([scopeText(app), formatPeriod(app.period, app.language), ...filters].join(" · "), 24, "muted", 86);
  pen.drawImage(drawing, 0, PICTURE_HEAD);
  picture.toBlob(async (blob) => download(`savoir-${app.state.view}-${app.state.start}.png`, "image/png", await blob.arrayBuffer()));
}

/** Every KPI of the period under the filters, which stand in each row. */
function saveCsv(app) {
  const { engine, period } = app;
  const { cut: scope, value: own } = app.pack.scope;
  const only = Object.entries({ ...app.state.filters, ...(scope === "all" ? {} : { [scope]: [own] }) })
    .filter(([, values]) => values.length).map(([cut, values]) => `${cut}=${values.join("|")}`).join("; ");
  const names = ["kpi_id", "label", "period_grain", "period_start_date", "value", "interval_low", "interval_high",
    "sample_size", "target", "status", "unit", "is_provisional", "filters"];
  const rows = app.pack.kpis.filter((kpi) => engine.answers(kpi)).map((kpi) => {
    const figure = engine.figure(kpi, period);
    return [kpi.kpi_id, app.label(kpi), period.grain, period.start, figure.value, figure.low, figure.high,
      figure.n, figure.target, figure.status, kpi.unit, String(figure.isProvisional), only];
  });
  download(`savoir-${app.state.start}.csv`, "text/csv", toCsv([names, ...rows], app.language));
}

async function copyLink(app, button) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = app.text("export.copied");
  } catch {
    prompt(app.text("export.link"), location.href);
  }
}

/** Period, filters, and how many contacts and answers pass them. */
function filterBar(app, open) {
  const { engine, state, period } = app;
  const periods = engine.series(state.grain, engine.asOf, Infinity).reverse();
  const before = engine.previous(period);
  const year = engine.yearAgo(period);
  const count = (name) => formatNumber(engine.known(name, period) ?? 0, 0, app.language);
  const isFiltered = engine.cuts.length > 0;
  return h("div", { class: `filters ${app.filtersOpen ? "open" : ""}`, role: "group", "aria-label": app.text("filters") },
    h("label", { class: "pick" }, h("span", {}, app.text("grain")),
      h("select", { "data-focus": "grain", onchange: (event) => app.set({ grain: event.target.value }) },
        GRAINS.map((grain) => h("option", { value: grain, selected: grain === state.grain }, app.text(`grain.${grain}`))))),
    state.grain === "all" ? null : h("label", { class: "pick" }, h("span", {}, app.text("period")),
      h("select", { "data-focus": "period", onchange: (event) => app.set({ start: event.target.value }) },
        periods.map((one) => h("option", { value: one.start, selected: one.start === state.start }, formatPeriod(one, app.language))))),
    // on a phone the filters would fill the screen
    h("button", {
      type: "button", class: "more", "aria-expanded": String(app.filtersOpen), "data-focus": "more",
      onclick: () => { app.filtersOpen = !app.filtersOpen; app.draw(); },
    }, app.text(app.filtersOpen ? "filters.less" : "filters.more")),
    FILTERS.filter((cut) => engine.pack.values[cut].length > 1 || state.filters[cut]?.length)
      .map((cut) => filterPicker(app, cut, open === cut)),
    h("button", {
      type: "button", class: "reset", disabled: !isFiltered, "data-focus": "reset",
      onclick: () => app.set({ filters: {} }),
    }, app.text("reset")),
    h("p", { class: "passing", "aria-live": "polite" },
      app.text("passing", { contacts: count("contacts"), answers: count("csat_answers") }),
      h("span", {}, before
        ? app.text(year ? "compared.both" : "compared.before", {
          before: formatPeriod(before, app.language), year: year ? formatPeriod(year, app.language) : "",
        })
        : "")));
}

function filterPicker(app, cut, isOpen) {
  const values = app.pack.values[cut];
  const chosen = app.state.filters[cut] ?? [];
  const said = chosen.length === 0
    ? app.text("all")
    : chosen.length === 1 ? app.valueLabel(cut, chosen[0]) : app.text("several", { n: chosen.length });
  const choose = (event) => {
    const next = event.target.checked ? [...chosen, event.target.value] : chosen.filter((value) => value !== event.target.value);
    app.set({ filters: { ...app.state.filters, [cut]: next } });
  };
  return h("details", { class: `filter ${chosen.length ? "on" : ""}`, name: "menu", "data-cut": cut, open: isOpen },
    h("summary", { "data-focus": `filter-${cut}` }, h("span", {}, app.text(`cut.${cut}`)), h("b", {}, said)),
    h("fieldset", {}, h("legend", { class: "hidden" }, app.text(`cut.${cut}`)),
      values.map((value) => h("label", {},
        h("input", {
          type: "checkbox", value, checked: chosen.includes(value),
          "data-focus": `filter-${cut}-${value}`, onchange: choose,
        }),
        app.valueLabel(cut, value)))));
}

/** Show what a KPI means. */
function showDefinition(app, kpi) {
  const period = app.period;
  const target = app.engine.figure(kpi, period).target;
  const dialog = h("dialog", { "aria-labelledby": "definition-title", onclose: () => dialog.remove() },
    h("h2", { id: "definition-title" }, app.label(kpi)),
    h("p", {}, kpi[`definition_${app.language}`]),
    h("dl", {},
      h("dt", {}, app.text("definition.formula")),
      h("dd", {}, h("code", {}, [kpi.numerator_component, kpi.denominator_component].filter(Boolean).join(" ÷ "),
        kpi.scale === 1 ? "" : ` × ${kpi.scale}`)),
      h("dt", {}, app.text("target")), h("dd", {}, app.format(target, kpi.unit)),
      h("dt", {}, app.text("definition.version")), h("dd", {}, String(kpi.version)),
      h("dt", {}, app.text("definition.owner")), h("dd", {}, app.text(`owner.${kpi.owner_team}`))),
    h("form", { method: "dialog" }, h("button", {}, app.text("close"))));
  document.body.append(dialog);
  dialog.showModal();
}

/** Close an open menu when something else is clicked, or Escape is pressed. */
function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open], details.filter[open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  }
}

/** Decode, draw, then load the charts. */
async function start() {
  const texts = JSON.parse(document.getElementById("texts").textContent);
  const app = new App(await readPack(), texts);
  window.savoir = app;
  app.readAddress();
  app.draw();
  document.body.dataset.shown = String(Math.round(performance.now()));
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  addEventListener("hashchange", () => { app.readAddress(); app.draw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => app.draw());
  await loadLibrary();
  app.libraryLoaded();
  document.body.dataset.ready = String(Math.round(performance.now()));
}
