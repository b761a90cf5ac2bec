"""What everything stands on: text, spans, records, names, links, wording. Imports nothing of ours above it."""
