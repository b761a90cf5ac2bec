"""Text, spans, records, names, links, wording: what all other folders use. Imports none of them."""
