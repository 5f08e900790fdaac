export const zh = {
  person: '人员',
  vacant: '无网格员的网格',
  vacantNone: '每个网格都有网格员',
  steward: '网格员',
  nobody: '无人负责',
  assign: '安排网格员',
  history: '这里的岗位',
  hint: '红色网格没有网格员；点网格看负责人并安排',
  selectHint: '在地图上点一个网格，或从下面的列表选。',
  of: '{n} 个网格无人',
  atLeast: '已列 {n} 个，还有更多',
}

export const en: typeof zh = {
  person: 'Person',
  vacant: 'Cells without a steward',
  vacantNone: 'Every cell has a steward',
  steward: 'Steward',
  nobody: 'Nobody',
  assign: 'Assign a steward',
  history: 'Posts here',
  hint: 'Red cells have no steward; click a cell to see who has it and to assign',
  selectHint: 'Click a cell on the map, or choose one from the list below.',
  of: '{n} cells without',
  atLeast: '{n} listed, there are more',
}
