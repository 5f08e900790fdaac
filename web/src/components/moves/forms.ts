/** What each command asks for, and how it is sent. */
import { api, ask, type Schemas } from '@/api/client'
import { cityMoment } from '@/composables/citytime'
import type { Permission } from '@/stores/session'

export type Kind =
  | 'prose'
  | 'category'
  | 'condition'
  | 'unit'
  | 'person'
  | 'moment'
  | 'limit'
  | 'case'
  | 'place'
  | 'reply'
  | 'approved'

export interface Field {
  name: string
  kind: Kind
  required?: boolean
  options?: string[]
}

export type Draft = Record<string, unknown>

const NOTE: Field = { name: 'note', kind: 'prose' }
const REASON: Field = { name: 'reason', kind: 'prose', required: true }
const RESULT: Field = { name: 'result', kind: 'prose', required: true }
const INSTRUCTION: Field = { name: 'instruction', kind: 'prose' }
const HANDLER: Field = { name: 'handler', kind: 'person', required: true }
const ASSIGNEE: Field = { name: 'assignee', kind: 'person' }

/** By the last part of the command's address; a command that is not here needs only a note. */
const FORMS: Record<string, Field[]> = {
  accept: [{ name: 'category', kind: 'category' }, NOTE],
  reject: [REASON],
  file: [{ name: 'condition', kind: 'condition' }, NOTE],
  'return-report': [REASON],
  'return-filing': [REASON],
  dispatch: [INSTRUCTION],
  rework: [{ name: 'unit', kind: 'unit' }, INSTRUCTION],
  recall: [REASON],
  'return-check': [REASON],
  reopen: [REASON],
  place: [{ name: 'cell', kind: 'place', required: true }],
  merge: [{ name: 'into', kind: 'case', required: true }, NOTE],
  assign: [HANDLER, NOTE],
  delegate: [HANDLER, NOTE],
  return: [REASON],
  'feed-back': [RESULT],
  'self-handle': [RESULT],
  'reply-part': [RESULT],
  'reply-order': [{ name: 'reply_text', kind: 'prose', required: true }],
  'send-to-verify': [ASSIGNEE, NOTE],
  'verify-result': [
    { name: 'reply', kind: 'reply', required: true, options: ['exists', 'not_exists', 'unclear'] },
    NOTE,
  ],
  'send-to-check': [ASSIGNEE, NOTE],
  'check-result': [
    { name: 'reply', kind: 'reply', required: true, options: ['fixed', 'not_fixed', 'unclear'] },
    NOTE,
  ],
  'forward-task': [{ ...ASSIGNEE, required: true }, NOTE],
  'return-feedback': [REASON],
  'request-extension': [{ name: 'amount', kind: 'limit' }, REASON],
  'request-suspension': [{ name: 'until', kind: 'moment', required: true }, REASON],
  'request-void': [REASON],
  appeal: [REASON],
  decide: [
    { name: 'approved', kind: 'approved', required: true },
    { name: 'opinion', kind: 'prose' },
  ],
  supervise: [
    { name: 'requirement', kind: 'prose', required: true },
    { name: 'due_at', kind: 'moment' },
  ],
}

export const fieldsOf = (command: string): Field[] => FORMS[command] ?? [NOTE]

/** The step whose stock phrases fit a command. */
const PHRASES: Record<string, string> = {
  reject: 'reject',
  'request-void': 'void',
  dispatch: 'dispatch',
  rework: 'dispatch',
  assign: 'dispatch',
  return: 'return',
  'return-report': 'return',
  'return-filing': 'return',
  'return-check': 'return',
  'return-feedback': 'return',
  recall: 'return',
  'request-extension': 'extend',
  'request-suspension': 'extend',
  'feed-back': 'feed_back',
  'self-handle': 'feed_back',
  'reply-part': 'feed_back',
  'verify-result': 'check',
  'check-result': 'check',
  close: 'close',
  urge: 'urge',
  supervise: 'urge',
}

export const phraseStep = (command: string): string | undefined => PHRASES[command]

