/**
 * A process that holds BGP sessions towards the daemon that is measured: a feeder, a receiver, or, listening,
 * the sink that shows how fast the feeder is. Octets are made before the first connection, so that sending is
 * one write. Argument: a file with a FeederSpec. Orders come as lines on the standard input, events leave as
 * lines of JSON (protocol.ts).
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { monotonic } from '../../src/demo/client.js'
import { readTable } from '../bytes/recording.js'
import { makeTable, type Table, type TableSpec } from '../bytes/tables.js'
import { changeMessages } from './changes.js'
import { churn } from './churn.js'
import type { FeederEvent, FeederSpec } from './protocol.js'
import { Session, type SessionListener } from './session.js'

const spec = JSON.parse(readFileSync(process.argv[2], 'utf8')) as FeederSpec
const tell = (event: FeederEvent) => void process.stdout.write(`${JSON.stringify(event)}\n`)

const made = new Map<string, Table>()

function tableOf(table: TableSpec): Table {
  const key = JSON.stringify(table)
  let value = made.get(key)
  if (!value) {
    value = table.kind === 'file' ? readTable(table) : makeTable(table)
    made.set(key, value)
  }
  return value
}

const changes = spec.churn?.role === 'send' ? changeMessages(spec.churn, spec.peers[0].as) : []

let up = 0
let complete = 0
const listener: SessionListener = {
  established() {
    if (++up === sessions.length) {
      const attempts = sessions.reduce((sum, session) => sum + session.attempts, 0)
      tell({ type: 'established', at: monotonic(), attempts })
    }
  },
  closed(session, notification) {
    up--
    tell({ type: 'closed', at: monotonic(), local: session.peer.local, notification })
  },
  complete(session) {
    const at = monotonic()
    if (spec.churn) session.changes?.write(spec.churn.file)
    tell({ type: 'complete', at, local: session.peer.local, all: ++complete === sessions.length })
  },
}
const sessions = spec.peers.map(
  (peer) => new Session(spec, peer, peer.table && tableOf(peer.table), listener),
)

function order(act: (session: Session, written: () => void) => void): void {
  let left = sessions.length
  tell({ type: 'sending', at: monotonic() })
  for (const session of sessions) {
    act(session, () => {
      if (--left === 0) tell({ type: 'sent', at: monotonic() })
    })
  }
}

const orders: Record<string, () => void> = {
  go: () => order((session, written) => session.announce(written)),
  withdraw: () => order((session, written) => session.withdraw(written)),
  churn: () => {
    tell({ type: 'sending', at: monotonic() })
    void churn(spec.churn!, sessions[0], changes).then(() => tell({ type: 'sent', at: monotonic() }))
  },
  forget: () => {
    complete = 0
    for (const session of sessions) session.forget()
  },
  report: () => {
    const { user, system } = process.cpuUsage()
    tell({
      type: 'report',
      sessions: sessions.map((session) => session.report()),
      cpu: (user + system) / 1e6,
    })
  },
}

createInterface({ input: process.stdin })
  .on('line', (line) => orders[line]?.())
  .on('close', () => process.exit(0))

tell({
  type: 'ready',
  tables: [...made.values()].map(({ bytes, family: _, withdrawals: __, ...facts }) => ({
    ...facts,
    octets: bytes.length,
  })),
})
if (spec.listen) {
  createServer({ noDelay: true }, (socket) => sessions[0].accept(socket)).listen(179, spec.remote)
} else {
  tell({ type: 'connecting', at: monotonic() })
  const { stagger = 0 } = spec
  for (const [index, session] of sessions.entries()) {
    if (stagger) setTimeout(() => session.connect(), index * stagger)
    else session.connect()
  }
}
