import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { check } from '../../../../src/fib/resolve/checks.js'

async function sysctls(root: string, values: Record<string, string>): Promise<string> {
  for (const [path, value] of Object.entries(values)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), `${value}\n`)
  }
  return root
}

const BAD = {
  'net/ipv4/ip_forward': '0',
  'net/ipv4/fib_multipath_hash_policy': '0',
  'net/ipv4/conf/all/send_redirects': '1',
  'net/ipv4/conf/eth0/send_redirects': '1',
  'net/ipv4/conf/eth1.7/send_redirects': '1',
  'net/ipv6/conf/all/forwarding': '0',
  'net/ipv6/fib_multipath_hash_policy': '0',
}
const GOOD = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/fib_multipath_hash_policy': '3',
  'net/ipv4/conf/all/send_redirects': '0',
  'net/ipv4/conf/eth0/send_redirects': '0',
}

t.test('each warning has the command to paste', async (t) => {
  const root = await sysctls(t.testdir(), BAD)
  const warnings = await check({ root, interfaces: ['eth0', 'eth1.7'], ipv4: true, ipv6: true })
  t.same(
    warnings.map(({ command }) => command),
    [
      'sysctl -w net.ipv4.ip_forward=1',
      'sysctl -w net.ipv6.conf.all.forwarding=1',
      'sysctl -w net.ipv4.fib_multipath_hash_policy=1',
      'sysctl -w net.ipv6.fib_multipath_hash_policy=1',
      'sysctl -w net.ipv4.conf.all.send_redirects=0',
      'sysctl -w net.ipv4.conf.eth0.send_redirects=0',
      'sysctl -w net/ipv4/conf/eth1.7/send_redirects=0',
    ],
  )
  for (const { text } of warnings) t.match(text, /: /)
})

t.test('only the families in use, only the interfaces named', async (t) => {
  const root = await sysctls(t.testdir(), BAD)
  t.equal((await check({ root, interfaces: [], ipv4: false, ipv6: true })).length, 2)
  t.equal((await check({ root, interfaces: [], ipv4: true, ipv6: false })).length, 3)
})

t.test('nothing to say when all is set, or can not be read', async (t) => {
  const root = await sysctls(t.testdir(), GOOD)
  t.same(await check({ root, interfaces: ['eth0', 'gone'], ipv4: true, ipv6: true }), [])
})
