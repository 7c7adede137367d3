"""What is new and who cares: reports are grouped into events, events matched to subscriptions."""
