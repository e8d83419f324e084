import { spawn } from 'node:child_process'
import type { Log } from '../ports/log.js'

/** What systemd is told (sd_notify(3)). */
export type Notice = 'ready' | 'reloading' | 'stopping'

/**
 * Tells systemd how the service does. The protocol is a datagram on a UNIX socket, which Node.js does not
 * have: `systemd-notify` sends it, so the unit needs `NotifyAccess=all`. Outside of systemd (no NOTIFY_SOCKET)
 * nothing happens.
 * @param status one line for `systemctl status`
 */
export function notify(notice: Notice, status: string, log: Log): void {
  if (process.env.NOTIFY_SOCKET === undefined) return
  const child = spawn('systemd-notify', [`--${notice}`, `--status=${status}`], { stdio: 'ignore' })
  child.on('error', (error) => {
    log.warn({ err: error }, `systemd can't be told that ecmpd is ${notice}: is systemd-notify installed?`)
  })
  child.on('exit', (code) => {
    if (code !== 0) log.warn({ code }, `systemd-notify --${notice} failed`)
  })
  child.unref()
}
