"""The log on Apache Kafka; with the Faust runtime the only place that knows its clients."""
