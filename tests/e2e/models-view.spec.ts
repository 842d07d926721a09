import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { runCommand, test } from '../support/app-test.ts'
import { findViolations } from '../support/find-violations.ts'
import { makeModel } from '../support/make-model.ts'
import { findTestModel } from '../support/test-models.ts'

async function openModels(page: Page): Promise<void> {
  await runCommand(page, 'Open models')
  await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeVisible({ timeout: 30_000 })
}

/** Another model for text: a real one where there is one, else one with weights of chance. */
async function secondModel(home: string): Promise<string> {
  const real = await findTestModel('smollm2')
  if ('path' in real) return real.path
  const path = join(home, 'second.gguf')
  await makeModel({ path, layers: 2, width: 64, heads: 2, keyValueHeads: 2, feedForward: 128, contextLength: 512 })
  return path
}

test('models are added, loaded beside each other, given roles and planned, by keyboard', async ({ window: page, app }) => {
  test.setTimeout(180_000)
  await openModels(page)
  await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeFocused()
  await page.getByRole('button', { name: 'A GGUF file by its path' }).press('Enter')
  const adding = page.getByRole('dialog', { name: 'Add a GGUF file' })
  await adding.getByLabel('Absolute path').fill(join(app.home, 'nothing-here.gguf'))
  await page.keyboard.press('Enter')
  await expect(adding.getByRole('alert')).toContainText('was not found')
  await adding.getByLabel('Absolute path').fill(await secondModel(app.home))
  await page.keyboard.press('Enter')
  await expect(adding).toBeHidden()

  const installed = page.getByRole('table', { name: 'Models on this machine' })
  await expect(installed.getByRole('row')).toHaveCount(3)
  const row = installed.getByRole('row').filter({ hasText: /\S/, hasNotText: /Cortex Starter|Quantization/ })
  await row.getByRole('button', { name: /^Actions for/ }).press('Enter')
  await page.getByRole('menuitem', { name: 'Load beside the others' }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '2 models are ready' })).toBeVisible({ timeout: 60_000 })
  const loaded = page.getByRole('table', { name: 'Loaded models' })
  await expect(loaded.getByRole('row')).toHaveCount(3)
  await expect(page.getByRole('meter', { name: 'Memory set aside for models' })).toHaveAttribute('aria-valuetext', /^Set aside for models: .* free of the budget/)

  await page.getByRole('combobox', { name: 'Completion' }).selectOption({ index: 2 })
  await expect(loaded.getByRole('row', { name: /completion/ })).toBeVisible()

  await row.getByRole('button', { name: /^Actions for/ }).press('Enter')
  await page.getByRole('menuitem', { name: 'Details and options' }).press('Enter')
  const details = page.getByRole('dialog').filter({ has: page.getByRole('tablist', { name: 'About this model' }) })
  await expect(details.getByText('Attention heads')).toBeVisible()
  await expect(details.getByRole('definition').filter({ hasText: /^[a-z0-9._-]+$/ }).first()).toHaveAttribute('title', /“model”/)
  await details.getByRole('tab', { name: 'Facts' }).press('ArrowRight')
  const plan = details.getByRole('region', { name: 'What the plan would be' })
  await expect(plan.getByText('It fits.')).toBeVisible()
  await details.getByLabel('Context, tokens').fill('256')
  await expect(plan.getByText('256 tokens')).toBeVisible()
  await details.getByRole('button', { name: 'Keep for the next load' }).press('Enter')
  await expect(details.getByRole('button', { name: 'Keep for the next load' })).toBeDisabled()
  await details.getByRole('tab', { name: 'Load options' }).press('ArrowRight')
  await expect(details.getByRole('table', { name: 'Tensors' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(details).toBeHidden()

  await loaded.getByRole('row', { name: /completion/ }).getByRole('button', { name: /^Unload/ }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: '1 model is ready' })).toBeVisible()
})

test('every part of the page is one press away in a small window, and what can be pressed looks so', async ({ window: page }) => {
  await page.setViewportSize({ width: 1024, height: 640 })
  await openModels(page)
  const server = page.getByRole('region', { name: 'Server for other programs' })
  await expect(server.getByRole('switch')).not.toBeInViewport()
  const links = page.getByRole('navigation', { name: 'Sections of this page' })
  await links.getByRole('button', { name: 'Server' }).press('Enter')
  await expect(server.getByRole('heading')).toBeFocused()
  await expect(server.getByRole('switch')).toBeInViewport()
  await page.keyboard.press('Tab')
  await expect(server.getByRole('switch')).toBeFocused()
  await links.getByRole('button', { name: 'Presets' }).click()
  await expect(page.getByRole('heading', { name: 'Sampling presets' })).toBeInViewport({ ratio: 1 })
  for (const link of await links.getByRole('button').all()) {
    await link.press('Enter')
    await expect(page.locator('h2:focus')).toBeInViewport({ ratio: 1 })
  }
  for (const name of ['Change the budget', 'Measure its speed']) {
    for (const button of await page.getByRole('button', { name }).all()) await expect(button).not.toHaveCSS('border-top-color', 'rgba(0, 0, 0, 0)')
  }
})

