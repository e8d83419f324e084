import type { Lab } from './lab.js'

/**
 * The network of the story: a switch, three nodes in its subnet, a client in another.
 *
 *     node0 .210 ┐
 *     node1 .211 ┼─ lan (bridge) ─ 192.168.95.200 switch 192.168.96.1 ─ 192.168.96.2 client
 *     node2 .212 ┘   192.168.95.0/24, fd00:95::/64       192.168.96.0/24, fd00:96::/64
 *
 * The bridge has a namespace of its own, so that a node can fall silent (its port leaves the bridge) without
 * its interface or the switch's going down.
 */
export const SWITCH = 'switch'
export const CLIENT = 'client'
export const LAN = 'lan'
/** The service address, inside the switch's connected subnet as in the field. */
export const VIP = '192.168.95.123'
export const VIP6 = 'fd00:95::123'
export const HTTP_PORT = 8080
export const SWITCH_AS = 64513
export const NODE_AS = 64512

/** A member of the subnet of the nodes. */
export interface Host {
  /** Short name of its namespace. */
  readonly namespace: string
  /** Name that people see: its answers, its description in the configuration. */
  readonly name: string
  readonly address: string
  readonly address6: string
}

/** The switch's end of the nodes' subnet. */
export const SWITCH_HOST: Host = {
  namespace: SWITCH,
  name: 'switch',
  address: '192.168.95.200',
  address6: 'fd00:95::200',
}

/** The nodes, in the order of their addresses. */
export const NODES: readonly Host[] = [210, 211, 212].map((last, index) => ({
  namespace: `node${index}`,
  name: `k8s-master-${index}`,
  address: `192.168.95.${last}`,
  address6: `fd00:95::${last}`,
}))

/** Name of a host's port on the bridge. */
const port = (host: Host) => `to-${host.namespace}`

const NO_DAD = { 'net/ipv6/conf/all/accept_dad': '0', 'net/ipv6/conf/default/accept_dad': '0' }

/** Joins a host to the bridge as its `eth0`. */
export async function join(lab: Lab, host: Host): Promise<void> {
  const [lan, own] = [lab.namespace(LAN), lab.namespace(host.namespace)]
  await lab.ip(undefined, [
    `netns add ${own}`,
    `link add name ${port(host)} netns ${lan} type veth peer name eth0 netns ${own}`,
  ])
  await lab.sysctl(host.namespace, NO_DAD)
  await lab.ip(LAN, [`link set ${port(host)} master br0 up`])
  await lab.ip(host.namespace, [
    'link set lo up',
    `address add ${host.address}/24 dev eth0`,
    `address add ${host.address6}/64 dev eth0 nodad`,
    'link set eth0 up',
  ])
}

/**
 * Builds the network. The switch forwards and spreads flows by ports (fib_multipath_hash_policy=1); nodes hold
 * the service addresses on `lo` and answer no ARP for them, as Cilium's nodes do.
 * @param nodes hosts to build, all three by default
 */
export async function buildTopology(lab: Lab, nodes: readonly Host[] = NODES): Promise<void> {
  const [lan, client, own] = [LAN, CLIENT, SWITCH].map((name) => lab.namespace(name))
  await lab.ip(undefined, [`netns add ${lan}`, `netns add ${client}`])
  await lab.ip(LAN, ['link add name br0 type bridge', 'link set lo up', 'link set br0 up'])
  await join(lab, SWITCH_HOST)
  await Promise.all(nodes.map((node) => join(lab, node)))
  await lab.ip(undefined, [`link add name eth1 netns ${own} type veth peer name eth0 netns ${client}`])
  await lab.sysctl(CLIENT, NO_DAD)
  await Promise.all([
    lab.ip(SWITCH, [
      'address add 192.168.96.1/24 dev eth1',
      'address add fd00:96::1/64 dev eth1 nodad',
      'link set eth1 up',
    ]),
    lab.ip(CLIENT, [
      'link set lo up',
      'address add 192.168.96.2/24 dev eth0',
      'address add fd00:96::2/64 dev eth0 nodad',
      'link set eth0 up',
    ]),
  ])
  await lab.sysctl(SWITCH, {
    'net/ipv4/ip_forward': '1',
    'net/ipv4/fib_multipath_hash_policy': '1',
    'net/ipv4/conf/all/send_redirects': '0',
    'net/ipv4/conf/eth0/send_redirects': '0',
    'net/ipv6/conf/all/forwarding': '1',
    'net/ipv6/fib_multipath_hash_policy': '1',
  })
  await lab.ip(CLIENT, ['route add default via 192.168.96.1', 'route add default via fd00:96::1'])
  await Promise.all(
    nodes.map(async (node) => {
      await lab.sysctl(node.namespace, {
        'net/ipv4/conf/all/arp_ignore': '1',
        'net/ipv4/conf/all/arp_announce': '2',
      })
      await lab.ip(node.namespace, [
        `address add ${VIP}/32 dev lo`,
        `address add ${VIP6}/128 dev lo nodad`,
        `route add default via ${SWITCH_HOST.address}`,
        `route add default via ${SWITCH_HOST.address6}`,
      ])
    }),
  )
}

/** Takes a host off the network without a word: its interface stays up, nothing arrives or leaves. */
export async function cutOff(lab: Lab, host: Host): Promise<void> {
  await lab.ip(LAN, [`link set ${port(host)} nomaster`])
}

/** Puts a host back on the network. */
export async function rejoin(lab: Lab, host: Host): Promise<void> {
  await lab.ip(LAN, [`link set ${port(host)} master br0`])
}
