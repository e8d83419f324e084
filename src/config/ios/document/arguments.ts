/** What the arguments of the configuration grammar may be, and what a wrong one is answered. */

import { type Checked, type Kinds, kindsOf } from '../../../grammar/kinds.js'
import { formatIPv4, parseAddress, parseIPv4 } from '../../../ip/address.js'
import { readAddress, readAs, readHost, readPrefix, readRouterId } from '../../text/values.js'

/**
 * The kinds of arguments of the configuration grammar, beside `MIN-MAX`, `word` and `rest`. `peer` is an
 * address, or the name of a group; `host` an address that a speaker can have.
 */
export const KINDS: Kinds = kindsOf({
  as: { placeholder: '<1-4294967295>', help: 'an AS number, plain or asdot', example: '64512', read: readAs },
  peer: {
    placeholder: 'WORD',
    help: 'address of a neighbor, or name of a peer group',
    example: '192.168.95.210',
    read: readPeer,
  },
  host: {
    placeholder: 'A.B.C.D or X:X::X:X',
    help: 'address of a speaker',
    example: '192.168.95.210',
    read: (text) => textOf(readHost(text)),
  },
  address: {
    placeholder: 'A.B.C.D or X:X::X:X',
    help: 'an address',
    example: '192.168.95.0',
    read: (text) => textOf(readAddress(text)),
  },
  'router-id': {
    placeholder: 'A.B.C.D',
    help: 'a BGP Identifier: four numbers as in an IPv4 address',
    example: '192.168.95.200',
    read: (text) => {
      const read = readRouterId(text)
      return 'problem' in read ? read : { value: text }
    },
  },
  'cluster-id': {
    placeholder: 'A.B.C.D or <1-4294967295>',
    help: 'a cluster id: four numbers, or one',
    example: '192.168.95.200',
    read: readClusterId,
  },
  prefix4: {
    placeholder: 'A.B.C.D/M',
    help: 'an IPv4 prefix',
    example: '10.0.0.0/8',
    read: (text) => readFamilyPrefix(text, true),
  },
  prefix6: {
    placeholder: 'X:X::X:X/M',
    help: 'an IPv6 prefix',
    example: '2001:db8::/32',
    read: (text) => readFamilyPrefix(text, false),
  },
  prefix: {
    placeholder: 'A.B.C.D/M or X:X::X:X/M',
    help: 'a prefix',
    example: '10.0.0.0/8',
    read: (text) => textOf(readPrefix(text)),
  },
  mask: {
    placeholder: 'A.B.C.D',
    help: 'a network mask, or a wildcard',
    example: '255.255.255.0',
    read: (text) =>
      parseIPv4(text) === undefined ? { problem: `\`${text}\` is no network mask` } : { value: text },
  },
})

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
