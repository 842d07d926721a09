import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as plainTest, type Locator, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { makeAdapter } from '../support/make-adapter.ts'
import { makeModel } from '../support/make-model.ts'
import { startApp } from '../support/start-app.ts'

const presets = (page: Page): Locator => page.getByRole('region', { name: 'Sampling presets' })
const ofChat = (page: Page): Locator => presets(page).getByRole('combobox', { name: 'Sampling preset of chat' })

test('a sampling preset is made, chosen for chat, changed, copied and deleted, by keyboard', async ({ window: page, app }) => {
  await runCommand(page, 'Open models')
  await expect(page.getByRole('heading', { level: 1, name: /model/i })).toBeFocused()
  await presets(page).getByRole('button', { name: 'New sampling preset' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'New sampling preset' })
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('A preset needs a name.')).toBeVisible()
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await page.keyboard.type('code')
  await expect(dialog.getByText('Another preset has this name.')).toBeVisible()
  await dialog.getByLabel('Name').fill('For tests')
  await dialog.getByLabel('Temperature').fill('3')
  await dialog.getByLabel('Top-k').fill('2.5')
  await page.keyboard.press('Enter')
  await expect(dialog.getByText('A number from 0 to 2.')).toBeVisible()
  await expect(dialog.getByText('A whole number from 0 to 1,000,000.')).toBeVisible()
  await expect(dialog.getByLabel('Temperature')).toBeFocused()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('0.25')
  await dialog.getByLabel('Top-k').fill('20')
  await dialog.getByLabel('Weighed tokens').fill('13 -100')
  await dialog.getByRole('button', { name: 'Save' }).press('Enter')
  await expect(dialog).toBeHidden()
  await expect(presets(page).getByRole('button', { name: 'New sampling preset' })).toBeFocused()
  const row = presets(page).getByRole('listitem').filter({ hasText: 'For tests' })
  await expect(row).toContainText('temperature 0.25, top-k 20, 1 token weighed')

  await ofChat(page).selectOption({ label: 'For tests' })
  // What chat begins with is what the status bar's list of models says, and what a fresh page reads from the host.
  await runCommand(page, 'Choose a model')
  const inPicker = page.getByRole('dialog', { name: 'Models' }).getByRole('combobox', { name: 'Sampling preset' })
  await expect(inPicker.locator('option:checked')).toHaveText('For tests')
  await page.keyboard.press('Escape')
  // Only the fragment differs: the page that stands would answer until it begins again.
  await page.goto('about:blank')
  await page.goto(await app.mintUrl())
  await page.getByRole('contentinfo').waitFor()
  await runCommand(page, 'Open models')
  await expect(page.getByRole('heading', { level: 1, name: /model/i })).toBeFocused()
  await expect(ofChat(page).locator('option:checked')).toHaveText('For tests')

  await presets(page).getByRole('button', { name: 'Actions for the preset For tests' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Edit' }).press('Enter')
  const editing = page.getByRole('dialog', { name: 'Edit For tests' })
  await expect(editing.getByLabel('Weighed tokens')).toHaveValue('13 -100')
  await editing.getByLabel('Weighed tokens').fill('')
  await editing.getByLabel('Temperature').fill('0')
  await page.keyboard.press('Enter')
  await expect(row).toContainText('temperature 0, top-k 20')

  // What another program saves and chooses is shown too.
  const call = async (procedure: string, body: unknown): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${app.port}/api/v1/models/${procedure}`, { method: 'POST', headers: { authorization: `Bearer ${app.token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) })
    expect(answer.status).toBe(200)
  }
  await call('savePreset', { id: 'theirs', name: 'From elsewhere', temperature: 0.5, sampling: {} })
  await expect(presets(page).getByRole('listitem').filter({ hasText: 'From elsewhere' })).toContainText('temperature 0.5')
  await call('configure', { id: 'starter', options: { preset: 'theirs' } })
  await expect(ofChat(page).locator('option:checked')).toHaveText('From elsewhere')
  await call('removePreset', { id: 'theirs' })
  await expect(ofChat(page)).toHaveValue('')

  await ofChat(page).selectOption({ label: 'For tests' })
  await presets(page).getByRole('button', { name: 'Actions for the preset Exact' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Copy to a new preset' }).press('Enter')
  await expect(dialog.getByLabel('Name')).toHaveValue('Exact copy')
  await page.keyboard.press('Escape')

  await presets(page).getByRole('button', { name: 'Actions for the preset For tests' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter')
  await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await expect(row).toHaveCount(0)
  await expect(ofChat(page)).toHaveValue('')
})

test('a model is pinned, measured, and loaded with an adapter and a draft model', async ({ window: page, app }) => {
  plainTest.setTimeout(120_000)
  const lora = join(app.home, 'adapter.gguf')
  makeAdapter({ path: lora, architecture: 'llama', tensor: 'blk.0.attn_q.weight', inputs: 64, outputs: 64, strength: 0.1 })
  for (const [name, layers] of [['Large', 3], ['Little', 1]] as const) await makeModel({ path: join(app.home, `${name}.gguf`), layers, width: 64, contextLength: 256, vocabularySize: 300, metadata: { 'general.name': { text: name } } })
  await runCommand(page, 'Open models')
  await expect(page.getByRole('heading', { level: 1, name: /model/i })).toBeFocused()
  for (const name of ['Large', 'Little']) {
    await page.getByRole('button', { name: 'A GGUF file by its path' }).press('Enter')
    await page.getByLabel('Absolute path').fill(join(app.home, `${name}.gguf`))
    await page.keyboard.press('Enter')
    await expect(page.getByRole('dialog')).toHaveCount(0)
  }
  const details = page.getByRole('dialog', { name: 'Large' })
  const openOptions = async (): Promise<void> => {
    await page.getByRole('table', { name: 'Models on this machine' }).getByRole('button', { name: 'Large', exact: true }).press('Enter')
    await details.getByRole('tab', { name: 'Load options' }).click()
  }
  await openOptions()
  await details.getByLabel('Threads').fill('many')
  await details.getByRole('button', { name: 'Load', exact: true }).press('Enter')
  await expect(details.getByLabel('Threads')).toBeFocused()
  await details.getByLabel('Threads').fill('1')
  await details.getByLabel('Draft model').selectOption({ label: 'Little' })
  await expect(details.getByLabel('Speculation')).toHaveValue('auto')
  await details.getByRole('button', { name: 'Add an adapter' }).press('Enter')
  await details.getByLabel('Path of adapter 1').fill(join(app.home, 'Little.gguf'))
  await details.getByLabel('Scale of adapter 1').fill('-0.5')
  await details.getByRole('button', { name: 'Add an adapter' }).press('Enter')
  await details.getByRole('button', { name: 'Keep and load' }).press('Enter')
  const loaded = page.getByRole('table', { name: 'Loaded models' })
  const problem = page.getByRole('region', { name: 'Loaded' }).getByRole('alert')
  await expect(problem).toContainText('LoRA', { timeout: 30_000 })

  await openOptions()
  await expect(details.getByLabel('Path of adapter 2')).toHaveCount(0)
  await expect(details.getByLabel('Scale of adapter 1')).toHaveValue('-0.5')
  await details.getByLabel('Path of adapter 1').fill(lora)
  await details.getByRole('button', { name: 'Keep and load' }).press('Enter')
  const row = loaded.getByRole('row').filter({ hasText: 'Large' })
  await expect(row).toContainText('idle', { timeout: 30_000 })
  await expect(problem).toHaveCount(0)
  await expect(row).toContainText(/[\d.]+ MB/)

  await row.getByRole('button', { name: 'Actions for the loaded Large' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Keep loaded' }).press('Enter')
  await expect(row).toContainText('pinned')
  await row.getByRole('button', { name: 'Actions for the loaded Large' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Let go when memory is needed' }).press('Enter')
  await expect(row).not.toContainText('pinned')

  await row.getByRole('button', { name: 'Large', exact: true }).press('Enter')
  await details.getByRole('tab', { name: 'Benchmark' }).click()
  await details.getByRole('button', { name: 'Run the benchmark' }).press('Enter')
  await expect(details.getByRole('status')).toContainText(/Writing[\d.,]+ tokens\/s/, { timeout: 60_000 })
  await expect(details.getByRole('button', { name: 'Run it again' })).toBeVisible()
})

plainTest('the page says what safe mode and a locked vault leave out, and goes on once it is open', async ({ page }) => {
  plainTest.setTimeout(90_000)
  const folder = mkdtempSync(join(tmpdir(), 'cortex-models-locked-'))
  const keyFile = join(folder, 'vault.key')
  const first = await startApp({ home: folder })
  await first.stop()
  const key = readFileSync(keyFile)
  rmSync(keyFile)
  const locked = await startApp({ home: folder, options: ['--safe-mode'] })
  try {
    await page.goto(locked.url)
    await page.getByRole('button', { name: 'Work without history' }).click()
    await runCommand(page, 'Open models')
    await expect(page.getByRole('heading', { level: 1, name: 'No model is loaded' })).toBeFocused()
    await expect(page.getByText('Safe mode: no model was loaded and no download goes on')).toBeVisible()
    await expect(presets(page)).toContainText('The vault is locked.')
    await expect(presets(page).getByRole('button', { name: 'New sampling preset' })).toBeDisabled()
    // A choice that needs nothing kept holds for this run.
    await ofChat(page).selectOption({ label: 'Code' })
    await page.getByRole('button', { name: 'Load Cortex Starter 8M' }).press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeVisible({ timeout: 30_000 })
    await page.getByRole('table', { name: 'Catalogue' }).getByRole('button', { name: /^Download / }).first().press('Enter')
    await expect(page.getByRole('dialog').getByText('The vault is locked: grants cannot be changed')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Allow and download' })).toBeDisabled()
    await page.keyboard.press('Escape')
    writeFileSync(keyFile, key)
    await page.getByRole('main').getByRole('button', { name: 'Unlock', exact: true }).first().press('Enter')
    await page.getByRole('button', { name: 'Look for the key file again' }).press('Enter')
    await expect(presets(page)).not.toContainText('The vault is locked.')
    await expect(presets(page).getByRole('button', { name: 'New sampling preset' })).toBeEnabled()
    await expect(ofChat(page).locator('option:checked')).toHaveText('Code')
  } finally {
    await locked.dispose()
    await first.dispose()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
