"""What is to happen after a commit: jobs, and events on their way to subscribers, in one durable queue."""
