/** What the tests of the codec share. */
import type { Family } from '../../../src/ip/family.js'
import { Block, canonicalize, type NextHopForm } from '../../../src/wire/canonical.js'
import { type DecodedUpdate, decodeUpdate } from '../../../src/wire/decode.js'
import { hex } from '../../../src/wire/printable.js'
import { AttributeScan } from '../../../src/wire/scan.js'
import { scanAttributes } from '../../../src/wire/scan-attributes.js'
import type { DecodeContext, NotificationMessage } from '../../../src/wire/types.js'
import { asPath, nextHop, origin, update } from '../../support/raw-bytes.js'

export const EBGP: DecodeContext = {
  id: 0,
  peerType: 'ebgp',
  as4: true,
  rejectAsSet: true,
  extendedNextHop: false,
  aigp: false,
}
export const IBGP: DecodeContext = { ...EBGP, id: 1, peerType: 'ibgp' }
/** A session without the capability of 4-octet AS numbers. */
export const OLD: DecodeContext = { ...EBGP, id: 2, as4: false }

/** ORIGIN, AS_PATH and NEXT_HOP as any route has them. */
export const MANDATORY = [origin(), asPath(65001), nextHop('192.0.2.1')]

/** Decodes an UPDATE of the mandatory attributes and others, announcing 198.51.100.0/24. */
export function withAttributes(others: readonly number[][], context = EBGP): DecodedUpdate {
  return decodeUpdate(
    update({ attributes: [...MANDATORY, ...others], announced: ['198.51.100.0/24'] }),
    context,
  )
}

/** Decodes an UPDATE. */
export function decode(
  parts: Parameters<typeof update>[0],
  context = EBGP,
  addPath: readonly Family[] = [],
): DecodedUpdate {
  return decodeUpdate(update(parts), context, addPath)
}

/** 'none', or the verdict with the codes of its first fault: 'withdraw 3/5'. */
export function verdictOf({ verdict, faults }: DecodedUpdate): string {
  const fault = faults.find((one) => one.verdict === verdict)
  return fault === undefined ? verdict : `${verdict} ${fault.code}/${fault.subcode}`
}

/** Canonical octets of a block, as hexadecimal. */
export function canonicalHex(block: readonly number[], context = EBGP, form: NextHopForm = 'field'): string {
  const bytes = Uint8Array.from(block)
  const scan = new AttributeScan()
  scanAttributes(bytes, 0, bytes.length, false, context, scan)
  const out = new Block()
  canonicalize(bytes, scan, form, out)
  return hex(out.bytes.subarray(0, out.length), 1e6)
}

/** A NOTIFICATION as it is decoded. */
export function notification(
  code: number,
  subcode: number,
  data: Uint8Array = new Uint8Array(0),
): NotificationMessage {
  return { type: 'notification', code, subcode, data }
}

/** A NOTIFICATION inside a Cease/Hard Reset, as a neighbor sends it (RFC 8538 §3). */
export function hardReset({ code, subcode, data }: NotificationMessage): NotificationMessage {
  return notification(6, 9, Uint8Array.of(code, subcode, ...data))
}
