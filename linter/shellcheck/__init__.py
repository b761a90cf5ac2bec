"""The bridge to ShellCheck: scripts go over, findings come back to their places."""
