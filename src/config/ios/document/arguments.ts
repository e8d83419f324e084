import { formatIPv4, parseAddress, parseIPv4 } from '../../../ip/address.js'
import { type Checked, readAddress, readAs, readHost, readPrefix, readRouterId } from '../../text/values.js'

/**
 * Argument types of the grammar: `MIN-MAX` for numbers; peer (an address, or a group's name), host, as,
 * router-id, cluster-id, prefix4, prefix6, address, mask, word; `rest` runs to the end of the line.
 */
export function readArgument(type: string, name: string, text: string): Checked<string | number> {
  const range = /^(\d+)-(\d+)$/.exec(type)
  if (range) return readNumber(text, name, Number(range[1]), Number(range[2]))
  switch (type) {
    case 'as':
      return readAs(text)
    case 'peer':
      return readPeer(text)
    case 'host':
      return textOf(readHost(text))
    case 'address':
      return textOf(readAddress(text))
    case 'router-id': {
      const read = readRouterId(text)
      return 'problem' in read ? read : { value: text }
    }
    case 'cluster-id':
      return readClusterId(text)
    case 'prefix4':
    case 'prefix6':
      return readFamilyPrefix(text, type === 'prefix4')
    case 'prefix':
      return textOf(readPrefix(text))
    case 'mask':
      return parseIPv4(text) === undefined ? { problem: `\`${text}\` is no network mask` } : { value: text }
    default:
      return { value: text }
  }
}

function readNumber(text: string, name: string, min: number, max: number): Checked<number> {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return { value }
  return { problem: `${name} \`${text}\` is no number from ${min} to ${max}` }
}

/** A cluster id as four numbers, however it was written. */
function readClusterId(text: string): Checked<string> {
  const value = /^\d+$/.test(text) ? Number(text) : parseIPv4(text)
  if (value !== undefined && value > 0 && value <= 0xffffffff) return { value: formatIPv4(value) }
  return {
    problem: `\`${text}\` is no cluster id`,
    hint: 'four numbers such as 192.168.95.200, or 1 to 4294967295',
  }
}

/** What starts like an address is meant as one: `192.168.95.300` is no group's name. */
function readPeer(text: string): Checked<string> {
  const meant = /^[\d.]+(\/\d*)?$/.test(text) || text.includes(':') || parseAddress(text) !== undefined
  if (meant) return textOf(readHost(text))
  return { value: text }
}

/** True for the name of a peer group, false for an address. */
export function isGroupName(peer: string): boolean {
  return parseAddress(peer) === undefined
}

function readFamilyPrefix(text: string, ipv4: boolean): Checked<string> {
  const read = readPrefix(text)
  if ('problem' in read) return read
  if ((read.value.family === 'ipv4-unicast') !== ipv4) {
    return { problem: `\`${text}\` is no ${ipv4 ? 'IPv4' : 'IPv6'} prefix` }
  }
  return { value: read.value.text }
}

function textOf(read: Checked<{ readonly text: string }>): Checked<string> {
  return 'problem' in read ? read : { value: read.value.text }
}
