/** Passwords that IOS has obscured (type 7). */

/** What IOS combines its type 7 passwords with: not a secret, it is the same in every device. */
const PAD = 'dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87'

/**
 * Reads a type 7 password of IOS (`service password-encryption`), which obscures and does not protect: two
 * decimal digits say where in the pad it begins, then come the octets, combined with the pad, in hex.
 * @returns the password; undefined when the text is none, such as that of a switch with a cipher of its own
 */
export function revealType7(text: string): string | undefined {
  const match = /^(\d\d)((?:[0-9a-f]{2})+)$/i.exec(text)
  if (match === null) return undefined
  const start = Number(match[1])
  if (start >= PAD.length) return undefined
  const octets = Buffer.from(match[2], 'hex').map(
    (octet, i) => octet ^ PAD.charCodeAt((start + i) % PAD.length),
  )
  const password = Buffer.from(octets).toString('latin1')
  return /^[\x20-\x7e]+$/.test(password) ? password : undefined
}
