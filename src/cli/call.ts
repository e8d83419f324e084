/** One request to the daemon's socket, and how long a daemon that says nothing is waited for. */

import { request } from 'node:http'
import { CommandError, USAGE } from './exit.js'

/** Seconds without an octet after which the daemon counts as stuck, unless somebody says otherwise. */
const LONGEST_SILENCE = 5
/** Seconds after which a person should know what is being waited for. */
const SILENCE_SAID = 1

/** How a daemon that says nothing is waited for. */
export interface ClientWaiting {
  /** Seconds without an octet after which the request is given up. */
  readonly seconds: number
  /** Gets one line, at most once in a request, that names what is being waited for. */
  say(line: string): void
}

/** What is asked. */
interface Question {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** JSON. */
  readonly body: string | undefined
}

/** What the daemon said, whole. */
export interface RawAnswer {
  readonly status: number
  readonly text: string
}

/**
 * Seconds to wait: the option's, else the variable's, else 5.
 * @throws CommandError when neither is a number of seconds above 0
 */
export function longestSilence(option: number | undefined, variable: string | undefined): number {
  const given = option ?? (variable === undefined || variable === '' ? LONGEST_SILENCE : Number(variable))
  // Timers take no more.
  if (given > 0 && given <= 86_400) return given
  const what = option === undefined ? `ECMPD_TIMEOUT=${variable}` : `--timeout ${option}`
  throw new CommandError(`ecmpd: ${what}: expected seconds, above 0 and at most 86400`, USAGE)
}

function gaveUp(socketPath: string, { method }: Question, seconds: number): CommandError {
  const after = method === 'POST' ? '; what was asked for may still be done' : ''
  return new CommandError(
    `ecmpd: the daemon on ${socketPath} has not answered for ${seconds} s: it hangs, is stopped, or is very busy${after} (its log tells more; --timeout SECONDS waits longer)`,
  )
}

/** Its queue of connections is full. */
function takesNone(socketPath: string): CommandError {
  return new CommandError(
    `ecmpd: the daemon on ${socketPath} takes no more connections: it hangs, is stopped, or is very busy (its log tells more)`,
  )
}

/**
 * Asks one question.
 * @param socketPath the daemon's UNIX socket
 * @returns the whole answer, whatever its status
 * @throws CommandError when nothing came for `waiting.seconds`; Error with a code when there is no connection
 */
export function call(socketPath: string, question: Question, waiting: ClientWaiting): Promise<RawAnswer> {
  const { method, path, body } = question
  const { seconds, say } = waiting
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'localhost',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const asked = request({ socketPath, method, path, timeout: seconds * 1000, headers }, (response) => {
      clearTimeout(silence)
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    const silence = setTimeout(() => {
      if (seconds > SILENCE_SAID) {
        const left = Number((seconds - SILENCE_SAID).toFixed(1))
        say(
          `ecmpd: waiting for the daemon on ${socketPath}: no answer for ${SILENCE_SAID} s, ${left} s to go`,
        )
      }
    }, SILENCE_SAID * 1000)
    asked.on('timeout', () => {
      reject(gaveUp(socketPath, question, seconds))
      asked.destroy()
    })
    asked.on('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EAGAIN' ? takesNone(socketPath) : error)
    })
    asked.on('close', () => clearTimeout(silence))
    asked.end(body)
  })
}
