import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Switch } from './switch.js'

/** FRR: zebra and bgpd, as its service starts them. */
export const frr: Switch = {
  name: 'FRR',
  async version(lab) {
    return (await lab.must(undefined, ['/usr/lib/frr/bgpd', '--version'])).split('\n')[0].trim()
  },
  prepare(lab, neighbors) {
    const directory = lab.path('frr')
    mkdirSync(directory, { recursive: true })
    // FRR's daemons give up root for a user of their own, who writes here.
    chmodSync(lab.directory, 0o755)
    chmodSync(directory, 0o777)
    const file = (name: string) => join(directory, name)
    writeFileSync(file('zebra.conf'), 'hostname switch\n')
    writeFileSync(
      file('bgpd.conf'),
      `router bgp 64513
 bgp router-id 192.168.95.200
 no bgp ebgp-requires-policy
${neighbors.map((address) => ` neighbor ${address} remote-as 64512\n`).join('')} address-family ipv4 unicast
  maximum-paths 10
 exit-address-family
`,
    )
    const start = (name: string) =>
      lab.start('switch', name, [
        `/usr/lib/frr/${name}`,
        ...['-f', file(`${name}.conf`), '-i', file(`${name}.pid`), '-z', file('zserv.api')],
        ...['--vty_socket', directory, '-P', '0'],
      ])
    return () => [start('zebra'), start('bgpd')]
  },
}
