/** Elements without a framework: `h("p", { class: "note" }, "text", child)`. */

/**
 * Make an element. Properties whose names start with `on` are listeners, `false` and
 * `null` leave an attribute out, `true` sets it empty.
 * @param {string} name @param {Object<string, any>} [properties] @param {...any} children
 * @returns {HTMLElement}
 */
function h(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children);
}

/** The same for SVG. */
function svg(name, properties = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children);
}

function fill(element, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A file the browser saves: nothing leaves the page. */
function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Rows as CSV that a spreadsheet of the language opens. @param {any[][]} rows */
function toCsv(rows, language) {
  const separator = language === "fr" ? ";" : ",";
  const cell = (value) => {
    let text = value ?? "";
    if (typeof value === "number") text = language === "fr" ? String(value).replace(".", ",") : String(value);
    // a text that a spreadsheet would take for a formula is shown as the text it is
    else if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /["\n,;]/.test(text) ? `"${String(text).replaceAll('"', '""')}"` : text;
  };
  return "\ufeff" + rows.map((row) => row.map(cell).join(separator)).join("\r\n") + "\r\n";
}

const STATUS_ICONS = { green: "✓", amber: "▲", red: "✕", insufficient_data: "…", no_target: "–" };

/** A status as icon and word: colour is never the only sign. */
function statusChip(status, app) {
  return h("span", { class: `chip ${status}` },
    h("span", { "aria-hidden": "true" }, STATUS_ICONS[status]), " ", app.text(`status.${status}`));
}

/** A value that carries what it is, for whoever checks it. */
function figureElement(kpi, period, figure, app, name = "span") {
  if (!figure.isAnswered) {
    return h(name, { class: "value unanswered", "data-kpi": kpi.kpi_id, title: app.text("unanswered.why") },
      app.text("unanswered"));
  }
  return h(name, {
    class: "value", "data-kpi": kpi.kpi_id, "data-grain": period?.grain, "data-start": period?.start,
    "data-value": figure.value ?? "", "data-low": figure.low ?? "", "data-high": figure.high ?? "",
    "data-n": figure.n, "data-status": figure.status, "data-target": figure.target ?? "",
  }, formatValue(figure.value, kpi.unit, app.language));
}

/**
 * A table. @param {{label: any, number?: boolean, wide?: boolean}[]} columns
 * @param {any[][]} rows cells: text or element @param {string} caption read out, not shown
 */
function dataTable(columns, rows, caption) {
  const kind = (column) => [column.number && "number", column.wide && "wide"].filter(Boolean).join(" ");
  return h("div", { class: "scroller", tabindex: "0", role: "group", "aria-label": caption },
    h("table", {},
      h("caption", { class: "hidden" }, caption),
      h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: kind(column) }, column.label)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, place) =>
        place === 0
          ? h("th", { scope: "row", class: kind(columns[0]) }, cell)
          : h("td", { class: kind(columns[place]) }, cell)))))));
}

/**
 * A card with a heading. @param {{title: string, note?: any, tools?: any, size?: string}} head
 */
function card({ title, note, tools, size = "" }, ...children) {
  return h("section", { class: `card ${size}`, "aria-label": title },
    h("div", { class: "card-head" }, h("h2", {}, title), tools ? h("div", { class: "tools" }, tools) : null),
    note ? h("p", { class: "note" }, note) : null,
    children);
}

/** Buttons of which one is pressed. @param {{id: string, label: string}[]} options */
function segmented(label, options, chosen, choose) {
  return h("div", { class: "segmented", role: "group", "aria-label": label },
    options.map(({ id, label: name }) =>
      h("button", { type: "button", "aria-pressed": String(id === chosen), onclick: () => choose(id) }, name)));
}
