/** This machine and its kernel: what keeps packets from going where the routes say. */

import { settingWarnings } from '../../host/checks.js'
import type { SysctlFact } from '../../host/model.js'
import { familyOfText } from '../../ip/family.js'
import type { FindingSeverity } from '../model/finding.js'
import { listed } from '../model/names.js'
import { recentOf } from '../model/reach.js'
import type { Rule, RuleFamily } from '../model/rule.js'

/** A setting of the kernel with a value that does harm; the sentence is the log's. */
function settingRule(
  id: string,
  setting: SysctlFact['setting'],
  severity: FindingSeverity,
  title: string,
  next: string,
): Rule {
  return {
    id,
    severity,
    title,
    next,
    *find({ host, fib }) {
      if (!fib.enabled || host === undefined) return
      for (const one of host.sysctls.filter((sysctl) => sysctl.setting === setting)) {
        for (const { text, command } of settingWarnings([one])) {
          yield {
            subject: { type: 'host', detail: one.name },
            text,
            next: `\`${command}\``,
            evidence: [
              `${one.name} = ${one.value}${one.before === undefined ? '' : `, it was ${one.before}`}`,
            ],
            ...(one.since === undefined ? {} : { since: one.since }),
          }
        }
      }
    },
  }
}

const RP_FILTER: Rule = {
  id: 'rp-filter',
  severity: 'warning',
  title:
    'Strict reverse path filtering drops packets that come by another interface than answers would leave by',
  next: 'set rp_filter to 2 (loose) or 0 on the interface, or give this machine a route back',
  *find(facts) {
    const { host, fib } = facts
    const dropped = recentOf(facts, 'IPReversePathFilter')
    if (!fib.enabled || host === undefined || dropped === 0) return
    const strict = host.sysctls.filter(
      (one) => one.setting === 'rp_filter' && one.effective === 1 && one.interface !== 'all',
    )
    if (strict.length === 0) return
    const devices = strict.flatMap((one) => one.interface ?? [])
    yield {
      subject: { type: 'host', detail: 'rp_filter' },
      severity: 'error',
      text: `packets are dropped by reverse path filtering: rp_filter is strict on ${listed(devices)}, and answers would leave by another interface`,
      next: `\`${strict.map(({ name }) => `sysctl -w ${name}=2`).join('; ')}\`, or give this machine a route back`,
      evidence: [`${dropped} packets in the last minutes (IPReversePathFilter)`],
    }
  },
}

const FOREIGN_BETTER: Rule = {
  id: 'foreign-better',
  severity: 'error',
  title: "Another program's route for the same prefix has a better metric: the kernel uses that one",
  next: 'remove it, or give ours a lower `fib.metric`',
  *find({ host, fib }) {
    const preferred = host?.preferred
    if (!fib.enabled || !preferred?.known) return
    for (const { prefix, via, interface: device, protocol, metric, command } of preferred.routes) {
      const way = [
        ...(via === undefined ? [] : [`via ${via}`]),
        ...(device === undefined ? [] : [`dev ${device}`]),
      ]
      yield {
        subject: { type: 'prefix', family: familyOfText(prefix), prefix },
        text: `the kernel sends ${prefix} ${way.join(' ')} and not where BGP says: the route of ${protocol} has the better metric ${metric}`,
        next: `\`${command}\`, or give ours a lower \`fib.metric\``,
      }
    }
  },
}

const REFUSED: Rule = {
  id: 'fib-refused',
  severity: 'error',
  title: 'The kernel, or the guard before it, refused a route: it is in the table and not installed',
  next: 'the sentence says who refused it; `fib.allow` lets a prefix pass the guard',
  *find({ fib }) {
    for (const { prefix, reason } of fib.routes) {
      yield {
        subject: { type: 'prefix', family: familyOfText(prefix), prefix },
        text: `${prefix} is not installed: ${reason ?? 'the kernel refused it'}`,
      }
    }
  },
}

const PROBLEM: Rule = {
  id: 'fib-problem',
  severity: 'error',
  title: "The kernel's routes can't be written at the moment",
  next: 'look into the log, and at `ip route`',
  *find({ fib }) {
    if (fib.problem === undefined) return
    yield { subject: { type: 'host', detail: 'kernel' }, text: `routes can't be written: ${fib.problem}` }
  },
}

/** The family. */
export const HOST: RuleFamily = {
  title: 'This machine',
  rules: [
    settingRule(
      'forwarding-off',
      'ip_forward',
      'error',
      'The kernel does not forward packets',
      'switch forwarding on with the sysctl',
    ),
    settingRule(
      'hash-policy',
      'fib_multipath_hash_policy',
      'warning',
      'ECMP hashes addresses only: all connections of one client to one service go to the same node',
      'hash ports, too, with the sysctl',
    ),
    settingRule(
      'redirects',
      'send_redirects',
      'warning',
      "ICMP redirects are sent: a client in a neighbor's subnet is pinned to one node and misses failover",
      'switch them off with the sysctl',
    ),
    RP_FILTER,
    FOREIGN_BETTER,
    REFUSED,
    PROBLEM,
  ],
}
