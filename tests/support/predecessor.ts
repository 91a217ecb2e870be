import { DatabaseSync } from "node:sqlite";

/**
 * A database of the shape that the service has which Sentinel replaces, with a few hosts of each kind, and 60 days of
 * heartbeats, four a day, before today.
 */
export function makePredecessor(file: string): void {
  const database = new DatabaseSync(file);
  database.exec(`
    CREATE TABLE hosts (id INTEGER PRIMARY KEY, name TEXT NOT NULL, host_id TEXT UNIQUE NOT NULL, token TEXT NOT NULL,
      expected_frequency_seconds INTEGER, grace_period_seconds INTEGER DEFAULT 60, schedule_type TEXT DEFAULT 'always',
      schedule_config TEXT, cron_expression TEXT, log_analysis_config TEXT, last_seen TIMESTAMP, status TEXT,
      created_at TIMESTAMP, updated_at TIMESTAMP);
    CREATE TABLE heartbeats (id INTEGER PRIMARY KEY, host_id TEXT, timestamp TIMESTAMP, status TEXT);
    CREATE TABLE alerts (id INTEGER PRIMARY KEY, host_id TEXT, alert_type TEXT, message TEXT, created_at TIMESTAMP,
      resolved_at TIMESTAMP);
    CREATE TABLE log_analyses (id INTEGER PRIMARY KEY, host_id TEXT, result TEXT, created_at TIMESTAMP);
    CREATE TABLE config (key TEXT PRIMARY KEY, value TEXT);
    INSERT INTO hosts (name, host_id, token, expected_frequency_seconds, schedule_type, schedule_config, cron_expression,
      log_analysis_config) VALUES
      ('Web 01', 'web01', 'tok-web01-0123456789', 300, 'always', NULL, NULL, NULL),
      ('Office', 'office', 'tok-office-0123456789', 600, 'business_hours',
        '{"start":"8:00","end":"18:00","days":[1,2,3,4,5],"timezone":"Europe/Berlin"}', NULL, NULL),
      ('Backup', 'backup', 'tok-backup-0123456789', NULL, 'always', '{"timezone":"Europe/Berlin"}', '0 3 * * *', NULL),
      ('Firewall', 'fw', 'tok-fw-0123456789', 60, 'custom',
        '{"start":"22:00","end":"06:00","days":[1,2,3,4,5,6,7],"timezone":"Europe/Berlin"}', NULL,
        '{"ssh_host":"192.0.2.1","ssh_user":"log","log_command":"clog /var/log/filter.log","analysis_frequency":1800}'),
      ('Broken', 'broken', 'short', 60, 'always', NULL, NULL, NULL);
    WITH RECURSIVE nth(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM nth WHERE i < 240)
      INSERT INTO heartbeats (host_id, timestamp, status)
      SELECT host_id, datetime('now', 'start of day', (-6 * i) || ' hours'), CASE i WHEN 1 THEN 'error' ELSE 'ok' END
      FROM nth, hosts WHERE host_id IN ('web01', 'office');
    INSERT INTO heartbeats (host_id, timestamp, status) VALUES ('long-gone', '2026-11-01 10:00:00', 'ok'),
      ('web01', datetime('now'), 'ok');
    INSERT INTO alerts (host_id, alert_type, message, created_at, resolved_at) VALUES
      ('web01', 'host_down', 'no heartbeat for 600 s', datetime('now', '-5 days'), datetime('now', '-5 days', '+1 hour')),
      ('office', 'host_down', 'no heartbeat for 900 s', datetime('now', '-2 days'), NULL);
    INSERT INTO log_analyses (host_id, result, created_at) VALUES
      ('fw', 'Many refused logins with password=canary-of-logs', datetime('now', '-4 days'));
    INSERT INTO config VALUES ('discord_webhook_url', 'https://discord.com/api/webhooks/1/canary-of-discord'),
      ('upstream_monitoring_enabled', 'true'), ('upstream_monitoring_url', 'https://hc-ping.com/6f1b2c3d-1111-4222-8333-123456789abc'),
      ('upstream_monitoring_frequency', '300');
  `);
  database.close();
}
