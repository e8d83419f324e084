import t from 'tap'
import { Deaths, deathText } from '../../../../src/speaker/liveness/deaths.js'
import { ManualLiveness } from '../../../../src/testing/manual-liveness.js'

const NODE = '192.168.95.210'
const bfd = new ManualLiveness('BFD')
const table = new ManualLiveness('neighbor table')

t.test('a source is told from another by its name, and the first word stands first', async (t) => {
  const deaths = new Deaths()
  t.ok(deaths.empty)
  t.same(deaths.of(NODE), [])
  t.equal(deaths.note(NODE, table, { cause: 'FAILED' }, 1000), undefined)
  t.equal(deaths.note(NODE, bfd, { cause: 'control detection time expired' }, 2000), undefined)
  t.equal(
    deathText(NODE, deaths.of(NODE)),
    '192.168.95.210 is dead: neighbor table: FAILED; BFD: control detection time expired',
  )
  t.match(deaths.note(NODE, table, { cause: 'INCOMPLETE' }, 3000), { death: { cause: 'FAILED' } })
  t.match(deaths.of(NODE)[0], { since: 1000, death: { cause: 'INCOMPLETE' } }, 'dead since the first word')
  t.match(deaths.note(NODE, table, undefined, 4000), { death: { cause: 'INCOMPLETE' } })
  t.equal(deaths.of(NODE).length, 1)
  deaths.note(NODE, bfd, undefined, 5000)
  t.ok(deaths.empty)
  t.equal(deaths.note(NODE, bfd, undefined, 6000), undefined, 'alive all the time')
})
