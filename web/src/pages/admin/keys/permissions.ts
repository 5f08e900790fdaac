import type { Schemas } from '@/api/client'

type Permission = Schemas['Permission']

/** Every permission, by what it is about; the type check misses none. */
const GROUPS: Record<Permission, 'case' | 'data' | 'manage'> = {
  'incident:read': 'case',
  'incident:report': 'case',
  'incident:add_evidence': 'case',
  'incident:handle': 'case',
  'incident:check': 'case',
  'incident:self_handle': 'case',
  'incident:place': 'case',
  'incident:accept': 'case',
  'incident:reject': 'case',
  'incident:file': 'case',
  'incident:dispatch': 'case',
  'incident:assign': 'case',
  'incident:send_to_check': 'case',
  'incident:close': 'case',
  'incident:reopen': 'case',
  'incident:request_void': 'case',
  'incident:decide': 'case',
  'incident:merge': 'case',
  'caller:manage': 'manage',
  'incident:claim': 'case',
  'incident:urge': 'case',
  'incident:supervise': 'case',
  'fact:read': 'case',
  'grid:read': 'data',
  'catalog:read': 'data',
  'people:read': 'data',
  'statistics:read': 'data',
  'grid:import': 'manage',
  'catalog:edit': 'manage',
  'calendar:edit': 'manage',
  'rules:edit': 'manage',
  'people:manage': 'manage',
  'key:manage': 'manage',
}

/** The name of a permission as a key of the messages. */
export const permissionKey = (permission: Permission): string => permission.replace(/[^a-z]/g, '_')

export const grouped = (['case', 'data', 'manage'] as const).map((group) => ({
  group,
  permissions: (Object.keys(GROUPS) as Permission[]).filter((one) => GROUPS[one] === group),
}))
