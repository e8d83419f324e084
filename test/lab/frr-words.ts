/** How FRR's programs are started and asked: the words that its several drivers share. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'

/** A command of vtysh to one of FRR's programs. @param directory of its sockets */
export function vtysh(directory: string, program: string, ...commands: string[]): string[] {
  const words = commands.flatMap((command) => ['-c', command])
  return ['vtysh', '--vty_socket', directory, '-d', program, ...words]
}

/** bgpd without zebra and the kernel. @param file the path of one of its files, by suffix */
export function loneBgpd(file: (suffix: string) => string): string[] {
  mkdirSync(file('.vty'), { recursive: true })
  return [
    ...['/usr/lib/frr/bgpd', '--skip_runas', '--no_zebra', '--no_kernel', '--log', 'stdout'],
    ...['--vty_socket', file('.vty'), '--vty_port', '0', '--pid_file', file('.pid')],
    ...['--config_file', file('.conf')],
  ]
}

/** bgpd or zebra, where the two have a directory of their own. */
export function withZebra(directory: string, program: 'bgpd' | 'zebra'): string[] {
  const file = (suffix: string) => `${directory}/${program}${suffix}`
  return [
    ...[`/usr/lib/frr/${program}`, '-f', file('.conf'), '-i', file('.pid')],
    ...['-z', `${directory}/zserv.api`, '--vty_socket', directory, '-P', '0', '--log', 'stdout'],
  ]
}

/**
 * Writes the files of bgpd and zebra where both may read them, as whichever user they run.
 * @param above the directory that `directory` lies in
 */
export function writeWithZebra(above: string, directory: string, hostName: string, bgpd: string): void {
  mkdirSync(directory, { recursive: true })
  chmodSync(above, 0o755)
  chmodSync(directory, 0o777)
  writeFileSync(`${directory}/bgpd.conf`, bgpd)
  writeFileSync(`${directory}/zebra.conf`, `hostname ${hostName}\n`)
}
