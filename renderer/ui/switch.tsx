import { Switch as Radix } from 'radix-ui'

export interface SwitchProps {
  label: string
  isOn: boolean
  onChange: (isOn: boolean) => void
  isDisabled?: boolean
  describedBy?: string | undefined
}

export function Switch({ label, isOn, onChange, isDisabled = false, describedBy }: SwitchProps) {
  return (
    <Radix.Root
      checked={isOn}
      onCheckedChange={onChange}
      disabled={isDisabled}
      aria-label={label}
      aria-describedby={describedBy}
      className="relative h-5 w-8.5 shrink-0 rounded-[10px] border border-control-line bg-surface-2 transition-opacity duration-120 disabled:opacity-45 data-[state=checked]:border-text data-[state=checked]:bg-text"
    >
      <Radix.Thumb className="block size-3.5 translate-x-0.5 rounded-[7px] bg-muted transition-transform duration-140 ease-out data-[state=checked]:translate-x-4 data-[state=checked]:bg-surface-2" />
    </Radix.Root>
  )
}
