/**
 * Every figure of the page: sums of components under a filter, divided once.
 *
 * @typedef {Object<string, string[]>} Filters values by cut; a cut without values is open
 * @typedef {{value: number|null, low: number|null, high: number|null, n: number,
 *   numerator: number, denominator: number, target: number|null, red: number|null,
 *   status: string, isProvisional: boolean, isAnswered: boolean}} Figure
 *   isAnswered is false where no mart has the KPI under the filter.
 */

const Z = 1.959963984540054;

/** The 97.5 % quantile of Student's t, as macros/kpi/t_quantile.sql has it. */
function tQuantile(df) {
  if (df === 1) return 12.706204736;
  if (df === 2) return 4.30265273;
  const [z3, z5, z7, z9] = [3, 5, 7, 9].map((power) => Z ** power);
  return (
    Z + (z3 + Z) / 4 / df +
    (5 * z5 + 16 * z3 + 3 * Z) / 96 / df ** 2 +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / 384 / df ** 3 +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * Z) / 92160 / df ** 4
  );
}

/** Middle and reach of a 95 % interval, by method. @returns {[number, number]|null} */
const INTERVALS = {
  wilson(p, n) {
    if (p > 1) return null;
    const reach = Z * Math.sqrt(Math.max(p * (1 - p), 0) / n + (Z * Z) / 4 / (n * n));
    return [(p + (Z * Z) / 2 / n) / (1 + (Z * Z) / n), reach / (1 + (Z * Z) / n)];
  },
  nps(p, n, decided) {
    const mean = (p * n) / (n + 3);
    return [mean, Z * Math.sqrt(((decided + 1.5) / (n + 3) - mean * mean) / (n + 3))];
  },
  t(p, n, squares) {
    if (n <= 1) return null;
    const spread = Math.max(squares - n * p * p, 0) / (n - 1) / n;
    return [p, tQuantile(n - 1) * Math.sqrt(spread)];
  },
  none: () => null,
};

const MEETS = {
  ">=": (value, limit) => value >= limit,
  ">": (value, limit) => value > limit,
  "<=": (value, limit) => value <= limit,
  "<": (value, limit) => value < limit,
};

const DAY = 86400000;

class Engine {
  /** @param {any} pack as `readPack` returns it */
  constructor(pack) {
    this.pack = pack;
    this.kpis = new Map(pack.kpis.map((kpi) => [kpi.kpi_id, kpi]));
    this.firstDay = Date.parse(pack.firstDay);
    this.periods = pack.periods.map((period, place) => ({ ...period, place }));
    this.byStart = new Map(this.periods.map((period) => [period.grain + period.start, period]));
    this.asOf = this.periods.reduce((last, period) => (period.last > last ? period.last : last), "");
    this.days = this.day(this.asOf) + 1;
    this.tableOf = new Map();
    for (const table of pack.tables) {
      for (const name of Object.keys(table.components)) this.tableOf.set(name, table);
    }
    pack.values.weekday = ["1", "2", "3", "4", "5", "6", "7"];
    for (const table of pack.tables) if (table.cuts.local_hour) table.cuts.weekday = this.weekdays(table);
    this.codes = Object.fromEntries(
      Object.entries(pack.values).map(([cut, values]) => [
        cut, new Map(values.map((value, code) => [value, code])),
      ]),
    );
    this.setFilters({});
  }

  /** Days between the first of the data and a date. @param {string} date */
  day(date) {
    return Math.round((Date.parse(date) - this.firstDay) / DAY);
  }

  /** The ISO weekday of each row, Monday 0. @returns {Column} */
  weekdays(table) {
    const first = (new Date(this.firstDay).getUTCDay() + 6) % 7;
    const { values, base } = table.time;
    return { values: Uint8Array.from(values, (day) => (day + base + first) % 7), base: 0, unit: 1 };
  }

  /** Filter everything from now on. @param {Filters} filters */
  setFilters(filters) {
    this.filters = filters;
    this.cuts = Object.keys(filters).filter((cut) => filters[cut].length);
    this.masks = new Map();
    this.sums = new Map();
  }

  /** Do something under other filters. @template T @param {() => T} work @returns {T} */
  under(filters, work) {
    const kept = [this.filters, this.cuts, this.masks, this.sums];
    this.setFilters(filters);
    const done = work();
    [this.filters, this.cuts, this.masks, this.sums] = kept;
    return done;
  }

  /** A period by its grain and first day, if the data has it. */
  period(grain, start) {
    return this.byStart.get(grain + start);
  }

  /** The period before, and the one a year before, if there are. */
  previous(period) {
    return period.previous ? this.period(period.grain, period.previous) : undefined;
  }

  yearAgo(period) {
    if (period.grain === "all") return undefined;
    const start = new Date(period.start);
    if (["week", "day"].includes(period.grain)) start.setUTCDate(start.getUTCDate() - 364);
    else start.setUTCFullYear(start.getUTCFullYear() - 1);
    return this.period(period.grain, start.toISOString().slice(0, 10));
  }

