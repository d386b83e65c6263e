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
  const letters = atob(text);
  const packed = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place += 1) packed[place] = letters.charCodeAt(place);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Inflate what an element of the page carries, and drop the element. */
async function unpack(id) {
  const element = document.getElementById(id);
  const bytes = await inflate(element.textContent);
  element.remove();
  return bytes;
}

/** Read the pack of the page. @returns {Promise<any>} its meta data, tables decoded */
async function readPack() {
  const [meta, bytes] = await Promise.all([unpack("pack-meta"), unpack("pack-data")]);
  const pack = JSON.parse(new TextDecoder().decode(meta));
  return {
    ...pack,
    tables: pack.tables.map((table) => readTable(table, bytes)),
    percentiles: pack.percentiles && readPercentiles(pack.percentiles, bytes),
  };
}

/** @returns {Table} */
function readTable(table, bytes) {
  const read = (where) => readColumn(where, table.rows, bytes);
  const cuts = Object.fromEntries(Object.entries(table.cuts).map(([cut, where]) => [cut, read(where)]));
  for (const group of table.groups) Object.assign(cuts, readGroup(group, read(group)));
  /** @type {Object<string, Column>} */
  const components = {};
  for (const [name, where] of Object.entries(table.components)) {
    if (!where.sumOf) components[name] = read(where);
  }
  for (const [name, { squareOf, sumOf, decimals }] of Object.entries(table.components)) {
    if (squareOf) components[name].squareOf = components[squareOf];
    if (sumOf) components[name] = addUp(sumOf, components, table.rows, 10 ** decimals);
  }
  return { ...table, time: read(table.time), cuts, components };
}

/** The cuts of a group: their values stand by its code. @returns {Object<string, Column>} */
function readGroup({ cuts }, { values, base }) {
  return Object.fromEntries(Object.entries(cuts).map(([cut, byCode]) => {
    const column = Math.max(...byCode) < 256 ? new Uint8Array(values.length) : new Uint16Array(values.length);
    for (let row = 0; row < values.length; row += 1) column[row] = byCode[values[row] + base];
    return [cut, { values: column, base: 0, unit: 1 }];
  }));
}

/** A component that is a sum of others, which stand before it. @returns {Column} */
function addUp(sumOf, components, rows, unit) {
  const values = new Float64Array(rows);
  for (const [name, sign] of Object.entries(sumOf)) {
    const part = components[name];
    for (let row = 0; row < rows; row += 1) values[row] += sign * (part.values[row] + part.base);
  }
  return { values, base: 0, unit };
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
function readColumn({ at, width, base = 0, decimals = 0, float = false }, rows, bytes) {
  const unit = 10 ** decimals;
  if (width === 1) return { values: bytes.subarray(at, at + rows), base, unit };
  const joined = new Uint8Array(rows * width);
  for (let plane = 0; plane < width; plane += 1) {
    const start = at + plane * rows;
    for (let row = 0; row < rows; row += 1) joined[row * width + plane] = bytes[start + row];
  }
  const Kind = { 2: Uint16Array, 4: float ? Float32Array : Uint32Array, 8: Float64Array }[width];
  return { values: new Kind(joined.buffer), base, unit };
}

/** Load the chart library that the page carries. */
async function loadLibrary() {
  const script = document.createElement("script");
  script.textContent = new TextDecoder().decode(await unpack("library"));
  document.head.append(script);
}
