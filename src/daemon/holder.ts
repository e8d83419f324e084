import { portHolders } from '../host/port-holder.js'

/** Which other process listens on a port, for people: 'bird (PID 812)'; undefined: that can't be seen. */
export function holderOf(port: number): string | undefined {
  const other = portHolders(port).find(({ pid }) => pid !== undefined && pid !== process.pid)
  return other && `${other.process ?? 'a process'} (PID ${other.pid})`
}
