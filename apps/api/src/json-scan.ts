// Finds what JSON.parse would silently lose, in one pass over the bytes before anything is built from them. Held by
// json-scan.test.ts, which compares it with a model.

export interface JsonLimits {
  /** Nesting of objects and lists. */
  depthMax: number;
  /** Objects, lists and everything in them. */
  valuesMax: number;
  keysMax: number;
}

export interface JsonScan {
  /** Why the text cannot be stored unchanged; undefined = it can, if it is valid JSON. */
  fault?: string;
  /** Keys of all objects, duplicates included. */
  keys: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Ignores the grammar, which JSON.parse checks. JSON.parse builds no more than was counted here. */
export function scanJson(bytes: Buffer, limits: JsonLimits): JsonScan {
  let [at, depth, values, keys] = [0, 0, 1, 0];
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    at += 1;
    if (byte === QUOTE) {
      const text = skipString(bytes, at);
      if (text.fault) return { keys, fault: text.fault };
      at = text.end;
    } else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const end = endOfNumber(bytes, at);
      const fault = numberFault(bytes.toString('latin1', at - 1, end));
      if (fault) return { keys, fault };
      at = end;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      [depth, values] = [depth + 1, values + 1];
      if (depth > limits.depthMax) return { keys, fault: `is nested deeper than ${limits.depthMax} levels` };
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    else if (byte === COMMA) values += 1;
    else if (byte === COLON) keys += 1;
    if (values > limits.valuesMax) return { keys, fault: `has more than ${limits.valuesMax} values` };
    if (keys > limits.keysMax) return { keys, fault: `has more than ${limits.keysMax} keys` };
  }
  return { keys };
}

/** The duplicate key in a JSON text; undefined = there is none. */
export function repeatedKey(bytes: Buffer): string | undefined {
  const objects: Set<string>[] = [];
  let [at, from] = [0, 0];
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      from = at;
      at = skipString(bytes, at + 1).end;
      continue;
    }
    at += 1;
    if (byte === OPEN_OBJECT) objects.push(new Set());
    else if (byte === CLOSE_OBJECT) objects.pop();
    else if (byte === COLON) {
      const { end } = skipString(bytes, from + 1);
      const key = JSON.parse(bytes.toString('utf8', from, end)) as string;
      if (objects.at(-1)?.has(key)) return key;
      objects.at(-1)?.add(key);
    }
  }
  return undefined;
}

/** From just after the opening quote to just after the closing one. */
function skipString(bytes: Buffer, from: number): { end: number; fault?: string } {
  let at = from;
  let high = -1; // the position where a low surrogate must follow
  while (at < bytes.length) {
    const byte = bytes[at];
    if (high >= 0 && (at !== high || byte !== BACKSLASH || bytes[at + 1] !== LETTER_U)) return { end: at, fault: TEXT };
    if (byte === QUOTE) return { end: at + 1 };
    if (byte !== BACKSLASH) at += 1;
    else if (bytes[at + 1] !== LETTER_U) at += 2;
    else {
      const unit = Number.parseInt(bytes.toString('latin1', at + 2, at + 6), 16);
      const isLow = unit >= 0xdc00 && unit <= 0xdfff;
      if (unit === 0 || isLow !== high >= 0) return { end: at, fault: TEXT };
      at += 6;
      high = unit >= 0xd800 && unit <= 0xdbff ? at : -1;
    }
  }
  return { end: at };
}

const TEXT = 'contains NUL or a lone surrogate';

function endOfNumber(bytes: Buffer, from: number): number {
  let at = from;
  while (isOfNumber(bytes[at] ?? 0)) at += 1;
  return at;
}

/** A digit, or one of + - . e E. */
const isOfNumber = (byte: number): boolean =>
  (byte >= ZERO && byte <= NINE) || byte === 0x2b || byte === MINUS || byte === 0x2e || byte === 0x45 || byte === 0x65;

function numberFault(text: string): string | undefined {
  const value = Number(text);
  if (Number.isNaN(value)) return undefined; // not valid JSON either
  const vanishes = value === 0 && /^[^eE]*[1-9]/.test(text);
  const isKept = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (isKept && !vanishes) return undefined;
  return `has the number ${text.slice(0, 40)}, which is too large or too small to be stored exactly`;
}
