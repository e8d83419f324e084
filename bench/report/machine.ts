import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import type { Machine } from './results.js'

function system(): string {
  if (!existsSync('/etc/os-release')) return 'Linux'
  return readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="(.*)"$/m)?.[1] ?? 'Linux'
}

/** What this machine is, now. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memory: Math.round(totalmem() / 1048576),
    kernel: release(),
    system: system(),
    node: process.version,
    iproute2: execFileSync('ip', ['-V'], { encoding: 'utf8' }).match(/iproute2-([\d.]+)/)?.[1] ?? '',
    load: Math.round(loadavg()[0] * 100) / 100,
  }
}
