import { wantPageFocus } from '../../shell/page-focus.ts'
import { openPage } from '../../shell/pages.ts'
import { usePicker } from './model-actions.ts'

export function openModels(): void {
  usePicker.setState({ isOpen: false })
  wantPageFocus('models')
  openPage({ id: 'models', kind: 'models', title: 'Models' })
}
