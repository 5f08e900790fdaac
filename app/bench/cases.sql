-- A part of the past: cases over two years, 3 % of them open, with one to three facts each; the open
-- ones have a clock that runs for some days more. A twentieth has a second unit among its parties.
--   $1 int first   $2 int last   $3 int of how many
WITH drawn AS MATERIALIZED (
  SELECT
    n,
    now() - interval '730 days' * (1 - n::float8 / $3) AS at,
    1 + floor((SELECT count(*) FROM bench_cell) * power(random(), 1.5))::int AS cell_n,
    1 + floor((SELECT count(*) FROM bench_class) * power(random(), 1.5))::int AS class_n,
    1 + floor((SELECT count(*) FROM bench_class) * random())::int AS party_n,
    random() AS fate, random() AS way, random() AS steps, random() AS dx, random() AS dy,
    (ARRAY['东', '西', '南', '北', '中', '新', '老', '大', '小', '上', '下', '前', '后'])
      [1 + floor(random() * 13)::int]
    || (ARRAY['关', '城', '门', '桥', '塔', '河', '湖', '山', '苑', '园', '坊', '营', '庄', '渠'])
      [1 + floor(random() * 14)::int]
    || (ARRAY['路', '街', '巷', '大道', '里', '胡同'])[1 + floor(random() * 6)::int]
    || (1 + floor(random() * 880))::int || '号' AS address,
    (ARRAY['门前', '对面', '东侧', '西侧', '路口', '公交站旁', '小区门口', '学校附近', '菜市场外',
      '医院门口', '停车场入口', '人行道上'])[1 + floor(random() * 12)::int] AS spot,
    (ARRAY['破损', '缺失', '堆放杂物', '积水', '倾斜', '被遮挡', '脏污', '占道', '渗漏', '松动',
      '异响', '未清理', '油污外溢', '无人看管', '照明不亮'])[1 + floor(random() * 15)::int] AS what,
    (ARRAY['影响通行', '居民多次反映', '请尽快处理', '已设围挡', '面积约', '车辆无法通过',
      '有安全隐患', '气味较大', '夜间更明显', '上周处理后又出现', '涉及商户'])
      [1 + floor(random() * 11)::int] || floor(random() * 1000)::int AS remark
  FROM generate_series($1::int, $2::int) AS n
),
made AS (
  SELECT
    d.*, c.id AS cell_id, c.code AS cell_code, c.name AS cell_name, c.area_code, c.steward_id,
    c.steward AS steward_name, k.code AS category_code, k.name AS category_name,
    k.kind AS category_kind, k.unit_id, k.unit_name,
    CASE WHEN d.dy < 0.05 THEN ARRAY[party.unit_id] ELSE '{}' END AS parties,
    (lpad(to_hex(floor(extract(epoch FROM d.at) * 1000)::int8), 12, '0') || '7'
      || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid AS id,
    c.lon + 0.0004 * (d.dx - 0.5) AS lon, c.lat + 0.0004 * (d.dy - 0.5) AS lat,
    d.fate > 0.995 AS nowhere,
    CASE
      WHEN d.n > $3 * 0.9 AND fate < 0.3 THEN
        (ARRAY['reported', 'reported', 'accepted', 'filed', 'dispatched', 'handling', 'handling',
          'handled', 'checking', 'checked'])[1 + floor(way * 10)::int]
      WHEN fate < 0.94 THEN 'closed'
      WHEN fate < 0.98 THEN 'rejected'
      ELSE 'voided'
    END AS status
  FROM drawn d
  JOIN bench_cell c ON c.n = d.cell_n
  JOIN bench_class k ON k.n = d.class_n
  JOIN bench_class party ON party.n = d.party_n
),
hotline AS (SELECT id FROM account WHERE username = 'bench-hotline'),
written AS (
  INSERT INTO incident (
    id, number, status, version, category_code, description, address, source,
    place, raw_lon, raw_lat, raw_crs, accuracy_metres, captured_at,
    reported_at, updated_at, ended_at, reporter_id,
    cell_id, cell_code, area_code, steward_id, owner_unit_id, unit_id, fingerprint,
    stage, yellow_at, due_at, parties
  )
  SELECT
    made.id, to_char(at, 'YYYYMMDD') || lpad(n::text, 8, '0'), status,
    1 + CASE WHEN status <> 'reported' THEN floor(steps * 3)::int ELSE 0 END,
    category_code, address || spot || category_name || what || '，' || remark, address,
    (ARRAY['steward', 'steward', 'steward', 'steward', 'steward', 'steward', 'hotline', 'hotline',
      'resident', 'camera'])[1 + floor(steps * 10)::int],
    ST_SetSRID(ST_MakePoint(lon - CASE WHEN nowhere THEN 5 ELSE 0 END, lat), 4490), lon, lat,
    'cgcs2000', 5, at, at, at + interval '3 days' * dx,
    CASE WHEN status IN ('closed', 'rejected', 'voided') THEN at + interval '3 days' * dx END,
    CASE WHEN steps < 0.6 THEN steward_id ELSE hotline.id END,
    CASE WHEN NOT nowhere THEN cell_id END, CASE WHEN NOT nowhere THEN cell_code END,
    CASE WHEN NOT nowhere THEN area_code END, CASE WHEN NOT nowhere THEN steward_id END,
    unit_id,
    CASE WHEN status NOT IN ('reported', 'accepted', 'filed', 'rejected') THEN unit_id END,
    md5(made.id::text), stage,
    CASE WHEN stage IS NOT NULL THEN now() + interval '10 days' * (1 + dx) END,
    CASE WHEN stage IS NOT NULL THEN now() + interval '10 days' * (1.5 + dx) END,
    parties
  FROM made
  LEFT JOIN (
    VALUES ('reported', 'accept'), ('accepted', 'file'), ('filed', 'dispatch'),
      ('dispatched', 'handle'), ('handling', 'handle'), ('handled', 'check'), ('checking', 'check'),
      ('checked', 'close')
  ) AS stages(status, stage) USING (status)
  CROSS JOIN hotline
  ORDER BY n
  RETURNING *
),
keyed AS (
  INSERT INTO intake_key (actor_id, key, incident_id, created_at)
  SELECT reporter_id, gen_random_uuid()::text, id, reported_at
  FROM written
  WHERE reported_at > now() - interval '30 days'
),
timed AS (
  INSERT INTO stage_clock (
    incident_id, run, stage, unit_id, pace, limit_seconds, started_at, yellow_at, due_at, watch_at,
    history
  )
  SELECT
    id, 1, stage, unit_id, 'wall', extract(epoch FROM due_at - reported_at), reported_at, yellow_at,
    due_at, yellow_at,
    jsonb_build_object(
      'pace', 'wall', 'limit_seconds', extract(epoch FROM due_at - reported_at),
      'events', jsonb_build_array(
        jsonb_build_object('kind', 'start', 'at', reported_at, 'seconds', 0, 'why', 'report')
      )
    )
  FROM written
  WHERE stage IS NOT NULL
)
INSERT INTO fact (incident_id, version, kind, status, actor_id, at, data)
SELECT
  i.id, v, CASE v WHEN 1 THEN 'report' WHEN 2 THEN 'accept' ELSE 'close' END,
  CASE WHEN v = i.version THEN i.status WHEN v = 1 THEN 'reported' ELSE 'accepted' END,
  i.reporter_id, i.reported_at + interval '1 hour' * (v - 1),
  CASE WHEN v = 1 THEN
    incident_json(
      ROW(i.*)::incident, m.category_name, m.category_kind, m.cell_name, m.steward_name,
      m.unit_name, NULL
    )
  ELSE json_build_object('note', m.remark) END
FROM written i
JOIN made m ON m.id = i.id
CROSS JOIN generate_series(1, i.version) AS v
