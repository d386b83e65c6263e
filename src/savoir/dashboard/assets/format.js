/**
 * Figures in words of a language, exactly as `savoir.printing` writes them, but that no
 * line breaks inside one.
 */

const NBSP = "\u00a0";
const MISSING = "—";

/** Decimals, sign and what follows, by `dim_kpi.unit` in lower case. */
const UNITS = {
  percent: { decimals: 1, suffix: " %" },
  points: { decimals: 1, signed: true },
  eur: { decimals: 2, suffix: " €" },
  scale_1_7: { decimals: 2 },
  scale_gap: { decimals: 2, signed: true },
  count: { decimals: 0 },
  per_100_orders: { decimals: 1 },
  per_100_customers: { decimals: 1 },
  per_hour: { decimals: 2, suffix: " /h" },
};
const OTHER_UNIT = { decimals: 2 };

/** Round half to even, as Python does: ties are whole multiples of a power of a half. */
function toFixed(value, decimals) {
  const halves = value * 2 ** (decimals + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(decimals);
  const below = Math.floor(value * 10 ** decimals);
  return ((below % 2 === 0 ? below : below + 1) / 10 ** decimals).toFixed(decimals);
}

/** A number with its thousands apart. */
function formatNumber(value, decimals, language, signed = false) {
  const [whole, part] = toFixed(Math.abs(value), decimals).split(".");
  const isZero = !/[1-9]/.test(whole + (part ?? ""));
  const sign = value < 0 && !isZero ? "-" : signed ? "+" : "";
  const [thousands, point] = language === "fr" ? ["\u202f", ","] : [",", "."];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, thousands);
  return sign + grouped + (part ? point + part : "");
}

/** The two largest units of a duration: days and hours, hours and minutes, … */
function formatDuration(seconds, language) {
  const day = language === "fr" ? "j" : "d";
  const units = [[86400, day, 3600, "h"], [3600, "h", 60, "min"], [60, "min", 1, "s"], [1, "s", 1, ""]];
  for (const [unit, name, part, partName] of units) {
    const rounded = Number(toFixed(Math.abs(seconds) / part, 0)) * part;
    if (rounded < unit) continue;
    const [whole, rest] = [Math.floor(rounded / unit), rounded % unit];
    const text = `${seconds < 0 ? "-" : ""}${formatNumber(whole, 0, language)} ${name}`;
    return (rest ? `${text} ${Math.floor(rest / part)} ${partName}` : text).replaceAll(" ", NBSP);
  }
  return `0${NBSP}s`;
}

/** A value with its unit; a dash where there is none. */
function formatValue(value, unit, language) {
  if (value === null || value === undefined) return MISSING;
  if (unit.toLowerCase() === "seconds") return formatDuration(value, language);
  const { decimals, suffix = "", signed } = UNITS[unit.toLowerCase()] ?? OTHER_UNIT;
  return formatNumber(value, decimals, language, signed) + suffix.replaceAll(" ", NBSP);
}

/** `74.1 to 79.3 %`: the unit once, but for durations. */
function formatInterval(low, high, unit, language) {
  if (low === null || high === null) return MISSING;
  const { decimals, signed } = UNITS[unit.toLowerCase()] ?? OTHER_UNIT;
  const first = unit.toLowerCase() === "seconds"
    ? formatDuration(low, language)
    : formatNumber(low, decimals, language, signed);
  return `${first} ${language === "fr" ? "à" : "to"} ${formatValue(high, unit, language)}`;
}

/** A difference of two values: points for shares, percent for counts, else the unit. */
function formatChange(now, before, unit, language) {
  if (now === null || before === null || now === undefined || before === undefined) return MISSING;
  const change = now - before;
  const kind = unit.toLowerCase();
  if (kind === "seconds") {
    return (change >= 0 ? "+" : "") + formatDuration(change, language);
  }
  if (kind === "count") {
    if (!before) return MISSING;
    return formatNumber((100 * change) / before, 1, language, true) + NBSP + "%";
  }
  const { decimals, suffix = "" } = UNITS[kind] ?? OTHER_UNIT;
  const after = kind === "percent" || kind === "points" ? (language === "fr" ? " pt" : " pt") : suffix;
  return formatNumber(change, decimals, language, true) + after.replaceAll(" ", NBSP);
}

/** A date in words: `30 Jun 2026`, `30 juin 2026`. */
function formatDate(date, language, options = { day: "numeric", month: "short", year: "numeric" }) {
  const locale = language === "fr" ? "fr-FR" : "en-GB";
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(new Date(date));
}

/** A period in words, in full or as short as the axis of a chart needs it. */
function formatPeriod(period, language, short = false) {
  const year = period.start.slice(0, 4);
  switch (period.grain) {
    case "day":
      return formatDate(period.start, language, short ? { day: "numeric", month: "short" } : undefined);
    case "week": {
      const day = formatDate(period.start, language, short ? { day: "numeric", month: "short" } : undefined);
      return short ? day : (language === "fr" ? "semaine du " : "week of ") + day;
    }
    case "month":
      return formatDate(period.start, language, { month: short ? "short" : "long", year: short ? "2-digit" : "numeric" });
    case "quarter":
      return `${language === "fr" ? "T" : "Q"}${Math.floor((Number(period.start.slice(5, 7)) + 2) / 3)} ${year}`;
    case "year":
      return year;
    default:
      return language === "fr" ? "toute la période" : "all periods";
  }
}
