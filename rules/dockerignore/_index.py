"""What a run has to know of the rules in this folder before one of them runs.

``tools/generate.py`` writes it; ``ListedRule`` in ``linter/rulebook/registry.py`` says what a row
contains.
"""

# fmt: off
RULES = (
    ('missing', 'DI001', 'ignore-file-missing', 'resources', 'Dockerfile', 2, ('recommended',), ('production', 'hardened'), (), (), None, False),
    ('missing', 'DI002', 'secrets-not-ignored', 'security', 'IgnoreFile', 2, ('recommended',), (), (), (), None, False),
    ('missing', 'DI003', 'vcs-not-ignored', 'resources', 'IgnoreFile', 2, ('recommended',), (), (), (), None, False),
    ('missing', 'DI004', 'build-output-not-ignored', 'resources', 'IgnoreFile', 2, ('recommended',), ('production', 'hardened'), (), (), None, False),
    ('root_only', 'DI005', 'root-only-pattern', 'reading', 'IgnoreFile', 2, ('recommended',), ('production', 'hardened'), (), (), None, False),
    ('patterns', 'DI006', 'ignored-but-copied', 'build', 'Dockerfile', 3, ('recommended',), (), (), (), None, False),
    ('patterns', 'DI007', 'dead-pattern', 'reading', 'IgnoreFile', 1, ('recommended', 'style'), ('style',), (), (), None, False),
    ('patterns', 'DI008', 'invalid-pattern', 'reading', 'IgnoreFile', 3, ('recommended',), (), (), (), None, False),
    ('patterns', 'DI009', 'unused-ignore-file', 'reading', 'IgnoreFile', 1, ('recommended',), (), (), (), None, False),
)
