/** How a gobgpd is configured. Times are seconds. */
export interface GobgpOptions {
  readonly as: number
  readonly routerId: string
  /** Where it listens. */
  readonly port: number
  /** Own addresses to listen on; empty: all. */
  readonly localAddresses?: readonly string[]
  readonly neighbors: readonly GobgpNeighbor[]
  readonly holdTime: number
  readonly keepalive: number
  /** 0: no graceful restart. */
  readonly restartTime: number
  readonly passive?: boolean
}

export interface GobgpNeighbor {
  readonly address: string
  readonly as: number
  readonly port?: number
  readonly localAddress?: string
  readonly family: 'ipv4-unicast' | 'ipv6-unicast'
  /** TCP-MD5 password. */
  readonly password?: string
  /** GTSM: it sends with TTL 255 and takes nothing else. */
  readonly ttlSecurity?: boolean
}

/**
 * A configuration of gobgpd as Cilium makes it for its library: dials and listens, graceful restart with the
 * notification bit, 5 s between attempts. It belongs with the flag `-r` (a restarting speaker).
 */
export function gobgpConfig(options: GobgpOptions): string {
  const { as, routerId, port, localAddresses = [], neighbors, holdTime, keepalive, restartTime } = options
  const restarts = restartTime > 0
  const local = localAddresses.length
    ? `  local-address-list = [${localAddresses.map((address) => `"${address}"`).join(', ')}]\n`
    : ''
  const sections = neighbors.map(
    (neighbor) => `
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${neighbor.address}"
    peer-as = ${neighbor.as}
${neighbor.password ? `    auth-password = "${neighbor.password}"\n` : ''}${
  neighbor.ttlSecurity ? '  [neighbors.ttl-security.config]\n    enabled = true\n    ttl-min = 255\n' : ''
}  [neighbors.timers.config]
    hold-time = ${holdTime}
    keepalive-interval = ${keepalive}
    connect-retry = 5
    idle-hold-time-after-reset = 5
  [neighbors.transport.config]
    passive-mode = ${options.passive ?? false}
${neighbor.port ? `    remote-port = ${neighbor.port}\n` : ''}${
  neighbor.localAddress ? `    local-address = "${neighbor.localAddress}"\n` : ''
}  [neighbors.graceful-restart.config]
    enabled = ${restarts}
    restart-time = ${restartTime}
    notification-enabled = true
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "${neighbor.family}"
    [neighbors.afi-safis.mp-graceful-restart.config]
      enabled = ${restarts}
`,
  )
  return `[global.config]
  as = ${as}
  router-id = "${routerId}"
  port = ${port}
${local}${sections.join('')}`
}
