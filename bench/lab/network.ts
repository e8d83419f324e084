import { Lab } from '../../src/demo/lab.js'

/**
 * The network of the benchmarks: the switch and the feeders, joined by one cable.
 *
 *     switch eth0 10.95.0.1/16, fd00:95::1/64 ── eth0 feeder 10.95.1.1, .2, …, fd00:95::1:1, …
 */
export const SWITCH = 'switch'
export const FEEDER = 'feeder'
export const SWITCH_AS = 64513
export const FEEDER_AS = 64512
export const SWITCH_ADDRESS = '10.95.0.1'
export const SWITCH_ADDRESS6 = 'fd00:95::1'

/** IPv4 address of a feeder, from 0 on. */
export const feederAddress = (index: number): string =>
  `10.95.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`

/** IPv6 address of a feeder. */
export const feederAddress6 = (index: number): string => `fd00:95::1:${(index + 1).toString(16)}`

/**
 * Builds it. The switch's neighbor entries are permanent: no ARP falls into a measurement, and a thousand of
 * them don't fill the kernel's table.
 * @param feeders addresses that the feeder's side has
 */
export async function buildNetwork(feeders: number): Promise<Lab> {
  const lab = new Lab()
  try {
    const [own, far] = [SWITCH, FEEDER].map((name) => lab.namespace(name))
    await lab.ip(undefined, [
      `netns add ${own}`,
      `netns add ${far}`,
      `link add name eth0 netns ${own} type veth peer name eth0 netns ${far}`,
    ])
    for (const name of [SWITCH, FEEDER]) {
      await lab.sysctl(name, {
        'net/ipv6/conf/all/accept_dad': '0',
        'net/ipv6/conf/default/accept_dad': '0',
        'net/ipv4/ip_forward': '1',
        'net/ipv6/conf/all/forwarding': '1',
        'net/ipv4/tcp_max_syn_backlog': '4096',
      })
    }
    const indices = Array.from({ length: feeders }, (_, index) => index)
    const mac = '02:00:00:00:95:01'
    await lab.ip(FEEDER, [
      'link set lo up',
      `link set eth0 address ${mac} up`,
      'address add 10.95.255.1/16 dev eth0',
      ...indices.map((index) => `address add ${feederAddress(index)}/16 dev eth0`),
      ...indices.map((index) => `address add ${feederAddress6(index)}/64 dev eth0 nodad`),
    ])
    await lab.ip(SWITCH, [
      'link set lo up',
      'link set eth0 up',
      `address add ${SWITCH_ADDRESS}/16 dev eth0`,
      `address add ${SWITCH_ADDRESS6}/64 dev eth0 nodad`,
      ...indices.map((index) => `neigh add ${feederAddress(index)} lladdr ${mac} dev eth0 nud permanent`),
      ...indices.map((index) => `neigh add ${feederAddress6(index)} lladdr ${mac} dev eth0 nud permanent`),
    ])
    return lab
  } catch (error) {
    await lab.destroy()
    throw error
  }
}
