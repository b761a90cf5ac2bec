"""What a run has to know of the rules in this folder before one of them runs.

``tools/generate.py`` writes it; ``ListedRule`` in ``linter/rulebook/registry.py`` says what a row
contains.
"""

# fmt: off
RULES = (
    ('engine', 'LN001', 'unreadable-file', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN002', 'file-too-large', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN003', 'not-utf8', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN004', 'too-complex', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN005', 'internal-error', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN006', 'path-outside-project', 'reading', 'Project', 2, ('recommended',), (), (), (), None, True),
    ('engine', 'LN007', 'part-of-another-stack', 'reading', 'Project', 1, ('recommended',), (), (), (), None, True),
    ('engine', 'LN008', 'template-not-linted', 'reading', 'Project', 1, ('recommended',), (), (), (), None, True),
    ('engine', 'LN009', 'broken-configuration', 'reading', 'Project', 3, ('recommended',), (), (), (), None, True),
    ('engine', 'LN010', 'unused-suppression', 'maintenance', 'Project', 2, ('recommended',), (), (), (), None, True),
    ('engine', 'LN011', 'unknown-suppression', 'maintenance', 'Project', 2, ('recommended',), (), (), (), None, True),
    ('engine', 'LN012', 'expired-suppression', 'maintenance', 'Project', 2, ('recommended',), (), (), (), None, True),
    ('engine', 'LN013', 'suppression-without-reason', 'maintenance', 'Project', 2, (), (), (), (), None, True),
    ('engine', 'LN020', 'fix-dropped', 'maintenance', 'Project', 1, ('recommended',), (), (), (), None, True),
    ('engine', 'LN030', 'stale-baseline', 'maintenance', 'Project', 1, ('recommended',), (), (), (), None, True),
    ('engine', 'LN040', 'setting-not-trusted', 'reading', 'Project', 2, ('recommended',), (), (), (), None, True),
)
