import type { Command } from 'commander'

const exitUsage = 2

/** Mistakes in the words of a command are told like every other error: what, why, what to do. */
export function plain(command: Command): Command {
  return command
    .configureOutput({
      outputError: (message, write) => {
        write(`The command could not be read.\n${message.replace(/^error: /, '').trim()}\nSee ${fullName(command)} --help.\n`)
      },
    })
    .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : exitUsage))
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()
}
