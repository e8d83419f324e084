import t from 'tap'
import { playDemo } from '../../src/demo/demo.js'
import { lacks } from '../lab/require.js'

t.setTimeout(600_000)

const play = async (nodes: 'own' | 'gobgpd') => {
  const lines: string[] = []
  const code = await playDemo({
    once: true,
    stage: 'namespaces',
    nodes,
    times: { holdTime: 6, keepalive: 2, restartTime: 12 },
    say: (line) => void lines.push(line),
  })
  return { code, text: lines.join('\n') }
}

for (const [nodes, skip] of [
  ['own', await lacks()],
  ['gobgpd', await lacks('gobgpd', 'gobgp')],
] as const) {
  t.test(`the whole story with the kernel's ECMP, nodes: ${nodes}`, { skip }, async (t) => {
    const { code, text } = await play(nodes)
    if (code !== 0) t.comment(text)
    t.equal(code, 0)
    t.match(text, nodes === 'own' ? /own speaker/ : /nodes: gobgpd/)
    t.match(text, /three next hops in the kernel/)
    t.match(text, /60 requests, answered by: k8s-master-0 \d+, k8s-master-1 \d+, k8s-master-2 \d+\n/)
    t.match(text, /its routes have left the kernel/)
  })
}
