import { describe, expect, it } from 'vitest'
import { watchViolations, type ViolationReport } from './report-violations.ts'

const violation = (blockedURI: string, more: object = {}): Event => Object.assign(new Event('securitypolicyviolation'), { blockedURI, effectiveDirective: 'img-src', disposition: 'enforce', ...more })

describe('violations of the page\'s policy', () => {
  it('are told once for each host and kind, without anything of the address but its host', () => {
    const page = new EventTarget()
    const told: ViolationReport[] = []
    const stop = watchViolations(report => told.push(report), page)
    for (const address of ['https://img.example/a?secret=1', 'https://img.example/b', 'http://img.example/', 'wss://img.example:8443/x', 'inline', 'eval', 'data', 'blob:https://img.example/x', 'data:text/plain,x', '']) page.dispatchEvent(violation(address))
    page.dispatchEvent(violation('https://report.example/', { disposition: 'report' }))
    expect(told).toEqual([{ directive: 'img-src', host: 'img.example', port: 443 }, { directive: 'img-src', host: 'img.example', port: 80 }, { directive: 'img-src', host: 'img.example', port: 8443 }])
    for (let index = 0; index < 300; index++) page.dispatchEvent(violation(`https://${index}.example/`))
    expect(told).toHaveLength(100)
    stop()
    page.dispatchEvent(violation('https://late.example/', { effectiveDirective: 'font-src' }))
    expect(told).toHaveLength(100)
  })
})
