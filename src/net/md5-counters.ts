/**
 * Segments that the kernel dropped for their TCP-MD5 signature (RFC 2385 §2: "silently discarded"), on this
 * machine or in this network namespace, since its start. It does not count by sender.
 */
export interface Md5Counters {
  /** Not signed, though a key is set for the sender. */
  readonly missing: number
  /** Signed, though no key is set for the sender. */
  readonly unexpected: number
  /** Signed with another key. */
  readonly wrong: number
}

/**
 * Reads the counters out of /proc/net/netstat: pairs of lines that begin alike, the first with names, the
 * second with the values in the same order.
 * @returns undefined when the text has none: a kernel without TCP-MD5
 */
export function md5Counters(text: string): Md5Counters | undefined {
  const rows = text.split('\n').filter((line) => line.startsWith('TcpExt:'))
  const [names, values] = rows.map((line) => line.trim().split(/\s+/))
  if (names === undefined || values === undefined) return undefined
  const value = (name: string) => {
    const at = names.indexOf(name)
    return at < 0 ? Number.NaN : Number(values[at])
  }
  const counters = {
    missing: value('TCPMD5NotFound'),
    unexpected: value('TCPMD5Unexpected'),
    wrong: value('TCPMD5Failure'),
  }
  return Object.values(counters).every(Number.isSafeInteger) ? counters : undefined
}
