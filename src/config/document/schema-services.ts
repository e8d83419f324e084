/** The kernel's routes, names for people, the API and the log as a person writes them. */

import { z } from 'zod'
import { choice, flag, integer, list, name, prefix } from '../text/schema-parts.js'
import { readEndpoint } from '../text/values.js'

export const fibSchema = z.strictObject(
  {
    enabled: flag()
      .optional()
      .describe('Install routes into the kernel. Default false; `run --fib` turns it on'),
    metric: integer(1, 4_294_967_295)
      .optional()
      .describe('Metric of own routes, neither 20 (FRR) nor 32 (BIRD). Default 195'),
    nextHopIds: z
      .strictObject({ base: integer(1, 4_294_967_295).optional(), count: integer(2, 16_777_216).optional() })
      .optional()
      .describe('Range of own next-hop objects. Default 195000000, 1000000 of them'),
    keepOnStop: flag().optional().describe('Leave the routes when the daemon stops. Default false'),
    mode: choice(['auto', 'nexthop-objects', 'plain']).optional().describe('Default auto'),
    allow: list(prefix(), 'prefixes')
      .optional()
      .describe('Learned prefixes that may cover an own address, a neighbor or a gateway'),
    retry: integer(1, 3600).optional().describe('Seconds between attempts at refused routes. Default 5'),
  },
  { error: 'must be a mapping such as { enabled: true }' },
)

const NAME =
  'must be text of 1 to 63 printable characters, such as k8s-master-0; put it in quotes if it is a number'

/** Addresses and what people call them. */
export const namesSchema = z.record(
  z.string(),
  // Letters, marks, numbers, punctuation, symbols and blanks; not blanks alone.
  z.string({ error: NAME }).regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,63}$/u, { error: NAME }),
  { error: 'must be a mapping of addresses to names such as { 192.168.95.210: k8s-master-0 }' },
)

export const apiSchema = z.strictObject(
  {
    socket: name('a path or off')
      .optional()
      .describe(
        'UNIX socket, or off. Default /run/ecmpd/ecmpd.sock, else under $XDG_RUNTIME_DIR or ~/.local/state',
      ),
    tcp: z
      .union([integer(1, 65535), z.string()], { error: 'must be ADDRESS:PORT or off' })
      .superRefine((value, context) => {
        if (value === 'off') return
        const result = readEndpoint(String(value), { address: '127.0.0.1', port: 9179 })
        if ('problem' in result) {
          context.addIssue({ code: 'custom', message: result.problem, params: { hint: result.hint } })
        }
      })
      .optional()
      .describe('ADDRESS:PORT or off. Default 127.0.0.1:9179'),
    token: name('a text').optional().describe('Bearer token for other addresses than loopback'),
    tokenFile: name('a path').optional().describe('File that holds the token'),
    tokenVariable: name('a name').optional().describe('Environment variable that holds the token'),
  },
  { error: 'must be a mapping such as { tcp: 127.0.0.1:9179 }' },
)

export const logSchema = z.strictObject(
  {
    level: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .optional()
      .describe('Default info'),
    format: choice(['auto', 'json', 'pretty']).optional().describe('Default auto: pretty on a terminal'),
  },
  { error: 'must be a mapping such as { level: info }' },
)
