"""Small changes of meaning that somebody could make to a model by mistake.

A mutant is one change at one place of a model's compiled SQL, so rules that live in
macros are changed where they take effect.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"

# the same change of the same text, in a loop of the template: two stand for all
REPEATS = 2

BOUNDARIES = {exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}
OPPOSITES = {
    exp.Min: exp.Max,
    exp.Max: exp.Min,
    exp.ArgMin: exp.ArgMax,
    exp.ArgMax: exp.ArgMin,
    exp.Least: exp.Greatest,
    exp.Greatest: exp.Least,
    exp.Lag: exp.Lead,
    exp.Lead: exp.Lag,
    exp.Add: exp.Sub,
    exp.Sub: exp.Add,
    exp.Mul: exp.Div,
    exp.Div: exp.Mul,
}


@dataclass(frozen=True)
class Mutant:
    """One change: what kind, at which node of the walk, from what to what."""

    model: str
    operator: str
    node: int
    choice: int
    before: str
    after: str

    def __str__(self) -> str:
        """Say the change on one line."""
        return f"{self.model}: {self.operator}: {self.before} → {self.after}"

    def apply(
        self, tree: exp.Expr, *, with_any_number: bool = False
    ) -> exp.Expr | None:
        """Return a changed copy of a tree; None where it has not this change there.

        A unit test may set other parameters than the model was compiled with: a change
        that would read otherwise in it is not this mutant. Where only the value of a
        parameter can be another, the same change `with_any_number` is.
        """
        said = without_numbers if with_any_number else str
        tree = tree.copy()
        nodes = walk(tree)
        if self.node >= len(nodes):
            return None
        for number, (operator, after, change) in enumerate(changes(nodes[self.node])):
            if (operator, number) == (self.operator, self.choice) and (
                said(after) == said(self.after)
            ):
                change()
                return tree
        return None


def mutants_of(model: str, tree: exp.Expr) -> list[Mutant]:
    """Return every mutant of a model."""
    found, seen = [], Counter()
    for index, node in enumerate(walk(tree)):
        before = short(node)
        for choice, (operator, after, _) in enumerate(changes(node)):
            # a swap names its columns; the rest of its select may differ by a loop
            change = (operator, after, before if operator != "swap" else "")
            seen[change] += 1
            if seen[change] <= REPEATS:
                found.append(Mutant(model, operator, index, choice, before, after))
    return found


def walk(tree: exp.Expr) -> list[exp.Expr]:
    """Return the nodes of a tree in an order that a like tree shares.

    Tables are named with more parts or fewer: what is inside their names is left out.
    """
    return list(tree.walk(bfs=False, prune=lambda node: isinstance(node, exp.Table)))


def without_numbers(text: str) -> str:
    """Return a text with every number taken for the same."""
    return re.sub(r"[0-9.]+", "#", text)


def short(node: exp.Expr) -> str:
    """Return a node's SQL on one line, its middle left out where it is long."""
    text = " ".join(node.sql(dialect=DIALECT, comments=False).split())
    return text if len(text) <= 160 else f"{text[:100]} … {text[-50:]}"


Change = tuple[str, str, Callable[[], object]]


def changes(node: exp.Expr) -> Iterator[Change]:
    """Yield what can be changed at a node: the kind, the text after, and how."""
    for kind, new in replacements(node):
        yield kind, short(new), lambda new=new: node.replace(new)
    yield from removals(node)


