import t from 'tap'
import { outcome, plan } from '../../../../src/fib/install/plan.js'

t.test('every pair of desired and installed', async (t) => {
  const rows: [string | undefined, string | undefined, string][] = [
    [undefined, undefined, 'none'],
    [undefined, '1/2', 'delete'],
    ['1/2', undefined, 'add'],
    ['1/2', '1/2', 'none'],
    ['1/2/3', '1/2', 'replace'],
    // '' is a set whose objects are yet to be made, and a group that is none of ours.
    ['', undefined, 'add'],
    ['', '1/2', 'replace'],
    ['1/2', '', 'replace'],
    ['', '', 'replace'],
    [undefined, '', 'delete'],
  ]
  for (const [desired, installed, action] of rows) {
    t.equal(plan(desired, installed), action, `${desired} over ${installed}`)
  }
})

t.test('what the kernel says, and how it is taken', async (t) => {
  t.equal(outcome('delete', 'No such process'), 'done')
  t.equal(outcome('add', 'File exists'), 'occupied')
  t.equal(outcome('add', 'Nexthop id does not exist'), 'no-group')
  t.equal(outcome('replace', 'Nexthop id does not exist'), 'no-group')
  t.equal(outcome('add', 'Network is unreachable'), 'refused')
  t.equal(outcome('add', 'IPv6 routes can not use an IPv4 nexthop'), 'refused')
  t.equal(outcome('add', 'No such process'), 'refused')
})
