using static Nightwatch.Domain.Queries.Templates.TemplateList;

namespace Nightwatch.Domain.Queries.Templates;

/// <summary>Databases, caches and queues, as their usual exporters show them.</summary>
internal static class DatabaseTemplates
{
    public static IReadOnlyList<MeasureTemplate> All { get; } =
    [
        Of("postgres.up", "whether PostgreSQL answers", "ratio", "availability postgres|database", "~pg_up{$m}", "postgres database", priority: 0.5),
        Of("postgres.connections", "connections to PostgreSQL", "count", "connection", "sum$by (~$pgconnections{$m})", "postgres database count usage", "ratio pool", priority: 0.1),
        Of("postgres.connections.ratio", "share of PostgreSQL's connections in use", "ratio", "connection ratio|saturation|capacity|full|free", "sum$by(instance) (~$pgconnections{$m}) / min$by(instance) (~pg_settings_max_connections{$m})", "postgres database usage", "", priority: 0.1),
        Of("postgres.lag", "seconds that the replica is behind", "seconds", "lag|replication", "~pg_replication_lag{$m}", "postgres database replication replica lag", "consumer", priority: 0.1),
        Of("postgres.lag.seconds", "seconds that the replica is behind", "seconds", "lag|replication", "~pg_replication_lag_seconds{$m}", "postgres database replication replica lag", "consumer", priority: 0.1),
        Of("postgres.deadlocks", "deadlocks", "count", "deadlock", "sum$by(datname) (rate(pg_stat_database_deadlocks{$m}[$w]))", "postgres database lock count", count: "sum$by(datname) (increase(pg_stat_database_deadlocks{$m}[$w]))"),
        Of("postgres.locks", "locks held", "count", "lock", "sum$by(mode) (~pg_locks_count{$m})", "postgres database count", "deadlock"),
        Of("postgres.commits", "transactions committed", "per_second", "transaction", "sum$by (rate(pg_stat_database_xact_commit{$m}[$w]))", "postgres database rate request count", "rollback ratio", count: "sum$by (increase(pg_stat_database_xact_commit{$m}[$w]))"),
        Of("postgres.rollbacks", "share of transactions rolled back", "ratio", "rollback", "sum$by (rate(pg_stat_database_xact_rollback{$m}[$w])) / (sum$by (rate(pg_stat_database_xact_commit{$m}[$w])) + sum$by (rate(pg_stat_database_xact_rollback{$m}[$w])))", "postgres database rate transaction ratio", "count", count: "sum$by (increase(pg_stat_database_xact_rollback{$m}[$w]))"),
        Of("postgres.hits", "share of blocks found in the cache", "ratio", "hit", "sum$by (rate(pg_stat_database_blks_hit{$m}[$w])) / (sum$by (rate(pg_stat_database_blks_hit{$m}[$w])) + sum$by (rate(pg_stat_database_blks_read{$m}[$w])))", "postgres database cache ratio rate", "request"),
        Of("postgres.size", "size of the database", "bytes", "dbsize", "~pg_database_size_bytes{$m}", "postgres database disk usage", by: "datname"),
        Of("postgres.size.of", "size of the database", "bytes", "database capacity", "~pg_database_size_bytes{$m}", "postgres disk usage", by: "datname"),
        Of("postgres.dead", "dead rows", "count", "bloat", "sum$by(relname) (~pg_stat_user_tables_n_dead_tup{$m})", "postgres database count"),
        Of("mysql.up", "whether MySQL answers", "ratio", "availability mysql|database", "~mysql_up{$m}", "mysql database", priority: 0.5),
        Of("mysql.connections", "connections to MySQL", "count", "connection|thread", "~mysql_global_status_threads_connected{$m}", "mysql database count usage thread", "ratio running"),
        Of("mysql.connections.ratio", "share of MySQL's connections in use", "ratio", "connection ratio|saturation|capacity|full|free", "~mysql_global_status_threads_connected{$m} / ~mysql_global_variables_max_connections{$m}", "mysql database usage"),
        Of("mysql.running", "threads that run", "count", "thread running", "~mysql_global_status_threads_running{$m}", "mysql database count"),
        Of("mysql.queries", "queries", "per_second", "query|request", "rate(mysql_global_status_queries{$m}[$w])", "mysql database rate request count", "slowquery error latency", count: "increase(mysql_global_status_queries{$m}[$w])"),
        Of("mysql.slow", "slow queries", "per_second", "slowquery", "rate(mysql_global_status_slow_queries{$m}[$w])", "mysql database rate query count latency", count: "increase(mysql_global_status_slow_queries{$m}[$w])"),
        Of("mysql.lag", "seconds that the replica is behind", "seconds", "lag|replication", "~mysql_slave_status_seconds_behind_master{$m}", "mysql database replication replica lag latency", "consumer"),
        Of("redis.up", "whether Redis answers", "ratio", "availability redis|cache", "~redis_up{$m}", "redis cache database", priority: 0.5),
        Of("redis.memory", "memory of Redis in use", "bytes", "memory", "~redis_memory_used_bytes{$m}", "redis usage cache database", "ratio free", priority: 0.1),
        Of("redis.memory.ratio", "share of Redis' memory in use", "ratio", "memory ratio|full|capacity|saturation|free", "~redis_memory_used_bytes{$m} / (~redis_memory_max_bytes{$m} > 0)", "redis usage cache"),
        Of("redis.hits", "share of lookups that found their key", "ratio", "hit", "sum$by (rate(redis_keyspace_hits_total{$m}[$w])) / (sum$by (rate(redis_keyspace_hits_total{$m}[$w])) + sum$by (rate(redis_keyspace_misses_total{$m}[$w])))", "redis cache ratio rate key", "request", priority: 0.1),
        Of("redis.connections", "clients connected to Redis", "count", "connection", "~redis_connected_clients{$m}", "redis cache count usage", "ratio"),
        Of("redis.commands", "commands", "per_second", "request", "rate(redis_commands_processed_total{$m}[$w])", "redis cache rate query count", "latency error", count: "increase(redis_commands_processed_total{$m}[$w])"),
        Of("redis.evicted", "keys evicted", "per_second", "evict", "rate(redis_evicted_keys_total{$m}[$w])", "redis cache rate key count", count: "increase(redis_evicted_keys_total{$m}[$w])"),
        Of("redis.keys", "keys held", "count", "key", "sum$by (~redis_db_keys{$m})", "redis cache count database", "evict hit"),
        Of("redis.rejected", "connections refused", "count", "connection error|drop", "rate(redis_rejected_connections_total{$m}[$w])", "redis cache count", count: "increase(redis_rejected_connections_total{$m}[$w])"),
        Of("rabbitmq.queue", "messages that wait in queues", "count", "queue|message", "sum$by(queue) (~$queueready{$m})", "rabbitmq queue message count usage", "rate publish lag consumer", priority: 0.2),
        Of("rabbitmq.unacked", "messages taken and not acknowledged", "count", "queue|message unacked|unacknowledged", "sum$by(queue) (~rabbitmq_queue_messages_unacked{$m})", "rabbitmq count"),
        Of("rabbitmq.consumers", "consumers of queues", "count", "consumer", "sum$by(queue) (~rabbitmq_queue_consumers{$m})", "rabbitmq count queue", "lag"),
        Of("rabbitmq.publish", "messages published", "per_second", "publish", "sum$by (rate(rabbitmq_global_messages_received_total{$m}[$w]))", "rabbitmq message rate count queue", count: "sum$by (increase(rabbitmq_global_messages_received_total{$m}[$w]))"),
        Of("rabbitmq.memory", "memory of RabbitMQ in use", "bytes", "memory rabbitmq", "~rabbitmq_process_resident_memory_bytes{$m}", "usage queue", "ratio"),
        Of("rabbitmq.connections", "connections to RabbitMQ", "count", "connection", "~rabbitmq_connections{$m}", "rabbitmq count usage"),
        Of("kafka.lag", "messages that the consumers are behind", "count", "lag", "sum$by(consumergroup) (~kafka_consumergroup_lag{$m})", "kafka consumer message topic queue count", "replication", priority: 0.2),
        Of("kafka.replicas", "partitions without enough replicas", "count", "replica|replication kafka", "sum$by(topic) (kafka_topic_partition_under_replicated_partition{$m})", "topic count"),
        Of("kafka.messages", "messages written to topics", "per_second", "message|publish|request kafka|topic", "sum$by(topic) (rate(kafka_topic_partition_current_offset{$m}[$w]))", "rate publish count queue topic", "lag", count: "sum$by(topic) (increase(kafka_topic_partition_current_offset{$m}[$w]))"),
        Of("kafka.brokers", "brokers", "count", "kafka availability|count", "~kafka_brokers{$m}", "", "lag message replica", priority: -1),
        Of("database.connections", "share of the connections in use", "ratio", "connection", "~db_connections_active{$m} / ~db_connections_max{$m}", "ratio saturation pool usage database full capacity", "count free", priority: 0.05),
        Of("database.latency", "average time of a query", "seconds", "database|query latency|slowquery", "sum$by (rate($dbduration_sum{$m}[$w])) / sum$by (rate($dbduration_count{$m}[$w]))", "database query average slowquery request", priority: 0.5),
        Of("database.latency.quantile", "time of a query at the quantile", "seconds", "database|query latency|slowquery", "histogram_quantile($q, sum$by(le) (rate($dbduration_bucket{$m}[$w])))", "database query slowquery request", priority: 0.5, quantile: true),
        Of("mongodb.connections", "connections to MongoDB", "count", "connection", "~mongodb_ss_connections{conn_type=\"current\",$m}", "mongodb database count usage"),
        Of("elasticsearch.heap", "share of the heap in use", "ratio", "heap|memory", "~elasticsearch_jvm_memory_used_bytes{area=\"heap\",$m} / ~elasticsearch_jvm_memory_max_bytes{area=\"heap\",$m}", "elasticsearch jvm usage ratio memory"),
        Of("nginx.connections", "connections that nginx holds", "count", "connection nginx", "~nginx_connections_active{$m}", "count usage http"),
        Of("memcached.hits", "share of lookups that found their key", "ratio", "hit", "sum$by (rate(memcached_commands_total{command=\"get\",status=\"hit\",$m}[$w])) / sum$by (rate(memcached_commands_total{command=\"get\",$m}[$w]))", "cache ratio rate", "request"),
    ];
}
