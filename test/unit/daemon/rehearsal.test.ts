import t from 'tap'
import { rehearse } from '../../../src/daemon/rehearsal/rehearsal.js'
import { neighbor, speakerOptions } from '../../support/options.js'

const soon = setImmediate
const wanted = () => true

t.test('withdrawals and losses are lived through in both modes of the kernel', async (t) => {
  const speaker = speakerOptions([neighbor('192.168.95.210')])
  for (const objects of [true, false]) {
    let turns = 0
    const routes = await rehearse({
      speaker,
      objects,
      wanted,
      soon(fn) {
        turns++
        soon(fn)
      },
    })
    t.ok(routes >= 400, `each withdrawal and announcement was written: ${routes} routes`)
    t.ok(turns > 500, 'the daemon had its turn between any two acts')
  }
})

t.test('it ends before the tables when real ones come', async (t) => {
  const speaker = speakerOptions([neighbor('192.168.95.210')])
  const without = await rehearse({ speaker, objects: true, soon, wanted: () => false })
  const whole = await rehearse({ speaker, objects: true, soon, wanted })
  t.ok(without >= 400 && whole > without + 8000, `${without} and ${whole} routes`)
})

t.test('what only the real neighbors have stays out of it', async (t) => {
  const protectedOne = neighbor('2001:db8::1', {
    remoteAs: 64513,
    password: 'secret',
    ttlSecurity: 1,
    shutdown: { message: 'off' },
    role: { own: 'provider', strict: true },
    localAddress: '2001:db8::2',
    localAs: 64999,
  })
  const { address: _, ...template } = protectedOne
  const range = { prefix: '10.0.0.0/8', template }
  const speaker = speakerOptions([], { localAs: 64512, listenRanges: [range] })
  t.ok((await rehearse({ speaker, objects: true, soon, wanted })) >= 400)
})

t.test('without neighbors there is nothing to rehearse', async (t) => {
  t.equal(await rehearse({ speaker: speakerOptions([]), objects: true, soon, wanted }), 0)
})
