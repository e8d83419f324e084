import t from 'tap'
import { gracefulRestartLines } from '../../../src/show/graceful.js'
import { showSummary } from '../../../src/show/summary.js'
import { statusCodes } from '../../../src/show/table-row.js'
import { ask } from './ask.js'
import { NOW, neighbor, path, STATUS, vip } from './fixtures.js'

const OWN = { enabled: true, restartTime: 120, stalePathTime: 360, notification: false }

t.test('the block on graceful restart, in FRR’s layout', async (t) => {
  const text = await ask('ip bgp neighbors 192.168.95.210')
  t.match(
    text,
    /^ {2}Graceful restart information:\n( {4}End-of-RIB (send|received): IPv4 Unicast\n)* {4}Local GR Mode: Helper\n {4}Remote GR Mode: (Restart|Helper)\n {4}R bit: (True|False)\n {4}N bit: False\n {4}Timers:\n {6}Configured Restart Time\(sec\): 120\n {6}Received Restart Time\(sec\): 120\n {4}IPv4 Unicast:\n {6}F bit: (True|False)\n/m,
  )
})

t.test('long-lived: what is configured, received and left', async (t) => {
  const longLived = {
    negotiated: true,
    configured: 3600,
    families: [{ family: 'ipv4-unicast', remaining: 99 }],
  } as const
  const base = neighbor()
  const capability = {
    code: 71,
    name: 'long-lived-graceful-restart',
    families: [{ afi: 1, safi: 1, forwarding: true, time: 100 }],
  } as const
  const one = neighbor({
    gracefulRestart: { ...base.gracefulRestart, longLived },
    capabilities: {
      sent: base.capabilities.sent,
      received: [...base.capabilities.received, capability],
    },
  })
  const lines = gracefulRestartLines(one, {
    ...OWN,
    longLived: { staleTime: 3600, partialDeployment: false },
  })
  for (const line of [
    '      Configured LLGR Stale Path Time(sec): 3600',
    '        Received LLGR Stale Path Time(sec): 100',
    '        LLGR Stale Path Remaining(sec): 99',
  ]) {
    t.ok(lines.includes(line), line)
  }
  t.notMatch(gracefulRestartLines(base, OWN).join('\n'), /LLGR/)
})

t.test('marks of stale paths', async (t) => {
  const route = vip()
  const stale = path(210, { stale: true, best: true })
  const longLived = path(210, { stale: true, best: true, longLivedStale: true })
  t.equal(statusCodes(route, stale), 'S> ')
  t.equal(statusCodes(route, longLived), 'L> ')
  t.equal(statusCodes(route, longLived, 'ios'), 'S> ', 'what parsers of IOS output know')
  t.match(await ask('ip bgp', { routes: [vip({ paths: [longLived] })] }), /^L> {2}192\.168\.95\.123/m)
  t.match(
    await ask('ip bgp 192.168.95.123', { routes: [vip({ paths: [longLived] })] }),
    /, stale, long-lived stale, /,
  )
  const json = JSON.parse(await ask('ip bgp json', { routes: [vip({ paths: [longLived] })] }))
  t.match(json.routes['192.168.95.123/32'], [{ stale: true, llgrStale: true }])
})

t.test('the summary tells maintenance and an own restart', async (t) => {
  const status = { ...STATUS, maintenance: { source: 'operator', by: 'ann' }, restarting: true } as const
  const lines = showSummary(status, [neighbor()], 'ipv4-unicast', Date.parse(NOW)).split('\n')
  t.same(lines.slice(1, 3), [
    'Maintenance: all routes are announced with graceful-shutdown, by ann',
    'Restarting: routes are announced when the neighbors have sent theirs again',
  ])
  t.notMatch(showSummary(STATUS, [], 'ipv4-unicast', Date.parse(NOW)), /Maintenance|Restarting|Graceful/)
  const drained = neighbor({ maintenance: { source: 'operator', by: 'ann' } })
  t.match(
    await ask('ip bgp neighbors 192.168.95.210', { neighbors: [drained] }),
    /^ {2}Graceful shutdown: drained, by ann$/m,
  )
  const neighbors = [
    drained,
    neighbor({ address: '192.168.95.211' }),
    neighbor({ address: '192.168.95.212', maintenance: { source: 'configuration' } }),
  ]
  t.match(
    await ask('ip bgp summary', { neighbors }),
    /^Graceful shutdown: drained 192\.168\.95\.210 by ann, 192\.168\.95\.212$/m,
  )
  const { peers } = JSON.parse(await ask('ip bgp summary json', { neighbors })).ipv4Unicast
  t.equal(peers['192.168.95.210'].gracefulShutdown, true)
  t.notOk('gracefulShutdown' in peers['192.168.95.211'])
})
