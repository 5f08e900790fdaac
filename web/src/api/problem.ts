/** What the API says when it refuses (RFC 9457), as an error that can be shown. */
import type { components } from '@/api/schema'

export type Problem = components['schemas']['Problem']

export class ProblemError extends Error {
  readonly status: number
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.status = problem.status
    this.problem = problem
  }

  /** What is wrong with which field: a JSON pointer and words. */
  get errors(): { pointer: string; detail: string }[] {
    return (this.problem.errors ?? []) as { pointer: string; detail: string }[]
  }

  /** The last part of its type, e.g. `illegal-move`. */
  get slug(): string {
    return this.problem.type.split('/').at(-1) ?? ''
  }

  /** What is wrong with a field of the body, by its name. */
  field(name: string): string | undefined {
    return this.errors.find(({ pointer }) => pointer === `/${name}`)?.detail
  }

  /** The whole of it in one line: field errors, if there are any, say more than the title. */
  get words(): string {
    const details = this.errors.map(({ pointer, detail }) => `${pointer} ${detail}`)
    return details.length ? `${this.problem.title}：${details.join('；')}` : this.message
  }
}

/** No answer came: the network is away, or the server is. */
export class Unreachable extends Error {}

/** What to tell a person about any error. */
export function told(error: unknown): string {
  if (error instanceof ProblemError) return error.words
  return error instanceof Error ? error.message : String(error)
}
