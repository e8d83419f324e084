/** Attempts that making an input smaller may take, and milliseconds after which the last one begins. */
const ATTEMPTS = 2000
const TIME = 20_000

/**
 * Makes an input smaller as long as it fails in the same way: pieces go, and what is left becomes 0.
 * @param fails whether an input still goes wrong in the same way
 */
export async function minimise(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let best = input
  let budget = ATTEMPTS
  const end = performance.now() + TIME
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (performance.now() > end) budget = 0
    if (budget-- <= 0 || !(await fails(candidate))) return false
    best = candidate
    return true
  }
  for (let size = Math.max(1, best.length >>> 1); size >= 1 && budget > 0; size >>>= 1) {
    for (let at = 0; at < best.length && budget > 0; ) {
      const shorter = Uint8Array.of(...best.subarray(0, at), ...best.subarray(at + size))
      if (!(await attempt(shorter))) at += size
    }
  }
  for (let at = 0; at < best.length && budget > 0; at++) {
    if (best[at] === 0) continue
    const plain = best.slice()
    plain[at] = 0
    await attempt(plain)
  }
  return best
}