  /** The last `count` periods of a grain up to a day, oldest first. */
  series(grain, end, count) {
    return this.periods
      .filter((period) => period.grain === grain && period.start <= end)
      .slice(-count);
  }

  /** The components that a KPI is made of. */
  componentsOf(kpi) {
    return [
      kpi.numerator_component, kpi.denominator_component,
      kpi.squares_component, kpi.sample_component,
    ].filter(Boolean);
  }

  /** Whether the marts know a KPI under the filters (and cut once more). */
  answers(kpi, cut) {
    const cuts = cut ? [...this.cuts, cut] : this.cuts;
    return this.componentsOf(kpi).every((name) => {
      const table = this.tableOf.get(name);
      return table && cuts.every((one) => table.cuts[one]);
    });
  }

  /** One byte per row of a table: whether the filters let it pass; null when all pass. */
  mask(table) {
    if (!this.cuts.length) return null;
    if (!this.masks.has(table)) {
      const mask = new Uint8Array(table.rows).fill(1);
      for (const cut of this.cuts) {
        const passes = new Uint8Array(this.pack.values[cut].length);
        for (const value of this.filters[cut]) {
          const code = this.codes[cut].get(value);
          if (code !== undefined) passes[code] = 1;
        }
        const { values, base } = table.cuts[cut];
        for (let row = 0; row < table.rows; row += 1) mask[row] &= passes[values[row] + base];
      }
      this.masks.set(table, mask);
    }
    return this.masks.get(table);
  }

  /** Running sums of a component over time, from nothing: in its smallest unit. */
  running(name) {
    if (!this.sums.has(name)) {
      const table = this.tableOf.get(name);
      const sums = new Float64Array((table.isDaily ? this.days : this.periods.length) + 1);
      const { values, base, squareOf } = table.components[name];
      const [mask, time, from] = [this.mask(table), table.time.values, table.time.base];
      for (let row = 0; row < table.rows; row += 1) {
        if (mask && !mask[row]) continue;
        sums[time[row] + from + 1] += squareOf
          ? values[row] + ((squareOf.values[row] + squareOf.base) / squareOf.unit) ** 2
          : values[row] + base;
      }
      for (let place = 1; place < sums.length; place += 1) sums[place] += sums[place - 1];
      this.sums.set(name, sums);
    }
    return this.sums.get(name);
  }

  /** First place in time of a period in a table, and the one after its last. */
  span(table, period) {
    if (!table.isDaily) return [period.place, period.place + 1];
    return [this.day(period.start < this.pack.firstDay ? this.pack.firstDay : period.start),
      this.day(period.last) + 1];
  }

  /** Sum of a component in a period under the filters. @returns {number} */
  sum(name, period) {
    const table = this.tableOf.get(name);
    const [from, to] = this.span(table, period);
    const sums = this.running(name);
    return (sums[to] - sums[from]) / table.components[name].unit;
  }

  /** The same by the values of a cut, or of two: code * size of the second + its code. */
  sumBy(name, period, cut, second) {
    const table = this.tableOf.get(name);
    const [from, to] = this.span(table, period);
    const size = second ? this.pack.values[second].length : 1;
    const sums = new Float64Array(this.pack.values[cut].length * size);
    const { values, base, unit, squareOf } = table.components[name];
    const [mask, codes, others] = [this.mask(table), table.cuts[cut], second && table.cuts[second]];
    const [time, zero] = [table.time.values, table.time.base];
    for (let row = firstAt(time, from - zero); row < table.rows && time[row] + zero < to; row += 1) {
      if (mask && !mask[row]) continue;
      const place = (codes.values[row] + codes.base) * size +
        (others ? others.values[row] + others.base : 0);
      sums[place] += squareOf
        ? values[row] + ((squareOf.values[row] + squareOf.base) / squareOf.unit) ** 2
        : values[row] + base;
    }
    return sums.map((sum) => sum / unit);
  }

  /** A KPI in a period under the filters. @returns {Figure} */
  figure(kpi, period) {
    if (!period || !this.answers(kpi)) return this.unanswered(kpi, period);
    const sums = Object.fromEntries(
      this.componentsOf(kpi).map((name) => [name, this.sum(name, period)]),
    );
    return this.judge(kpi, period, sums);
  }

  /** A KPI by the values of a cut; values without anything to count are left out. */
  figuresBy(kpi, period, cut) {
    if (!period || !this.answers(kpi, cut)) return [];
    const sums = Object.fromEntries(
      this.componentsOf(kpi).map((name) => [name, this.sumBy(name, period, cut)]),
    );
    return this.pack.values[cut]
      .map((value, code) => {
        const own = Object.fromEntries(Object.entries(sums).map(([name, by]) => [name, by[code]]));
        return { value, figure: this.judge(kpi, period, own, { [cut]: [value] }) };
      })
      .filter(({ figure }) => figure.numerator || (kpi.denominator_component && figure.denominator));
  }

