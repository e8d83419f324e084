import type { Case } from '../case.js'
import { type Context, same } from '../context.js'
import type { Conversation } from '../conversation.js'
import { addPath, asPath, communities, community, nextHop, origin, pathNlri, rawUpdate } from '../octets.js'

/** A session with ADD-PATH in IPv4; mode 1 receive, 2 send, 3 both. */
const session = (c: Context, name: string, mode: number) =>
  c.session(name, { capabilities: [addPath([1, mode])] })

/** Announces a path with an identifier. */
function announce(t: Conversation, id: number, prefix: string, mark: string) {
  const attributes = [
    origin(),
    asPath(t.speaker.as),
    nextHop(t.speaker.address),
    communities(community(mark)),
  ]
  t.send(rawUpdate([], attributes.flat(), pathNlri(id, prefix)))
}

const marks = (o: Conversation, prefix: string) =>
  o
    .paths(prefix)
    .flatMap(({ communities }) => communities)
    .sort()

/** DUT in a mode against T in another: whether path identifiers stand in what is sent. */
const mode = (
  id: string,
  configured: 'receive' | 'send' | 'both',
  mode: number,
  sent: boolean,
  taken: boolean,
): Case => ({
  id,
  title: `path identifiers ${sent ? 'are' : 'are not'} sent, ${taken ? 'are' : 'are not'} expected: ${configured} against mode ${mode}`,
  rfc: '7911 5',
  feature: 'add-path',
  peers: { t: { options: { addPath: configured } }, s: {} },
  async run(c) {
    const o = await c.observer()
    const s = await c.session('s')
    const t = await session(c, 't', mode)
    s.announce(c.prefix(0))
    await t.has(c.prefix(0))
    same(t.paths(c.prefix(0))[0].pathId !== undefined, sent, 'whether there is a path identifier')
    if (taken) announce(t, 5, c.prefix(1), '65001:5')
    else t.announce(c.prefix(1), { communities: ['65001:5'] })
    same((await o.has(c.prefix(1))).communities, ['65001:5'], 'communities')
    t.alive()
  },
})

const both = { options: { addPath: 'both' as const } }

/** Section 7, ADD-PATH (RFC 7911). */
export const addPathCases: readonly Case[] = [
  mode('AP-1.both-1', 'both', 1, true, false),
  mode('AP-1.both-2', 'both', 2, false, true),
  mode('AP-1.both-3', 'both', 3, true, true),
  mode('AP-1.receive-3', 'receive', 3, false, true),
  mode('AP-1.send-3', 'send', 3, true, false),
  mode('AP-1.receive-1', 'receive', 1, false, false),
  {
    id: 'AP-2',
    title: 'same prefix and id replaces; a withdrawal is by id; an unknown id is ignored',
    rfc: '7911 4, 5',
    feature: 'add-path',
    peers: { t: both, o: both },
    async run(c) {
      const o = await session(c, 'o', 1)
      const t = await session(c, 't', 2)
      announce(t, 1, c.prefix(), '65001:1')
      announce(t, 2, c.prefix(), '65001:2')
      await o.until('two paths', () => o.paths(c.prefix()).length === 2)
      announce(t, 1, c.prefix(), '65001:3')
      await o.until('a path replaced', () => marks(o, c.prefix()).join(' ') === '65001:2 65001:3')
      t.send(rawUpdate(pathNlri(9, c.prefix()), [], []))
      t.send(rawUpdate(pathNlri(2, c.prefix()), [], []))
      await o.until('one path', () => marks(o, c.prefix()).join(' ') === '65001:3')
      t.alive()
    },
  },
  {
    id: 'AP-3',
    title: 'all paths are sent, the best among them; their ids stay',
    rfc: '7911 5',
    feature: 'add-path',
    peers: { a: {}, b: {}, o: both },
    async run(c) {
      const o = await session(c, 'o', 1)
      const [a, b] = await c.sessions('a', 'b')
      a.announce(c.prefix(), { communities: ['65001:1'] })
      b.announce(c.prefix(), { communities: ['65001:2'], path: [b.speaker.as, 65101] })
      await o.until('two paths', () => marks(o, c.prefix()).join(' ') === '65001:1 65001:2')
      const id = (mark: string) => o.paths(c.prefix()).find((one) => one.communities.includes(mark))?.pathId
      const before = id('65001:2')
      b.announce(c.prefix(), { communities: ['65001:7'], path: [b.speaker.as, 65102] })
      await o.until('a path replaced', () => marks(o, c.prefix()).join(' ') === '65001:1 65001:7')
      same(id('65001:7'), before, 'path identifier after a change')
      a.withdraw(c.prefix())
      await o.until('one path', () => marks(o, c.prefix()).join(' ') === '65001:7')
      same(id('65001:7'), before, 'path identifier after the best path went')
    },
  },
  {
    id: 'AP-3.plain',
    title: 'peers without ADD-PATH get the best path alone',
    rfc: '7911 5',
    feature: 'add-path',
    peers: { t: both },
    async run(c) {
      const o = await c.observer()
      const t = await session(c, 't', 2)
      announce(t, 1, c.prefix(), '65001:1')
      announce(t, 2, c.prefix(), '65001:2')
      await o.has(c.prefix())
      await c.sleep(400)
      same(o.paths(c.prefix()).length, 1, 'number of paths')
      t.send(rawUpdate([...pathNlri(1, c.prefix()), ...pathNlri(2, c.prefix())], [], []))
      await o.lacks(c.prefix())
    },
  },
]
