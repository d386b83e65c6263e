"""An independent oracle: every KPI a second time, in plain Python over the exports.

Written from the specification and DECISIONS.md alone; it shares no SQL, macro or parsed
rule with the models. A docstring that begins with "Rule:" quotes what it implements.

- `world` reads generic exports, `systems` what landed of any system, `reference` the
  site's seeds, `parameters` the variables;
- `identity`, `histories`, `contacts`, `issues`, `orders`, `costs` say what happened;
- `service`, `telephony`, `perception`, `workforce`, `backlog`, `customers`, `account`
  turn it into components, `components` sums them per period and cut, `kpis` divides;
- `worlds` draws adversarial worlds, `warehouse` builds them, `comparing` compares.
"""