  /** The same by two cuts: rows of `{value, other, figure}`. */
  figuresByTwo(kpi, period, cut, second) {
    if (!period || !this.answers(kpi, cut) || !this.answers(kpi, second)) return [];
    const sums = Object.fromEntries(
      this.componentsOf(kpi).map((name) => [name, this.sumBy(name, period, cut, second)]),
    );
    const [values, others] = [this.pack.values[cut], this.pack.values[second]];
    return values.flatMap((value, code) => others.map((other, otherCode) => {
      const own = Object.fromEntries(Object.entries(sums)
        .map(([name, by]) => [name, by[code * others.length + otherCode]]));
      const more = { [cut]: [value], [second]: [other] };
      return { value, other, figure: this.judge(kpi, period, own, more) };
    })).filter(({ figure }) => (kpi.denominator_component ? figure.denominator : figure.numerator));
  }

  /** A sum under the filters; null where its mart does not know one of them. */
  known(name, period) {
    const table = this.tableOf.get(name);
    return table && this.cuts.every((cut) => table.cuts[cut]) ? this.sum(name, period) : null;
  }

  /**
   * Median and 90th percentile of a duration; null where no mart has them: more than one
   * filter, or one by what they are not cut by.
   */
  percentiles(duration, period) {
    const chosen = this.cuts.map((cut) => [cut, this.filters[cut]]);
    if (!this.pack.percentiles || chosen.length > 1 || chosen.some(([, values]) => values.length > 1)) return null;
    const [cut, value] = chosen.length ? [chosen[0][0], chosen[0][1][0]] : ["overall", "all"];
    return this.pack.percentiles.get([duration, period.place, cut, value].join("|")) ?? null;
  }

  unanswered(kpi, period) {
    return {
      value: null, low: null, high: null, n: 0, numerator: 0, denominator: 0, target: null,
      red: null, status: "insufficient_data", isAnswered: false,
      isProvisional: period ? this.isProvisional(kpi, period) : false,
    };
  }

  /** Divide, and hold against target and sample. @returns {Figure} */
  judge(kpi, period, sums, more = {}) {
    const numerator = sums[kpi.numerator_component];
    const denominator = kpi.denominator_component ? sums[kpi.denominator_component] : 1;
    const n = sums[kpi.sample_component];
    const value = denominator ? (kpi.scale * numerator) / denominator : null;
    const interval = denominator > 0
      ? INTERVALS[kpi.interval_method](numerator / denominator, denominator,
        sums[kpi.squares_component])
      : null;
    const [low, high] = interval
      ? [-1, 1].map((sign) => kpi.scale * (interval[0] + sign * interval[1]))
      : [null, null];
    const target = this.target(kpi, period, { ...this.filters, ...more });
    return {
      value, low, high, n, numerator, denominator,
      target: target?.green ?? null, red: target?.red ?? null,
      status: this.status(value, n, target),
      isProvisional: this.isProvisional(kpi, period), isAnswered: true,
    };
  }

  isProvisional(kpi, period) {
    return Date.parse(period.end) + kpi.maturity_days * DAY > Date.parse(this.asOf);
  }

  status(value, n, target) {
    if (value === null || n < this.pack.minSample) return "insufficient_data";
    if (!target || target.green === null) return "no_target";
    if (target.tooLow !== null && value < target.tooLow) return "amber";
    if (MEETS[target.greenOperator](value, target.green)) return "green";
    if (target.redOperator && MEETS[target.redOperator](value, target.red)) return "red";
    return "amber";
  }

  /**
   * The target of a KPI in a period: that of the one filtered value which has its own,
   * else the general one.
   */
  target(kpi, period, filters) {
    const day = period.end < this.asOf ? period.end : this.asOf;
    const valid = this.pack.targets.filter((target) =>
      target.kpi_id === kpi.kpi_id && target.valid_from <= day && day <= target.valid_to &&
      (target.period_grain === null || target.period_grain === period.grain));
    const best = (found) => found.find((target) => target.period_grain) ?? found[0];
    const own = Object.entries(filters)
      .filter(([, values]) => values.length === 1)
      .map(([cut, [value]]) =>
        best(valid.filter((target) => target.cut === cut && target.cut_value === value)))
      .filter(Boolean);
    const target = own.length === 1 ? own[0] : best(valid.filter(({ cut }) => cut === "overall"));
    if (!target) return null;
    const limit = (value) => {
      if (value === null || target.basis === "value") return value;
      if (["week", "day"].includes(period.grain)) return null;
      const before = this.yearAgo(period);
      const base = before ? this.plainValue(kpi, before) : null;
      return base === null ? null : base * (1 + value / 100);
    };
    return {
      green: limit(target.green_value), red: limit(target.red_value),
      greenOperator: target.green_operator, redOperator: target.red_operator,
      tooLow: target.too_low_value,
    };
  }

  plainValue(kpi, period) {
    const denominator = this.sum(kpi.denominator_component, period);
    return denominator ? (kpi.scale * this.sum(kpi.numerator_component, period)) / denominator : null;
  }
}

/** Place of the first element of a sorted array that is not below a limit. */
function firstAt(sorted, limit) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
