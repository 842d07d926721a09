import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'
import { githubToken } from '../support/made-up-secrets.ts'

const canary = 'canary-value-4711'

test('a secret goes in by keyboard, is managed, and its value is drawn nowhere', async ({ window: page, app }) => {
  const frames: string[] = []
  page.on('websocket', socket => socket.on('framereceived', frame => frames.push(String(frame.payload))))
  await runCommand(page, 'Open secrets')
  await expect(page.getByRole('heading', { name: 'Secrets' })).toBeFocused()
  await expect(page.getByText(/unprotected key file/)).toBeVisible()
  await runCommand(page, 'Add a secret')
  const dialog = page.getByRole('dialog', { name: 'Add a secret' })
  await dialog.getByLabel('Name').fill('registry token')
  const value = dialog.getByLabel('Value', { exact: true })
  await value.fill(canary)
  await page.keyboard.press('Enter')
  await expect(dialog.getByText(/cannot be the name/)).toBeVisible()
  // The name was wrong, so the value waits, hidden.
  await expect(value).toHaveAttribute('type', 'password')
  await expect(value).toHaveValue(canary)
  expect(await findViolations(page)).toEqual([])
  await dialog.getByLabel('Name').fill('registry.token')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  const row = page.getByRole('row', { name: /registry\.token/ })
  await expect(row).toContainText('valid')
  expect(await findViolations(page)).toEqual([])

  await row.getByRole('button', { name: 'Actions for registry.token' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Set its end' }).press('Enter')
  await page.getByLabel('Last day').fill('2020-01-01')
  await page.getByRole('button', { name: 'Set', exact: true }).press('Enter')
  await expect(row).toContainText('expired')
  await row.getByRole('button', { name: 'Actions for registry.token' }).press('Enter')
  await page.getByRole('menuitem', { name: 'History' }).press('Enter')
  await expect(page.getByRole('table', { name: 'History of registry.token' }).getByRole('row')).toHaveCount(3)
  await page.keyboard.press('Escape')
  await row.getByRole('button', { name: 'Actions for registry.token' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
  await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await expect(page.getByText('None yet.')).toBeVisible()
  expect(await page.content()).not.toContain(canary)
  expect(frames.join()).not.toContain(canary)
  expect(app.errors()).not.toContain(canary)
})

test('a file is checked for secrets, and a false alarm is taken back', async ({ window: page, app }) => {
  writeFileSync(join(app.folder ?? '', 'notes.txt'), `first line\ntoken ${githubToken('aB3d')}\n`)
  await page.getByRole('treeitem', { name: 'notes.txt' }).dblclick()
  await expect(page.getByText('first line')).toBeVisible()
  await runCommand(page, 'Check for secrets')
  const dialog = page.getByRole('dialog', { name: '1 finding would be masked' })
  await expect(dialog.getByRole('row', { name: /2:7 github token/ })).toBeVisible()
  await dialog.getByRole('button', { name: 'False alarm at 2:7' }).press('Enter')
  await expect(page.getByRole('dialog', { name: 'Nothing to mask' })).toBeVisible()
  await page.keyboard.press('Escape')
  await runCommand(page, 'Open secrets')
  await page.getByRole('button', { name: 'Mask this github token again' }).press('Enter')
  await expect(page.getByRole('table', { name: 'False alarms' })).toBeHidden()
})
