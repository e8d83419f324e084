import { spawn } from 'node:child_process'
import type { Log } from '../ports/log.js'

/** What systemd hears (sd_notify(3)). */
export type Notice = 'READY' | 'RELOADING' | 'STOPPING'

function send(notice: Notice, status: string, log: Log): Promise<void> {
  return new Promise((resolve) => {
    // Assignments, not options: `--reloading` is younger than the systemd of some distributions.
    const child = spawn('systemd-notify', [`${notice}=1`, `STATUS=${status}`], { stdio: 'ignore' })
    child.on('error', (error) => {
      log.warn({ err: error }, `systemd does not hear ${notice}=1: is systemd-notify installed?`)
      resolve()
    })
    child.on('exit', (code) => {
      if (code !== 0) log.warn({ code }, `systemd-notify ${notice}=1 failed`)
      resolve()
    })
  })
}

/** Notices leave one after the other, or READY could overtake RELOADING. */
let last: Promise<void> = Promise.resolve()

/**
 * Tells systemd how the service does. The protocol is a datagram on a UNIX socket, which Node.js does not
 * have: `systemd-notify` sends it, so the unit needs `NotifyAccess=all`. Outside of systemd (no NOTIFY_SOCKET)
 * nothing happens.
 * @param status one line for `systemctl status`
 */
export function notify(notice: Notice, status: string, log: Log): void {
  if (process.env.NOTIFY_SOCKET === undefined) return
  last = last.then(() => send(notice, status, log))
}
