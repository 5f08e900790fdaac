/** The moves of a case as its page offers them: one for each command, the likeliest first. */
import type { Schemas } from '@/api/client'

type Move = Schemas['MoveOut']

export interface Offer {
  command: string
  name: string
  allowed: boolean
  why: string
  /** How general the reason is: 0 of this case, 1 of its state, 2 of one's duty. */
  reach: 0 | 1 | 2
}

/** By command, in the order in which somebody is likely to want them. */
const RANK = [
  ...['decide', 'verify-result', 'check-result', 'reply-order', 'reply-part', 'confirm-return'],
  ...['accept', 'file', 'dispatch', 'rework', 'take', 'feed-back'],
  ...['approve-self-handled', 'send-to-check', 'close', 'resume', 'self-handle', 'claim', 'assign'],
  ...['send-to-verify', 'merge', 'place', 'reject', 'return', 'return-report', 'return-filing'],
  ...['return-feedback', 'return-check', 'recall', 'recall-task', 'delegate', 'unassign'],
  ...['forward-task', 'request-extension', 'request-suspension', 'appeal', 'withdraw', 'urge'],
  ...['supervise', 'unclaim', 'request-void', 'reopen', 'unmerge'],
]
/** Those before it are steps that bring the case on. */
export const onward = (command: string): boolean => rank(command) < rank('claim')
/** What others share an address with is called by what they have in common. */
const SHARED: Record<string, string> = {
  decide: 'decide',
  'verify-result': 'verify_result',
  'check-result': 'check_result',
}
/** Evidence has a place of its own on the page. */
const ELSEWHERE = new Set(['media'])

const rank = (command: string) => (RANK.indexOf(command) + RANK.length + 1) % (RANK.length + 1)

export function offers(moves: Move[]): Offer[] {
  const commands = [...new Set(moves.map(({ command }) => command))]
  return commands
    .filter((command) => !ELSEWHERE.has(command))
    .sort((one, other) => rank(one) - rank(other))
    .map((command) =>
      offer(
        command,
        moves.filter((move) => move.command === command),
      ),
    )
}

function offer(command: string, moves: Move[]): Offer {
  const problem = moves.find((move) => move.problem)?.problem
  return {
    command,
    name: SHARED[command] ?? moves[0]?.name ?? command,
    allowed: moves.some(({ allowed }) => allowed),
    why: problem?.detail ?? problem?.title ?? '',
    reach: reach(problem),
  }
}

function reach(problem: Move['problem'] | undefined): Offer['reach'] {
  if (problem?.type.endsWith('/illegal-move')) return 1
  return problem?.type.endsWith('/forbidden') ? 2 : 0
}

/** Refused offers by their reason: those that somebody could do something about come first. */
export function refusals(refused: Offer[]): { why: string; names: string[] }[] {
  const found = new Map<string, string[]>()
  for (const { why, name } of [...refused].sort((one, other) => one.reach - other.reach))
    found.set(why, [...(found.get(why) ?? []), name])
  return [...found].map(([why, names]) => ({ why, names }))
}

/** One letter for each of the main moves; two that share one are never open to the same person. */
export const KEYS: Record<string, string> = {
  accept: 'a',
  file: 'f',
  dispatch: 'd',
  rework: 'd',
  take: 't',
  'feed-back': 'f',
  'send-to-verify': 'v',
  'verify-result': 'v',
  'send-to-check': 'k',
  'check-result': 'k',
  close: 'e',
  decide: 'y',
  claim: 'c',
  unclaim: 'u',
  reject: 'r',
  merge: 'm',
  urge: 'h',
  supervise: 's',
}

const PHOTO_STAGES: Partial<Record<Schemas['Status'], Schemas['MediaOut']['stage']>> = {
  verifying: 'verify',
  dispatched: 'before',
  handling: 'after',
  handled: 'after',
  checking: 'check',
  check_failed: 'check',
  checked: 'check',
}

export const photoStage = (status: Schemas['Status']) => PHOTO_STAGES[status] ?? 'report'
