/** The parts of a saved switch configuration that are not BGP's: read over, without complaint. */

import type { Context } from './context.js'
import type { SourceLine } from './lexer.js'

/**
 * Beginnings of lines that a switch's whole configuration has beside BGP: ports, users, services. The old
 * switch's file is read as it is: each gives one warning and stays with Linux; a word that is in no
 * list is an error as ever.
 */
const OTHER = [
  ...['interface', 'vlan', 'line', 'spanning-tree', 'lldp', 'cdp', 'lacp', 'port-channel', 'errdisable'],
  ...[
    'username',
    'enable',
    'aaa',
    'radius-server',
    'tacacs-server',
    'banner',
    'crypto',
    'webmaster',
    'sysmac',
  ],
  ...[
    'snmp-server',
    'ntp',
    'sntp',
    'clock',
    'logging',
    'service',
    'boot',
    'cpu-protect',
    'nfpp',
    'redundancy',
  ],
  ...['class-map', 'policy-map', 'mls', 'qos', 'monitor', 'mac-address-table', 'arp', 'device', 'fair-queue'],
  ...['install', 'license', 'archive', 'alias', 'privilege', 'key', 'track', 'vrf', 'control-plane', 'zone'],
]
const OTHER_ROUTERS = ['ospf', 'ospfv3', 'rip', 'ripng', 'isis', 'eigrp', 'static', 'vrrp']
const OTHER_IP = [
  ...[
    'route',
    'access-list',
    'dhcp',
    'domain-lookup',
    'domain-name',
    'name-server',
    'ssh',
    'http',
    'default-gateway',
  ],
  ...[
    'multicast-routing',
    'igmp',
    'pim',
    'nat',
    'vrf',
    'sla',
    'cef',
    'ref',
    'helper-address',
    'source-route',
  ],
]

function isOther(line: SourceLine): boolean {
  const [first, second] = line.words.map((word) => word.text)
  if (second === undefined) return OTHER.includes(first) && first !== 'enable'
  if (first === 'no' || first === 'default') {
    return isOther({ ...line, words: line.words.slice(1) })
  }
  if (first === 'router') return OTHER_ROUTERS.includes(second)
  if (first === 'ip' || first === 'ipv6') return OTHER_IP.includes(second)
  return OTHER.includes(first)
}

/** Recognises what a switch's configuration holds beside BGP. */
export class OtherSections {
  readonly #known: (line: SourceLine) => boolean
  #inside = false

  /** @param known whether the grammar has a command for the line: then it is none of these */
  constructor(known: (line: SourceLine) => boolean) {
    this.#known = known
  }

  /** Whether the line belongs to such a section; its first line gives a warning. */
  take(line: SourceLine, context: Context): boolean {
    // Only here does indentation say something: what stands further in belongs to the line above it.
    const further = /^\s/.test(line.raw)
    if (this.#inside && further) return true
    this.#inside = !further && isOther(line) && !this.#known(line)
    if (!this.#inside) return false
    context.enter('config')
    // No more than two words: what follows may be a secret.
    const [first, second] = line.words.map((word) => word.text)
    const name = /^(ip|ipv6|no|router)$/.test(first) ? `${first} ${second}` : first
    context.warn(`\`${name}\` is not about BGP: left out`, 'where Linux needs it, set it up there')
    return true
  }
}
