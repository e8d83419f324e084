import { mkdirSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { endianness } from 'node:os'
import t from 'tap'
import { portHolders } from '../../../src/host/port-holder.js'
import { proc } from './proc.js'

const HEADER =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const line = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100`

t.test('who listens, by the sockets of /proc', { skip: endianness() === 'BE' }, async (t) => {
  const { root } = proc(t, {
    'net/tcp': [
      HEADER,
      line('00000000:00B3', '0A', 4711),
      line('C85FA8C0:00B3', '01', 4712),
      line('0100007F:0050', '0A', 4713),
    ].join('\n'),
    'net/tcp6': [HEADER, line('00000000000000000000000001000000:00B3', '0A', 4714)].join('\n'),
    '812/comm': 'bird',
    '813/comm': 'sh',
  })
  mkdirSync(`${root}/812/fd`)
  symlinkSync('socket:[4711]', `${root}/812/fd/5`)
  symlinkSync('/dev/null', `${root}/812/fd/6`)
  t.same(
    portHolders(179, root),
    [
      { address: '0.0.0.0', port: 179, pid: 812, process: 'bird' },
      { address: '::1', port: 179 },
    ],
    'the second belongs to somebody who is not seen',
  )
  t.same(portHolders(1790, root), [])
  t.same(portHolders(179, `${root}/nowhere`), [])
})

t.test('this process itself', { skip: process.platform !== 'linux' }, async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  t.match(portHolders(port), [{ address: '127.0.0.1', port, pid: process.pid, process: /^node/ }])
})
