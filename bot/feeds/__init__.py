"""How news comes in: feeds are claimed when due, fetched politely, parsed and saved."""
