import { Socket } from 'node:net'
import t from 'tap'
import { type Libc, open } from '../../../src/net/libc.js'
import { Protections } from '../../../src/net/protections.js'
import type { Log } from '../../../src/ports/log.js'
import type { ProtectionRule } from '../../../src/ports/transport.js'

const SECRET = 'sesame'

/** Calls of the C library in words, and what the kernel makes of them. */
class Recorder implements Libc {
  readonly calls: string[] = []
  loads = 0
  /** Makes matching calls fail with this code. */
  readonly failing = new Map<RegExp, string>()
  arrived = 255
  closed: number[] = []

  readonly load = (): Libc => {
    this.loads++
    return this
  }

  socket(ipv6: boolean): number {
    this.#call(`socket ${ipv6 ? 6 : 4}`)
    return -1
  }

  setOption(descriptor: number, level: number, name: number, value: Uint8Array): void {
    const view = new DataView(value.buffer, value.byteOffset)
    if (level !== 6) {
      const names: Record<string, string> = {
        '0/2': 'ttl',
        '0/21': 'min-ttl',
        '41/16': 'ttl',
        '41/73': 'min-ttl',
      }
      this.#call(`${descriptor} ${names[`${level}/${name}`]} ${view.getInt32(0, true)}`)
      return
    }
    const ipv6 = view.getUint16(0, true) === 10
    const address = ipv6 ? Buffer.from(value.subarray(8, 24)).toString('hex') : value.subarray(4, 8).join('.')
    const length = value[128] === 1 ? `/${value[129]}` : ''
    const key = Buffer.from(value.subarray(136, 136 + view.getUint16(130, true))).toString()
    this.#call(`${descriptor} ${name === 14 ? 'md5' : 'md5-ext'} ${address}${length} ${key || 'none'}`)
  }

  getInteger(): number {
    return this.arrived
  }

  close(descriptor: number): void {
    this.closed.push(descriptor)
  }

  take(): string[] {
    return this.calls.splice(0)
  }

  #call(text: string): void {
    for (const [pattern, code] of this.failing)
      if (pattern.test(text)) throw Object.assign(new Error(code), { code })
    this.calls.push(text)
  }
}

function make(log?: Log) {
  const kernel = new Recorder()
  const protections = new Protections(log, kernel.load)
  const refused: string[] = []
  const protect = (...rules: ProtectionRule[]) => {
    refused.length = 0
    protections.protect(rules, (remote, reason) => refused.push(`${remote}: ${reason.message}`))
    return kernel.take()
  }
  const listen = (descriptor: number, address = '0.0.0.0') => {
    const closing = protections.listening(descriptor, { address, port: 179 })
    return { closing, calls: kernel.take() }
  }
  return { kernel, protections, refused, protect, listen }
}

const socket = () => new Socket()

t.test('nothing is loaded while nothing is asked for', async (t) => {
  const { kernel, protections, protect, listen } = make()
  listen(3)
  t.same(protect({ remote: '10.0.0.1' }, { remote: '10.1.0.0/16' }), [])
  t.equal(protections.accepting(socket(), '10.0.0.1'), undefined)
  t.equal(protections.dialling({ address: '10.0.0.1', port: 179, timeout: 1 }), undefined)
  t.equal(kernel.loads, 0)
})

t.test('keys on listeners: those of its family, set once, changed and removed one by one', async (t) => {
  const { protect, listen } = make()
  listen(4)
  listen(6, '::')
  const [a, b] = [
    { remote: '10.0.0.1', password: SECRET },
    { remote: '2001:db8::1', password: SECRET },
  ]
  const range = { remote: '10.1.0.0/16', password: 'range' }
  t.same(protect(a, b, range), [
    '4 md5 10.0.0.1 sesame',
    '4 md5-ext 10.1.0.0/16 range',
    '6 md5 20010db8000000000000000000000001 sesame',
  ])
  t.same(protect(a, b, range, { remote: '10.0.0.9' }), [], 'the same again changes nothing')
  t.same(protect({ ...a, password: 'mellon' }, b, range), ['4 md5 10.0.0.1 mellon'])
  t.same(protect({ remote: '10.0.0.1' }, b, range), ['4 md5 10.0.0.1 none'])
  t.same(protect(b), ['4 md5-ext 10.1.0.0/16 none'])
  const late = listen(7, '::1')
  t.same(late.calls, ['7 md5 20010db8000000000000000000000001 sesame'], 'a listener that is opened later')
  late.closing()
  t.same(protect(), ['6 md5 20010db8000000000000000000000001 none'], 'one that is closed is left alone')
})

