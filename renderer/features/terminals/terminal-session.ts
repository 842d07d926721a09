import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { WebglAddon } from '@xterm/addon-webgl'
import { Terminal } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import './terminal.css'
import type { TerminalOutput } from '#shared/contract/terminals.ts'
import { client } from '../../rpc/client.ts'
import { follow } from '../../rpc/follow.ts'
import { runCommand } from '../../shell/commands.ts'
import { readKept } from '../../shell/layout.ts'
import { readSetting, useSettings } from '../../shell/settings.ts'
import { onThemeChange, themeTokens } from '../../ui/theme-tokens.ts'
import { webLink } from '../../ui/web-link.ts'
import { createAcknowledgements, type Acknowledgements } from './acknowledgements.ts'
import { offerClipboard, pasteInto } from './clipboard.ts'
import { guardTerminal, safeOptions, type SafetyDoor } from './terminal-safety.ts'
import { leastContrast, terminalTheme } from './terminal-theme.ts'
import { createTypist } from './typist.ts'

export interface TerminalSession {
  readonly terminal: Terminal
  readonly search: SearchAddon
  /** Draws the terminal in `parent` and fits it there; it goes on when it is taken out again. */
  attach: (parent: HTMLElement) => void
  detach: () => void
  paste: (text: string) => void
  dispose: () => void
}

const RESIZE_PAUSE = 60

/** One terminal on the page, from the first attach until it is closed: panels come and go, the screen stays. */
export function createTerminalSession(workspaceId: string, terminalId: string, onBroken: (failure: unknown) => void): TerminalSession {
  const place = { workspaceId, terminalId }
  const tokens = themeTokens()
  const isModified = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey
  const typist = createTypist(data => client.terminals.write({ ...place, data }), onBroken)
  const door: SafetyDoor = {
    answer: data => typist.type(data),
    offerClipboard,
    openLink: address => void runCommand('links.open', address),
    cursor: () => ({ row: terminal.buffer.active.cursorY + 1, column: Math.min(terminal.buffer.active.cursorX + 1, terminal.cols) }),
  }
  const host = document.createElement('div')
  host.className = 'terminal-host absolute top-1 right-1 bottom-2 left-4'
  const terminal = new Terminal({
    allowProposedApi: true,
    cursorStyle: 'bar',
    cursorInactiveStyle: 'outline',
    cursorWidth: 2,
    fontFamily: tokens.monospaceFont,
    fontSize: readSetting('terminal.fontSize'),
    fontWeightBold: 550,
    lineHeight: 1.12,
    scrollback: readSetting('terminal.scrollback'),
    theme: terminalTheme(tokens),
    minimumContrastRatio: leastContrast(tokens),
    macOptionClickForcesSelection: true,
    screenReaderMode: readKept('terminals.screenReader') === true,
    ...safeOptions(door, isModified),
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  terminal.loadAddon(new Unicode11Addon())
  terminal.unicode.activeVersion = '11'
  terminal.loadAddon(
    new WebLinksAddon(
      (event, text) => {
        const address = webLink(text)
        if (address !== null && isModified(event)) door.openLink(address)
      },
      { hover: (_event, text) => (host.title = linkTitle(text)), leave: () => host.removeAttribute('title') },
    ),
  )
  const guard = guardTerminal(terminal, door, data => typist.type(data))

  let webgl: WebglAddon | null = null
  function drawFast(): void {
    if (webgl) return
    try {
      webgl = new WebglAddon()
      // The browser takes contexts back when it has too many; the terminal then draws in the DOM.
      webgl.onContextLoss(drawPlainly)
      terminal.loadAddon(webgl)
    } catch {
      webgl = null
    }
  }
  function drawPlainly(): void {
    webgl?.dispose()
    webgl = null
  }

  function fitNow(): void {
    if (!host.isConnected || host.clientWidth === 0 || host.clientHeight === 0) return
    const size = fit.proposeDimensions()
    if (size && Number.isFinite(size.cols) && Number.isFinite(size.rows)) terminal.resize(Math.max(2, Math.min(1000, size.cols)), Math.max(1, Math.min(500, size.rows)))
  }

  let resizing: ReturnType<typeof setTimeout> | null = null
  function tellSize(): void {
    if (resizing !== null) clearTimeout(resizing)
    resizing = setTimeout(() => {
      const { cols: columns, rows } = terminal
      client.terminals.resize({ ...place, columns, rows }).catch(() => undefined)
    }, RESIZE_PAUSE)
  }

  let acknowledgements: Acknowledgements | null = null
  function take(event: TerminalOutput): void {
    if (event.type === 'snapshot') {
      acknowledgements?.dispose()
      const { attachmentId } = event
      const own = createAcknowledgements(event.position, position => {
        client.terminals.acknowledge({ ...place, attachmentId, position }).catch(() => undefined)
      })
      acknowledgements = own
      guard.setMuted(true)
      terminal.reset()
      terminal.resize(event.columns, event.rows)
      terminal.write(event.replay, () => {
        guard.setMuted(false)
        fitNow()
        tellSize()
      })
    } else if (event.type === 'data') {
      const own = acknowledgements
      terminal.write(event.data, () => own?.shown(event.position))
    }
  }
  const stopFollowing = follow(signal => client.terminals.attach(place, { signal }), take, { onFailure: onBroken })

  const observer = new ResizeObserver(() => fitNow())
  observer.observe(host)
  const stops = [
    stopFollowing,
    onThemeChange(next => {
      terminal.options.theme = terminalTheme(next)
      terminal.options.minimumContrastRatio = leastContrast(next)
    }),
    useSettings.subscribe(({ values }) => {
      if (terminal.options.scrollback !== values['terminal.scrollback']) terminal.options.scrollback = values['terminal.scrollback']
      if (terminal.options.fontSize === values['terminal.fontSize']) return
      terminal.options.fontSize = values['terminal.fontSize']
      fitNow()
    }),
  ]
  terminal.onResize(tellSize)

  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.stopPropagation()
    pasteInto(terminal, event.clipboardData?.getData('text/plain') ?? '')
  }
  host.addEventListener('paste', onPaste, true)

  let isOpened = false
  return {
    terminal,
    search,
    attach: parent => {
      parent.append(host)
      if (!isOpened) terminal.open(host)
      isOpened = true
      drawFast()
      fitNow()
    },
    detach: () => {
      drawPlainly()
      host.remove()
    },
    paste: text => pasteInto(terminal, text),
    dispose: () => {
      for (const stop of stops) stop()
      if (resizing !== null) clearTimeout(resizing)
      acknowledgements?.dispose()
      observer.disconnect()
      guard.dispose()
      drawPlainly()
      terminal.dispose()
      host.remove()
    },
  }
}

function linkTitle(text: string): string {
  const address = webLink(text)
  return address === null ? '' : `${address}\nCtrl and click to open`
}
