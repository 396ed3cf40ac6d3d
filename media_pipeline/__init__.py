"""Films in, films out: reads, judges, encodes, stores. Knows nothing of web, SQL or queues."""