def replacements(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """Yield the nodes that can stand in another's place."""
    kind = type(node)
    if kind in BOUNDARIES:
        yield "boundary", renamed(node, BOUNDARIES[kind])
    elif kind is exp.EQ and isinstance(node.expression, exp.Literal):
        yield "comparison", renamed(node, exp.NEQ)
    elif kind is exp.Between:
        low, high = node.args["low"], node.args["high"]
        this = node.this
        yield (
            "boundary",
            exp.and_(exp.GT(this=this.copy(), expression=low.copy()), this <= high),
        )
    elif kind is exp.In and len(node.expressions) > 1:
        fewer = node.copy()
        fewer.expressions[0].pop()
        yield "list", fewer
    elif kind in OPPOSITES:
        yield "opposite", renamed(node, OPPOSITES[kind])
    elif kind in (exp.And, exp.Or):
        operator = "condition" if kind is exp.And else "alternative"
        yield operator, node.left.copy()
        yield operator, node.right.copy()
    elif kind is exp.Not and not isinstance(node.this, exp.Is):
        yield "negation", node.this.copy()
    elif kind is exp.Filter:
        yield "filter", node.this.copy()
    elif kind is exp.Boolean:
        yield "boolean", exp.Boolean(this=not node.this)
    elif (
        kind is exp.Literal and node.is_number and not node.find_ancestor(exp.DataType)
    ):
        yield "number", exp.Literal.number(number_after(node.this))
    elif kind is exp.Coalesce and is_text(node.expressions[-1:]):
        other = node.copy()
        other.expressions[-1].replace(exp.Literal.string("mutant"))
        yield "default", other
    elif kind is exp.Coalesce:
        yield "default", node.this.copy()
    elif kind is exp.Count and isinstance(node.this, exp.Distinct):
        yield "distinct", exp.Count(this=node.this.expressions[0].copy())
    elif kind is exp.Count and isinstance(node.this, exp.Column):
        yield "distinct", exp.Count(this=exp.Distinct(expressions=[node.this.copy()]))


def removals(node: exp.Expr) -> Iterator[Change]:
    """Yield what can be taken from a node, or turned over in it."""
    if isinstance(node, exp.Select):
        for part in ("where", "having", "qualify", "distinct"):
            if node.args.get(part):
                yield part, f"no {part}", lambda part=part: node.set(part, None)
        sums = [e for e in node.expressions if e.find(exp.AggFunc)]
        for one, other in zip(sums[::2], sums[1::2], strict=False):
            said = f"{one.alias} ↔ {other.alias}"
            yield "swap", said, lambda one=one, other=other: swap(one, other)
    elif is_distinct_union(node) and not is_distinct_union(node.parent):
        # a union inside another is made distinct by that one
        yield "distinct", "union all", lambda: node.set("distinct", False)
    elif isinstance(node, exp.Join) and node.side == "LEFT":
        yield "join", f"inner join {node.alias_or_name}", lambda: node.set("side", None)
    elif isinstance(node, exp.Ordered) and node.find_ancestor(exp.Window):
        desc = node.args.get("desc")
        yield "order", "turned over", lambda: node.set("desc", not desc)
    elif isinstance(node, exp.Case) and len(node.args["ifs"]) > 1:
        yield "case", "no first branch", lambda: node.args["ifs"][0].pop()


def is_distinct_union(node: exp.Expr | None) -> bool:
    """Say whether a node is a union that keeps no row twice."""
    return isinstance(node, exp.Union) and bool(node.args.get("distinct"))


def renamed(node: exp.Expr, kind: type[exp.Expr]) -> exp.Expr:
    """Return a copy of a node as another kind with the same parts."""
    return kind(**node.copy().args)


def swap(one: exp.Expr, other: exp.Expr) -> None:
    """Let two columns change places under their names."""
    first, second = one.this.copy(), other.this.copy()
    one.this.replace(second)
    other.this.replace(first)


def number_after(text: str) -> str:
    """Return the next number: 7 → 8, 0.25 → 1.25."""
    return str(int(text) + 1) if text.isdigit() else str(float(text) + 1)


def is_text(expressions: list[exp.Expr]) -> bool:
    """Say whether a default is a text."""
    return bool(expressions) and expressions[0].is_string


def parse(sql: str) -> exp.Expr:
    """Parse a model's compiled SQL."""
    return sqlglot.parse_one(sql, dialect=DIALECT)
