import t from 'tap'
import { userName } from '../../../src/cli/operate.js'

t.test('who asks', async (t) => {
  t.equal(userName({ SUDO_USER: 'ann' }), 'ann')
  t.not(userName({}), '')
})
