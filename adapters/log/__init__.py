"""The event log on the eventsourcing library's recorder interface, one database per package."""
