"""How it leaves: deliveries are claimed, paced, sent and settled."""
