import { expect, test, type Page } from '@playwright/test'
import { startApp, type RunningApp } from '../support/start-app.ts'

let app: RunningApp

test.beforeAll(async () => {
  app = await startApp()
})
test.afterAll(async () => await app.dispose())

/** Everything the page says that it should not. */
function complaints(page: Page): string[] {
  const said: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') said.push(message.text())
  })
  page.on('pageerror', error => said.push(error.message))
  return said
}

const shown = async (page: Page): Promise<void> => await expect(page.getByRole('treeitem').first()).toBeVisible()

test('the code leaves the address at once, and a reload goes on', async ({ page }) => {
  const said = complaints(page)
  const referers: string[] = []
  page.on('request', request => referers.push(request.headers()['referer'] ?? ''))
  await page.goto(app.url)
  await shown(page)
  const code = new URLSearchParams(new URL(app.url).hash.slice(1)).get('code')
  expect(page.url()).not.toContain('code=')
  expect(await page.title()).not.toContain(app.token)
  await page.reload()
  await shown(page)
  expect(referers.join(' ')).not.toContain(code)
  expect(await page.evaluate(() => [document.cookie, Object.keys(localStorage).length])).toEqual(['', 0])
  expect(said).toEqual([])
})

test('an address that was used says so, and a fresh one works beside the first', async ({ page, browser }) => {
  await page.goto(app.url)
  await expect(page.getByRole('alert').or(page.getByRole('heading')).first()).toBeVisible()
  await expect(page.getByRole('treeitem')).toHaveCount(0)
  const other = await browser.newPage()
  await other.goto(await app.mintUrl())
  await shown(other)
  await other.close()
})

test('the policy of the page is enforced: no script from a string, no other place, no markup from a string', async ({ page }) => {
  await page.goto(await app.mintUrl())
  await shown(page)
  const outcome = await page.evaluate(async () => {
    // In its own turn: what the debugger evaluates by itself is let through.
    await new Promise(resolve => setTimeout(resolve))
    const tried = async (work: () => unknown): Promise<string> => {
      try {
        await work()
        return 'ran'
      } catch (error) {
        return (error as Error).name
      }
    }
    return {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it is refused is the point
      eval: await tried(() => new Function('return 1')()),
      fetch: await tried(async () => await fetch('http://127.0.0.2:9/')),
      markup: await tried(() => {
        document.createElement('div').innerHTML = '<img src=x>'
      }),
      script: await tried(() => {
        document.createElement('script').src = 'data:text/javascript,1'
      }),
    }
  })
  expect(outcome).toEqual({ eval: 'EvalError', fetch: 'TypeError', markup: 'TypeError', script: 'TypeError' })
})
