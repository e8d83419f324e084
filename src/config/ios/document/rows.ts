/**
 * The kinds of rows that the grammar table is made of: a value, a switch, a word without effect, one that is
 * refused.
 */

import type { Context } from './context.js'
import type { Args, Command, Mode } from './grammar.js'

/** A command that is read, and that ecmpd does anyway or has no need of. */
export function noEffect(syntax: string, modes: readonly Mode[], help: string, note?: string): Command {
  const run = (_: Args, context: Context) => {
    if (note !== undefined) context.note(note)
  }
  return { syntax, modes, help, support: 'no effect', run, no() {} }
}

/** A command that asks for something that ecmpd can't do and that can be left out: a warning. */
export function withoutIt(syntax: string, modes: readonly Mode[], help: string, warning: string): Command {
  return {
    syntax,
    modes,
    help,
    support: 'no effect',
    run: (_, context) => context.warn(warning),
    no() {},
  }
}

/** A command whose feature is missing: an error, since the switch would behave otherwise. Its `no` form is fine. */
export function notYet(syntax: string, modes: readonly Mode[], help: string, hint?: string): Command {
  return {
    syntax,
    modes,
    help,
    support: 'not yet',
    run: (_, context) => context.error(`% Invalid input: not supported yet: ${help}`, hint),
    no() {},
  }
}

/** A command that sets a value, and whose `no` form forgets it. */
export function setting(
  syntax: string,
  modes: readonly Mode[],
  help: string,
  path: (args: Args, context: Context) => readonly string[],
  value: (args: Args, context: Context) => unknown,
): Command {
  return {
    syntax,
    modes,
    help,
    support: 'yes',
    run: (args, context) => context.set(path(args, context), value(args, context)),
    no: (args, context) => context.clear(path(args, context)),
  }
}

/** A command that is on or off, and whose `no` form says off. */
export function toggle(syntax: string, modes: readonly Mode[], help: string, path: PathOf): Command {
  return { ...flag(path, true), syntax, modes, help, support: 'yes' }
}

/** A command that turns off what is on by itself, and whose `no` form says on. */
export function turnOff(syntax: string, modes: readonly Mode[], help: string, path: PathOf): Command {
  return { ...flag(path, false), syntax, modes, help, support: 'yes' }
}

type PathOf = (args: Args, context: Context) => readonly string[]

const flag = (path: PathOf, said: boolean) => ({
  run: (args: Args, context: Context) => context.set(path(args, context), said),
  no: (args: Args, context: Context) => context.set(path(args, context), !said),
})

/** A form that exists behind `no` alone: what it takes away is made by other commands. */
export function onlyNo(
  syntax: string,
  modes: readonly Mode[],
  help: string,
  no: (args: Args, context: Context) => void,
): Command {
  return {
    syntax,
    modes,
    help,
    support: 'yes',
    onlyNo: true,
    run: (_, context) => context.error(`% Incomplete command`, `\`no ${context.words}\` removes it`),
    no,
  }
}
