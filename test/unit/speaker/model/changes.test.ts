import t from 'tap'
import { termsOf, viewOf } from '../../../../src/speaker/model/changes.js'
import {
  FAMILY_CHANGES,
  NEIGHBOR_CHANGES,
  type NeighborTemplate,
} from '../../../../src/speaker/model/options.js'
import { same } from '../../../../src/speaker/reload/difference.js'
import { family, neighbor } from '../../../support/options.js'

const CONSEQUENCES = ['import', 'export', 'session'] as const

t.test('each option says what a change of it asks for', async (t) => {
  const asked = (more: Parameters<typeof neighbor>[1]) => {
    const before: NeighborTemplate = neighbor('10.0.0.1')
    const after: NeighborTemplate = neighbor('10.0.0.1', more)
    return CONSEQUENCES.filter(
      (asks) => !same(termsOf(NEIGHBOR_CHANGES, asks, before), termsOf(NEIGHBOR_CHANGES, asks, after)),
    )
  }
  t.same(asked({ advertisementInterval: 5 }), [], 'the pace is taken over')
  t.same(asked({ enforceFirstAs: false }), ['import'])
  t.same(asked({ maintenance: true }), ['import', 'export'])
  t.same(asked({ ttlSecurity: 1 }), ['session'])
  t.same(asked({ gracefulRestart: { restartTime: 9 } }), [], 'a time is agreed on at the next session')
  t.same(
    asked({ gracefulRestart: { longLived: { staleTime: 9, partialDeployment: false } } }),
    ['export', 'session'],
    'parts of one option ask for different things',
  )
})

t.test('and so does each option of an address family', async (t) => {
  const asked = (more: Parameters<typeof family>[1]) => {
    const [before, after] = [family('ipv4-unicast'), family('ipv4-unicast', more)]
    return CONSEQUENCES.filter(
      (asks) => !same(termsOf(FAMILY_CHANGES, asks, before), termsOf(FAMILY_CHANGES, asks, after)),
    )
  }
  t.same(asked({ removePrivateAs: { all: true, replace: false } }), ['export'])
  t.same(asked({ allowAsIn: 2 }), ['import'])
  t.same(asked({ routeReflectorClient: false }), [], 'saying the default is no change')
  t.same(asked({ addPath: { receive: true } }), ['session'])
  t.same(asked({ addPath: { receive: false, send: 'all' } }), ['export', 'session'])
})

t.test('views hold the options that are shown as they are', async (t) => {
  const options = family('ipv4-unicast', { allowAsIn: 2, maximumPrefix: 9 })
  t.match(viewOf(FAMILY_CHANGES, options), { allowAsIn: 2 })
  t.notOk('maximumPrefix' in viewOf(FAMILY_CHANGES, options))
})
