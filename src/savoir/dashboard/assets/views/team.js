/** What a supervisor talks about with agents: their figures with intervals, nobody ranked. */

const AGENT_KPIS = ["fcr", "csat", "aht", "first_response_in_target", "reopen_rate", "quality_score", "contacts_per_hour", "occupancy", "schedule_adherence"];

registerView({
  id: "team",
  order: 5,
  scopes: ["all", "site", "team"],
  render(root, app) {
    root.append(
      agentTable(app),
      h("div", { class: "columns two" }, cutCard(app, app.kpi, "agent"), trendCard(app, app.kpi)),
      h("div", { class: "columns two" }, cutCard(app, app.kpi, "team"), cutCard(app, app.kpi, "product")));
  },
});

function agentTable(app) {
  const { engine, period, state } = app;
  const title = app.text("agents.title");
  const kpis = AGENT_KPIS.map((id) => engine.kpis.get(id)).filter((kpi) => kpi && engine.answers(kpi, "agent"));
  if (!kpis.length) return card({ title }, unansweredNote(app));
  const found = new Map(kpis.map((kpi) => [kpi, new Map(engine.figuresBy(kpi, period, "agent").map(({ value, figure }) => [value, figure]))]));
  const agents = engine.pack.values.agent.filter((agent) => agent !== "unknown" && kpis.some((kpi) => found.get(kpi).has(agent)));
  const columns = [{ label: app.text("cut.agent") }, ...kpis.map((kpi) => ({
    label: h("button", { type: "button", class: "link", "data-focus": `agents-${kpi.kpi_id}`, "aria-pressed": String(kpi.kpi_id === state.kpi),
      onclick: () => app.set({ kpi: kpi.kpi_id }) }, app.label(kpi)), number: true,
  }))];
  const cell = (kpi, agent) => {
    const figure = found.get(kpi).get(agent);
    if (!figure) return MISSING;
    return h("span", { class: `stacked ${figure.status}`, "data-cut": "agent", "data-cut-value": agent },
      figureElement(kpi, period, figure, app),
      h("small", {}, figure.status === "insufficient_data"
        ? app.text("n.few", { n: formatNumber(figure.n, 0, app.language) })
        : figure.low === null ? app.text("n", { n: formatNumber(figure.n, 0, app.language) }) : intervalText(app, kpi, figure)));
  };
  return card({ title, note: app.text("agents.note", { n: app.pack.minSample }), size: "agent-table" }, dataTable(columns, agents.map((agent) => [
    h("button", { type: "button", class: "link", "aria-pressed": String((state.filters.agent ?? []).includes(agent)),
      "data-focus": `agent-${agent}`, onclick: () => app.toggle("agent", agent) }, app.valueLabel("agent", agent)),
    ...kpis.map((kpi) => cell(kpi, agent)),
  ]), title));
}
