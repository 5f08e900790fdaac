import type { Schemas } from '@/api/client'

/** In the order of a case's way through the centre. */
export const ROLES: Schemas['Role'][] = [
  'steward',
  'acceptor',
  'supervisor',
  'dispatcher',
  'handler',
  'unit_head',
  'leader',
  'evaluator',
  'administrator',
  'observer',
  'integration',
]
