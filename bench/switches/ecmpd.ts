import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Switch } from './switch.js'

/** ecmpd as `npm run build` made it, with the FIB on. */
export const ecmpd: Switch = {
  name: 'ecmpd',
  async version(lab) {
    const text = await lab.must(undefined, [process.execPath, resolve('dist/cli/main.js'), '--version'])
    return `ecmpd ${text.trim()} (Node.js ${process.version})`
  },
  prepare(lab, neighbors) {
    const file = lab.path('ecmpd.conf')
    writeFileSync(
      file,
      `router bgp 64513
 bgp router-id 192.168.95.200
 bgp graceful-restart
 maximum-paths ebgp 10
${neighbors.map((address) => ` neighbor ${address} remote-as 64512\n`).join('')}`,
    )
    const argv = [process.execPath, resolve('dist/cli/main.js'), 'run', '-c', file, '--fib']
    const options = ['--socket', lab.path('ecmpd.sock'), '--api', 'off']
    return () => [lab.start('switch', 'ecmpd', [...argv, ...options])]
  },
}
