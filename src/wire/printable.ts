/** Text that a peer sent, made safe for logs and terminals. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** UTF-8 octets as text, or undefined when they are not valid UTF-8 (shortest form, RFC 3629). */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** UTF-8 octets of a text, cut between characters so that they are at most `limit`. */
export function encodeUtf8(text: string, limit: number): Uint8Array {
  const bytes = encoder.encode(text)
  if (bytes.length <= limit) return bytes
  let end = limit
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--
  return bytes.slice(0, end)
}

/**
 * The same text with everything escaped that could move a cursor, end a line or turn writing around: control
 * characters, line separators, directional and invisible format characters, lone surrogates, and the
 * backslash itself.
 */
export function printable(text: string): string {
  return text.replace(/[\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    if (character === '\\') return '\\\\'
    const code = character.codePointAt(0) ?? 0
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}

/** Lower-case hexadecimal digits, two an octet; at most `limit` octets, then an ellipsis. */
export function hex(bytes: Uint8Array, limit = 64): string {
  let text = ''
  for (let i = 0; i < bytes.length && i < limit; i++) text += bytes[i].toString(16).padStart(2, '0')
  return bytes.length > limit ? `${text}…` : text
}
