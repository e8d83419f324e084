import type { FaultRecord, NeighborView } from '../views/model/neighbor.js'
import { escapeText, right } from './text.js'
import { secondsSince, upDown } from './time.js'

/** Octets in a line of a message, and lines shown of one. */
const IN_LINE = 32
const LINES = 8
/** Prefixes named in a line. */
const PREFIXES = 10

const CONSEQUENCES: Readonly<Record<FaultRecord['verdict'], string>> = {
  discard: 'attribute discarded',
  withdraw: 'treated as withdraw',
  reset: 'session reset',
}

/** A message in hexadecimal digits, cut into lines. */
function octets({ message, size }: FaultRecord): string[] {
  const lines: string[] = []
  for (let at = 0; at < message.length && lines.length < LINES; at += 2 * IN_LINE) {
    lines.push(`      ${message.slice(at, at + 2 * IN_LINE)}`)
  }
  const more = size - Math.min(size, LINES * IN_LINE)
  return more > 0 ? [...lines, `      ... ${more} more octets`] : lines
}

function last(fault: FaultRecord, now: number): string[] {
  const { at, verdict, text, prefixes } = fault
  const named = prefixes.slice(0, PREFIXES).join(' ')
  const more = prefixes.length > PREFIXES ? ` and ${prefixes.length - PREFIXES} more` : ''
  return [
    `  Last UPDATE error ${upDown(secondsSince(at, now))} ago, ${CONSEQUENCES[verdict]}: ${escapeText(text)}`,
    ...(prefixes.length > 0 ? [`    Prefixes: ${named}${more}`] : []),
    `    Message of ${fault.size} octets:`,
    ...octets(fault),
  ]
}

/**
 * What was wrong with the UPDATEs of a neighbor (RFC 7606 §6): counts by attribute and the last ones with their
 * octets. Nothing when none was faulty.
 * @param now milliseconds since 1970
 */
export function faultLines({ faults, lastFaults }: NeighborView, now: number): string[] {
  const { withdraw, discard, reset, attributes } = faults
  if (withdraw + discard + reset === 0) return []
  const row = (name: string, a: number | string, b: number | string, c: number | string) =>
    `    ${name.padEnd(30)}${right(a, 8)} ${right(b, 8)} ${right(c, 8)}`
  return [
    `  UPDATE errors: ${withdraw} treated as withdraw, ${discard} attributes discarded, ${reset} sessions reset`,
    row('Attribute', 'Withdraw', 'Discard', 'Reset'),
    ...attributes.map((of) => {
      const known = of.attribute !== undefined && !of.name.endsWith(` ${of.attribute}`)
      return row(known ? `${of.name} (${of.attribute})` : of.name, of.withdraw, of.discard, of.reset)
    }),
    ...lastFaults.flatMap((fault) => last(fault, now)),
  ]
}
