import { decodeUpdate } from '../../src/wire/decode.js'
import { Framer } from '../../src/wire/framer.js'
import { checkNlri } from '../../src/wire/nlri.js'
import { readAttributes } from '../../src/wire/read-attributes.js'
import { AttributeScan } from '../../src/wire/scan.js'
import { scanAttributes } from '../../src/wire/scan-attributes.js'
import { splitUpdate, UpdateFields } from '../../src/wire/update.js'
import { writeAttributes } from '../../src/wire/write-attributes.js'
import { block, context, nlri } from './blocks.js'
import type { Case } from './measure.js'

const MESSAGES = 20_000

/** An UPDATE with one block and four prefixes. */
function update(n: number): Uint8Array {
  const attributes = block(n)
  const prefixes = [0, 1, 2, 3].flatMap((i) => nlri(n * 4 + i))
  const message = new Uint8Array(23 + attributes.length + prefixes.length).fill(0xff, 0, 16)
  message[16] = message.length >>> 8
  message[17] = message.length
  message[18] = 2
  message[22] = attributes.length
  message.set(attributes, 23)
  message.set(prefixes, 23 + attributes.length)
  return message
}

/** Messages in and out (wire/). */
export function codecCases(): Case[] {
  const messages = Array.from({ length: MESSAGES }, (_, n) => update(n))
  const stream = Buffer.concat(messages)
  const fields = new UpdateFields()
  const scan = new AttributeScan()
  const blocks = messages.map((_, n) => block(n))
  const read = blocks.map((octets) => readAttributes(octets, 0, octets.length, context))
  return [
    {
      name: 'codec: cut a stream into UPDATEs, split and check them',
      operations: MESSAGES,
      run() {
        const framer = new Framer()
        framer.push(stream, {
          message(_type, bytes, start, end) {
            splitUpdate(bytes, start, end, fields)
            return checkNlri(bytes, fields.nlriStart, fields.nlriEnd, 32, false) < 0
          },
          fault() {},
        })
      },
    },
    {
      name: 'codec: validate an attribute block',
      operations: MESSAGES,
      run() {
        for (const octets of blocks) scanAttributes(octets, 0, octets.length, true, context, scan)
      },
    },
    {
      name: 'codec: decode an UPDATE into objects',
      operations: MESSAGES,
      run() {
        for (const message of messages) decodeUpdate(message, context)
      },
    },
    {
      name: 'codec: encode an attribute block from objects',
      operations: MESSAGES,
      run() {
        for (const attributes of read) writeAttributes(attributes)
      },
    },
  ]
}
