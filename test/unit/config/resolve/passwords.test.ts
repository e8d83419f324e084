import t from 'tap'
import { diffConfigs, formatChange } from '../../../../src/config/describe/diff.js'
import { convertToYaml, emitYaml } from '../../../../src/config/emit-yaml.js'
import { revealType7 } from '../../../../src/config/ios/document/password.js'
import { emitIos } from '../../../../src/config/ios/emit/emit.js'
import { loadText } from '../../../../src/config/load.js'
import type { Environment } from '../../../../src/config/model/environment.js'
import { formatDiagnostics } from '../../../../src/config/text/format.js'
import { HIDDEN, withoutSecrets } from '../../../../src/config/text/secrets.js'
import { runningConfig } from '../../../../src/show/running-config.js'
import fc from '../../../support/properties.js'
import { environment } from '../support.js'

const SECRET = 'c1l1um-Secret'

/** A machine with files and variables of the test's. */
function machine(files: Record<string, string> = {}, variables: Record<string, string> = {}): Environment {
  return {
    ...environment,
    variable: (name) => variables[name],
    readFile(path) {
      if (path in files) return files[path]
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' })
    },
  }
}

const TOP = 'as: 64513\nrouterId: 1.1.1.1\n'
const yaml = (...lines: string[]) =>
  `${TOP}neighbors:\n  - address: 192.168.95.210\n    remoteAs: 64512\n${lines.map((line) => `    ${line}\n`).join('')}`
const ios = (...lines: string[]) =>
  `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor 192.168.95.210 remote-as 64512\n${lines.map((line) => ` ${line}\n`).join('')}`

function first(text: string, where = machine()) {
  const { config, diagnostics } = loadText(text, 'f', where)
  if (config === undefined) throw new Error(formatDiagnostics(diagnostics))
  return config.bgp.neighbors[0]
}

const said = (text: string, where = machine()) => formatDiagnostics(loadText(text, 'f', where).diagnostics)

t.test('a password stands in the file, in a file of its own or in the environment', async (t) => {
  t.match(first(yaml(`password: ${SECRET}`)), { password: SECRET })
  t.equal(first(yaml(`password: ${SECRET}`)).passwordFrom, undefined)
  const files = { '/run/key': `${SECRET}\n`, '/run/blank': ' a b ' }
  t.match(first(yaml('passwordFile: /run/key'), machine(files)), {
    password: SECRET,
    passwordFrom: { file: '/run/key' },
  })
  t.equal(
    first(yaml('passwordFile: /run/blank'), machine(files)).password,
    ' a b ',
    'blanks may be part of it',
  )
  t.match(first(yaml('passwordEnv: KEY'), machine({}, { KEY: SECRET })), {
    password: SECRET,
    passwordFrom: { variable: 'KEY' },
  })
})

t.test('the most specific place that has a password, in whichever form, counts', async (t) => {
  const text = (own: string) =>
    `${TOP}defaults: { password: all }\ngroups: { nodes: { passwordEnv: KEY } }\nneighbors:\n  - { address: 10.0.0.2, remoteAs: 1, group: nodes${own} }\nlistenRanges:\n  - { prefix: 10.1.0.0/16 }\n`
  const where = machine({ '/own': 'own' }, { KEY: 'group' })
  t.equal(first(text(', passwordFile: /own'), where).password, 'own')
  t.equal(first(text(''), where).password, 'group')
  t.equal(loadText(text(''), 'f', where).config?.bgp.listenRanges[0].template.password, 'all')
})

