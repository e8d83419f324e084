/**
 * Recordings of real sessions and tables, when a folder of them is there: all that is in them decodes, and what
 * was decoded is written and read again as the same. Where bgpdump's text stands beside a recording, every line
 * of it is compared.
 *
 * The folder is <data>/mrt, <data> being named by ECMPD_DATA, or ../shared/data beside the project.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { canonicalAddress } from '../../../src/ip/address.js'
import { bgpdumpLines } from '../../support/bgpdump-text.js'
import { replay } from '../../support/mrt-replay.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const folder = join(process.env.ECMPD_DATA ?? join(root, '..', 'shared', 'data'), 'mrt')

/** Octets of a recording; undefined when nothing here can decompress it. */
function recording(path: string): Uint8Array | undefined {
  if (path.endsWith('.gz')) return gunzipSync(readFileSync(path))
  if (!path.endsWith('.bz2')) return readFileSync(path)
  const { status, stdout } = spawnSync('bzip2', ['-dc', path], { maxBuffer: 1 << 28 })
  return status === 0 ? stdout : undefined
}

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'test_expect') return []
    const path = join(dir, entry.name)
    return entry.isDirectory() ? files(path) : [path]
  })
}

/** Recordings that are torn: what is behind the tear can't be found. */
const TORN = new Map([['tests__fixtures__ripe__rrc00__2000.03__updates.20000325.0345.gz', 1]])

/** Lines that bgpdump has and this reader has not, and why. */
const ONLY_THERE = new Map([
  ['updates.20070211.0141.gz', 151], // multicast (SAFI 2), which is not routed here
  ['updates.nlri_mask_trailing_bits.gz', 1], // the NLRI end within a prefix: RFC 7606 §5.3 asks for a reset
])

/**
 * A line of bgpdump as this reader would write it: IPv6 addresses as RFC 5952 §4.2.2 wants them, nothing where
 * it prints a next hop that was not there, and no AGGREGATOR of AS 0 (RFC 7607 §2).
 */
function normal(line: string): string {
  return line
    .split('|')
    .map((field) =>
      field.includes('::') && !field.includes('/') ? (canonicalAddress(field) ?? field) : field,
    )
    .join('|')
    .replace('|255.255.255.255|', '||')
    .replace('|0 0.0.0.0|', '||')
}

t.setTimeout(300_000)

const skip = existsSync(folder) ? false : `no recordings in ${folder}`

t.test('recordings', { skip }, async (t) => {
  for (const path of files(folder).sort()) {
    const name = basename(path)
    await t.test(name, async (t) => {
      const bytes = recording(path)
      if (bytes === undefined) {
        t.comment('no bzip2 here: left out')
        return
      }
      const totals = replay(bytes)
      t.comment(JSON.stringify(totals))
      t.equal(totals.faults, TORN.get(name) ?? 0, 'broken records')
      t.ok(totals.messages + totals.entries > 0, 'there is something in it')
      const expectation = join(dirname(path), '..', 'test_expect', `${name}.bgp.gz`)
      if (!existsSync(expectation)) return
      const expected = gunzipSync(readFileSync(expectation)).toString('latin1').trimEnd().split('\n')
      const found = [...bgpdumpLines(bytes)]
      const left = new Map<string, number>()
      for (const line of found) left.set(line, (left.get(line) ?? 0) + 1)
      const missing = expected.map(normal).filter((line) => {
        const count = left.get(line) ?? 0
        left.set(line, count - 1)
        return count <= 0
      })
      t.equal(missing.length, ONLY_THERE.get(name) ?? 0, `lines only there: ${missing[0] ?? 'none'}`)
      t.equal(found.length, expected.length - missing.length, 'no line only here')
    })
  }
})
