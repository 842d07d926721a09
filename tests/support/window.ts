import { expect, type Locator, type Page } from '@playwright/test'
import type { RunningApp } from './start-app.ts'

/** Shows the app in a page and waits until its explorer stands. */
export async function openWindow(page: Page, app: RunningApp): Promise<void> {
  await page.goto(app.url)
  await expect(page.getByRole('tree')).toBeVisible()
}

/** What the host answers to a reading call about the folder of this app, as `buffers/list`. */
async function askHost({ url, token, port }: RunningApp, procedure: string): Promise<unknown> {
  const workspaceId = new URLSearchParams(new URL(url).hash.slice(1)).get('workspace') ?? ''
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${procedure}?${new URLSearchParams({ workspaceId })}`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  return await answer.json()
}

/** Waits until the host keeps this unsaved text. */
export async function untilKept(app: RunningApp, text: string): Promise<void> {
  await expect.poll(async () => ((await askHost(app, 'buffers/list')) as { text: string }[]).map(buffer => buffer.text).join()).toContain(text)
}

/** Waits until the host keeps this in the layout of the window. */
export async function untilLayout(app: RunningApp, part: string | RegExp): Promise<void> {
  await expect.poll(async () => JSON.stringify(await askHost(app, 'layout/get'))).toMatch(part)
}

/** Opens a file by its name, as a person does: Ctrl+P, the name, Enter. */
export async function openByName(page: Page, name: string): Promise<void> {
  const fileName = name.split(':')[0]?.split('/').at(-1) ?? name
  await page.keyboard.press('Control+P')
  await page.getByRole('dialog').getByRole('combobox').fill(name)
  await expect(page.getByRole('option', { selected: true })).toContainText(fileName)
  await page.keyboard.press('Enter')
  // Another file may stand there until then.
  await expect(page.getByRole('tab', { selected: true }).filter({ hasText: fileName }).first()).toBeVisible()
  await expect(codeEditor(page)).toBeVisible()
  await expect(page.locator('.monaco-editor.focused')).toBeVisible()
}

export function codeEditor(page: Page): Locator {
  return page.locator('.monaco-editor .view-lines').first()
}

/** The lines on the screen, from top to bottom. */
export async function shownText(page: Page): Promise<string> {
  return await page.locator('.monaco-editor .view-lines').first().evaluate(element =>
    [...element.querySelectorAll<HTMLElement>('.view-line')]
      .toSorted((one, other) => Number.parseFloat(one.style.top) - Number.parseFloat(other.style.top))
      .map(line => (line.textContent ?? '').replaceAll('\u00a0', ' '))
      .join('\n'),
  )
}

export function tab(page: Page, name: string | RegExp): Locator {
  return page.getByRole('tab', { name })
}

export function statusBar(page: Page): Locator {
  return page.locator('[data-region=status]')
}

/** Runs a command through the palette. */
export async function runFromPalette(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('dialog').getByRole('combobox').fill(`>${title}`)
  await expect(page.getByRole('option', { selected: true })).toContainText(title)
  await page.keyboard.press('Enter')
}
