export interface ViolationReport {
  directive: string
  host: string
  /** 0 where it is not known. */
  port: number
}

const mostRemembered = 100

/** Tells of each address that the page's policy kept from being loaded, once for each host and kind: nothing of it but host and port. */
export function watchViolations(report: (violation: ViolationReport) => void, target: EventTarget = document): () => void {
  const told = new Set<string>()
  const hear = (event: Event): void => {
    // The only events of this name.
    const violation = violationOf(event as SecurityPolicyViolationEvent)
    const key = violation === null ? '' : `${violation.directive} ${violation.host}:${violation.port}`
    if (violation === null || told.has(key) || told.size >= mostRemembered) return
    told.add(key)
    report(violation)
  }
  target.addEventListener('securitypolicyviolation', hear)
  return () => target.removeEventListener('securitypolicyviolation', hear)
}

function violationOf({ blockedURI, effectiveDirective, disposition }: SecurityPolicyViolationEvent): ViolationReport | null {
  // Inline code, `eval` and trusted types name no host.
  if (disposition !== 'enforce' || !URL.canParse(blockedURI)) return null
  const { hostname, port, protocol } = new URL(blockedURI)
  if (hostname === '' || !/^(https?|wss?):$/.test(protocol)) return null
  const usual = protocol === 'https:' || protocol === 'wss:' ? 443 : 80
  return { directive: effectiveDirective.slice(0, 60), host: hostname.slice(0, 260), port: port === '' ? usual : Number(port) }
}
