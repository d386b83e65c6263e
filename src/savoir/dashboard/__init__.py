"""One self-contained HTML file per scope: the dashboard.

`pack` turns the published marts into a pack of additive components (`tables` sums
them, `columns` writes them small), `scopes` says whose rows go into which file, `page`
puts data, texts, style, script and chart library together, `pdf` prints the overview,
`serve` shows the files to this machine. The page itself is in `assets/`:

- `pack.js` decodes the pack, `engine.js` sums, divides and judges it under any filter,
  `format.js` writes figures as `savoir.printing` does, `dom.js` makes elements,
  `charts.js` draws, `app.js` holds the state, the header and the filter bar,
  `interventions.js` says what changed and what that did, `cards.js` has what several
  views show;
- `texts/<language>.json` has every word of the page; names and meanings of KPIs come
  from `dim_kpi`;
- `views/<id>.js` is one view each. To add one: write a file that calls
  `registerView({ id, scopes, render(root, app) })`, give it a `view.<id>` text in each
  language. `render` fills `root` and is called anew when the state changes; `app` has
  `engine`, `state`, `set(changes)`, `text(key, values)` and the formats. A figure is
  shown through `figureElement`, which carries what the tests compare with SQL.

A KPI is never defined here: every figure is a sum of a numerator over a sum of a
denominator that `dim_kpi` names, or stands in a mart as it is.
"""

from savoir.dashboard.page import write_dashboard

__all__ = ["write_dashboard"]
