/** An agent's own figures: own history, and the median of colleagues nobody can name. */

registerView({
  id: "results",
  order: 1,
  scopes: ["agent"],
  render(root, app) {
    // what an agent was never measured by is left out: nobody answers both calls and letters
    const [everything] = app.engine.series("all", app.engine.asOf, 1);
    const kpis = AGENT_KPIS.map((id) => app.engine.kpis.get(id))
      .filter((kpi) => kpi && app.engine.figure(kpi, everything).denominator > 0).slice(0, 8);
    root.append(
      h("section", { class: "summary", "aria-label": app.text("view.results") }, h("p", { class: "sentence" }, app.text("results.note", { n: app.pack.minSample }))),
      h("div", { class: "gauges four" }, kpis.map((kpi) => gaugeCard(app, compared(app, kpi), { note: peerNote(app, kpi) }))),
      h("div", { class: "columns two" }, trendCard(app, app.kpi), cutCard(app, app.kpi, "reason")),
      lowScores(app));
  },
});

/** The median of the colleagues in the period, where there are enough of them. */
function peerNote(app, kpi) {
  const { period } = app;
  const peer = app.pack.peers.find((one) =>
    one.kpi_id === kpi.kpi_id && one.period_grain === period.grain && one.period_start_date === period.start);
  return h("div", {}, h("dt", {}, app.text("peers")),
    h("dd", { "data-peers": kpi.kpi_id }, peer ? app.format(peer.median, kpi.unit) : MISSING));
}
