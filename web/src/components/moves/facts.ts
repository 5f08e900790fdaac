/** A fact in words: what was done, what was said, and to whom it went. */
import { useI18n } from 'vue-i18n'

import type { Schemas } from '@/api/client'

type Fact = Schemas['FactOut']

/** What the clocks and other cases do to a case; nobody's decision rests on it. */
const QUIET = new Set(['warn', 'overdue', 'escalate', 'recalculate', 'reassign'])
const SAID = ['reason', 'note', 'instruction', 'result', 'opinion', 'requirement', 'reply_text']
const NAMED = [
  ...['unit_name', 'handler_name', 'assignee_name', 'category', 'condition', 'limit', 'cell'],
  ...['label', 'into_number', 'from_number', 'number', 'until', 'due_at'],
]

const OF_CLOCKS = ['stage', 'to']

/** The facts since a version that somebody who is about to decide should know of. */
export const since = (facts: Fact[], version: number): Fact[] =>
  facts.filter((fact) => fact.version > version && !QUIET.has(fact.kind))

export const said = (fact: Fact): string[] =>
  SAID.map((name) => fact.data[name]).filter((text) => typeof text === 'string')

export function useFacts() {
  const { t, te } = useI18n()

  const did = (kind: string): string => {
    const key = `case.did.${kind}`
    return te(key) ? t(key) : kind
  }

  const word = (name: string, text: string, moment: (at: string) => string): string => {
    if (name === 'until' || name === 'due_at') return moment(text)
    if (name === 'stage') return t(`stage.${text}`)
    if (name === 'to') return te(`role.${text}`) ? t(`role.${text}`) : did('supervise')
    return text
  }

  /** What else a fact tells, each as a title and words. */
  const details = (fact: Fact, moment: (at: string) => string): [string, string][] => {
    const names = QUIET.has(fact.kind) ? [...OF_CLOCKS, ...NAMED] : NAMED
    return names
      .filter((name) => typeof fact.data[name] === 'string')
      .filter((name) => !(name === 'number' && fact.kind === 'report'))
      .map((name) => [t(`case.told.${name}`), word(name, String(fact.data[name]), moment)])
  }

  return { did, details }
}
