"""sahel-alerts: from a feed to a phone. docs/flow.md tells how the code flows."""
