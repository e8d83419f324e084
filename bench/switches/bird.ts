import { writeFileSync } from 'node:fs'
import type { Switch } from './switch.js'

/** BIRD with the connect delay shortened to the second that it allows at least. */
export const bird: Switch = {
  name: 'BIRD',
  async version(lab) {
    const { stdout, stderr } = await lab.run(undefined, ['bird', '--version'])
    return (stdout + stderr).trim()
  },
  prepare(lab, neighbors) {
    const file = lab.path('bird.conf')
    const sessions = neighbors.map(
      (address, index) => `protocol bgp n${index} {
  local 192.168.95.200 as 64513;
  neighbor ${address} as 64512;
  connect delay time 1;
  graceful restart aware;
  ipv4 { import all; export none; };
}
`,
    )
    writeFileSync(
      file,
      `router id 192.168.95.200;
protocol device {}
protocol kernel { merge paths yes limit 10; ipv4 { import none; export all; }; }
${sessions.join('')}`,
    )
    const argv = ['bird', '-f', '-c', file, '-s', lab.path('bird.ctl'), '-P', lab.path('bird.pid')]
    return () => [lab.start('switch', 'bird', argv)]
  },
}
