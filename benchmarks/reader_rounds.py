"""One round of lemon24/reader, run by the Python of its own venv: it imports nothing of ours.

PEER_PYTHON benchmarks/reader_rounds.py DATABASE BASE_URL FEEDS
"""

import sys
import time

from reader import make_reader

database, base, feeds = sys.argv[1], sys.argv[2], int(sys.argv[3])
reader = make_reader(database)
for number in range(feeds):
    reader.add_feed(f"{base}/{number}.xml", exist_ok=True)
started = time.perf_counter()
updated = sum(1 for _ in reader.update_feeds_iter(workers=10, scheduled=False))
print(updated, time.perf_counter() - started)
