import type { ILinkHandler, IParser, ITerminalOptions } from '@xterm/xterm'
import { webLink } from '../../ui/web-link.ts'

/**
 * What a program in the terminal may make the terminal do. Everything that would write back to the shell is taken over here: the
 * answer is ours or there is none. A program learns the cursor's position and what kind of terminal this is, nothing that it or
 * anybody else put on the screen.
 */
export interface SafetyDoor {
  /** Goes to the shell. */
  answer: (data: string) => void
  /** A program wants to put text on the clipboard: the person decides. */
  offerClipboard: (text: string) => void
  /** A link was asked for with the modifier held; the full address is shown and confirmed before anything opens. */
  openLink: (address: string) => void
  /** Where the cursor is, from 1. */
  cursor: () => { row: number; column: number }
}

/** The part of xterm that both the page's and the headless terminal have. */
export interface GuardedTerminal {
  readonly parser: Pick<IParser, 'registerCsiHandler' | 'registerOscHandler' | 'registerDcsHandler'>
  onData: (listener: (data: string) => void) => { dispose: () => void }
}

const CLIPBOARD_LIMIT = 100_000

// Titles and icon names, palette and colours (set or asked), working folder, fonts, notifications, shell integration, clipboard of iTerm, kitty and xterm.
const IGNORED_OSC = [0, 1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 46, 50, 51, 60, 61, 99, 104, 105, 106, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 133, 633, 666, 697, 777, 1337, 5113, 5522]

/** Options that safety depends on, to be spread into the terminal's own. */
export function safeOptions(door: Pick<SafetyDoor, 'openLink'>, isModified: (event: MouseEvent) => boolean): ITerminalOptions {
  return {
    // No window reports and no window manipulation of any kind.
    windowOptions: {},
    linkHandler: safeLinkHandler(door, isModified),
    allowTransparency: false,
    logLevel: 'off',
  }
}

export function safeLinkHandler(door: Pick<SafetyDoor, 'openLink'>, isModified: (event: MouseEvent) => boolean): ILinkHandler {
  return {
    allowNonHttpProtocols: false,
    activate: (event, text) => {
      const address = webLink(text)
      if (address !== null && isModified(event)) door.openLink(address)
    },
  }
}

export interface Guard {
  /** While true (a replay), questions in the stream are not answered: they were, when they were new. */
  setMuted: (isMuted: boolean) => void
  dispose: () => void
}

/**
 * Takes the handlers over and passes on to `type` what the person typed, and only that.
 * Registered last, so asked first: returning true keeps xterm's own handler from answering.
 */
export function guardTerminal(terminal: GuardedTerminal, door: SafetyDoor, type: (data: string) => void): Guard {
  let isMuted = false
  let isParsing = false
  const { parser } = terminal

  function answer(data: string): true {
    if (!isMuted) door.answer(data)
    return true
  }

  // xterm parses in one go, without a keystroke between: what comes out before this task ends was made by the stream, not by the person.
  function muteThisParse(): false {
    isParsing = true
    queueMicrotask(() => {
      isParsing = false
    })
    return false
  }

  const refuse = (): true => true
  const first = (params: readonly (number | number[])[]): number | number[] => params[0] ?? 0
  const registered = [
    // DA1, DA2: what kind of terminal this is. The answers are constants.
    parser.registerCsiHandler({ final: 'c' }, params => (first(params) === 0 ? answer('\u001b[?1;2c') : true)),
    parser.registerCsiHandler({ prefix: '>', final: 'c' }, params => (first(params) === 0 ? answer('\u001b[>0;276;0c') : true)),
    parser.registerCsiHandler({ prefix: '=', final: 'c' }, refuse),
    // CPR and DECXCPR: where the cursor is. All other status reports are refused.
    parser.registerCsiHandler({ final: 'n' }, params => (first(params) === 6 ? answer(positionReport(door, '')) : true)),
    parser.registerCsiHandler({ prefix: '?', final: 'n' }, params => (first(params) === 6 ? answer(positionReport(door, '?')) : true)),
    // Window operations and reports, the title among them.
    parser.registerCsiHandler({ final: 't' }, refuse),
    parser.registerCsiHandler({ prefix: '>', final: 't' }, refuse),
    // DECRQM, DECREQTPARM, XTVERSION, keyboard protocol questions, DECRQPSR, DECRQTSR, DECRQCRA.
    parser.registerCsiHandler({ intermediates: '$', final: 'p' }, refuse),
    parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, refuse),
    parser.registerCsiHandler({ final: 'x' }, refuse),
    parser.registerCsiHandler({ prefix: '>', final: 'q' }, refuse),
    parser.registerCsiHandler({ prefix: '?', final: 'u' }, refuse),
    parser.registerCsiHandler({ prefix: '>', final: 'u' }, refuse),
    parser.registerCsiHandler({ prefix: '<', final: 'u' }, refuse),
    parser.registerCsiHandler({ prefix: '=', final: 'u' }, refuse),
    parser.registerCsiHandler({ intermediates: '$', final: 'w' }, refuse),
    parser.registerCsiHandler({ intermediates: '$', final: 'u' }, refuse),
    parser.registerCsiHandler({ intermediates: '*', final: 'y' }, refuse),
    // DECRQSS, XTGETTCAP, XTSETTCAP, DECUDK.
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, refuse),
    parser.registerDcsHandler({ intermediates: '+', final: 'q' }, refuse),
    parser.registerDcsHandler({ intermediates: '+', final: 'p' }, refuse),
    parser.registerDcsHandler({ final: '|' }, refuse),
    // Focus reports are the person's doing, except the one that xterm sends when they are switched on.
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, muteThisParse),
    parser.registerOscHandler(52, data => {
      if (!isMuted) offerCopy(data, door)
      return true
    }),
    ...IGNORED_OSC.map(code => parser.registerOscHandler(code, refuse)),
    terminal.onData(data => {
      if (!isParsing) type(data)
    }),
  ]

  return {
    setMuted: next => {
      isMuted = next
    },
    dispose: () => {
      for (const one of registered) one.dispose()
    },
  }
}

function positionReport(door: SafetyDoor, prefix: string): string {
  const { row, column } = door.cursor()
  return `\u001b[${prefix}${row};${column}R`
}

/** `c;<base64>` offers a copy; `c;?` asks for what is on the clipboard and never gets an answer. */
function offerCopy(data: string, door: SafetyDoor): void {
  const encoded = data.slice(data.indexOf(';') + 1)
  if (encoded === '' || encoded === '?' || encoded.length > CLIPBOARD_LIMIT * 1.4) return
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(encoded), character => character.charCodeAt(0)))
  } catch {
    return
  }
  if (text !== '') door.offerClipboard(text)
}
