/**
 * MRT, the format of recordings of BGP (RFC 6396, RFC 8050): reading. A file is a row of records, each with a
 * header of time, type, subtype and length:
 *
 *     |                        timestamp, seconds                     |
 *     |             type              |            subtype            |
 *     |                      length of what follows                   |
 *     |  body: mrt-session.ts (BGP4MP, BGP), mrt-table.ts (TABLE_DUMP, TABLE_DUMP_V2)
 *
 * Recordings come from decades of software, so reading is lenient: a record that is not understood or is broken
 * comes out as such, and the next one is read.
 */
import { readBgp4mp, readLegacyBgp } from './mrt-session.js'
import { readTableDump, readTableDumpV2, tableDumpSurplus } from './mrt-table.js'
import { type MrtHeader, type MrtRecord, MrtType } from './mrt-types.js'
import { plain, Reader } from './reader.js'

/** Octets of a record's header. */
const HEADER = 12

/**
 * The records of a recording, in order. Nothing throws: a broken record is a 'fault', and so is the end of a
 * file that stops in the middle of one.
 * @param recording the whole of it, not compressed; the records hold views into it
 */
export function* readMrt(recording: Uint8Array): Generator<MrtRecord, void, undefined> {
  const bytes = plain(recording)
  for (let at = 0; at < bytes.length; ) {
    const reader = new Reader(bytes, at)
    const time = reader.u32()
    const type = reader.u16()
    const subtype = reader.u16()
    const length = reader.u32()
    const header = { offset: at, time, microseconds: 0, type, subtype }
    if (reader.failed || length > reader.left) {
      const left = bytes.length - at
      const text = reader.failed
        ? `${left} octets at the end are too few for a record`
        : `the record is longer (${HEADER + length} octets) than what is left of the recording (${left})`
      yield { kind: 'fault', ...header, cut: true, text, body: bytes.subarray(at) }
      return
    }
    const start = at + HEADER
    const end =
      start + length + (type === MrtType.TableDump ? tableDumpSurplus(bytes, start, length, subtype) : 0)
    yield readRecord(header, new Reader(bytes, start, end))
    at = end
  }
}

function readRecord(header: MrtHeader, body: Reader): MrtRecord {
  const octets = body.bytes.subarray(body.offset, body.end)
  const record = readBody(header, body)
  if (record === undefined) return { kind: 'other', ...header, body: octets }
  if (!body.failed) return record
  return {
    kind: 'fault',
    ...header,
    cut: false,
    text: 'a field reaches past the end of the record',
    body: octets,
  }
}

/** @returns undefined for a kind that is not known; with a failed reader the result means nothing */
function readBody(header: MrtHeader, body: Reader): MrtRecord | undefined {
  switch (header.type) {
    case MrtType.Bgp:
      return readLegacyBgp(header, body)
    case MrtType.TableDump:
      return readTableDump(header, body)
    case MrtType.TableDumpV2:
      return readTableDumpV2(header, body)
    case MrtType.Bgp4mp:
      return readBgp4mp(header, body)
    case MrtType.Bgp4mpEt:
      // RFC 6396 §3: microseconds follow the header and count in the length.
      return readBgp4mp({ ...header, microseconds: body.u32() }, body)
    default:
      return undefined
  }
}
