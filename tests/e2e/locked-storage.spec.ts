import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startApp } from '../support/start-app.ts'

test('a database whose key has gone is said to be shut, and opens again when the key is back', async ({ page }) => {
  const first = await startApp()
  const keyFile = join(first.home, 'vault.key')
  await first.stop()
  const key = readFileSync(keyFile)
  rmSync(keyFile)
  const locked = await startApp({ folder: first.folder, home: first.home })
  await page.goto(locked.url)
  const screen = page.getByRole('dialog', { name: 'The vault is locked' })
  await expect(screen).toContainText('Its key file is missing')
  await screen.getByRole('button', { name: 'Look for the key file again' }).click()
  await expect(screen.getByRole('status')).toContainText('its key file is missing')
  await screen.getByRole('button', { name: 'Work without history' }).click()
  const notice = page.getByRole('region', { name: 'Notices' })
  await expect(notice).toContainText('Your conversations and unsaved text cannot be opened.')
  await expect(notice).toContainText('its key file is missing')
  await expect(page.getByRole('tree')).toBeVisible()
  expect(existsSync(keyFile)).toBe(false)
  writeFileSync(keyFile, key)
  await page.reload()
  await page.getByRole('button', { name: 'Look for the key file again' }).click()
  await expect(page.getByRole('tree')).toBeVisible()
  await expect(page.getByText('cannot be opened')).toHaveCount(0)
  await locked.stop()
  await first.dispose()
})