t.test('a key that the kernel refuses concerns its neighbor alone', async (t) => {
  const { kernel, protections, protect, listen, refused } = make()
  listen(4)
  const bad = { remote: '10.0.0.2', password: SECRET }
  const sayings: [string, RegExp][] = [
    [
      'ENOMEM',
      /^10\.0\.0\.2: the kernel has no room .*10\.0\.0\.2: raise it with `sysctl -w net\.core\.optmem_max/,
    ],
    ['ENOPROTOOPT', /this kernel has no TCP-MD5 for 10\.0\.0\.2 \(CONFIG_TCP_MD5SIG\)/],
    ['EPERM', /forbids TCP-MD5 .*FIPS/],
    ['EINVAL', /refuses the TCP-MD5 key of 10\.0\.0\.2 \(EINVAL\)/],
  ]
  for (const [code, message] of sayings) {
    kernel.failing.clear()
    kernel.failing.set(/md5 10\.0\.0\.2/, code)
    protect()
    t.same(protect({ remote: '10.0.0.1', password: SECRET }, bad), ['4 md5 10.0.0.1 sesame'])
    t.equal(refused.length, 1)
    t.match(refused[0], message)
    t.notMatch(refused[0], SECRET)
    t.match(protections.accepting(socket(), '10.0.0.2'), {
      cause: message.source.startsWith('^') ? /no room/ : message,
    })
    t.equal(protections.accepting(socket(), '10.0.0.1'), undefined)
    kernel.take()
  }
  kernel.failing.clear()
  t.same(protect({ remote: '10.0.0.1', password: SECRET }, bad), ['4 md5 10.0.0.2 sesame'], 'tried again')
  t.same(refused, [])
  kernel.failing.set(/md5-ext/, 'ENOPROTOOPT')
  protect({ remote: '10.1.0.0/16', password: SECRET })
  t.match(refused, [/no TCP-MD5 for a whole prefix such as 10\.1\.0\.0\/16 \(Linux 4\.13/])
})

t.test('where there is no C library, who needs it stays down; a TTL alone does without', async (t) => {
  const warnings: string[] = []
  const drop = () => {}
  const log: Log = { debug: drop, info: drop, error: drop, warn: (_, text) => warnings.push(text) }
  const protections = new Protections(log, () => {
    throw new Error('no koffi here')
  })
  protections.listening(4, { address: '0.0.0.0', port: 179 })
  const refused: string[] = []
  protections.protect(
    [
      { remote: '10.0.0.1', password: SECRET },
      { remote: '10.0.0.2', ttl: 255, minTtl: 255 },
      { remote: '10.0.0.3', ttl: 3 },
      { remote: '10.0.0.4' },
    ],
    (remote, reason) => refused.push(`${remote}: ${reason.message}`),
  )
  t.same(refused, ['10.0.0.1: no koffi here', '10.0.0.2: no koffi here'])
  t.same(warnings, ["10.0.0.3: the system's TTL is used, not 3: no koffi here"])
  const dial = (address: string) => protections.dialling({ address, port: 179, timeout: 1 })
  t.throws(() => dial('10.0.0.1'), { message: 'no koffi here' })
  t.throws(() => dial('10.0.0.2'), { message: 'no koffi here' })
  t.equal(dial('10.0.0.3'), undefined)
  t.equal(dial('10.0.0.4'), undefined)
  t.match(protections.accepting(socket(), '10.0.0.1'), { cause: 'no koffi here' })
  t.match(protections.accepting(socket(), '10.0.0.2'), { cause: 'no koffi here' })
  t.equal(protections.accepting(socket(), '10.0.0.3'), undefined)
  t.equal(protections.accepting(socket(), '10.0.0.4'), undefined)
})

t.test('a listener’s TTL: 255 as soon as one needs it, a least one only when all do', async (t) => {
  const { protect, listen, refused, kernel } = make()
  listen(4)
  t.same(protect({ remote: '10.0.0.1', ttl: 255, minTtl: 255 }), ['4 ttl 255', '4 min-ttl 255'])
  t.same(protect({ remote: '10.0.0.1', ttl: 255, minTtl: 255 }, { remote: '10.1.0.0/16', minTtl: 250 }), [
    '4 ttl 255',
    '4 min-ttl 250',
  ])
  t.same(protect({ remote: '10.0.0.1', ttl: 255, minTtl: 255 }, { remote: '10.0.0.2' }), [
    '4 ttl 255',
    '4 min-ttl 0',
  ])
  t.same(protect({ remote: '10.0.0.2' }), ['4 ttl -1', '4 min-ttl 0'], 'taken back')
  t.same(
    protect({ remote: '2001:db8::1', ttl: 255, minTtl: 255 }, { remote: '10.0.0.2', ttl: 5 }),
    [],
    'the other family’s',
  )
  t.same(listen(6, '::').calls, ['6 ttl 255', '6 min-ttl 255'])
  kernel.failing.set(/ttl/, 'EINVAL')
  protect({ remote: '10.0.0.1', ttl: 255, minTtl: 255 })
  t.match(refused, [/^10\.0\.0\.1: the kernel refuses TTL security \(EINVAL\)/])
})

t.test('an accepted connection: its rule is the most specific one', async (t) => {
  const { kernel, protections, protect } = make()
  protect(
    { remote: '10.1.2.3', ttl: 9 },
    { remote: '10.1.2.4' },
    { remote: '10.0.0.0/8', ttl: 255, minTtl: 254 },
    { remote: '10.1.0.0/16', password: SECRET, ttl: 255, minTtl: 255 },
    { remote: 'fe80::1%eth0', ttl: 255, minTtl: 255 },
  )
  const accept = (remote: string) => {
    const refusal = protections.accepting(socket(), remote)
    return { refusal, calls: kernel.take() }
  }
  t.same(accept('10.1.2.3'), { refusal: undefined, calls: ['-1 ttl 9'] })
  t.same(accept('10.1.2.4'), { refusal: undefined, calls: [] }, 'exempt from its range')
  t.same(
    accept('10.1.9.9').calls,
    ['-1 md5 10.1.9.9 sesame', '-1 ttl 255', '-1 min-ttl 255'],
    'the longer prefix',
  )
  t.same(accept('10.2.0.1').calls, ['-1 ttl 255', '-1 min-ttl 254'])
  t.same(accept('192.0.2.1'), { refusal: undefined, calls: [] }, 'nobody known')
  kernel.arrived = 254
  t.same(accept('10.2.0.1').refusal, undefined)
  t.match(accept('10.1.9.9').refusal, {
    cause: 'it came with TTL 254, and ttl-security asks for at least 255',
    remedy: /let 10\.1\.9\.9 send with TTL 255/,
  })
  t.match(accept('fe80::1%eth0').refusal, { cause: /TTL 254/ })
  t.same(accept('fe80::1%eth1'), { refusal: undefined, calls: [] }, 'another interface, another neighbor')
  kernel.failing.set(/md5|ttl/, 'EINVAL')
  t.match(accept('10.1.9.9').refusal, { cause: /refuses the TCP-MD5 key of 10\.1\.9\.9/ })
  t.equal(accept('10.1.2.3').refusal, undefined, 'a TTL alone protects nobody')
})

t.test('one link-local address on two interfaces has one key', async (t) => {
  const { protect, refused } = make()
  protect({ remote: 'fe80::1%eth0', password: 'a' }, { remote: 'fe80::1%eth1', password: 'a' })
  t.same(refused, [])
  protect({ remote: 'fe80::1%eth0', password: 'a' }, { remote: 'fe80::1%eth1', password: 'b' })
  t.match(refused, [/^fe80::1%eth1: fe80::1%eth1 and fe80::1%eth0 need the same password/])
})

t.test('a dial that can’t be made as asked leaves no descriptor behind', async (t) => {
  const { kernel, protections, protect } = make()
  protect({ remote: '10.0.0.1', password: SECRET })
  kernel.failing.set(/md5/, 'ENOPROTOOPT')
  t.throws(() => protections.dialling({ address: '10.0.0.1', port: 179, timeout: 1 }), {
    message: /this kernel has no TCP-MD5/,
  })
  t.same(kernel.closed, [-1])
  kernel.failing.set(/socket/, 'EMFILE')
  t.throws(() => protections.dialling({ address: '10.0.0.1', port: 179, timeout: 1 }), { code: 'EMFILE' })
})

t.test('the C library: elsewhere than on Linux, and without koffi', async (t) => {
  const never = () => {
    throw new Error('is not to be loaded')
  }
  t.throws(() => open('darwin', never), {
    message: /^TCP-MD5 and GTSM need Linux, and this is darwin: .*take password/,
  })
  const missing = () => {
    throw new Error("Cannot find module 'koffi'\nRequire stack:\n- /x")
  }
  t.throws(() => open('linux', missing), {
    message:
      /need the package koffi, which does not load on linux \w+ \(Cannot find module 'koffi'\): `npm install koffi`/,
  })
  const failing = {
    load: () => ({ func: () => () => -1 }),
    errno: () => 92,
  }
  const system = open('linux', () => failing)
  t.throws(() => system.socket(true), { code: 'ENOPROTOOPT' })
  t.throws(() => system.setOption(1, 2, 3, new Uint8Array(4)), { code: 'ENOPROTOOPT' })
  t.throws(() => system.getInteger(1, 2, 3), { code: 'ENOPROTOOPT' })
})
