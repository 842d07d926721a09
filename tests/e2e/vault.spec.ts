import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'
import { startApp } from '../support/start-app.ts'

const passphrase = 'four words of nonsense'

test('a passphrase takes the place of the key file, locks the page and opens it', async ({ window: page, app }) => {
  test.setTimeout(120_000)
  await runCommand(page, 'Open privacy')
  const key = page.getByRole('region', { name: 'Key', exact: true })
  await expect(key).toContainText('Unprotected key file')
  await key.getByRole('button', { name: 'Protect' }).click()
  const dialog = page.getByRole('dialog', { name: 'Ways to the key' })
  await dialog.getByRole('button', { name: 'Set passphrase' }).click()
  await dialog.getByLabel('New passphrase').fill('short')
  await dialog.getByLabel('Once more').fill('short')
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog).toContainText('This passphrase is too short.')
  await dialog.getByLabel('New passphrase').fill(passphrase)
  await dialog.getByLabel('Once more').fill(passphrase)
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog.getByRole('button', { name: 'Change passphrase' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Make a code' }).click()
  const code = (await dialog.getByText(/^([0-9A-Z]{4}-){8}[0-9A-Z]{4}$/).textContent()) ?? ''
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(key).not.toContainText('Unprotected')

  await runCommand(page, 'Lock the vault')
  const screen = page.getByRole('dialog', { name: 'The vault is locked' })
  await expect(screen).toContainText('You locked it.')
  await expect(screen.getByLabel('Passphrase')).toBeFocused()
  expect(await findViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await screen.getByLabel('Passphrase').fill('not the passphrase')
  await page.keyboard.press('Enter')
  await expect(screen).toContainText('This is not its passphrase.')
  await screen.getByLabel('Passphrase').fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(screen).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'Key', exact: true })).toContainText('Passphraseset')

  // A profile that was copied elsewhere opens with the recovery code alone.
  await app.stop()
  const copy = mkdtempSync(join(tmpdir(), 'cortex-copy-'))
  cpSync(app.home, copy, { recursive: true, filter: source => !source.endsWith('.sock') })
  const moved = await startApp({ folder: app.folder, home: copy })
  await page.goto(moved.url)
  await expect(screen).toContainText('Its passphrase opens it.')
  await screen.getByLabel('Recovery code').fill(code.toLowerCase())
  await screen.getByRole('button', { name: 'Unlock with the code' }).click()
  const next = page.getByRole('dialog', { name: 'Write down the new recovery code' })
  await expect(next).toContainText(/([0-9A-Z]{4}-){8}[0-9A-Z]{4}/)
  await next.getByRole('button', { name: 'I have written it down' }).click()
  await expect(page.getByRole('tree')).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await moved.stop()
  rmSync(copy, { recursive: true, force: true })
})

test('whoever works on without the vault can unlock it from each page that lacks it, and loses nothing by it', async ({ window: page, app }) => {
  test.setTimeout(180_000)
  await runCommand(page, 'Open privacy')
  await page.evaluate(() => void (new Image().src = 'https://img.example/x'))
  const processes = page.getByRole('region', { name: 'Processes', exact: true })
  await expect(processes.getByRole('row', { name: /^Page/ }).getByRole('cell').last()).toHaveText('1')
  const key = page.getByRole('region', { name: 'Key', exact: true })
  await key.getByRole('button', { name: 'Protect' }).click()
  const dialog = page.getByRole('dialog', { name: 'Ways to the key' })
  await dialog.getByRole('button', { name: 'Set passphrase' }).click()
  await dialog.getByLabel('New passphrase').fill(passphrase)
  await dialog.getByLabel('Once more').fill(passphrase)
  await dialog.getByRole('button', { name: 'Set', exact: true }).click()
  await expect(dialog.getByRole('button', { name: 'Change passphrase' })).toBeVisible()
  await app.stop()

  const locked = await startApp({ folder: app.folder, home: app.home })
  await page.goto(locked.url)
  const screen = page.getByRole('dialog', { name: 'The vault is locked' })
  await screen.getByRole('button', { name: 'Work without history' }).click()
  await runCommand(page, 'Open the audit log')
  await page.getByText('The vault is locked. The audit log is in it').waitFor()
  await runCommand(page, 'Open privacy')
  // Nothing is said of what the ledger holds while it cannot be read.
  await expect(page.getByRole('heading', { name: 'Nothing has left this machine while the vault is shut' })).toBeVisible()
  await expect(processes.getByRole('row', { name: /^Page/ }).getByRole('cell').last()).toHaveText('–')
  await key.getByRole('button', { name: 'Unlock' }).click()
  await screen.getByLabel('Passphrase').fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(screen).toHaveCount(0)
  await expect(processes.getByRole('row', { name: /^Page/ }).getByRole('cell').last()).toHaveText('1')
  // The page was in use: it is not begun again by itself, and its tabs are kept from here on.
  await expect(page.getByRole('region', { name: 'Notices' })).toContainText('reload the page')
  await page.reload()
  await expect(page.getByRole('tab', { name: 'Audit log' })).toBeVisible()
  await locked.stop()
})
