"""The local platform: PostgreSQL, Kafka and Zipkin as plain processes of this machine."""
