"""Every way to accept a finding: comments, configuration, baseline."""
