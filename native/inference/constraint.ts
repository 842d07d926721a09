import { LlamaGrammarEvaluationState, type LlamaModel } from 'node-llama-cpp'
import { AppError } from '#shared/errors.ts'

/** What a text must follow while it is written. */
export class Constraint {
  readonly state: LlamaGrammarEvaluationState

  private constructor(state: LlamaGrammarEvaluationState) {
    this.state = state
  }

  /** Throws SCHEMA_UNSUPPORTED where llama.cpp refuses the grammar. */
  static async of(model: LlamaModel, gbnf: string): Promise<Constraint> {
    try {
      return new Constraint(new LlamaGrammarEvaluationState({ model, grammar: await model.llama.createGrammar({ grammar: gbnf }) }))
    } catch (cause) {
      throw new AppError('SCHEMA_UNSUPPORTED', { reason: 'Nothing can be written that follows it.' }, { cause })
    }
  }

  /** llama.cpp fails to choose a token where the grammar leaves none: that is the schema's fault. */
  static async during<T>(constraint: Constraint | null, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (!constraint || signal.aborted || cause instanceof AppError) throw cause
      throw new AppError('SCHEMA_UNSUPPORTED', { reason: 'The model has no way to write what it asks for.' }, { cause })
    }
  }
}
