/** What a text must be to serve as a TCP-MD5 password, whichever dialect, file or variable it came from. */

/** Most octets of a TCP-MD5 key that Linux takes, and most routers with it. */
const PASSWORD_MAX = 80

/** What is wrong with a text as a password, in words that do not repeat it; undefined when nothing is. */
export function passwordProblem(text: string): string | undefined {
  if (text === '') return 'is empty'
  if (Buffer.byteLength(text) > PASSWORD_MAX) return `is longer than ${PASSWORD_MAX} octets`
  return /[\u0000-\u001f\u007f]/.test(text) ? 'has line ends or control characters in it' : undefined
}
