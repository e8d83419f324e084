/** Settings of a neighbor's connections: who it is, who dials, and how far packets may have come. */

import { BGP_PORT } from '../model/defaults.js'
import { flag, integer, words } from '../text/schema-parts.js'
import { longText } from './long-text.js'
import { type Found, ofNeighbor, type Place } from './setting.js'

const EXCLUDES = 'TTL security sends 255 and takes what has come over at most so many hops: keep one'

/** In the order in which they are written. */
export const CONNECTION_SETTINGS = {
  description: ofNeighbor({
    option: 'description',
    schema: words(1).optional().describe('Name for people'),
    resolve: (found) => found?.value.trim() || undefined,
    describe: ({ description }) => description,
    words: [{ syntax: 'description <text:rest>', help: 'its name for people', value: longText('text') }],
    // A line end in a text would begin a new command.
    lines: ({ description }) =>
      description === undefined
        ? []
        : [`description ${description.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim()}`],
  }),
  port: ofNeighbor({
    option: 'port',
    schema: integer(1, 65535).optional().describe('TCP port dialled. Default 179'),
    resolve: (found) => found?.value ?? BGP_PORT,
    describe: ({ port }) => port,
    words: [
      {
        syntax: 'port <port:1-65535>',
        help: 'TCP port dialled; default 179',
        value: (args) => args.number('port'),
      },
    ],
    lines: ({ port }) => (port === BGP_PORT ? [] : [`port ${port}`]),
  }),
  passive: ofNeighbor({
    option: 'passive',
    schema: flag().optional().describe('Never dial, only accept. Default false'),
    resolve: (found) => found?.value ?? false,
    describe: ({ passive }) => passive,
    words: [
      {
        syntax: 'passive',
        help: 'never dial, only accept',
        value: () => true,
        no: { value: false },
      },
      {
        syntax: 'transport connection-mode {passive|active}',
        help: 'passive: never dial, only accept',
        value: (args) => args.has('passive'),
      },
    ],
    lines: ({ passive }) => (passive ? ['transport connection-mode passive'] : []),
  }),
  ebgpMultihop: ofNeighbor({
    option: 'ebgpMultihop',
    schema: integer(1, 255)
      .optional()
      .describe('Hops to an eBGP neighbor, and above 1 the TTL sent. Default 1'),
    resolve(found, { internal, name, warn }) {
      if (!internal) return found?.value ?? 1
      if (found !== undefined) warn(found.path, `\`ebgpMultihop\` has no effect on ${name}, which is iBGP`)
      return 1
    },
    // Of the two, TTL security is the one that counts.
    describe: (options, { internal }) =>
      internal || options.ttlSecurity !== undefined ? undefined : options.ebgpMultihop,
    words: [
      {
        syntax: 'ebgp-multihop [<hops:1-255>]',
        help: 'hops to an eBGP neighbor; default 1, without a number 255',
        value: (args) => (args.has('hops') ? args.number('hops') : 255),
      },
    ],
    lines: ({ ebgpMultihop }) => (ebgpMultihop === 1 ? [] : [`ebgp-multihop ${ebgpMultihop}`]),
  }),
  ttl: ofNeighbor({
    option: 'ttl',
    schema: integer(1, 255)
      .optional()
      .describe('TTL (hop limit) sent; 1 reaches no further than the next router. Default: the system’s'),
    resolve: (found) => found?.value,
    describe: ({ ttl }) => ttl,
    lines({ ttl }, { path, lost }) {
      if (ttl !== undefined) lost.push(`${path}.ttl: ${ttl}`)
      return []
    },
  }),
  ttlSecurity: ofNeighbor({
    option: 'ttlSecurity',
    schema: integer(1, 254)
      .optional()
      .describe(
        'GTSM (RFC 5082): what has come over more hops is dropped; 255 is sent. Excludes ebgpMultihop',
      ),
    resolve(found, at) {
      if (found !== undefined) checkExclusions(found, at)
      return found?.value
    },
    describe: ({ ttlSecurity }) => ttlSecurity,
    words: [
      {
        syntax: 'ttl-security hops <hops:1-254>',
        help: 'drop what has come over more hops, send with TTL 255 (GTSM, RFC 5082); excludes ebgp-multihop',
        value: (args) => args.number('hops'),
      },
    ],
    lines: ({ ttlSecurity }) => (ttlSecurity === undefined ? [] : [`ttl-security hops ${ttlSecurity}`]),
    shown: {
      json: { type: 'integer', minimum: 0 },
      lines: (hops) => [`Minimum incoming TTL ${256 - hops}, Outgoing TTL 255 (TTL security)`],
      frr: (hops, { internal }) => (internal ? {} : { externalBgpNbrMaxHopsAway: hops }),
    },
  }),
}

function checkExclusions(found: Found<number>, { internal, dialect, other, error }: Place): void {
  if (!internal && other('ebgpMultihop') !== undefined) {
    const names = dialect === 'ios' ? 'ttl-security and ebgp-multihop' : '`ttlSecurity` and `ebgpMultihop`'
    error(found.path, `${names} exclude each other`, EXCLUDES)
  }
  if (other('ttl') !== undefined) error(found.path, '`ttlSecurity` and `ttl` exclude each other', EXCLUDES)
}
