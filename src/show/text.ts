/**
 * Characters that must never reach a terminal or a log line from outside: C0 and C1 controls (ESC among
 * them), DEL, line and paragraph separators, and the bidirectional overrides that reorder a line.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Makes text from outside (host names, shutdown communications, descriptions) safe to print on one line.
 * Unsafe characters become `\xNN` or `\u{NNNN}`; text that is already safe comes back as it is, so escaping
 * twice changes nothing.
 */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0)
    const hex = code.toString(16)
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
  })
}

/**
 * A value as JSON that is safe on a terminal: what JSON leaves as it is and a terminal obeys (C1 controls,
 * reordering marks) is written as \uNNNN. The text means the same.
 * @param indent blanks a level; 0: one line
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(
    // Line breaks are the indentation's: inside texts JSON has escaped them.
    /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** `text` in a field of `width` columns, right-aligned; longer text is not cut. */
export function right(text: string | number, width: number): string {
  return String(text).padStart(width)
}

/** `text` in a field of `width` columns, left-aligned; longer text is not cut. */
export function left(text: string | number, width: number): string {
  return String(text).padEnd(width)
}

/** 'prefix' or 'prefixes': the singular for exactly one. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
