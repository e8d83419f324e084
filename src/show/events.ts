import type { SpeakerEvent } from '../views/model/event.js'
import { familyTitle } from './family.js'
import { escapeText } from './text.js'

type Named = { readonly name?: string } & ({ readonly neighbor: string } | { readonly address: string })

/** 'key (name)'; the key, or address, alone where nobody gave it a name. */
function who(event: Named): string {
  const key = 'neighbor' in event ? event.neighbor : event.address
  return event.name === undefined ? key : `${key} (${event.name})`
}

const RETENTION = {
  kept: 'kept as stale',
  'last-choice': 'the last choice',
  removed: 'removed',
}

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

type Event<Type extends SpeakerEvent['type']> = Extract<SpeakerEvent, { readonly type: Type }>

function nextHop(event: Event<'next-hop'>): string {
  const { neighbor, name, reason, more } = event
  const from = neighbor === undefined ? '' : ` from neighbor ${who({ neighbor, name })}`
  const others = more === undefined ? '' : ` (and ${plural(more, 'change', 'changes')} of others before)`
  const can = event.change === 'usable' ? 'can be used again' : `can't be used: ${reason}`
  return `next hop ${event.nextHop}${from} ${can}${others}`
}

function limit(event: Event<'maximum-prefix'>): string {
  const { family, count, until } = event
  const of = `${plural(count, 'prefix', 'prefixes')} of ${familyTitle(family)}`
  const is = `neighbor ${who(event)}`
  if (event.change === 'over') return `${is} is let in again after more than ${event.limit} prefixes`
  if (event.change === 'near') return `${is} nears its limit: ${of}, ${event.limit} allowed`
  const then = until === undefined ? 'only warned about' : `kept out until ${until}`
  return `${is} exceeds its limit: ${of}, ${event.limit} allowed; ${then}`
}

function what(event: SpeakerEvent): string {
  switch (event.type) {
    case 'session':
      return `neighbor ${who(event)} ${event.from} -> ${event.to}: ${event.cause}`
    case 'route': {
      const via = event.nextHops.length === 0 ? '' : ` via ${event.nextHops.join(', ')}`
      return `route ${event.prefix} ${event.change}${via}`
    }
    case 'routes':
      return `${familyTitle(event.family)}: ${event.announced} routes announced, ${event.changed} changed, ${event.withdrawn} withdrawn`
    case 'neighbor':
      return `neighbor ${who(event)} ${event.change}`
    case 'operation': {
      const way = event.direction === undefined || event.direction === 'both' ? '' : ` ${event.direction}`
      const said = event.message === undefined ? '' : `: ${event.message}`
      return `neighbor ${who(event)} ${event.operation}${way} by ${event.by}${said}`
    }
    case 'maintenance':
      return `maintenance ${event.on ? 'begins' : 'ends'}, by ${event.by}`
    case 'liveness': {
      const { subject, source, change, dead, cause } = event
      if (change === 'dead') return `${subject} ${who(event)} is dead: ${source}: ${cause}`
      return `${subject} ${who(event)} is alive${dead ? `, says ${source}; others still call it dead` : ` again: ${source}`}`
    }
    case 'retention': {
      const { paths, families, reason, until } = event
      const done = RETENTION[event.change]
      return `neighbor ${who(event)}: ${plural(paths, 'path', 'paths')} (${families.join(', ')}) ${done}${until === undefined ? '' : ` until ${until}`}: ${reason}`
    }
    case 'next-hop':
      return nextHop(event)
    case 'maximum-prefix':
      return limit(event)
    case 'fib': {
      const more = event.more === undefined ? '' : ` (and ${event.more} more routes)`
      if (event.change === 'installed') return `route ${event.prefix} is in the kernel now${more}`
      return `route ${event.prefix} is not in the kernel${more}: ${event.reason ?? 'it was refused'}`
    }
    case 'drops':
      return event.text
    case 'finding':
      return event.change === 'raised' ? event.text : `no longer: ${event.text}`
    case 'dials':
      return `neighbor ${who(event)}: ${event.count} dials without a session: ${event.cause}`
    case 'damped': {
      const { failures, refused, until, cause } = event
      return `neighbor ${who(event)}: ${failures} of its sessions and connections failed one after the other, ${refused} more were refused; let in again at ${until}; the last one: ${cause}`
    }
    case 'refused':
      return `connection from ${who(event)} port ${event.port} refused: ${event.cause}`
    case 'fault':
      return `neighbor ${who(event)} sent a faulty UPDATE (${event.verdict}, ${event.rule}): ${event.text}`
  }
}

/** One event as one line without its end: time, what happened, why. */
export function eventLine(event: SpeakerEvent): string {
  return `${event.at} ${escapeText(what(event))}`
}

/** `show events`: the last events, oldest first. */
export function showEvents(events: readonly SpeakerEvent[]): string {
  if (events.length === 0) return '% No events yet\n'
  return events.map((event) => `${eventLine(event)}\n`).join('')
}
