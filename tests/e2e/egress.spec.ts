import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'

const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)

/** The command line against the host of a test. */
async function cortex(home: string, ...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, process.env['CORTEX_OUT'] ?? 'out', 'main', 'cli.js'), ...words], { env: { ...process.env, CORTEX_HOME: home } })
  return stdout
}

async function serve(): Promise<{ server: Server; port: number; hits: () => number }> {
  let hits = 0
  const server = createServer((_request, response) => (hits++, response.end('hello')))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port, hits: () => hits }
}

test('leaves Offline only when that is confirmed, and says so in the pill', async ({ window }) => {
  await runCommand(window, 'Open privacy')
  await expect(window.getByRole('heading', { level: 1, name: /this machine/ })).toBeFocused()
  const offline = window.getByRole('radio', { name: /^Offline/ })
  await expect(offline).toBeChecked()
  await expect(window.getByRole('button', { name: /^Privacy: Offline/ })).toBeVisible()
  await offline.focus()
  await window.keyboard.press('ArrowRight')
  const dialog = window.getByRole('dialog', { name: 'Leave Offline for Local network?' })
  await expect(dialog).toContainText('The model stays without any network')
  await window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(offline).toBeChecked()
  await window.getByText('Allow-list', { exact: true }).click()
  await window.getByRole('button', { name: 'Leave Offline' }).click()
  await expect(window.getByRole('radio', { name: /^Allow-list/ })).toBeChecked()
  await expect(window.getByRole('button', { name: /^Privacy: Allow-list/ })).toBeVisible()
  await window.getByText('Offline', { exact: true }).first().click()
  await expect(offline).toBeChecked()
})

test('grants a port of this machine, connects to it, and closes it again', async ({ window, app }) => {
  const { server, port, hits } = await serve()
  await runCommand(window, 'Open privacy')
  await window.getByRole('button', { name: 'Grant a host' }).click()
  const dialog = window.getByRole('dialog', { name: 'Grant a host' })
  await dialog.getByLabel('Host').fill('localhost')
  await dialog.getByRole('button', { name: 'Grant', exact: true }).click()
  await expect(dialog).toContainText('a port must be named')
  await dialog.getByLabel('Host').fill(`localhost:${port}`)
  await window.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  const row = window.getByRole('row', { name: new RegExp(`localhost:${port}`) })
  await expect(row).toContainText('this machine')
  await expect(row).toContainText(/1 h 0 min|60 min|59 min/)
  await expect(window.getByText('Only the port of this machine granted below.')).toBeVisible()
  expect(await cortex(app.home, 'egress', 'try', `http://localhost:${port}/`)).toMatch(/^200, 5 bytes/)
  expect(hits()).toBe(1)
  await expect(window.getByRole('option', { name: /You \(try\).*allowed/ })).toBeVisible()
  await row.getByRole('button', { name: `Revoke localhost:${port}` }).click()
  await expect(row).toBeHidden()
  await expect(cortex(app.home, 'egress', 'try', `http://localhost:${port}/`)).rejects.toThrow('refused')
  expect(hits()).toBe(1)
  server.close()
})

test('asks in the window before it connects; Esc refuses', async ({ window, app }) => {
  const { server, port, hits } = await serve()
  await cortex(app.home, 'egress', 'mode', 'ask')
  await expect(window.getByRole('button', { name: /^Privacy: Ask/ })).toBeVisible()
  const refused = cortex(app.home, 'egress', 'try', `http://127.0.0.1:${port}/`).then(() => 'went through', () => 'refused')
  const dialog = window.getByRole('dialog', { name: `Connect to 127.0.0.1:${port}?` })
  await expect(dialog).toContainText('Asked by try: a try by you')
  await expect(window.getByRole('alert').filter({ hasText: `Connect to 127.0.0.1:${port}?` })).toBeAttached()
  await expect(dialog.getByRole('button', { name: 'Refuse' })).toBeFocused()
  await window.keyboard.press('Escape')
  expect(await refused).toBe('refused')
  expect(hits()).toBe(0)
  const allowed = cortex(app.home, 'egress', 'try', `http://127.0.0.1:${port}/`)
  await dialog.getByRole('button', { name: 'For an hour' }).click()
  expect(await allowed).toMatch(/^200, 5 bytes/)
  await expect(dialog).toBeHidden()
  // Granted for an hour: it is not asked again.
  expect(await cortex(app.home, 'egress', 'try', `http://127.0.0.1:${port}/`)).toMatch(/^200/)
  server.close()
})

test('shows what was asked for, finds it, tells all of it and exports it', async ({ window, app }) => {
  await runCommand(window, 'Open privacy')
  await expect(window.getByText('Nothing has been asked for yet')).toBeVisible()
  for (const host of ['one.example', 'two.example', '169.254.169.254']) await cortex(app.home, 'egress', 'try', `https://${host}/`).catch(() => '')
  const list = window.getByRole('listbox', { name: 'Ledger' })
  await expect(list.getByRole('option')).toHaveCount(3)
  await list.focus()
  await window.keyboard.press('Home')
  await expect(list.getByRole('option', { selected: true })).toContainText('169.254.169.254')
  await expect(window.getByText('not looked up')).toHaveCount(1)
  await window.getByLabel('Search the ledger').fill('TWO.')
  await expect(list.getByRole('option')).toHaveCount(1)
  await expect(list.getByRole('option')).toContainText('two.example:443')
  await window.getByRole('region', { name: 'Ledger', exact: true }).getByRole('button', { name: 'Export' }).click()
  await window.getByRole('textbox', { name: 'File' }).fill(join(app.home, 'ledger.csv'))
  await window.getByRole('dialog').getByRole('button', { name: 'Export' }).click()
  await expect(window.getByText(/The ledger was written/)).toBeVisible()
  await window.getByLabel('Search the ledger').fill('nothing like it')
  await expect(window.getByText('No entry fits.')).toBeVisible()
  expect(JSON.parse((await cortex(app.home, 'ledger', 'export', '--host', 'two.example')).trim())).toMatchObject({ target: 'two.example', decision: 'refused', rule: 'offline' })
})

test('notes what the page\'s policy kept from loading', async ({ window, app }) => {
  await expect(window.getByRole('button', { name: /^Privacy: Offline/ })).toBeVisible()
  await window.evaluate(() => void (new Image().src = 'https://img.example/beacon?secret=1'))
  await expect.poll(async () => await cortex(app.home, 'ledger', 'list', '--who', 'page', '--json')).toContain('"target":"img.example"')
  expect(await cortex(app.home, 'ledger', 'list', '--who', 'page')).not.toContain('secret')
})
