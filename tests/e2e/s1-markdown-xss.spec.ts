import { expect, test } from '@playwright/test'
import { serveAnswerPage, type AnswerPage } from '../support/answer-page.ts'
import { hostileAnswers } from '../support/hostile-answers.ts'

let served: AnswerPage

test.beforeAll(async () => {
  served = await serveAnswerPage()
})
test.afterAll(async () => await served.dispose())

for (const policy of ['with the policy of the app', 'without any policy'] as const) {
  test(`S1 ${hostileAnswers.length} hostile answers, questions and file names run nothing, ${policy}`, async ({ page }) => {
    expect(hostileAnswers.length).toBeGreaterThanOrEqual(500)
    const address = policy === 'without any policy' ? served.bareUrl : served.url
    const requests: string[] = []
    const dialogs: string[] = []
    page.on('dialog', dialog => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    await page.goto(address)
    await page.waitForFunction(() => 'drawAnswers' in window)
    page.on('request', request => requests.push(request.url()))

    for (let at = 0; at < hostileAnswers.length; at += 60) {
      const batch = hostileAnswers.slice(at, at + 60)
      await page.evaluate(texts => window.drawAnswers(texts), batch)
      await page.waitForTimeout(150)
      const drawn = await page.evaluate(() => {
        const bad: string[] = []
        for (const element of document.querySelectorAll('#root *')) {
          const name = element.localName
          if (['script', 'iframe', 'object', 'embed', 'link', 'meta', 'base', 'form', 'style', 'img', 'image', 'video', 'audio', 'source', 'a', 'math', 'foreignobject', 'use', 'animate', 'set', 'input', 'textarea', 'template'].includes(name)) bad.push(`<${name}>`)
          for (const { name: attribute, value } of element.attributes) {
            if (/^on/i.test(attribute)) bad.push(`${attribute}=${value}`)
            if (['href', 'src', 'srcset', 'srcdoc', 'action', 'formaction', 'xlink:href', 'data', 'background', 'poster'].includes(attribute)) bad.push(`${attribute}=${value}`)
            if (attribute === 'style' && /url|expression|@import/i.test(value)) bad.push(value)
          }
        }
        // What a press on every link would ask to open.
        for (const link of document.querySelectorAll<HTMLElement>('#root [role=link]')) if (!/^https?:\/\//.test(link.title)) bad.push(`link to ${link.title}`)
        return { bad, count: document.querySelectorAll('[data-payload]').length, ran: window.ran.length, text: document.getElementById('root')?.textContent?.length ?? 0 }
      })
      expect(drawn.bad, `of ${at} and on`).toEqual([])
      expect(drawn.ran).toBe(0)
      expect(drawn.count).toBe(batch.length)
      expect(drawn.text).toBeGreaterThan(batch.length)
    }
    expect(dialogs).toEqual([])
    // Grammars for code blocks come from the page's own place; nothing else is asked for.
    expect(requests.filter(url => !(url.startsWith(address) && /\/assets\/[\w.-]+\.(js|css|woff2)$/.test(url)))).toEqual([])
    process.stdout.write(`S1: ${hostileAnswers.length} hostile texts drawn ${policy}: 0 scripts run, 0 requests\n`)
  })
}

test('S1 the check sees a script that does run', async ({ page }) => {
  await page.goto(served.bareUrl)
  await page.waitForFunction(() => 'drawAnswers' in window)
  await page.evaluate(() => {
    const root = document.getElementById('root')
    if (root) root.innerHTML = `<img src=x onerror="window.ran.push('X')">`
  })
  await page.waitForFunction(() => window.ran.length === 1)
})
