import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import t from 'tap'
import { NO_CAPABILITY } from '../../src/fib/kernel/probe.js'
import { ip, Lab, noNamespaces } from './fib-lab.js'

const NOBODY = '65534'

/** Why it can't be tried here; false when it can. */
function lacking(): string | false {
  const reason = noNamespaces()
  if (reason !== undefined) return reason
  try {
    execFileSync('setpriv', ['--reuid', NOBODY, '--clear-groups', 'true'], { stdio: 'ignore' })
    return false
  } catch {
    return 'SKIPPED, not tested: no setpriv that may change the user'
  }
}

const skip = lacking()
if (skip) console.error(skip)

/** Runs the child as nobody in the lab's namespace. */
function run(lab: Lab, ...privileges: string[]): Record<string, string | number> {
  const user = ['setpriv', '--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', ...privileges]
  const node = [process.execPath, ...process.execArgv, resolve('test/netns/fib-child.ts')]
  return JSON.parse(
    ip('netns', 'exec', lab.name, ...user, ...node)
      .trim()
      .split('\n')
      .pop()!,
  )
}

t.test('as an ordinary user with the ambient capability: the `ip` child inherits it', { skip }, async (t) => {
  const lab = new Lab()
  t.teardown(() => lab.remove())
  const result = run(lab, '--inh-caps=-all,+net_admin', '--ambient-caps=-all,+net_admin')
  t.match(result, { uid: 65534, mode: 'nexthop-objects', after: '' })
  t.match(result.route, /192.168.95.123 nhid \d+ via 192.168.95.210 dev eth0 proto bgp metric 195/)
})

t.test('without it: one sentence', { skip }, async (t) => {
  const lab = new Lab()
  t.teardown(() => lab.remove())
  t.same(run(lab), { error: NO_CAPABILITY })
})
