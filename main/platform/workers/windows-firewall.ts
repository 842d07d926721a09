import type { Confined, Confinement, Confiner, Program } from './confinement.ts'
import { asItIs } from './confinement.ts'
import type { Probe } from './run-probe.ts'

const advice = 'Windows keeps a program from the network by a firewall rule, which only an administrator can make; cortex doctor prints the command.'

/** Windows: a firewall rule on the Node that Cortex ships, made once by an administrator. An AppContainer would need native code of ours. */
export class WindowsFirewall implements Confiner {
  readonly #probe: Probe

  constructor(probe: Probe) {
    this.#probe = probe
  }

  async confine({ network }: Confinement, { executable }: Program): Promise<Confined> {
    if (network !== 'none') return asItIs(null)
    const problem = await this.#probe('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', findRule(executable)])
    if (problem !== null) return asItIs(advice)
    // The firewall does not look at what stays on this machine, nor at files.
    return { before: [], enforced: { by: 'firewall', network: 'loopback', reads: null, reason: 'Windows offers no way to keep a program of yours from your files without native code.' }, isParent: false }
  }
}

/** What an administrator runs in PowerShell, once. */
export function firewallCommand(executable: string): string {
  return `New-NetFirewallRule -DisplayName 'Cortex model' -Direction Outbound -Action Block -Profile Any -Program ${quoted(executable)}`
}

/** Ends with 0 when an enabled rule blocks all that the program sends. */
function findRule(executable: string): string {
  return [
    `$found = Get-NetFirewallApplicationFilter -Program ${quoted(executable)} -ErrorAction SilentlyContinue | Get-NetFirewallRule`,
    `| Where-Object { $_.Enabled -eq 'True' -and $_.Direction -eq 'Outbound' -and $_.Action -eq 'Block' -and $_.Profile -eq 'Any' };`,
    'if ($found) { exit 0 } else { exit 1 }',
  ].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