t.test('what can’t be a password is refused where it stands, without being repeated', async (t) => {
  const long = 'x'.repeat(81)
  const cases: [string, RegExp][] = [
    [yaml('password: ""'), /f:6:15: error: the password is empty \(1 to 80 octets on one line\)/],
    [yaml(`password: ${long}`), /the password is longer than 80 octets/],
    [yaml(`password: "${SECRET}\\n"`), /the password has line ends or control characters in it/],
    [yaml('password: 12345678'), /`password` must be text; put it in quotes$/],
    [yaml(`password: [${SECRET}]`), /`password` must be text; put it in quotes$/],
    [yaml(`password: { a: ${SECRET} }`), /`password` must be text; put it in quotes$/],
    [yaml(`pasword: ${SECRET}`), /unknown key `pasword` \(did you mean `password`\?\)/],
    [
      yaml(`password: ${SECRET}`, 'passwordEnv: KEY'),
      /7:.*`password` and `passwordEnv` contradict each other/,
    ],
    [yaml('passwordEnv: KEY'), /the environment has no `KEY` \(set it before the start\)/],
    [
      yaml('passwordFile: /none'),
      /f:6:19: error: neighbor 192\.168\.95\.210: its password file \/none can't be read: there is no such file \(write the password of neighbor 192\.168\.95\.210 into it/,
    ],
    [yaml('passwordFile: /two'), /the password in \/two has line ends .*alone, on one line/],
    [
      ios(`neighbor 192.168.95.210 password ${long}`),
      /f:4:35: error: % Wrong parameter: the password is longer/,
    ],
    [ios(`neighbor 192.168.95.210 password 7 ${SECRET}`), /no type 7 password of IOS \(Ruijie’s own type 7/],
    [ios(`neighbor 192.168.95.210 password 5 ${SECRET}`), /a password of type 5 can't be read back/],
    [ios('neighbor 192.168.95.210 password'), /Incomplete command/],
    [ios(`neighbor 192.168.95.210 pasword ${SECRET}`), /did you mean `neighbor 192.168.95.210 password …`/],
    [ios(`neighbor 192.168.95.300 password ${SECRET}`), /no IP address/],
    [ios(`nieghbor 192.168.95.210 password ${SECRET}`), /Unrecognized command: `nieghbor`/],
  ]
  for (const [text, message] of cases) {
    const lines = said(text, machine({ '/two': `${SECRET}\nmore\n` }))
    t.match(lines, message)
    t.notMatch(lines, new RegExp(`${SECRET}|12345678|xxxx`))
  }
})

t.test('whatever stands where a password belongs, no message repeats it', async (t) => {
  const character = fc.constantFrom(...'*&!%@`"\'{}[]|>#:,?-=~^$/\\ \t07')
  const line = fc
    .tuple(fc.array(character, { maxLength: 4 }), fc.array(character, { maxLength: 4 }))
    .map(([before, after]) => `${before.join('')}${SECRET}${after.join('')}`)
  fc.assert(
    fc.property(line, (text) => {
      for (const file of [yaml(`password: ${text}`), ios(`neighbor 192.168.95.210 password ${text}`)]) {
        if (said(file).includes(SECRET)) throw new Error(`${JSON.stringify(text)}: ${said(file)}`)
      }
    }),
    { numRuns: 500 },
  )
  t.pass('in no message of them')
})

t.test('the switch’s password: as it is, to the end of the line, and as IOS obscures it', async (t) => {
  const password = (text: string) => first(ios(`neighbor 192.168.95.210 password ${text}`)).password
  t.equal(password(SECRET), SECRET)
  t.equal(password(`0 ${SECRET}`), SECRET)
  t.equal(password('two words # and a sign'), 'two words # and a sign')
  t.equal(password('7 0822455D0A16'), 'cisco')
  t.equal(password('0 0822455D0A16'), '0822455D0A16')
  t.equal(password('70822455D0A16'), '70822455D0A16')
  t.equal(
    first(ios('neighbor 192.168.95.210 password a', 'no neighbor 192.168.95.210 password')).password,
    undefined,
  )
  const group = `router bgp 64513\n bgp router-id 1.1.1.1\n neighbor N peer-group\n neighbor N remote-as 64512\n neighbor N password a b\n neighbor N ttl-security hops 2\n neighbor 10.0.0.2 peer-group N\n bgp listen range 10.1.0.0/16 peer-group N\n`
  t.match(first(group), { password: 'a b', ttlSecurity: 2 })
  const range = loadText(group, 'f', machine()).config?.bgp.listenRanges[0]
  t.match(range?.template, { password: 'a b', ttlSecurity: 2 })
})

t.test('type 7 of IOS', async (t) => {
  t.equal(revealType7('0822455D0A16'), 'cisco')
  t.equal(revealType7('060506324f41'), 'cisco')
  t.equal(revealType7('00071A150754'), 'cisco')
  t.equal(revealType7('5206'), '1', 'the last place of the pad')
  for (const wrong of ['', '08', '0822455D0A1', '9922455D0A16', '53', '5322', 'zz22', '08ff', 'cisco'])
    t.equal(revealType7(wrong), undefined, wrong)
})

t.test('TTL: what is said, and what excludes what', async (t) => {
  t.match(first(yaml('ttl: 1')), { ttl: 1, ebgpMultihop: 1 })
  t.match(first(yaml('ttlSecurity: 1')), { ttlSecurity: 1, ebgpMultihop: 1 })
  t.match(first(ios('neighbor 192.168.95.210 ttl-security hops 254')), { ttlSecurity: 254 })
  t.equal(first(yaml()).ttl, undefined)
  t.match(said(yaml('ttlSecurity: 1', 'ttl: 3')), /`ttlSecurity` and `ttl` exclude each other/)
  t.match(
    said(yaml('ttlSecurity: 1', 'ebgpMultihop: 3')),
    /`ttlSecurity` and `ebgpMultihop` exclude each other/,
  )
  t.match(
    said(ios('neighbor 192.168.95.210 ttl-security hops 1', 'neighbor 192.168.95.210 ebgp-multihop')),
    /f:4:.*error: ttl-security and ebgp-multihop exclude each other/,
  )
  t.match(said(yaml('ttlSecurity: 255')), /`ttlSecurity` must be a whole number from 1 to 254/)
  t.match(said(ios('neighbor 192.168.95.210 ttl-security hops 0')), /no number from 1 to 254/)
})

t.test('a neighbor without a password in a range with one', async (t) => {
  const text = `${yaml()}listenRanges:\n  - { prefix: 192.168.95.0/24, password: ${SECRET} }\n`
  t.match(
    said(text),
    /f:4:14: warning: 192\.168\.95\.210 has no password, but lies in a listen range that has one/,
  )
  t.equal(said(text.replace('remoteAs: 64512', 'remoteAs: 64512\n    password: own')), '')
  t.equal(said(text.replace('192.168.95.0/24', '192.168.96.0/24')), '')
})

t.test('no way of showing a configuration shows a password', async (t) => {
  const text = `${yaml(`password: ${SECRET}`, 'ttlSecurity: 3')}listenRanges:\n  - { prefix: 10.1.0.0/16, password: ${SECRET}, ttl: 9 }\n`
  const { config } = loadText(text, 'f', machine())
  if (config === undefined) throw new Error('does not load')
  const yamlText = emitYaml(config)
  t.match(
    yamlText,
    /# Passwords are set and not shown: neighbors\[192\.168\.95\.210\], listenRanges\[10\.1\.0\.0\/16\]/,
  )
  const { lost, text: iosText } = emitIos(config)
  t.match(iosText, /neighbor 192\.168\.95\.210 ttl-security hops 3/)
  t.match(lost, [
    'listenRanges[10.1.0.0/16].ttl: 9',
    `listenRanges[10.1.0.0/16].password: ${HIDDEN}`,
    `neighbors[192.168.95.210].password: ${HIDDEN}`,
  ])
  const hidden = withoutSecrets(config)
  t.equal(hidden.bgp.neighbors[0].password, HIDDEN)
  t.equal(hidden.bgp.listenRanges[0].template.password, HIDDEN)
  const running = runningConfig(hidden)
  t.match(running, /neighbor 192\.168\.95\.210 ttl-security hops 3/)
  for (const one of [yamlText, iosText, JSON.stringify(hidden), running, lost.join('\n')])
    t.notMatch(one, SECRET)
})

t.test('written out, a password from elsewhere stays where it is', async (t) => {
  const where = machine({ '/run/key': SECRET }, { KEY: SECRET })
  const text = `${yaml('passwordFile: /run/key', 'ttlSecurity: 1')}listenRanges:\n  - { prefix: 10.1.0.0/16, passwordEnv: KEY, ttl: 1 }\n`
  const { config } = loadText(text, 'f', where)
  const again = loadText(emitYaml(config!), 'f', where).config
  t.same(again?.bgp, config?.bgp)
  t.notMatch(emitYaml(config!), /Passwords are set/)
})

t.test(
  'a switch’s text is converted without its passwords, and can’t be used before they are there',
  async (t) => {
    const text = ios(`neighbor 192.168.95.210 password ${SECRET}`)
    const converted = convertToYaml(text, 'f', machine()).text ?? ''
    t.notMatch(converted, SECRET)
    t.match(converted, /# Passwords are not copied/)
    t.match(converted, 'passwordFile: /etc/ecmpd/192.168.95.210.password')
    t.match(said(converted), /192\.168\.95\.210\.password can't be read/)
    const files = { '/etc/ecmpd/192.168.95.210.password': SECRET }
    t.same(loadText(converted, 'f', machine(files)).config?.bgp.neighbors[0], {
      ...first(text),
      passwordFrom: { file: '/etc/ecmpd/192.168.95.210.password' },
    })
  },
)

t.test('a difference says that a password changed, and that the session is a new one', async (t) => {
  const load = (text: string, where = machine()) => loadText(text, 'f', where).config!
  const [none, one, two] = [yaml(), yaml(`password: ${SECRET}`), yaml('password: other')].map((text) =>
    load(text),
  )
  const say = (a: typeof none, b: typeof none) => diffConfigs(a, b).map(formatChange)
  t.same(say(none, one), ['added neighbors[192.168.95.210].password (new session)'])
  t.same(say(one, two), ['changed neighbors[192.168.95.210].password: a secret -> another one (new session)'])
  t.same(say(two, none), ['removed neighbors[192.168.95.210].password (new session)'])
  t.equal(diffConfigs(one, two)[0].session, 'reset')
  t.same(say(one, load(yaml(`password: ${SECRET}`))), [])
  const moved = load(yaml('passwordFile: /k'), machine({ '/k': SECRET }))
  t.same(say(one, moved), ['added neighbors[192.168.95.210].passwordFile: "/k" (session kept)'])
  t.equal(diffConfigs(one, moved)[0].session, 'in place')
})
