import t from 'tap'
import {
  FibUnavailable,
  NO_CAPABILITY,
  NO_IP,
  NOT_IPROUTE2,
  probe,
  requireIp,
} from '../../../../src/fib/kernel/probe.js'
import type { Spawn } from '../../../../src/fib/kernel/process.js'

/** An `ip` that answers by its arguments: [standard output, standard error]. */
function fake(answer: (args: string, input: string) => [string, string]): Spawn {
  return (argv, handlers) => {
    let input = ''
    return {
      pid: 1,
      write: (text) => {
        input += text
      },
      end: () => {
        const [out, err] = answer(argv.slice(1).join(' '), input)
        if (out !== '') handlers.stdout?.(Buffer.from(out))
        if (err !== '') handlers.stderr?.(Buffer.from(err))
        handlers.ended(err === '' ? 'exit code 0' : 'exit code 1')
      },
      kill: () => {},
    }
  }
}

const VERSION = 'ip utility, iproute2-6.1.0, libbpf 1.1.2\n'
const DENIED = 'RTNETLINK answers: Operation not permitted\n'

t.test('next-hop objects in both families', async (t) => {
  const lines: string[] = []
  const spawn = fake((args, input) => {
    lines.push(args, input)
    return args === '-V' ? [VERSION, ''] : ['', '']
  })
  t.same(await probe(['ip'], 100, spawn), { mode: 'nexthop-objects' })
  t.match(lines.join('\n'), /nexthop del id 101\nnexthop del id 100\n/, 'leaves nothing behind')
  t.match(lines.join('\n'), /-6 nexthop add id 102 blackhole proto 186/)
  t.notMatch(lines.join('\n'), /route add [^\n]*(?<!table \d+)\n/, 'no trial in the main table')
})

t.test('no ip, another ip', async (t) => {
  const missing: Spawn = (argv, handlers) => {
    queueMicrotask(() => handlers.ended(`no such program: ${argv[0]}`))
    return { pid: undefined, write: () => {}, end: () => {}, kill: () => {} }
  }
  await t.rejects(requireIp(['ip'], missing), new FibUnavailable(NO_IP))
  const busybox = fake(() => ['', "ip: invalid option -- 'V'\nBusyBox v1.36.1 multi-call binary.\n"])
  await t.rejects(requireIp(['ip'], busybox), new FibUnavailable(NOT_IPROUTE2))
})

t.test('iproute2 is there', async () => {
  await requireIp(
    ['ip'],
    fake(() => [VERSION, '']),
  )
})

t.test('no CAP_NET_ADMIN', async (t) => {
  const spawn = fake((args, input) => {
    if (args === '-V') return [VERSION, '']
    if (input === '') return ['', DENIED]
    return [
      '',
      input
        .split('\n')
        .slice(0, -1)
        .map((_, i) => `${DENIED}Command failed -:${i + 1}\n`)
        .join(''),
    ]
  })
  await t.rejects(probe(['ip'], 100, spawn), new FibUnavailable(NO_CAPABILITY))
})

t.test('a kernel or an ip without next-hop objects', async (t) => {
  const kernel = fake((args, input) => {
    if (args === '-V') return [VERSION, '']
    if (input === '') return ['', 'RTNETLINK answers: Operation not supported\n']
    return ['', '']
  })
  t.same(await probe(['ip'], 100, kernel), { mode: 'plain', reason: 'IPv4: Operation not supported' })
  const old = fake((args) => {
    if (args === '-V') return ['ip utility, iproute2-ss190107\n', '']
    return args.includes('nexthop') ? ['', 'Object "nexthop" is unknown, try "ip help".\n'] : ['', '']
  })
  t.match(await probe(['ip'], 100, old), { mode: 'plain', reason: /Object "nexthop" is unknown/ })
})

t.test('IPv6 alone lacks them: plain; IPv6 off altogether: it decides nothing', async (t) => {
  const six = (routes: string) =>
    fake((args, input) => {
      if (args === '-V') return [VERSION, '']
      if (args.startsWith('-6 nexthop')) return ['', 'Error: IPv6 support not enabled in kernel.\n']
      return ['', input.includes('2001:db8') ? routes : '']
    })
  t.match(await probe(['ip'], 100, six('')), { mode: 'plain', reason: /^IPv6: / })
  t.same(await probe(['ip'], 100, six('RTNETLINK answers: Operation not supported\nCommand failed -:1\n')), {
    mode: 'nexthop-objects',
  })
})

t.test('a namespace whose loopback is down', async (t) => {
  const spawn = fake((args, input) => {
    if (args === '-V') return [VERSION, '']
    return input === '' ? ['', 'Error: Device for nexthop is not up.\n'] : ['', '']
  })
  t.same(await probe(['ip'], 100, spawn), { mode: 'nexthop-objects' })
})