/** What was typed, as the API takes it; empty fields are left out. */
export function commandOf(draft: Draft, zone: string): Draft {
  const filled = Object.entries(draft).filter(
    ([, value]) =>
      value !== undefined &&
      value !== null &&
      value !== '' &&
      !(Array.isArray(value) && !value.length),
  )
  return Object.fromEntries(
    filled.map(([name, value]) => {
      const moment = name === 'until' || name === 'due_at'
      return [name, moment ? cityMoment(String(value), zone) : value]
    }),
  )
}

/** Whether all that a command cannot do without is there. */
export const complete = (command: string, draft: Draft): boolean =>
  fieldsOf(command).every(({ name, kind, required }) =>
    kind === 'place'
      ? Boolean(draft.cell) || Boolean(draft.place)
      : !required || (draft[name] !== undefined && String(draft[name]).trim() !== ''),
  ) && !(command === 'decide' && draft.approved === false && !draft.opinion)

type AnyCommand = '/api/v1/incidents/{incident_id}/urge'

/** Make a move; `version` is what the person had before their eyes. */
export function make(
  id: string,
  command: string,
  body: Draft,
  version?: number,
): Promise<Schemas['IncidentOut']> {
  const path = `/api/v1/incidents/{incident_id}/${command}` as AnyCommand
  const header = version === undefined ? {} : { 'if-match': `"${version}"` }
  return ask(api.POST(path, { params: { path: { incident_id: id }, header }, body }))
}

/** Moves that make sense for many cases at once. */
export interface Bulk {
  name: string
  command: string
  permission: Permission
  from: Schemas['Status'][]
  pending?: boolean
}

const DESKS: Schemas['Status'][] = [
  'reported',
  'accepted',
  'filed',
  'handled',
  'check_failed',
  'checked',
]
const UNIT: Schemas['Status'][] = ['dispatched', 'handling']
const OPEN: Schemas['Status'][] = [...DESKS, ...UNIT, 'verifying', 'checking', 'suspended']

export const BULK: Bulk[] = [
  { name: 'accept', command: 'accept', permission: 'incident:accept', from: ['reported'] },
  { name: 'file', command: 'file', permission: 'incident:file', from: ['accepted'] },
  { name: 'dispatch', command: 'dispatch', permission: 'incident:dispatch', from: ['filed'] },
  { name: 'rework', command: 'rework', permission: 'incident:dispatch', from: ['check_failed'] },
  { name: 'take', command: 'take', permission: 'incident:handle', from: ['dispatched'] },
  { name: 'assign', command: 'assign', permission: 'incident:assign', from: UNIT },
  {
    name: 'send_to_check',
    command: 'send-to-check',
    permission: 'incident:send_to_check',
    from: ['handled'],
  },
  { name: 'close', command: 'close', permission: 'incident:close', from: ['checked'] },
  {
    name: 'decide',
    command: 'decide',
    permission: 'incident:decide',
    from: [...OPEN, 'closed'],
    pending: true,
  },
  { name: 'claim', command: 'claim', permission: 'incident:claim', from: DESKS },
  { name: 'unclaim', command: 'unclaim', permission: 'incident:claim', from: DESKS },
  {
    name: 'reject',
    command: 'reject',
    permission: 'incident:reject',
    from: ['reported', 'accepted'],
  },
  {
    name: 'send_to_verify',
    command: 'send-to-verify',
    permission: 'incident:accept',
    from: ['reported'],
  },
  {
    name: 'return_filing',
    command: 'return-filing',
    permission: 'incident:dispatch',
    from: ['filed'],
  },
  { name: 'recall', command: 'recall', permission: 'incident:dispatch', from: UNIT },
  { name: 'urge', command: 'urge', permission: 'incident:urge', from: OPEN },
  { name: 'supervise', command: 'supervise', permission: 'incident:supervise', from: OPEN },
]

/** The moves that the states of all these cases allow. */
export const shared = (incidents: Schemas['IncidentOut'][]): Bulk[] =>
  BULK.filter(({ from, pending }) =>
    incidents.every((one) => from.includes(one.status) && (!pending || one.pending !== null)),
  )
