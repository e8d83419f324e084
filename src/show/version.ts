import type { StatusView } from '../views/model/status.js'
import { upDown } from './time.js'

/** `show version`. */
export function showVersion(status: StatusView): string {
  const file =
    status.configuration.file === undefined ? [] : [`Configuration file: ${status.configuration.file}`]
  return `${[
    `ecmpd ${status.version}, a BGP switch in a process`,
    `Node.js ${status.node}, process ${status.pid}`,
    `System name: ${status.hostName}`,
    `System uptime: ${upDown(status.uptime)}`,
    `BGP router identifier ${status.routerId}, local AS number ${status.localAs}`,
    `Forwarding: ${status.fib.enabled ? `kernel, ${status.fib.mode}` : 'off'}`,
    ...file,
    `Configuration loaded: ${status.configuration.loaded}`,
    `Resident memory: ${Math.round(status.memory / 1024)} KiB`,
    status.ready ? 'Ready' : `Not ready: ${status.waiting.join('; ')}`,
  ].join('\n')}\n`
}

/** `show version json`. */
export function versionJson(status: StatusView): object {
  const { version, node, pid, hostName, uptime, now, configuration, memory, ready, waiting } = status
  return { version, node, pid, hostName, uptime, now, configuration, memory, ready, waiting }
}
