/** What went wrong with a socket, in sentences that say what to do. */

import type { DialError } from '../ports/transport.js'
import type { DialReason } from '../session/reasons.js'
import { noAnswerRemedy } from '../session/sentences.js'

/** The code of a Node.js system error ('ECONNREFUSED'), or '' when there is none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** 'ADDRESS:PORT', with brackets around IPv6. */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/**
 * Why nothing listens.
 * @param holder who has the port, if that is known: 'bird (PID 812)'
 * @returns an Error with the system error as cause and its code as `code`
 */
export function listenError(error: unknown, address: string, port: number, holder?: string): Error {
  return sentence(error, listenText(codeOf(error), textOf(error), address, port, holder))
}

function listenText(code: string, text: string, address: string, port: number, holder?: string): string {
  const where = `port ${port} on ${address}`
  const other = `--listen ${endpoint(address, port < 1024 ? 1790 : port + 1)}`
  switch (code) {
    case 'EADDRINUSE':
      return holder === undefined
        ? `${where} is in use: another BGP daemon? \`ss -ltnp 'sport = :${port}'\` says which; or use another one with ${other}`
        : `${where} is in use by ${holder}: stop that, or use another port with ${other}`
    case 'EACCES':
    case 'EPERM':
      return `${where} needs the capability CAP_NET_BIND_SERVICE: \`AmbientCapabilities=CAP_NET_BIND_SERVICE\` in the systemd unit, or \`setcap cap_net_bind_service=+ep "$(readlink -f "$(command -v node)")"\`, or a port above 1023 with ${other}`
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: ${address} is not an address of this machine, \`ip address\` shows those that are; or listen on ${address.includes(':') ? '::' : '0.0.0.0'}`
    case 'EAFNOSUPPORT':
      return `cannot listen on ${where}: IPv6 is switched off on this machine (net.ipv6.conf.all.disable_ipv6); listen on 0.0.0.0 only`
    case 'EINVAL':
      return `cannot listen on ${where}: not a usable address (a link-local one needs its interface, as in fe80::1%eth0)`
    default:
      return `cannot listen on ${where}: ${text}`
  }
}

/** An ICMP message comes sooner than this, a failure to resolve the address later: milliseconds. */
const AT_ONCE = 50

/**
 * Why a dial has no connection.
 * @param took milliseconds from the dial to the error
 * @param localAddress the address bound to, if one was asked for
 * @param questions what may keep just this neighbor from answering
 * @returns an Error with the system error as cause and its code as `code`
 */
export function dialError(
  error: unknown,
  address: string,
  port: number,
  took: number,
  localAddress?: string,
  questions: readonly string[] = [],
): DialError {
  const code = codeOf(error)
  // TCP-MD5 and GTSM that can't be had have said so already.
  const known = (error as { reason?: DialReason }).reason
  const [reason, text, remedy] =
    known !== undefined
      ? ([known, `cannot connect to ${address} port ${port}: ${textOf(error)}`] as Dialled)
      : code === 'ETIMEDOUT'
        ? (['dial-no-answer', `no answer from ${address} port ${port}`, noAnswerRemedy(questions)] as Dialled)
        : dialText(code, textOf(error), address, port, took, localAddress)
  return Object.assign(sentence(error, text), { reason, ...(remedy !== undefined && { remedy }) })
}

type Dialled = readonly [reason: DialReason, text: string, remedy?: string]

/** Of ICMP's answers that a firewall forbids it, Linux makes EHOSTUNREACH with IPv4 and EACCES with IPv6. */
function dialText(
  code: string,
  text: string,
  address: string,
  port: number,
  took: number,
  localAddress: string | undefined,
): Dialled {
  const where = `${address} port ${port}`
  const route = `\`ip route get ${address.split('%')[0]}\``
  const rejected: Dialled = [
    'dial-rejected',
    `${where} cannot be reached: the answer came at once, as a firewall's or a router's does (ICMP)`,
    `look at the firewall of ${address}, at those on the way, and at ${route}`,
  ]
  switch (code) {
    case 'ECONNREFUSED':
      return [
        'dial-refused',
        `${where} refuses TCP connections: no BGP daemon listens there`,
        'start one there, or wait for its own dial (a Cilium node listens only with localPort, and dials by itself)',
      ]
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      if (took < AT_ONCE) return rejected
      return [
        'dial-unreachable',
        `${where} cannot be reached: no answer from the host on this network (ARP or neighbor discovery failed, or a router says so)`,
        `is it up, and is ${address} its address?`,
      ]
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return ['dial-no-route', `no route to ${where}`, `check ${route}`]
    case 'ECONNRESET':
      return [
        'dial-reset',
        `${where} reset the TCP connection at once`,
        'it may not know this address as a neighbor',
      ]
    case 'EADDRNOTAVAIL':
      return localAddress === undefined
        ? ['dial-no-port', `cannot connect to ${where}: no local port is free`]
        : [
            'dial-local-address',
            `cannot connect to ${where} from ${localAddress}: that is not an address of this machine`,
            'correct update-source',
          ]
    case 'EINVAL':
      return [
        'dial-bad-address',
        `cannot connect to ${where}${localAddress === undefined ? '' : ` from ${localAddress}`}: not a usable address`,
        'a link-local one needs its interface, as in fe80::1%eth0',
      ]
    case 'EACCES':
      if (address.includes(':') && took > 0) return rejected
      return forbidden(where)
    case 'EPERM':
      return forbidden(where)
    default:
      return ['dial-failed', `cannot connect to ${where}: ${text}`]
  }
}

function forbidden(where: string): Dialled {
  return [
    'dial-forbidden',
    `a local firewall forbids the connection to ${where}`,
    'look at its outgoing rules (`nft list ruleset`), and at `ip route` for a prohibiting route',
  ]
}

/** The reason of an end for `closed`: what happened to a connection that was up. */
export function lossReason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ECONNRESET':
      return 'reset by the peer'
    case 'EPIPE':
      return 'the peer had closed it already'
    case 'ETIMEDOUT':
      return 'no acknowledgement from the peer (TCP timeout)'
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'the host cannot be reached'
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return 'the network is down'
    default:
      return textOf(error)
  }
}

function sentence(cause: unknown, text: string): Error {
  return Object.assign(new Error(text, { cause }), { code: codeOf(cause) })
}
