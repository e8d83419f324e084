import t from 'tap'
import { Framer } from '../../../src/wire/framer.js'
import type { Fault } from '../../../src/wire/types.js'

function faultOf(...chunks: readonly (string | readonly number[])[]): Fault | undefined {
  const framer = new Framer()
  const faults: Fault[] = []
  for (const chunk of chunks) {
    const octets = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : Uint8Array.from(chunk)
    framer.push(octets, { message: () => true, fault: (fault) => faults.push(fault) })
  }
  return faults[0]
}

t.test('the first octets name who is there instead of a BGP speaker', async (t) => {
  const speakers: [string, string | number[]][] = [
    ['looks like HTTP ("HTTP/1.1 400 Bad Request")', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['looks like HTTP ("GET / HTTP/1.1")', 'GET / HTTP/1.1\r\n'],
    ['looks like SSH ("SSH-2.0-OpenSSH_9.2")', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['looks like SMTP ("220 mx.example ESMTP")', '220 mx.example ESMTP\r\n'],
    ['looks like text ("hello, is it me")', 'hello, is it me'],
    ['looks like TLS', [21, 3, 1, 0, 2, 2, 80]],
    ['looks like TLS', [22, 3, 3, 0, 80, 1]],
    ['it is no protocol known here', [0, 0, 0, 1, 2, 3]],
  ]
  for (const [notBgp, octets] of speakers) {
    t.match(faultOf(octets), { code: 1, subcode: 1, notBgp }, notBgp)
  }
})

t.test('a speaker that was sound before is broken, and no other protocol', async (t) => {
  const keepalive = [...Array<number>(16).fill(255), 0, 19, 4]
  const fault = faultOf(keepalive, 'HTTP/1.1 400 Bad Request\r\n')
  t.match(fault, { code: 1, subcode: 1 })
  t.equal(fault?.notBgp, undefined)
  t.equal(faultOf([...Array<number>(16).fill(255), 0, 1, 4])?.notBgp, undefined, 'a length that is wrong')
})
