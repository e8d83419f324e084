/** What went wrong with a socket, in sentences that say what to do. */

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
 * @returns an Error with the system error as cause and its code as `code`
 */
export function listenError(error: unknown, address: string, port: number): Error {
  return sentence(error, listenText(codeOf(error), textOf(error), address, port))
}

function listenText(code: string, text: string, address: string, port: number): string {
  const where = `port ${port} on ${address}`
  const other = `--listen ${endpoint(address, port < 1024 ? 1790 : port + 1)}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use: another BGP daemon? \`ss -ltnp 'sport = :${port}'\` says which; or use another one with ${other}`
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

/**
 * Why a dial has no connection.
 * @param localAddress the address bound to, if one was asked for
 * @param questions what may keep just this neighbor from answering
 */
export function dialError(
  error: unknown,
  address: string,
  port: number,
  localAddress?: string,
  questions: readonly string[] = [],
): Error {
  const code = codeOf(error)
  const text =
    code === 'ETIMEDOUT'
      ? `no answer from ${address} port ${port}: ${['is it up', ...questions].join(', ')}, and does a firewall let TCP pass?`
      : dialText(code, textOf(error), address, port, localAddress)
  return sentence(error, text)
}

function dialText(
  code: string,
  text: string,
  address: string,
  port: number,
  localAddress: string | undefined,
): string {
  const where = `${address} port ${port}`
  switch (code) {
    case 'ECONNREFUSED':
      return `${where} refuses TCP connections: no BGP daemon listens there (a Cilium node does only with localPort, and dials by itself)`
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return `${where} cannot be reached: no answer from the host on this network (ARP or neighbor discovery failed, or a router says so)`
    case 'ENETUNREACH':
      return `no route to ${where}: check \`ip route get ${address.split('%')[0]}\``
    case 'ECONNRESET':
      return `${where} reset the TCP connection at once: it may not know this address as a neighbor`
    case 'EADDRNOTAVAIL':
      return localAddress === undefined
        ? `cannot connect to ${where}: no local port is free`
        : `cannot connect to ${where} from ${localAddress}: that is not an address of this machine; correct update-source`
    case 'EINVAL':
      return `cannot connect to ${where}${localAddress === undefined ? '' : ` from ${localAddress}`}: not a usable address (a link-local one needs its interface, as in fe80::1%eth0)`
    case 'EACCES':
    case 'EPERM':
      return `a local firewall forbids the connection to ${where}`
    default:
      return `cannot connect to ${where}: ${text}`
  }
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
