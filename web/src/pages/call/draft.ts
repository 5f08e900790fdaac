/** What has been typed of a call: it outlives a reload and a save that failed. */
import type { Schemas } from '@/api/client'
import { newId } from '@/api/secure'
import type { Spot } from '@/map/places'

export interface Caller {
  name: string
  phone: string
  /** Then neither the dispatcher nor the unit learns who it was. */
  confidential: boolean
}

export interface Draft {
  /** Of the case that is to be, and its idempotency key: a retry makes no second one. */
  id: string
  /** When the first letter was typed. */
  started: number | null
  source: Schemas['Source']
  caller: Caller
  description: string
  address: string
  spot: Spot | null
  category: string | null
  answers: Record<string, unknown>
  /** The case that this one repeats, into which it is merged. */
  into: { id: string; number: string } | null
}

const KEY = 'wangge.call'

export function emptyDraft(source: Schemas['Source'] = 'hotline'): Draft {
  return {
    id: newId(),
    started: null,
    source,
    caller: { name: '', phone: '', confidential: false },
    description: '',
    address: '',
    spot: null,
    category: null,
    answers: {},
    into: null,
  }
}

export function keepDraft(draft: Draft): void {
  sessionStorage.setItem(KEY, JSON.stringify(draft))
}

export function dropDraft(): void {
  sessionStorage.removeItem(KEY)
}

export function keptDraft(): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Partial<Draft>
    return { ...emptyDraft(), ...kept }
  } catch {
    return emptyDraft()
  }
}

/** What is still needed before it can be saved, by the names of the fields. */
export function missing(
  draft: Draft,
  questions: readonly Schemas['QuestionOut'][],
): Set<'description' | 'place' | 'category' | 'answers'> {
  const empty = (value: unknown) => value === undefined || value === null || value === ''
  const unanswered = questions.some(
    ({ key, required }) =>
      required && (empty(draft.answers[key]) || String(draft.answers[key]) === ''),
  )
  const gaps: [boolean, 'description' | 'place' | 'category' | 'answers'][] = [
    [draft.description.trim() === '', 'description'],
    [draft.spot === null, 'place'],
    [draft.category === null, 'category'],
    [unanswered, 'answers'],
  ]
  return new Set(gaps.filter(([open]) => open).map(([, name]) => name))
}

/** The option that says that somebody is in danger: then a telephone helps, not a case. */
export function stopper(
  answers: Record<string, unknown>,
  questions: readonly Schemas['QuestionOut'][],
): { phone: string; message: string } | null {
  for (const { key, options } of questions) {
    const chosen = [answers[key]].flat()
    for (const { label, phone, message } of options)
      if (phone && chosen.includes(label)) return { phone, message: message ?? '' }
  }
  return null
}

/** Who called, as the API takes it; null when nobody was named. */
export function callerOf({ caller }: Draft): Schemas['CallerIn'] | null {
  const name = caller.name.trim()
  const phone = caller.phone.trim()
  if (!name && !phone) return null
  return {
    confidential: caller.confidential,
    ...(name ? { name } : {}),
    ...(phone ? { phone } : {}),
  }
}

/** The report as the API takes it. */
export function report(
  draft: Draft,
  questions: readonly Schemas['QuestionOut'][],
): Schemas['IncidentReport'] {
  const asked = new Set(questions.map(({ key }) => key))
  return {
    id: draft.id,
    source: draft.source,
    category: draft.category ?? '',
    description: draft.description.trim(),
    lon: draft.spot?.lon ?? 0,
    lat: draft.spot?.lat ?? 0,
    crs: 'cgcs2000',
    ...(draft.address.trim() ? { address: draft.address.trim() } : {}),
    answers: Object.fromEntries(
      Object.entries(draft.answers).filter(
        ([key, value]) => asked.has(key) && value !== '' && value !== null && value !== undefined,
      ),
    ),
  }
}