test('a choice that is too long for its field is cut with an ellipsis beside its arrow', async ({ window: page }) => {
  await openModels(page)
  const role = page.getByRole('combobox', { name: 'Chat and edit' })
  const cut = async (width: string) =>
    await role.evaluate((select, to) => {
      select.style.width = to
      const text = select.querySelector('span')!
      const [its, whole] = [text.getBoundingClientRect(), select.getBoundingClientRect()]
      return { text: text.textContent, isCut: text.scrollWidth > text.clientWidth, sign: getComputedStyle(text).textOverflow, rest: Math.round(whole.right - its.right) }
    }, width)
  const wide = await cut('300px')
  expect(wide).toMatchObject({ text: 'Cortex Starter 8M', isCut: false })
  expect(await cut('90px')).toMatchObject({ text: 'Cortex Starter 8M', isCut: true, sign: 'ellipsis', rest: wide.rest })
  expect(wide.rest).toBeGreaterThan(16)
})

test('the server is off until it is turned on, a program gets its token once, and loses it', async ({ window: page, app }) => {
  await openModels(page)
  const server = page.getByRole('region', { name: 'Server for other programs' })
  await expect(server.getByText(/^Off: no other program is answered/)).toBeVisible()
  await server.getByRole('switch').press('Space')
  await expect(server.getByText(/^On, at port \d+/)).toBeVisible()
  await server.getByRole('button', { name: 'Copy the base URL for OpenAI' }).press('Enter')
  const base = await page.evaluate(async () => await navigator.clipboard.readText())
  await server.getByRole('button', { name: 'Add a program' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Add a program' })
  await dialog.getByLabel('Name').fill('Notes script')
  await dialog.getByLabel('Requests a minute').fill('60')
  await page.keyboard.press('Enter')
  const shown = page.getByRole('dialog', { name: 'The token of Notes script' })
  await shown.getByRole('button', { name: 'Copy the token' }).press('Enter')
  const token = await page.evaluate(async () => await navigator.clipboard.readText())
  expect(token.length).toBeGreaterThan(20)
  await shown.getByRole('button', { name: 'Done' }).press('Enter')
  expect(await page.content()).not.toContain(token)
  expect(app.errors()).not.toContain(token)
  const list = async (): Promise<number> => (await fetch(`${base}/models`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await list()).toBe(200)
  await expect(server.getByRole('row', { name: /Notes script/ })).toContainText('60 requests/min')
  await server.getByRole('button', { name: 'Revoke Notes script' }).press('Enter')
  await page.getByRole('button', { name: 'Revoke', exact: true }).press('Enter')
  await expect(server.getByText('No program may call yet.')).toBeVisible()
  expect(await list()).toBe(401)
  await server.getByRole('switch').press('Space')
  await expect(server.getByText(/^Off: /)).toBeVisible()
})

test('a download asks in words before anything is connected', async ({ window: page }) => {
  await openModels(page)
  await page.getByLabel('Search the catalogue').fill('smollm2 135m')
  const catalogue = page.getByRole('table', { name: 'Catalogue' })
  await catalogue.getByRole('button', { name: /^Download SmolLM2/ }).first().press('Enter')
  const dialog = page.getByRole('dialog', { name: /^Download SmolLM2/ })
  await expect(dialog.getByText(/^Cortex is offline\. To download, it changes to “only granted hosts”, and may then connect to huggingface\.co/)).toBeVisible()
  await expect(dialog.getByText(/learn your address on the network and which file you get/)).toBeVisible()
  await expect(dialog.getByRole('list', { name: 'Hosts to allow' })).toContainText('huggingface.co')
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter')
  await expect(page.getByRole('heading', { name: 'Downloads' })).toBeHidden()
})

test('axe finds nothing in the models page, in three themes and at both sizes', async ({ window: page }) => {
  test.setTimeout(240_000)
  const themes = { dark: 'Use the dark theme', light: 'Use the light theme', 'high-contrast': 'Use the high contrast theme' } as const
  await openModels(page)
  await page.getByRole('switch', { name: 'Server for other programs' }).press('Space')
  await expect(page.getByRole('button', { name: 'Add a program' })).toBeVisible()
  const found: Record<string, string[]> = {}
  for (const [theme, title] of Object.entries(themes)) {
    await runCommand(page, title)
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    for (const size of [{ width: 1440, height: 900 }, { width: 1024, height: 640 }]) {
      await page.setViewportSize(size)
      const list = await findViolations(page, '[data-region="editor"]')
      if (list.length > 0) found[`${theme} ${size.width}`] = list
    }
  }
  expect(found).toEqual({})
})
