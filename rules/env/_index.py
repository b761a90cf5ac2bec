"""What a run has to know of the rules in this folder before one of them runs.

``tools/generate.py`` writes it; ``ListedRule`` in ``linter/rulebook/registry.py`` says what a row
contains.
"""

# fmt: off
RULES = (
    ('env_files', 'EV001', 'env-file-syntax', 'reading', 'EnvFile', 3, ('recommended',), (), (), (), None, False),
    ('env_files', 'EV002', 'duplicate-variable', 'reading', 'EnvFile', 2, ('recommended',), (), (), (), None, False),
    ('secrets', 'EV003', 'secret-in-tracked-file', 'security', 'EnvFile', 2, ('recommended',), ('hardened',), (), (), None, False),
    ('drift', 'EV004', 'example-drift', 'maintenance', 'Stack', 1, ('recommended',), (), (), (), None, False),
    ('drift', 'EV005', 'unused-variable', 'maintenance', 'EnvFile', 1, (), (), (), (), None, False),
    ('env_files', 'EV006', 'ambiguous-quoting', 'reading', 'EnvFile', 2, ('recommended',), (), (), (), None, False),
)
