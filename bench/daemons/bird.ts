import { writeFileSync } from 'node:fs'
import { ask } from './control.js'
import { type Daemon, onPath, pathNumbers, type SwitchSpec, stopAll } from './daemon.js'

function configuration(spec: SwitchSpec): string {
  const { neighbors, family, multipath, kernel, gateway, reflector, holdTime } = spec
  const channel = family === 'ipv4-unicast' ? 'ipv4' : 'ipv6'
  // Next hops that are on no network of its own are looked up in a table apart, so that the table measured
  // holds nothing else.
  const far = gateway
    ? `ipv4 table beyond;\nprotocol static { ipv4 { table beyond; }; route 0.0.0.0/0 via ${gateway}; }\n`
    : ''
  const sessions = neighbors.map(
    (neighbor, index) => `protocol bgp n${index} {
  local as ${spec.as};
  neighbor ${neighbor.address} as ${neighbor.as};
  hold time ${holdTime};
  connect delay time 1;
  connect retry time 1;
  error wait time 1, 1;
  error forget time 1;
${neighbor.dial ? '' : '  passive on;\n'}${reflector ? '  rr client;\n' : ''}  graceful restart aware;
  ${channel} { import all; export ${neighbor.export ? 'all' : 'none'};${gateway ? ' igp table beyond;' : ''} };
}
`,
  )
  const fib = `protocol kernel { merge paths yes limit ${multipath}; ${channel} { import none; export all; }; }\n`
  return `router id ${spec.address};
protocol device {}
${kernel ? fib : ''}${far}${sessions.join('')}`
}

/** BIRD, its waits before another attempt shortened to the second that it allows at least. */
export const bird: Daemon = {
  name: 'BIRD',
  kernel: true,
  asSets: true,
  strict: false,
  package: 'bird2',
  installed: () => onPath('bird'),
  async version(lab) {
    const { stdout, stderr } = await lab.run(undefined, ['bird', '--version'])
    return (stdout + stderr).trim().replace(' version', '')
  },
  prepare(lab, spec) {
    const file = lab.path('bird.conf')
    const socket = lab.path('bird.ctl')
    writeFileSync(file, configuration(spec))
    const argv = ['bird', '-f', '-c', file, '-s', socket, '-P', lab.path('bird.pid')]
    const show = async (command: string) => {
      // Replies are numbered; a number followed by a space ends one. The greeting is the first (0001).
      const answer = await ask(socket, `${command}\n`, (octets) =>
        /^(?:0000|[89]\d{3}) .*\n|^0000 ?\n/m.test(
          octets.toString('latin1', Math.max(0, octets.length - 200)),
        ),
      )
      return answer.toString().replace(/^(?:\d{4}[- ]| |\+)/gm, '')
    }
    return () => {
      const children = [lab.start(spec.namespace, 'bird', argv)]
      return {
        children,
        async progress() {
          const text = await show('show protocols all "n*"')
          let paths = 0
          for (const match of text.matchAll(/Routes:\s+(\d+) imported/g)) paths += Number(match[1])
          return { paths, settled: true }
        },
        async route(prefix) {
          const text = await show(`show route for ${prefix} all`)
          const blocks = text.split(/(?=unicast \[|unreachable \[)/).slice(1)
          const best = blocks.find((block) => /^.*\] \*/.test(block))
          if (!best) return undefined
          const field = (name: string) => best.match(new RegExp(`BGP\\.${name}: (.*)`))?.[1].trim() ?? ''
          return {
            paths: blocks.length,
            asPath: pathNumbers(field('as_path')),
            nextHop: field('next_hop').split(' ')[0],
            communities: [...field('community').matchAll(/\((\d+),(\d+)\)/g)].map(([, a, b]) => `${a}:${b}`),
          }
        },
        stop: () => stopAll(children),
      }
    }
  },
}
