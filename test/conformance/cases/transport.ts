import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Case, Skip } from '../case.js'
import { type Context, check } from '../context.js'
import { Conversation, Failure, PATIENCE } from '../conversation.js'
import { DUT_ADDRESS } from '../model.js'
import { connectWithKey } from '../native.js'

const execute = promisify(execFile)

/** Makes what an address of the tester sends have a TTL, by a route of its own. */
async function withTtl(address: string, ttl: number): Promise<void> {
  const table = String(1000 + Number(address.split('.')[2]) * 256 + Number(address.split('.')[3]))
  const route = ['10.99.0.0/16', 'dev', 'eth0', 'src', address, 'hoplimit', String(ttl), 'table', table]
  await execute('ip', ['route', 'replace', ...route])
  await execute('ip', ['rule', 'add', 'from', address, 'lookup', table])
}

/** Whether a session comes about within some seconds. */
async function getsSession(c: Context, name: string): Promise<boolean> {
  try {
    await c.session(name, { within: 2500 })
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

const guarded = { t: { options: { ttlSecurity: 1 } } }
const KEY = 'secret-of-t'

async function withKey(c: Context, key: string, within?: number): Promise<Conversation | undefined> {
  const speaker = c.peer('t')
  try {
    const socket = await connectWithKey(speaker.address, DUT_ADDRESS, 179, key, within)
    return c.closeWithCase(new Conversation(socket, speaker))
  } catch (error) {
    if (error instanceof Skip) throw error
    return undefined
  }
}

const keyed = { t: { options: { password: KEY } } }

/** Section 7, protection of the TCP session. */
export const transportCases: readonly Case[] = [
  {
    id: 'TTL-1.accepted',
    title: 'TTL security: a peer that sends 255 gets a session',
    rfc: '5082 3',
    peers: guarded,
    async run(c) {
      await withTtl(c.peer('t').address, 255)
      await c.session('t')
    },
  },
  {
    id: 'TTL-1.dropped',
    title: 'TTL security: a peer that sends 254 gets none',
    rfc: '5082 3',
    peers: guarded,
    async run(c) {
      await withTtl(c.peer('t').address, 254)
      check(!(await getsSession(c, 't')), 'it got a session')
    },
  },
  {
    id: 'TTL-1.sent',
    title: 'TTL security: what is sent has 255',
    rfc: '5082 3',
    peers: guarded,
    async run(c) {
      const { address } = c.peer('t')
      await withTtl(address, 255)
      const filter = `src host ${DUT_ADDRESS} and dst host ${address} and tcp`
      const capture = execute('tcpdump', ['-nvi', 'eth0', '-c', '3', '--immediate-mode', filter], {
        timeout: 20_000,
      }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw new Skip('the tester lacks tcpdump')
        throw error
      })
      capture.catch(() => {})
      await c.sleep(1000)
      await c.session('t')
      const { stdout } = await capture
      const values = [...stdout.matchAll(/ttl (\d+)/g)].map((match) => match[1])
      check(values.length > 0 && values.every((ttl) => ttl === '255'), `TTL ${values.join(', ')}`)
    },
  },
  {
    id: 'MD5-1.right',
    title: 'TCP-MD5: with the right key there is a session',
    rfc: '2385',
    peers: keyed,
    async run(c) {
      const o = await c.observer()
      const t = await withKey(c, KEY, PATIENCE)
      check(t, 'no connection')
      await c.greet(t)
      t.announce(c.prefix())
      await o.has(c.prefix())
    },
  },
  {
    id: 'MD5-1.wrong',
    title: 'TCP-MD5: with a wrong key there is no connection',
    rfc: '2385',
    peers: keyed,
    async run(c) {
      check(!(await withKey(c, 'another secret')), 'there is a connection')
    },
  },
  {
    id: 'MD5-1.none',
    title: 'TCP-MD5: without a key there is none; a peer without password is unaffected',
    rfc: '2385',
    peers: { ...keyed, u: {} },
    async run(c) {
      const t = await Conversation.dial(c.peer('t'), DUT_ADDRESS, 3000).catch(() => undefined)
      if (t) {
        c.closeWithCase(t)
        // Where the key is checked after the handshake, nothing is ever answered.
        const message = await t.next(1, 2000).catch(() => undefined)
        check(!message, 'there is a connection')
      }
      await c.session('u')
    },
  },
]
