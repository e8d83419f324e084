/**
 * OPEN (RFC 4271 §4.2) with optional parameters in the short form and the extended one (RFC 9072 §2). The
 * decoder judges what is wrong for every session: version, framing, parameters. Whether AS, hold time,
 * identifier and roles suit a neighbor is the session's to say.
 */
import { decodeCapabilities, encodeCapability } from './capabilities.js'
import { ErrorCode, MessageType, OpenError } from './codes.js'
import { type Decoded, resetFault } from './fault.js'
import { beginMessage, finishMessage, HEADER_LENGTH } from './message.js'
import { Reader } from './reader.js'
import type { Capability, Fault, OpenMessage } from './types.js'

const VERSION = 4
const CAPABILITIES = 2
const EXTENDED = 255

/**
 * The message's octets; the extended form is used when the capabilities need it.
 * @throws RangeError when a capability, or all together, are longer than their length fields can say
 */
export function encodeOpen(message: OpenMessage): Uint8Array {
  const writer = beginMessage(MessageType.Open)
    .u8(message.version)
    .u16(message.myAs)
    .u16(message.holdTime)
    .u32(message.routerId)
  const capabilities = message.capabilities.map(encodeCapability)
  const length = capabilities.reduce((sum, octets) => sum + octets.length, 0)
  if (HEADER_LENGTH + 10 + 6 + length > 4096) {
    throw new RangeError(`${length} octets of capabilities do not fit an OPEN of 4096`)
  }
  if (length === 0) writer.u8(0)
  else if (length <= 253)
    writer
      .u8(length + 2)
      .u8(CAPABILITIES)
      .u8(length)
  else
    writer
      .u8(EXTENDED)
      .u8(EXTENDED)
      .u16(length + 3)
      .u8(CAPABILITIES)
      .u16(length)
  for (const octets of capabilities) writer.bytes(octets)
  return finishMessage(writer)
}

/** Decodes an OPEN of at least 29 octets (the framer has seen to that). */
export function decodeOpen(bytes: Uint8Array, start: number, end: number): Decoded<OpenMessage> {
  const reader = new Reader(bytes, start + HEADER_LENGTH, end)
  const version = reader.u8()
  const myAs = reader.u16()
  const holdTime = reader.u16()
  const routerId = reader.u32()
  if (version !== VERSION) {
    const text = `the peer speaks BGP version ${version}; this is version ${VERSION}`
    return { fault: openFault(OpenError.UnsupportedVersionNumber, text, Uint8Array.of(0, VERSION)) }
  }
  const capabilities: Capability[] = []
  const fault = decodeParameters(reader, capabilities)
  if (fault !== undefined) return { fault }
  return { message: { type: 'open', version, myAs, holdTime, routerId, capabilities } }
}

function decodeParameters(reader: Reader, capabilities: Capability[]): Fault | undefined {
  let length = reader.u8()
  // RFC 9072 §2: the first parameter's type decides; the one-octet length is then without meaning.
  const extended = length > 0 && reader.left > 0 && reader.bytes[reader.offset] === EXTENDED
  if (extended) {
    reader.u8()
    length = reader.u16()
  }
  if (reader.failed || length !== reader.left) {
    return openFault(
      OpenError.Unspecific,
      `the optional parameters' length of ${length} octets does not fit the ${reader.left} that follow`,
    )
  }
  while (reader.left > 0) {
    const type = reader.u8()
    const parameter = reader.sub(extended ? reader.u16() : reader.u8())
    if (reader.failed) {
      return openFault(OpenError.Unspecific, `optional parameter ${type} reaches past the end of the message`)
    }
    if (type !== CAPABILITIES) {
      return openFault(OpenError.UnsupportedOptionalParameter, `optional parameter ${type} is not known`)
    }
    if (!decodeCapabilities(parameter, capabilities)) {
      return openFault(OpenError.Unspecific, 'a capability reaches past the end of its parameter')
    }
  }
  return undefined
}

function openFault(subcode: number, text: string, data?: Uint8Array): Fault {
  return resetFault(ErrorCode.OPENMessageError, subcode, 'RFC 4271 §6.2', text, data)
}
