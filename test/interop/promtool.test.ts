/** The metrics of a running daemon are as Prometheus wants them, by the word of its own checker. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { freePort } from '../../src/testing/free-port.js'
import { lacksPrograms } from '../lab/require.js'
import { Daemon, until } from '../unit/cli/program.js'

t.setTimeout(300_000)

/** What `promtool check metrics` says: exit code 1 for what can't be read, 3 for what breaks a convention. */
async function check(text: string): Promise<readonly [code: number, said: string]> {
  const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part
    })
  }
  child.stdin.end(text)
  const [code] = await once(child, 'close')
  return [code, said]
}

const scrape = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()

t.test('promtool finds nothing wrong', { skip: lacksPrograms('promtool') }, async (t) => {
  const wrong = '# TYPE x_seconds gauge\nx_seconds{quantile="0.5"} 1\n'
  t.match(await check(wrong), [3, /quantile/], 'the check itself')

  const [bgp, api] = [await freePort(), await freePort()]
  const config = (as: number, id: string, neighbors: string) =>
    `as: ${as}\nrouterId: ${id}\nneighbors:\n${neighbors}`
  await Daemon.start(
    t,
    config(
      64513,
      '192.0.2.1',
      '  - { address: 127.0.0.2, remoteAs: 64512, passive: true, description: "a \\"node\\" \\\\ ünd so" }\n' +
        '  - { address: 127.0.0.3, remoteAs: 64512, passive: true }\n',
    ),
    ['--listen', `127.0.0.1:${bgp}`, '--api', `127.0.0.1:${api}`],
  )
  const dials = `  - { address: 127.0.0.1, remoteAs: 64513, port: ${bgp}, localAddress: 127.0.0.2 }\n`
  const other = await Daemon.start(t, `${config(64512, '192.0.2.2', dials)}announce: [198.51.100.0/24]\n`)
  await until('the session is up', async () =>
    (await scrape(api)).includes('ecmpd_neighbor_uptime_seconds{neighbor="127.0.0.2"}') ? true : undefined,
  )
  t.same(await check(await scrape(api)), [0, ''])
  // A session that has ended has its own metrics.
  await other.program.stop()
  const text = await until('it is down', async () => {
    const scraped = await scrape(api)
    return scraped.includes('ecmpd_neighbor_last_error_info{neighbor="127.0.0.2"') ? scraped : undefined
  })
  t.same(await check(text), [0, ''])
})
