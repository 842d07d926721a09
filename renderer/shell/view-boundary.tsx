import { Component, Suspense, type ReactNode } from 'react'
import { LoadingState } from '../ui/states.tsx'
import { ErrorState } from './error-state.tsx'

/** One view that fails leaves the others standing. React has error boundaries only as classes. */
export class ViewBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error !== null) return <ErrorState error={this.state.error} action={{ label: 'Show again', run: () => this.setState({ error: null }) }} />
    return <Suspense fallback={<LoadingState />}>{this.props.children}</Suspense>
  }
}
