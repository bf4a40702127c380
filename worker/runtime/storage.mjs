// SQL for a feed: statements and rows as worker/src/feed/packing.rs packs them.

import { counters } from "./counters.mjs";

/** @param {SqlStorageCursor<any>} cursor at its end */
function count({ rowsRead, rowsWritten }) {
  counters.rows_read += rowsRead;
  counters.rows_written += rowsWritten;
}

/**
 * Runs statements as one transaction. Returns whether the last one changed anything.
 * @param {DurableObjectStorage} storage
 * @param {string[]} statements
 * @param {Float64Array} shape of each write the statement's number, how many values it has, and those
 * @param {string} texts
 */
export function commit(storage, statements, shape, texts) {
  const reader = new Reader(shape, texts);
  const write = () => {
    const statement = statements[reader.number()];
    const cursor = storage.sql.exec(statement, ...reader.values(reader.number()));
    count(cursor);
    return cursor.rowsWritten > 0;
  };
  // A statement alone is a transaction by itself.
  if (shape.length === 2 + 2 * shape[1]) return write();
  return storage.transactionSync(() => {
    let changed = false;
    while (!reader.isAtEnd()) changed = write();
    return changed;
  });
}

/**
 * Answers a question, and stops after the row with which its texts pass the budget.
 * @param {DurableObjectStorage} storage
 * @param {string} statement
 * @param {Float64Array} shape its values
 * @param {string} texts
 * @param {number} budget
 */
export function query(storage, statement, shape, texts, budget) {
  const values = new Reader(shape, texts).values(shape.length / 2);
  let packed = "";
  let columns = 0;
  let left = budget;
  const cursor = storage.sql.exec(statement, ...values);
  for (const row of cursor.raw()) {
    // The rows don't fit: there is one more than there was room for.
    if (left < 0) {
      count(cursor);
      return `+${columns}\n${packed}`;
    }
    columns = row.length;
    for (const value of row) {
      if (value === null) packed += "n";
      else if (typeof value === "number") packed += `i${value};`;
      else {
        const text = String(value);
        packed += `t${text.length};${text}`;
        left -= text.length;
      }
    }
  }
  count(cursor);
  return `.${columns}\n${packed}`;
}

/** Values on their way from wasm. */
class Reader {
  #place = 0;
  #text = 0;

  /**
   * @param {Float64Array} shape
   * @param {string} texts
   */
  constructor(shape, texts) {
    this.shape = shape;
    this.texts = texts;
  }

  isAtEnd() {
    return this.#place >= this.shape.length;
  }

  number() {
    return this.shape[this.#place++];
  }

  /** @param {number} count */
  values(count) {
    const values = new Array(count);
    for (let index = 0; index < count; index++) {
      const kind = this.shape[this.#place++];
      const number = this.shape[this.#place++];
      if (kind === 2) values[index] = this.texts.slice(this.#text, (this.#text += number));
      else values[index] = kind === 1 ? number : null;
    }
    return values;
  }
}
