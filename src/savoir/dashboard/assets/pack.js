/**
 * The data pack: columns of whole numbers in byte planes, deflated, in base64.
 *
 * @typedef {{values: ArrayLike<number>, base: number, unit: number, squareOf?: Column}} Column
 *   One number per row: (values[row] + base) / unit; squares stand above a square.
 * @typedef {{name: string, rows: number, isDaily: boolean, time: Column,
 *   cuts: Object<string, Column>, components: Object<string, Column>}} Table
 *   One mart, its rows in the order of time (days since the first, or place of a period).
 */

/** Inflate base64 text. @param {string} text @returns {Promise<Uint8Array>} */
async function inflate(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Read the pack of the page. @returns {Promise<any>} its meta data, tables decoded */
async function readPack() {
  const meta = JSON.parse(document.getElementById("pack-meta").textContent);
  const element = document.getElementById("pack-data");
  const bytes = await inflate(element.textContent);
  element.remove();
  return {
    ...meta,
    tables: meta.tables.map((table) => readTable(table, bytes)),
    percentiles: meta.percentiles && readPercentiles(meta.percentiles, bytes),
  };
}

/** @returns {Table} */
function readTable(table, bytes) {
  const read = (where) => readColumn(where, table.rows, bytes);
  const all = (columns) =>
    Object.fromEntries(Object.entries(columns).map(([name, where]) => [name, read(where)]));
  const components = all(table.components);
  for (const [name, where] of Object.entries(table.components)) {
    if (where.squareOf) components[name].squareOf = components[where.squareOf];
  }
  return { ...table, time: read(table.time), cuts: all(table.cuts), components };
}

/** Medians and 90th percentiles by what they are of. @returns {Map<string, any>} */
function readPercentiles({ rows, values, columns }, bytes) {
  const read = Object.fromEntries(
    Object.entries(columns).map(([name, where]) => [name, readColumn(where, rows, bytes)]));
  const at = (name, row) => (read[name].values[row] + read[name].base) / read[name].unit;
  const found = new Map();
  for (let row = 0; row < rows; row += 1) {
    const [duration, cut, value] = ["duration_id", "cut", "cut_value"].map((name) => values[name][at(name, row)]);
    found.set([duration, at("time", row), cut, value].join("|"), {
      n: at("sample_size", row), median: at("median", row), p90: at("p90", row),
    });
  }
  return found;
}

/** @returns {Column} */
function readColumn({ at, width, base = 0, decimals = 0 }, rows, bytes) {
  const unit = 10 ** decimals;
  if (width === 1) return { values: bytes.subarray(at, at + rows), base, unit };
  const joined = new Uint8Array(rows * width);
  for (let plane = 0; plane < width; plane += 1) {
    const start = at + plane * rows;
    for (let row = 0; row < rows; row += 1) joined[row * width + plane] = bytes[start + row];
  }
  const Kind = { 2: Uint16Array, 4: Uint32Array, 8: Float64Array }[width];
  return { values: new Kind(joined.buffer), base, unit };
}

/** Load the chart library that the page carries. */
async function loadLibrary() {
  const element = document.getElementById("library");
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await inflate(element.textContent));
  element.remove();
  document.head.append(script);
}
